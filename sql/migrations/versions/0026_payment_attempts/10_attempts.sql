-- An ISP's account at a gateway. What is secret of it is one sealed text.
CREATE TABLE gateway_accounts (
    tenant_id bigint NOT NULL REFERENCES tenants,
    gateway text NOT NULL CHECK (gateway IN ('bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    environment text NOT NULL CHECK (environment IN ('sandbox', 'live')),
    enabled boolean NOT NULL,
    address text NOT NULL CHECK (length(address) <= 200 AND address ~ '^https?://[!-~]+[^/]$'),
    sealed_credentials bytea NOT NULL,
    PRIMARY KEY (tenant_id, gateway)
);

-- Each time that a client sets out to pay. What is to be paid is frozen here; no answer changes it.
CREATE TABLE payment_attempts (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    reference text NOT NULL CHECK (reference ~ '^[0-9a-f]{24}$'),  -- what the gateway calls it
    client_id bigint NOT NULL,
    gateway text NOT NULL CHECK (gateway IN ('bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    environment text NOT NULL CHECK (environment IN ('sandbox', 'live')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency currency_code NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('dues', 'advance', 'renewal')),
    months smallint CHECK (months BETWEEN 1 AND 120),
    connection_id bigint,
    state text NOT NULL CHECK (state IN ('new', 'waiting', 'paid', 'suspense', 'failed', 'cancelled', 'expired')),
    gateway_ref text CHECK (length(gateway_ref) <= 200),  -- what the gateway gave us to ask by
    page_address text CHECK (length(page_address) <= 2000),  -- where the client pays
    reason text CHECK (length(reason) <= 500),  -- why it failed, in the gateway's words
    started_at timestamptz NOT NULL,
    asked_at timestamptz,  -- when the gateway answered last
    ask_at timestamptz,  -- when it is asked next; NULL: never again
    asks smallint NOT NULL DEFAULT 0,
    settled_at timestamptz,
    payment_id bigint,
    CHECK ((purpose = 'advance') = (months IS NOT NULL)),
    CHECK ((purpose = 'renewal') = (connection_id IS NOT NULL)),
    CHECK ((state = 'paid') = (payment_id IS NOT NULL)),
    CHECK ((state IN ('paid', 'suspense')) = (settled_at IS NOT NULL)),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments,
    UNIQUE (tenant_id, payment_id)
);
CREATE UNIQUE INDEX payment_attempts_reference_key ON payment_attempts (reference);
CREATE INDEX payment_attempts_of_client ON payment_attempts (tenant_id, client_id, started_at);
CREATE INDEX payment_attempts_to_ask ON payment_attempts (tenant_id, ask_at) WHERE ask_at IS NOT NULL;

-- Money that a gateway has and that fits nothing: a person says whose it is.
CREATE TABLE suspended_money (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    gateway text NOT NULL CHECK (gateway IN ('bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    environment text NOT NULL CHECK (environment IN ('sandbox', 'live')),
    transaction_ref text NOT NULL CHECK (length(transaction_ref) BETWEEN 1 AND 200),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency currency_code NOT NULL,
    attempt_id bigint,
    why text NOT NULL CHECK (why IN ('amount', 'currency', 'known', 'merchant', 'unknown')),
    found_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, attempt_id) REFERENCES payment_attempts,
    UNIQUE (tenant_id, gateway, environment, transaction_ref)
);

DO $$
DECLARE
    gateway_table text;
BEGIN
    FOREACH gateway_table IN ARRAY ARRAY['gateway_accounts', 'payment_attempts', 'suspended_money'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', gateway_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            gateway_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO skylink_app', gateway_table);
    END LOOP;
END $$;
SELECT keep_to_the_agents('payment_attempts', 'client_id', 'clients');
CREATE POLICY gate_reads ON payment_attempts FOR SELECT TO skylink_gate USING (true);
GRANT SELECT ON payment_attempts TO skylink_gate;

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
-- A gateway names an attempt by its reference alone.
CREATE FUNCTION attempt_isp(reference text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT attempt.tenant_id FROM public.payment_attempts AS attempt
         WHERE attempt.reference = attempt_isp.reference;
    END;
GRANT EXECUTE ON FUNCTION attempt_isp(text) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
