-- Bills from before the ledger are brought forward into it: what was owed, and what was paid of it.

ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY;

INSERT INTO invoice_lines (tenant_id, invoice_id, position, kind, amount_minor)
SELECT tenant_id, id, 1, 'opening', total_minor FROM invoices;

INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor, code, invoice_id,
                            actor_kind, actor_name)
SELECT tenant_id, issued_on, 'receivable', 'opening_balances', client_id, total_minor, 'opening', id,
       'system', 'system'
  FROM invoices WHERE status NOT IN ('draft', 'void') AND total_minor > 0;

-- One credit for each client who had paid anything.
INSERT INTO credits (tenant_id, client_id, source, currency, amount_minor, used_minor, given_at)
SELECT tenant_id, client_id, 'opening', currency, sum(paid_minor), sum(paid_minor), now()
  FROM invoices WHERE status NOT IN ('draft', 'void') AND paid_minor > 0
 GROUP BY tenant_id, client_id, currency;

INSERT INTO allocations (tenant_id, credit_id, invoice_id, amount_minor, allocated_at)
SELECT invoice.tenant_id, credit.id, invoice.id, invoice.paid_minor, now()
  FROM invoices AS invoice
  JOIN credits AS credit USING (tenant_id, client_id, currency)
 WHERE invoice.status NOT IN ('draft', 'void') AND invoice.paid_minor > 0;

INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor, code, credit_id,
                            actor_kind, actor_name)
SELECT tenant_id, CURRENT_DATE, 'opening_balances', 'client_credit', client_id, amount_minor, 'opening', id,
       'system', 'system'
  FROM credits;

INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor, code, invoice_id,
                            credit_id, actor_kind, actor_name)
SELECT invoice.tenant_id, CURRENT_DATE, 'client_credit', 'receivable', invoice.client_id,
       allocation.amount_minor, 'allocation', invoice.id, allocation.credit_id, 'system', 'system'
  FROM allocations AS allocation
  JOIN invoices AS invoice ON invoice.tenant_id = allocation.tenant_id AND invoice.id = allocation.invoice_id;

ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
