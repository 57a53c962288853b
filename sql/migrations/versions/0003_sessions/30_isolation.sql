-- An ISP reads its sessions and its use; what writes them works for all ISPs, through the gate.

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['live_sessions', 'usage_daily'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I FOR SELECT TO skylink_app'
            ' USING (tenant_id = current_tenant())', tenant_table);
        EXECUTE format('GRANT SELECT ON %I TO skylink_app', tenant_table);
    END LOOP;
    FOREACH tenant_table IN ARRAY ARRAY['live_sessions', 'usage_daily', 'journal_positions', 'journal_nodes',
            'accounting_quarantine'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY gate_works ON %I TO skylink_gate USING (true) WITH CHECK (true)',
            tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO skylink_gate', tenant_table);
    END LOOP;
END $$;
GRANT USAGE ON SEQUENCE live_sessions_id_seq TO skylink_gate;
CREATE POLICY everybody_reads ON journal_nodes FOR SELECT TO skylink_app USING (true);
GRANT SELECT ON journal_nodes TO skylink_app;

CREATE POLICY gate_counts ON connection_usage FOR INSERT TO skylink_gate WITH CHECK (true);
CREATE POLICY gate_adds ON connection_usage FOR UPDATE TO skylink_gate USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE ON connection_usage TO skylink_gate;

SET LOCAL ROLE skylink_gate;
ALTER TABLE session_history ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON session_history FOR SELECT TO skylink_app USING (tenant_id = current_tenant());
CREATE POLICY gate_works ON session_history TO skylink_gate USING (true) WITH CHECK (true);
GRANT SELECT ON session_history TO skylink_app;
SET LOCAL ROLE skylink_owner;

CREATE SCHEMA intake AUTHORIZATION skylink_gate;
