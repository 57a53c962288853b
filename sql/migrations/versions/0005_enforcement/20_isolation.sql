-- An ISP sees what is pending of its sessions and may ask for a kick; what carries it out serves all ISPs.

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['session_changes', 'nas_abilities', 'network_problems'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', tenant_table);
        EXECUTE format('GRANT SELECT ON %I TO skylink_app', tenant_table);
        EXECUTE format('CREATE POLICY gate_works ON %I TO skylink_gate USING (true) WITH CHECK (true)',
            tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO skylink_gate', tenant_table);
    END LOOP;
END $$;
GRANT INSERT, UPDATE ON session_changes TO skylink_app;

CREATE SCHEMA enforcement AUTHORIZATION skylink_gate;
