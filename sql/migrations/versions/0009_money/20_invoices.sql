-- Invoices with their lines. A draft has no number yet: one that is thrown away leaves no gap.

ALTER TABLE invoices
    ALTER COLUMN invoice_number DROP NOT NULL,
    ADD COLUMN number_year smallint CHECK (number_year BETWEEN 0 AND 9999),
    ADD COLUMN number bigint CHECK (number > 0),
    ADD UNIQUE (tenant_id, number_year, number);

ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY;
UPDATE invoices SET number_year = 0, number = invoice_number::bigint;  -- numbers were digits alone
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;

ALTER TABLE invoices
    ADD CONSTRAINT a_number_is_whole_or_absent
        CHECK (num_nulls(invoice_number, number_year, number) IN (0, 3)),
    ADD CONSTRAINT what_is_issued_has_a_number CHECK (CASE status
        WHEN 'draft' THEN number IS NULL
        WHEN 'void' THEN true  -- thrown away before it was issued, or after
        ELSE number IS NOT NULL END);
CREATE INDEX invoices_of_client ON invoices (tenant_id, client_id, id);
SELECT history.track('invoices');

CREATE TABLE invoice_lines (
    tenant_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    position smallint NOT NULL CHECK (position > 0),
    kind text NOT NULL CHECK (kind IN ('base', 'installation', 'overage', 'extra', 'adjustment',
        'opening', 'discount', 'late_fee', 'vat', 'rounding')),
    amount_minor bigint NOT NULL,  -- without tax; below 0 it lowers the bill
    title short_text,  -- the package's name as it was, or what an extra charge is for
    connection_id bigint,  -- no foreign key: a bill outlives the connection
    from_on date,
    until_on date,  -- exclusive
    used_bytes bigint CHECK (used_bytes >= 0),
    validity_days integer CHECK (validity_days > 0),  -- what paying it buys a connection paid by the day
    extended_from_at timestamptz,  -- what it bought
    extended_until timestamptz,
    PRIMARY KEY (tenant_id, invoice_id, position),
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices,
    CHECK (from_on < until_on),
    CHECK (kind <> 'discount' OR amount_minor <= 0),
    CHECK (kind NOT IN ('late_fee', 'vat') OR amount_minor >= 0),
    CHECK (validity_days IS NULL OR connection_id IS NOT NULL),
    CONSTRAINT an_extension_is_whole_or_absent
        CHECK (num_nulls(extended_from_at, extended_until) IN (0, 2))
);
