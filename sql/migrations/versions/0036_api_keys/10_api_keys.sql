-- A program that may ask for bills or record payments. The key itself is with its owner alone.
CREATE TABLE api_keys (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    hint text NOT NULL CHECK (length(hint) <= 12),  -- how it begins: people tell keys apart by it
    key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
    scopes text[] NOT NULL CHECK (scopes <> '{}' AND scopes <@ ARRAY['bills', 'payments']),
    method text NOT NULL CHECK (method IN
        ('cash', 'bank', 'bkash', 'nagad', 'rocket', 'sslcommerz', 'aamarpay', 'shurjopay')),
    networks text[] NOT NULL CHECK (cardinality(networks) <= 50),  -- none: from anywhere
    per_minute smallint NOT NULL CHECK (per_minute BETWEEN 1 AND 6000),
    made_at timestamptz NOT NULL,
    revoked_at timestamptz,
    used_at timestamptz,
    minute_at timestamptz,  -- the minute that is counted
    minute_uses integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (key_hash);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON api_keys TO skylink_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON api_keys TO skylink_app;
CREATE POLICY gate_reads ON api_keys FOR SELECT TO skylink_gate USING (true);
GRANT SELECT ON api_keys TO skylink_gate;

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
-- Whose a key is.
CREATE FUNCTION api_key_isp(key_hash bytea) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT made.tenant_id FROM public.api_keys AS made WHERE made.key_hash = api_key_isp.key_hash;
    END;
REVOKE ALL ON FUNCTION api_key_isp(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_isp(bytea) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
