-- A gateway's token, for all processes: gateways grant few.
CREATE TABLE gateway_tokens (
    tenant_id bigint NOT NULL REFERENCES tenants,
    gateway text NOT NULL CHECK (gateway IN ('bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    environment text NOT NULL CHECK (environment IN ('sandbox', 'live')),
    sealed_token bytea,
    good_until timestamptz,
    claimed_until timestamptz NOT NULL,  -- until then somebody asks for a new one
    PRIMARY KEY (tenant_id, gateway, environment),
    CHECK ((sealed_token IS NULL) = (good_until IS NULL))
);

-- What was sent and what was answered, for disputes; without secrets, wallet numbers cut short.
CREATE TABLE gateway_traffic (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    gateway text NOT NULL CHECK (gateway IN ('bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    reference text CHECK (length(reference) <= 200),  -- of the attempt
    at timestamptz NOT NULL,
    address text NOT NULL CHECK (length(address) <= 500),  -- without its query
    sent text NOT NULL CHECK (length(sent) <= 20000),
    status smallint,  -- of HTTP; NULL: there was no answer
    answered text NOT NULL CHECK (length(answered) <= 20000),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX gateway_traffic_of_attempt ON gateway_traffic (tenant_id, reference, id);
CREATE INDEX gateway_traffic_by_time ON gateway_traffic (tenant_id, at);

ALTER TABLE payment_attempts
    ADD COLUMN capture_at timestamptz,  -- when the gateway was told to take the money: never twice
    ADD COLUMN hint text CHECK (hint IN ('paid', 'failed', 'cancelled'));  -- what somebody said of it
CREATE INDEX payment_attempts_by_gateway_ref ON payment_attempts (gateway, gateway_ref);

ALTER TABLE suspended_money
    DROP CONSTRAINT suspended_money_why_check,
    ADD CONSTRAINT suspended_money_why_check
        CHECK (why IN ('amount', 'currency', 'known', 'merchant', 'unknown', 'second')),
    ADD COLUMN assigned_at timestamptz,
    ADD COLUMN payment_id bigint,
    ADD FOREIGN KEY (tenant_id, payment_id) REFERENCES payments,
    ADD CHECK ((assigned_at IS NULL) = (payment_id IS NULL));

DO $$
DECLARE
    gateway_table text;
BEGIN
    FOREACH gateway_table IN ARRAY ARRAY['gateway_tokens', 'gateway_traffic'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', gateway_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            gateway_table);
    END LOOP;
END $$;

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
-- Some gateways come back with their own word for an attempt alone; of two ISPs' it is nobody's.
CREATE FUNCTION attempt_by_gateway_ref(gateway text, gateway_ref text)
    RETURNS TABLE (tenant_id bigint, reference text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT min(attempt.tenant_id), min(attempt.reference) FROM public.payment_attempts AS attempt
         WHERE attempt.gateway = attempt_by_gateway_ref.gateway
           AND attempt.gateway_ref = attempt_by_gateway_ref.gateway_ref
        HAVING count(*) = 1;
    END;
GRANT EXECUTE ON FUNCTION attempt_by_gateway_ref(text, text) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_tokens TO skylink_app;
GRANT SELECT, INSERT, DELETE ON gateway_traffic TO skylink_app;
