DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'advance_tiers', 'package_slabs', 'package_changes',
        'promises', 'bill_runs', 'pending_lines', 'billed_periods'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO skylink_app', tenant_table);
    END LOOP;
END $$;
GRANT DELETE ON advance_tiers, package_slabs, package_changes, pending_lines,
    billed_periods TO skylink_app;  -- a voided bill gives its days back

SELECT keep_to_the_agents(kept, 'client_id', 'clients')
  FROM unnest(ARRAY['promises', 'pending_lines']::regclass[]) AS kept;
SELECT keep_to_the_agents(kept, 'connection_id', 'connections')
  FROM unnest(ARRAY['package_changes', 'billed_periods']::regclass[]) AS kept;
