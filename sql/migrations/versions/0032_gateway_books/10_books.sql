-- Money in suspense ends as somebody's payment, or given back outside of our books.
ALTER TABLE suspended_money
    DROP CONSTRAINT suspended_money_why_check,
    ADD CONSTRAINT suspended_money_why_check CHECK (why IN
        ('amount', 'currency', 'known', 'merchant', 'unknown', 'second', 'risk', 'unmatched')),
    ADD COLUMN on_ledger boolean NOT NULL DEFAULT false,  -- whether account "suspense" has it
    ADD COLUMN dismissed_at timestamptz,
    ADD COLUMN dismissed_because text CHECK (length(dismissed_because) BETWEEN 1 AND 500),
    ADD CHECK ((dismissed_at IS NULL) = (dismissed_because IS NULL)),
    ADD CHECK (dismissed_at IS NULL OR assigned_at IS NULL);
CREATE INDEX suspended_money_open ON suspended_money (tenant_id, found_at)
    WHERE assigned_at IS NULL AND dismissed_at IS NULL;

-- A gateway's own word of what it has for us, held against our books.
CREATE TABLE gateway_comparisons (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    gateway text NOT NULL CHECK (gateway IN ('bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    source text NOT NULL CHECK (source IN ('asked', 'statement')),
    from_on date NOT NULL,
    until_on date NOT NULL CHECK (until_on > from_on),
    ours bigint NOT NULL CHECK (ours >= 0),
    ours_minor bigint NOT NULL CHECK (ours_minor >= 0),
    theirs bigint NOT NULL CHECK (theirs >= 0),
    theirs_minor bigint NOT NULL CHECK (theirs_minor >= 0),
    compared_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX gateway_comparisons_by_time ON gateway_comparisons (tenant_id, compared_at);

CREATE TABLE gateway_differences (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    comparison_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('only_there', 'only_here', 'amount')),
    transaction_ref text NOT NULL CHECK (length(transaction_ref) BETWEEN 1 AND 200),
    ours_minor bigint NOT NULL CHECK (ours_minor >= 0),
    theirs_minor bigint NOT NULL CHECK (theirs_minor >= 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, comparison_id) REFERENCES gateway_comparisons
);
CREATE INDEX gateway_differences_of_comparison ON gateway_differences (tenant_id, comparison_id);

-- Money that a gateway is asked to give back. What is not known stays so, and nothing is booked.
CREATE TABLE gateway_refunds (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reference text NOT NULL CHECK (reference ~ '^[0-9a-f]{24}$'),  -- what the gateway calls it
    attempt_id bigint NOT NULL,
    payment_id bigint NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 255),
    state text NOT NULL CHECK (state IN ('asked', 'unknown', 'done', 'refused')),
    refund_ref text CHECK (length(refund_ref) <= 200),
    said text CHECK (length(said) <= 500),
    started_at timestamptz NOT NULL,
    ask_at timestamptz,
    asks smallint NOT NULL DEFAULT 0,
    ended_at timestamptz,
    CHECK ((state IN ('done', 'refused')) = (ended_at IS NOT NULL)),
    CHECK (ended_at IS NULL OR ask_at IS NULL),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attempt_id) REFERENCES payment_attempts,
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments
);
CREATE UNIQUE INDEX gateway_refunds_live ON gateway_refunds (tenant_id, payment_id) WHERE state <> 'refused';
CREATE INDEX gateway_refunds_to_ask ON gateway_refunds (tenant_id, ask_at) WHERE ask_at IS NOT NULL;

DO $$
DECLARE
    gateway_table text;
BEGIN
    FOREACH gateway_table IN ARRAY ARRAY['gateway_comparisons', 'gateway_differences', 'gateway_refunds'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', gateway_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            gateway_table);
    END LOOP;
END $$;
GRANT SELECT, INSERT ON gateway_comparisons, gateway_differences TO skylink_app;
GRANT SELECT, INSERT, UPDATE ON gateway_refunds TO skylink_app;
