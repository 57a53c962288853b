-- The ledger. A row moves an amount from one account to another, so it cannot be out of balance; no role
-- may change or remove one. A client's own accounts are told by client_id, not by a row each: what a bill
-- run posts for 100,000 clients is one statement.

CREATE DOMAIN ledger_account AS text CHECK (VALUE IN (
    'receivable', 'client_credit',  -- a client's
    'cash', 'bank', 'bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay',
    'gateway_fees', 'suspense',
    'internet', 'installation', 'overage', 'extra', 'late_fees', 'rounding',  -- revenue
    'discounts', 'credit_notes', 'bad_debt', 'vat_payable', 'opening_balances'));

CREATE TABLE ledger_entries (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),  -- how a seal finds what it has not seen
    posted_at timestamptz NOT NULL DEFAULT now(),
    booked_on date NOT NULL,  -- the ISP's own day
    debit ledger_account NOT NULL,
    credit ledger_account NOT NULL,
    client_id bigint,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    code text NOT NULL CHECK (code IN ('charge', 'payment', 'credit_note', 'allocation', 'opening',
        'release', 'reversal', 'void', 'write_off', 'transfer', 'gateway_fee')),
    invoice_id bigint,
    credit_id bigint,
    actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'system', 'operator')),
    actor_id bigint,
    actor_name text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients,
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices,
    FOREIGN KEY (tenant_id, credit_id) REFERENCES credits,
    CHECK (debit <> credit),
    CHECK ((actor_kind = 'staff') = (actor_id IS NOT NULL)),
    CONSTRAINT a_clients_account_names_the_client CHECK (client_id IS NOT NULL
        OR NOT (debit IN ('receivable', 'client_credit') OR credit IN ('receivable', 'client_credit')))
);
CREATE INDEX ledger_entries_of_client ON ledger_entries (tenant_id, client_id, id)
    INCLUDE (debit, credit, amount_minor);  -- a client's balances from the index alone
CREATE INDEX ledger_entries_of_invoice ON ledger_entries (tenant_id, invoice_id)
    WHERE code IN ('charge', 'opening');  -- what a void mirrors
CREATE INDEX ledger_entries_of_money ON ledger_entries (tenant_id, booked_on, debit, credit)
    INCLUDE (amount_minor) WHERE code IN ('payment', 'reversal');  -- what was collected on a day
CREATE INDEX ledger_entries_by_transaction ON ledger_entries (tenant_id, xid);

-- A seal names the rows it covers, so no row can be slipped in behind it, and late commits fall to the next.
CREATE TABLE ledger_seals (
    tenant_id bigint NOT NULL REFERENCES tenants,
    number bigint NOT NULL CHECK (number > 0),
    sealed_at timestamptz NOT NULL,
    entries int8multirange NOT NULL,  -- ids
    entry_count bigint NOT NULL CHECK (entry_count > 0),
    seen_xid xid8 NOT NULL,  -- what transactions below it posted is sealed
    seen_id bigint NOT NULL,  -- ids up to it are sealed, whatever their transaction
    system_identifier bigint NOT NULL,  -- of the cluster whose transactions these are
    entry_digests bytea NOT NULL,  -- eight bytes for each row, by id: they tell which row was touched
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),  -- of the rows and of the seal before
    PRIMARY KEY (tenant_id, number)
);
