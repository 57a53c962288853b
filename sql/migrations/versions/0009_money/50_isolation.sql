-- ISPs apart; and what the application may do to money. A correction is a new row.

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['billing_settings', 'invoice_lines', 'credits', 'payments',
        'credit_notes', 'allocations', 'ledger_entries', 'ledger_seals'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table);
        EXECUTE format('GRANT SELECT ON %I TO skylink_app', tenant_table);
    END LOOP;
END $$;

SELECT keep_to_the_agents(kept, 'client_id', 'clients') FROM unnest(ARRAY['credits', 'ledger_entries']::regclass[]) AS kept;
SELECT keep_to_the_agents(kept, 'invoice_id', 'invoices') FROM unnest(ARRAY['invoice_lines', 'allocations']::regclass[]) AS kept;
SELECT keep_to_the_agents(kept, 'id', 'credits') FROM unnest(ARRAY['payments', 'credit_notes']::regclass[]) AS kept;

GRANT EXECUTE ON FUNCTION begin_billing() TO skylink_app;
GRANT INSERT, UPDATE ON billing_settings TO skylink_app;
GRANT INSERT ON invoice_lines, credits, payments, credit_notes, allocations, ledger_seals TO skylink_app;
GRANT UPDATE (extended_from_at, extended_until) ON invoice_lines TO skylink_app;
GRANT UPDATE (used_minor, reversed_at, reversal_reason) ON credits TO skylink_app;
GRANT UPDATE (released_at) ON allocations TO skylink_app;
-- Which transaction posted a row, and when, is not the application's to say.
GRANT INSERT (tenant_id, booked_on, debit, credit, client_id, amount_minor, code, invoice_id, credit_id,
    actor_kind, actor_id, actor_name) ON ledger_entries TO skylink_app;
