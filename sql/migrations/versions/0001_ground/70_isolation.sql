-- ISPs apart, by the database itself. Forced: even the owner of the tables sees no tenant's rows.

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'tenants', 'staff', 'access_restrictions', 'no_cut_days', 'number_series',
        'zones', 'packages', 'package_fair_use_steps', 'package_speed_windows',
        'package_uncounted_windows', 'profiles',
        'clients', 'connections', 'connection_macs', 'connection_usage', 'invoices',
        'nas_devices', 'nas_sightings', 'audit_log', 'access_decisions'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table);
        EXECUTE format('GRANT SELECT ON %I TO skylink_app', tenant_table);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO skylink_app, skylink_gate;
GRANT EXECUTE ON FUNCTION current_tenant() TO skylink_app;
GRANT INSERT, UPDATE, DELETE ON
    staff, access_restrictions, no_cut_days, zones, packages, package_fair_use_steps,
    package_speed_windows, package_uncounted_windows, profiles, clients, connections,
    connection_macs, connection_usage, nas_devices TO skylink_app;
GRANT INSERT, UPDATE ON tenants, number_series, invoices TO skylink_app;  -- invoices are voided
GRANT INSERT ON audit_log TO skylink_app;
GRANT USAGE ON SEQUENCE tenants_tenant_id_seq, connections_id_seq, nas_devices_id_seq TO skylink_app;

-- Nodes belong to the server: every ISP's staff may see how they are.
ALTER TABLE radius_nodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE radius_nodes FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON radius_nodes FOR SELECT TO skylink_app USING (true);
CREATE POLICY gate_writes ON radius_nodes TO skylink_gate USING (true) WITH CHECK (true);
GRANT SELECT ON radius_nodes TO skylink_app;
GRANT SELECT, INSERT, UPDATE ON radius_nodes TO skylink_gate;

-- The gate reads what RADIUS serves from, of every ISP, and hands it out through narrow views only.
DO $$
DECLARE
    read_table text;
BEGIN
    FOREACH read_table IN ARRAY ARRAY[
        'tenants', 'access_restrictions', 'no_cut_days', 'packages', 'package_fair_use_steps',
        'package_speed_windows', 'package_uncounted_windows', 'profiles', 'clients', 'connections',
        'connection_macs', 'connection_usage', 'invoices', 'nas_devices', 'nas_sightings'
    ] LOOP
        EXECUTE format('CREATE POLICY gate_reads ON %I FOR SELECT TO skylink_gate USING (true)', read_table);
        EXECUTE format('GRANT SELECT ON %I TO skylink_gate', read_table);
    END LOOP;
END $$;
CREATE POLICY gate_learns ON connection_macs FOR INSERT TO skylink_gate WITH CHECK (true);
CREATE POLICY gate_records ON audit_log FOR INSERT TO skylink_gate WITH CHECK (true);
CREATE POLICY gate_records ON access_decisions FOR INSERT TO skylink_gate WITH CHECK (true);
CREATE POLICY gate_looks_for_old ON access_decisions FOR SELECT TO skylink_gate USING (true);
CREATE POLICY gate_forgets ON access_decisions FOR DELETE TO skylink_gate
    USING (decided_at < now() - interval '90 days');
GRANT SELECT, DELETE ON access_decisions TO skylink_gate;
CREATE POLICY gate_inserts ON nas_sightings FOR INSERT TO skylink_gate WITH CHECK (true);
CREATE POLICY gate_updates ON nas_sightings FOR UPDATE TO skylink_gate USING (true) WITH CHECK (true);
GRANT INSERT ON connection_macs, audit_log, access_decisions TO skylink_gate;
GRANT INSERT, UPDATE ON nas_sightings TO skylink_gate;

-- Before anybody is in a tenant's scope: which ISPs there are.
GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
CREATE FUNCTION isp_directory() RETURNS TABLE (tenant_id bigint, slug text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT isp.tenant_id, isp.slug, isp.name::text FROM public.tenants AS isp ORDER BY isp.tenant_id;
    END;
GRANT EXECUTE ON FUNCTION isp_directory() TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;

CREATE SCHEMA radius AUTHORIZATION skylink_gate;
