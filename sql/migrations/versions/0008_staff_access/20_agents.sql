-- Whose clients an agent sees. Where skylink.agent_id is set, every statement of the transaction finds
-- the clients of that agent and what hangs on them, and nothing of anybody else's, whoever wrote it.

CREATE FUNCTION current_agent() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('skylink.agent_id', true), '')::bigint;
GRANT EXECUTE ON FUNCTION current_agent() TO skylink_app;

ALTER TABLE clients ADD COLUMN agent_id bigint DEFAULT current_agent();  -- whom an agent adds is theirs
ALTER TABLE clients ADD FOREIGN KEY (tenant_id, agent_id) REFERENCES staff;
CREATE INDEX clients_of_agent ON clients (tenant_id, agent_id) WHERE agent_id IS NOT NULL;
SELECT history.track('clients');

CREATE POLICY clients_of_the_agent ON clients AS RESTRICTIVE TO skylink_app
    USING (current_agent() IS NULL OR agent_id = current_agent())
    WITH CHECK (current_agent() IS NULL OR agent_id = current_agent());

-- Keep a table to what an agent's clients, or their connections, are: by its column that points there.
CREATE FUNCTION keep_to_the_agents(kept regclass, pointer name, there regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY clients_of_the_agent ON %s AS RESTRICTIVE TO skylink_app'
        ' USING (public.current_agent() IS NULL OR %I IN (SELECT id FROM %s))', kept, pointer, there);
END $$;
GRANT EXECUTE ON FUNCTION keep_to_the_agents(regclass, name, regclass) TO skylink_gate;
SELECT keep_to_the_agents('history.clients', 'id', 'public.clients');
SELECT keep_to_the_agents(kept, 'client_id', 'public.clients') FROM unnest(ARRAY[
    'connections', 'invoices', 'history.connections', 'history.invoices']::regclass[]) AS kept;
SELECT keep_to_the_agents(kept, 'connection_id', 'public.connections') FROM unnest(ARRAY[
    'connection_macs', 'connection_usage', 'access_decisions', 'live_sessions', 'session_changes',
    'usage_daily', 'history.connection_macs']::regclass[]) AS kept;

-- The sessions that ended are the gate's, and so are their months.
SET LOCAL ROLE skylink_gate;
CREATE OR REPLACE FUNCTION intake.fence(part name) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE intake.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY own_rows ON intake.%I FOR SELECT TO skylink_app'
        ' USING (tenant_id = public.current_tenant())', part);
    EXECUTE format('CREATE POLICY gate_works ON intake.%I TO skylink_gate USING (true) WITH CHECK (true)', part);
    PERFORM public.keep_to_the_agents(format('intake.%I', part)::regclass, 'connection_id', 'public.connections');
    EXECUTE format('GRANT SELECT ON intake.%I TO skylink_app', part);
END $$;
SELECT keep_to_the_agents('session_history', 'connection_id', 'connections');
SELECT keep_to_the_agents(inhrelid::regclass, 'connection_id', 'connections')
  FROM pg_inherits WHERE inhparent = 'session_history'::regclass;
SET LOCAL ROLE skylink_owner;
