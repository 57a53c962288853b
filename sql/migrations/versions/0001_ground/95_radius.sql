-- All that a RADIUS node may see and do, beside the facts. Run as the gate.

CREATE VIEW radius.nas_devices AS
SELECT nas.tenant_id,
       nas.id AS nas_id,
       jsonb_build_object(
           'name', nas.name,
           'slug', isp.slug,
           'address', host(nas.address),
           'kind', nas.kind,
           'require_message_authenticator', nas.require_message_authenticator,
           'swap_directions', nas.swap_directions,
           'coa_port', nas.coa_port) AS facts,
       nas.sealed_secret
  FROM public.nas_devices AS nas
  JOIN public.tenants AS isp USING (tenant_id);

CREATE VIEW radius.changes AS
SELECT change.xid, change.kind, change.tenant_id, change.id FROM public.fact_changes AS change;

-- A node that was away for longer than a day reads everything anew.
CREATE FUNCTION radius.forget_old_changes() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        WITH forgotten AS (
            DELETE FROM public.fact_changes WHERE changed_at < now() - interval '1 day' RETURNING 1)
        SELECT count(*) FROM forgotten;
    END;

-- What /why shows of a connection is recent; a longer memory would grow with every redial.
CREATE FUNCTION radius.forget_old_decisions() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        WITH forgotten AS (
            DELETE FROM public.access_decisions WHERE decided_at < now() - interval '90 days' RETURNING 1)
        SELECT count(*) FROM forgotten;
    END;

-- Decisions of a node, in any order; returns how many were kept. A connection deleted meanwhile is
-- kept by its username.
CREATE FUNCTION radius.note_decisions(docs jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept integer;
BEGIN
    INSERT INTO public.access_decisions
           (tenant_id, connection_id, username, decided_at, node, nas_id, mac, verdict, reason)
    SELECT said.tenant_id, known.id, left(said.username, 253), said.decided_at, left(said.node, 253),
           said.nas_id, left(said.mac, 253), said.verdict, said.reason
      FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, connection_id bigint, username text,
               decided_at timestamptz, node text, nas_id bigint, mac text, verdict text, reason text)
      JOIN public.tenants AS isp ON isp.tenant_id = said.tenant_id
      LEFT JOIN public.connections AS known
        ON known.tenant_id = said.tenant_id AND known.id = said.connection_id
     ORDER BY said.decided_at;
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END $$;

-- Binds the first device of a connection that learns; false where one is bound or it does not learn.
CREATE FUNCTION radius.learn_mac(in_tenant_id bigint, in_connection_id bigint, in_mac text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.connection_macs (tenant_id, connection_id, mac, bound_by)
    SELECT learning.tenant_id, learning.id, in_mac, 'login'
      FROM public.connections AS learning
     WHERE learning.tenant_id = in_tenant_id AND learning.id = in_connection_id
       AND learning.mac_mode = 'learn'
       AND NOT EXISTS (SELECT FROM public.connection_macs AS bound
               WHERE bound.tenant_id = in_tenant_id AND bound.connection_id = in_connection_id)
    ON CONFLICT DO NOTHING;  -- another node was first
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO public.audit_log
           (tenant_id, actor_kind, actor_name, action, subject_kind, subject_id, after)
    VALUES (in_tenant_id, 'radius', 'radius', 'connection.mac_learnt', 'connection', in_connection_id,
            jsonb_build_object('mac', in_mac));
    RETURN true;
END $$;

CREATE FUNCTION radius.report_node(in_node text, in_facts_at timestamptz, in_counters jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        INSERT INTO public.radius_nodes (node, facts_at, counters, reported_at)
        VALUES (in_node, in_facts_at, in_counters, now())
        ON CONFLICT (node) DO UPDATE SET facts_at = excluded.facts_at, counters = excluded.counters,
            reported_at = excluded.reported_at;
    END;

-- Several nodes serve one NAS: the latest sighting stays, whoever reports last.
CREATE FUNCTION radius.note_nas(docs jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept integer;
BEGIN
    INSERT INTO public.nas_sightings AS known (tenant_id, nas_id, last_seen_at, unauthenticated_at)
    SELECT said.tenant_id, said.nas_id, max(said.last_seen_at), max(said.unauthenticated_at)
      FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, nas_id bigint, last_seen_at timestamptz,
               unauthenticated_at timestamptz)
      JOIN public.nas_devices AS nas ON nas.tenant_id = said.tenant_id AND nas.id = said.nas_id
     GROUP BY said.tenant_id, said.nas_id
     ORDER BY said.tenant_id, said.nas_id  -- one order for all nodes: they never wait in a circle
    ON CONFLICT (tenant_id, nas_id) DO UPDATE
       SET last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
           unauthenticated_at = greatest(known.unauthenticated_at, excluded.unauthenticated_at);
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END $$;

GRANT USAGE ON SCHEMA radius TO skylink_radius;
GRANT SELECT ON radius.nas_devices, radius.changes TO skylink_radius;
GRANT EXECUTE ON FUNCTION radius.forget_old_changes(), radius.forget_old_decisions(), radius.note_decisions(jsonb),
    radius.learn_mac(bigint, bigint, text), radius.report_node(text, timestamptz, jsonb),
    radius.note_nas(jsonb) TO skylink_radius;
