-- What clients have with us, and what it was used for. A payment is a credit, and so is a credit note; an
-- allocation is the use of one credit for one invoice. So each taka can be followed both ways.

CREATE TABLE credits (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    client_id bigint NOT NULL,
    source text NOT NULL CHECK (source IN ('payment', 'credit_note', 'opening')),
    currency currency_code NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    used_minor bigint NOT NULL DEFAULT 0,
    given_at timestamptz NOT NULL,
    reversed_at timestamptz,
    reversal_reason short_text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients,
    CONSTRAINT nothing_is_spent_twice CHECK (used_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT what_is_reversed_pays_nothing CHECK (reversed_at IS NULL OR used_minor = 0),
    CONSTRAINT a_reversal_has_a_reason CHECK (num_nulls(reversed_at, reversal_reason) IN (0, 2))
);
CREATE INDEX credits_of_client ON credits (tenant_id, client_id, id);
CREATE INDEX credits_by_time ON credits (tenant_id, given_at);
CREATE INDEX unused_credits_of_client ON credits (tenant_id, client_id, given_at, id)
    WHERE reversed_at IS NULL AND used_minor < amount_minor;

CREATE TABLE payments (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,  -- the credit that it is
    method text NOT NULL CHECK (method IN
        ('cash', 'bank', 'bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    transaction_ref short_text,  -- as the bank or the gateway names it
    note short_text,
    actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'system', 'operator')),
    actor_id bigint,
    actor_name text NOT NULL,  -- who collected it
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, id) REFERENCES credits,
    CHECK ((actor_kind = 'staff') = (actor_id IS NOT NULL)),
    CONSTRAINT a_transaction_id_is_told CHECK (method IN ('cash', 'bank') OR transaction_ref IS NOT NULL)
);
-- Also one that was reversed: a gateway's late second call must not pay again.
CREATE UNIQUE INDEX payments_transaction_ref_key ON payments (tenant_id, method, upper(transaction_ref));

CREATE TABLE credit_notes (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,  -- the credit that it is
    credit_note_number short_text NOT NULL,
    number_year smallint NOT NULL CHECK (number_year BETWEEN 0 AND 9999),
    number bigint NOT NULL CHECK (number > 0),
    issued_on date NOT NULL,
    invoice_id bigint,  -- which it corrects, if one
    vat_minor bigint NOT NULL DEFAULT 0 CHECK (vat_minor >= 0),  -- the part of it that is tax
    reason short_text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, credit_note_number),
    UNIQUE (tenant_id, number_year, number),
    FOREIGN KEY (tenant_id, id) REFERENCES credits,
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices
);

CREATE TABLE allocations (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    credit_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    allocated_at timestamptz NOT NULL,
    released_at timestamptz,  -- from then on it pays the invoice no more
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, credit_id) REFERENCES credits,
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices
);
CREATE INDEX allocations_of_credit ON allocations (tenant_id, credit_id);
CREATE INDEX allocations_of_invoice ON allocations (tenant_id, invoice_id);
