-- How an ISP's portal looks and what it offers. An ISP without a row has the usual.
CREATE TABLE portal_settings (
    tenant_id bigint PRIMARY KEY REFERENCES tenants,
    colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$'),
    features_off text[] NOT NULL CHECK (features_off <@ ARRAY[
        'pay', 'advance', 'invoices', 'usage', 'live', 'password', 'packages', 'notices']),
    maintenance boolean NOT NULL,  -- nothing is shown but that it will be back
    maintenance_en text CHECK (length(maintenance_en) <= 300),
    maintenance_bn text CHECK (length(maintenance_bn) <= 300)
);

-- Under which addresses it is reached; links that are sent go to the first.
CREATE TABLE portal_addresses (
    tenant_id bigint NOT NULL REFERENCES tenants,
    position smallint NOT NULL CHECK (position BETWEEN 1 AND 20),
    address text NOT NULL CHECK (
        length(address) <= 253 AND address ~ '^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$'),
    host text NOT NULL CHECK (host = split_part(split_part(address, '/', 3), ':', 1)),
    PRIMARY KEY (tenant_id, position)
);
CREATE UNIQUE INDEX portal_addresses_host_key ON portal_addresses (host);

-- Who is logged in. The token is with their browser alone.
CREATE TABLE portal_sessions (
    tenant_id bigint NOT NULL,
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    client_id bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,  -- to the hour
    origin text NOT NULL CHECK (length(origin) <= 253),
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE INDEX portal_sessions_of_client ON portal_sessions (tenant_id, client_id);
CREATE INDEX portal_sessions_by_opening ON portal_sessions (tenant_id, opened_at);

-- One-time codes that were asked for; also for names that are nobody's, so that asking is limited.
CREATE TABLE login_codes (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    client_id bigint,
    origin text NOT NULL CHECK (length(origin) <= 253),
    salt bytea NOT NULL,
    code_hash bytea,  -- NULL: none was sent
    asked_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE INDEX login_codes_of_client ON login_codes (tenant_id, client_id, asked_at);
CREATE INDEX login_codes_of_origin ON login_codes (tenant_id, origin, asked_at);

-- Another package, as a client wants it; staff decide.
CREATE TABLE package_requests (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    connection_id bigint NOT NULL,
    package_id bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_at timestamptz,
    outcome text CHECK (outcome IN ('approved', 'refused', 'replaced')),
    CHECK ((decided_at IS NULL) = (outcome IS NULL)),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages
);
CREATE UNIQUE INDEX package_requests_open ON package_requests (tenant_id, connection_id) WHERE decided_at IS NULL;

-- What clients are told on their home page: all of them, or those for whom all that is said holds.
CREATE TABLE notices (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    text_en text CHECK (length(text_en) BETWEEN 1 AND 1000),
    text_bn text CHECK (length(text_bn) BETWEEN 1 AND 1000),
    zone_id bigint,
    package_id bigint,
    overdue_only boolean NOT NULL,
    shown_from_at timestamptz NOT NULL,
    shown_until timestamptz NOT NULL CHECK (shown_until > shown_from_at),
    CHECK (text_en IS NOT NULL OR text_bn IS NOT NULL),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, zone_id) REFERENCES zones,
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages
);
CREATE INDEX notices_by_end ON notices (tenant_id, shown_until);

DO $$
DECLARE
    portal_table text;
BEGIN
    FOREACH portal_table IN ARRAY ARRAY['portal_settings', 'portal_addresses', 'portal_sessions',
            'login_codes', 'package_requests', 'notices'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', portal_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            portal_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO skylink_app', portal_table);
    END LOOP;
END $$;
SELECT keep_to_the_agents('portal_sessions', 'client_id', 'clients');
SELECT keep_to_the_agents('login_codes', 'client_id', 'clients');
SELECT keep_to_the_agents('package_requests', 'connection_id', 'connections');
CREATE POLICY gate_reads ON portal_addresses FOR SELECT TO skylink_gate USING (true);
GRANT SELECT ON portal_addresses TO skylink_gate;

-- In which language a client is spoken to; NULL: the ISP's.
ALTER TABLE clients ADD COLUMN language text CHECK (language IN ('en', 'bn'));
SELECT history.track('clients');

CREATE INDEX clients_by_phone ON clients (tenant_id, phone) WHERE phone IS NOT NULL;  -- a login names it

-- Clients act on their own behalf.
ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_kind_check, DROP CONSTRAINT audit_log_check;
ALTER TABLE audit_log
    ADD CONSTRAINT audit_log_actor_kind_check
        CHECK (actor_kind IN ('staff', 'system', 'operator', 'radius', 'client')),
    ADD CONSTRAINT audit_log_check
        CHECK ((actor_kind IN ('staff', 'client')) = (actor_id IS NOT NULL));

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
-- Whose portal answers under a host name.
CREATE FUNCTION portal_isp(host text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT said.tenant_id FROM public.portal_addresses AS said WHERE said.host = portal_isp.host;
    END;
-- Whose device has an address now. Of private addresses several ISPs may have the same.
CREATE FUNCTION devices_at(address inet) RETURNS TABLE (tenant_id bigint, connection_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT isp.tenant_id, live.connection_id
          FROM public.tenants AS isp
          CROSS JOIN (
              SELECT CASE WHEN family(devices_at.address) = 6 THEN ARRAY(
                  SELECT network(set_masklen(devices_at.address, length))
                    FROM generate_series(32, 128) AS length) END AS prefixes) AS asked
          CROSS JOIN LATERAL (
              SELECT connection_id, started_at FROM public.live_sessions
               WHERE tenant_id = isp.tenant_id AND framed_ipv4 = devices_at.address
              UNION ALL
              SELECT connection_id, started_at FROM public.live_sessions
               WHERE tenant_id = isp.tenant_id AND framed_ipv6_prefix = ANY (asked.prefixes)
              UNION ALL
              SELECT connection_id, started_at FROM public.live_sessions
               WHERE tenant_id = isp.tenant_id AND delegated_ipv6_prefix = ANY (asked.prefixes)
               ORDER BY started_at DESC LIMIT 1) AS live
         WHERE live.connection_id IS NOT NULL;
    END;
GRANT EXECUTE ON FUNCTION portal_isp(text), devices_at(inet) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
