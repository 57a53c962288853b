-- An address of an ISP's own program, and what it is told.
CREATE TABLE webhooks (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    address text NOT NULL CHECK (length(address) <= 500 AND address ~ '^https?://[!-~]+$'),
    events text[] NOT NULL CHECK (events <> '{}' AND events <@ ARRAY[
        'payment.received', 'payment.reversed', 'access.suspended', 'access.restored']),
    sealed_secret bytea NOT NULL,
    made_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text CHECK (ended_by IN ('us', 'receiver')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    PRIMARY KEY (tenant_id, id)
);

-- One thing that one address is told, until it was heard. `facts` never change: each try says the same.
CREATE TABLE webhook_deliveries (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    webhook_id bigint NOT NULL,
    client_id bigint NOT NULL,
    event text NOT NULL,
    facts jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    happened_at timestamptz NOT NULL,
    try_at timestamptz,  -- NULL: never again
    tries smallint NOT NULL DEFAULT 0,
    tried_at timestamptz,
    answered smallint,  -- the HTTP status of the last answer; NULL: none came
    problem text CHECK (length(problem) <= 100),  -- why none came
    delivered_at timestamptz,
    CHECK (delivered_at IS NULL OR try_at IS NULL),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks,
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant_id, webhook_id, try_at) WHERE try_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_hook ON webhook_deliveries (tenant_id, webhook_id, id);
CREATE INDEX webhook_deliveries_of_client ON webhook_deliveries (tenant_id, client_id);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (tenant_id, happened_at);  -- for forgetting

DO $$
DECLARE
    hook_table text;
BEGIN
    FOREACH hook_table IN ARRAY ARRAY['webhooks', 'webhook_deliveries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', hook_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', hook_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO skylink_app', hook_table);
    END LOOP;
END $$;
GRANT DELETE ON webhook_deliveries TO skylink_app;  -- of those of long ago
SELECT keep_to_the_agents('webhook_deliveries', 'client_id', 'clients');
CREATE POLICY gate_reads ON webhook_deliveries FOR SELECT TO skylink_gate USING (true);
GRANT SELECT ON webhook_deliveries TO skylink_gate;

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
-- Where something waits to be told; most of the time, nowhere.
CREATE FUNCTION isps_with_webhooks_due(at timestamptz) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT DISTINCT tenant_id FROM public.webhook_deliveries WHERE try_at <= at;
    END;
REVOKE ALL ON FUNCTION isps_with_webhooks_due(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION isps_with_webhooks_due(timestamptz) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
