-- Bill runs, and which days of a connection are billed. The key of billed_periods is what makes
-- billing twice impossible: a bill first claims its days, and writes lines for what it got.

CREATE TABLE bill_runs (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    month_on date NOT NULL CHECK (extract(day FROM month_on) = 1),
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'reversing', 'reversed')),
    issued_on date NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    foreseen_count bigint NOT NULL CHECK (foreseen_count >= 0),
    foreseen_minor bigint NOT NULL CHECK (foreseen_minor >= 0),
    billed_count bigint NOT NULL DEFAULT 0 CHECK (billed_count >= 0),
    billed_minor bigint NOT NULL DEFAULT 0 CHECK (billed_minor >= 0),
    reached_client_id bigint NOT NULL DEFAULT 0,  -- clients up to this one are done; 0 again to reverse
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK (state = 'waiting' OR approved_by IS NOT NULL),
    CHECK ((state IN ('done', 'reversed')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_bill_run_a_month ON bill_runs (tenant_id, month_on) WHERE state <> 'reversed';

ALTER TABLE invoices
    ADD COLUMN bill_run_id bigint,
    ADD COLUMN in_advance boolean NOT NULL DEFAULT false,  -- made and paid before its month
    ADD FOREIGN KEY (tenant_id, bill_run_id) REFERENCES bill_runs;
SELECT history.track('invoices');
CREATE INDEX invoices_of_bill_run ON invoices (tenant_id, bill_run_id, client_id)
    WHERE bill_run_id IS NOT NULL;

-- What is to stand on a client's next bill: extra charges, and days credited or charged by a change.
CREATE TABLE pending_lines (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    client_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('extra', 'adjustment')),
    description short_text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0 AND (amount_minor > 0 OR kind = 'adjustment')),
    invoice_id bigint,  -- the bill it stands on; none: waiting
    source_invoice_id bigint,  -- the bill whose days it changes, with which it goes where it still waits
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients,
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices,
    FOREIGN KEY (tenant_id, source_invoice_id) REFERENCES invoices
);
CREATE INDEX pending_lines_waiting ON pending_lines (tenant_id, client_id) WHERE invoice_id IS NULL;
CREATE INDEX pending_lines_of_invoice ON pending_lines (tenant_id, invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX pending_lines_of_source ON pending_lines (tenant_id, source_invoice_id)
    WHERE source_invoice_id IS NOT NULL;

CREATE TABLE billed_periods (
    tenant_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    charge text NOT NULL CHECK (charge IN ('base', 'use')),
    from_on date NOT NULL,
    until_on date NOT NULL CHECK (until_on > from_on),
    cycle_from_on date NOT NULL,
    month_on date NOT NULL CHECK (extract(day FROM month_on) = 1),  -- of the bill that charges them
    package_id bigint NOT NULL,
    cycle_minor bigint NOT NULL CHECK (cycle_minor >= 0),  -- the price of the whole cycle, or of its use
    charged_minor bigint NOT NULL CHECK (charged_minor >= 0),  -- for these days, before discount and tax
    discount_minor bigint NOT NULL CHECK (discount_minor BETWEEN 0 AND charged_minor),
    invoice_id bigint,  -- none: it cost nothing
    bill_run_id bigint,
    PRIMARY KEY (tenant_id, connection_id, charge, from_on),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections,
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices
);
CREATE INDEX billed_periods_of_invoice ON billed_periods (tenant_id, invoice_id);
CREATE INDEX billed_periods_of_month ON billed_periods (tenant_id, month_on, connection_id);
