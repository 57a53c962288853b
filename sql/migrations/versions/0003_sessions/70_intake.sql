-- All that `intake` (network/intake.py) may see and do: it works for every ISP, as the role
-- skylink_intake. One batch is one transaction: COPY the sessions heard into `heard`; `recall` says what is
-- known of them; COPY what they became; `store` keeps it together with the journal's position. Batches go
-- one after the other, also those of several nodes: so what was recalled is what is changed. Run as the gate.

CREATE VIEW intake.nas_devices AS
SELECT nas.tenant_id, nas.id AS nas_id, host(nas.address) AS address, nas.swap_directions, isp.time_zone
  FROM public.nas_devices AS nas
  JOIN public.tenants AS isp USING (tenant_id);

CREATE VIEW intake.uncounted_windows AS
SELECT tenant_id, package_id, position, start_minute, end_minute, weekdays FROM public.package_uncounted_windows;

-- The tables of a batch, for as long as the caller is connected; empty again after each transaction.
-- They are the gate's own: whoever calls can fill them and nothing else.
CREATE FUNCTION intake.begin() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE heard (
        n integer NOT NULL, tenant_id bigint NOT NULL, nas_id bigint NOT NULL, acct_session_id text NOT NULL,
        username text NOT NULL, class_connection_id bigint, since timestamptz NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE became (
        tenant_id bigint NOT NULL, id bigint, was text NOT NULL CHECK (was IN ('new', 'live', 'ended')),
        was_ended_at timestamptz, connection_id bigint, nas_id bigint NOT NULL, node text NOT NULL,
        acct_session_id text NOT NULL, username text NOT NULL, started_at timestamptz NOT NULL,
        heard_at timestamptz NOT NULL, ended_at timestamptz, ended_by text, terminate_cause text, mac text,
        framed_ipv4 inet, framed_ipv6_prefix cidr, delegated_ipv6_prefix cidr, nas_port_id text,
        down_bytes bigint NOT NULL, up_bytes bigint NOT NULL, down_counter bigint NOT NULL,
        up_counter bigint NOT NULL, session_seconds integer, said_at timestamptz, granted text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE used (
        tenant_id bigint NOT NULL, connection_id bigint NOT NULL, used_on date NOT NULL,
        cycle_from_on date NOT NULL, cycle_until timestamptz NOT NULL, down_bytes bigint NOT NULL,
        up_bytes bigint NOT NULL, uncounted_bytes bigint NOT NULL, counted_through timestamptz NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE restarted (
        tenant_id bigint NOT NULL, nas_id bigint NOT NULL, restarted_at timestamptz NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE not_understood (
        tenant_id bigint, file text NOT NULL, position bigint NOT NULL, reason text NOT NULL, record text NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE read_through (file text NOT NULL, position bigint NOT NULL) ON COMMIT DELETE ROWS;
    EXECUTE format('GRANT INSERT ON heard, became, used, restarted, not_understood, read_through TO %I', session_user);
END $$;

-- What is known of the sessions heard: they live, ended lately, or (id null) are new; and of the
-- connection: by what was known, by name, by the Class it was given.
CREATE FUNCTION intake.recall() RETURNS TABLE (
    n integer, id bigint, was_ended_at timestamptz, ended_by text, started_at timestamptz, heard_at timestamptz,
    mac text, framed_ipv4 text, framed_ipv6_prefix text, delegated_ipv6_prefix text, nas_port_id text,
    down_bytes bigint, up_bytes bigint, down_counter bigint, up_counter bigint, session_seconds integer,
    said_at timestamptz, granted text,
    connection_id bigint, package_id bigint, profile_kind text, validity_days integer, expires_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('intake.batch'));
    RETURN QUERY
    SELECT asked.n, coalesce(live.id, past.id), past.ended_at, past.ended_by,
           coalesce(live.started_at, past.started_at), coalesce(live.heard_at, past.ended_at),
           coalesce(live.mac, past.mac), host(coalesce(live.framed_ipv4, past.framed_ipv4)),
           coalesce(live.framed_ipv6_prefix, past.framed_ipv6_prefix)::text,
           coalesce(live.delegated_ipv6_prefix, past.delegated_ipv6_prefix)::text,
           coalesce(live.nas_port_id, past.nas_port_id),
           coalesce(live.down_bytes, past.down_bytes), coalesce(live.up_bytes, past.up_bytes),
           coalesce(live.down_counter, past.down_counter), coalesce(live.up_counter, past.up_counter),
           coalesce(live.session_seconds, past.session_seconds), coalesce(live.said_at, past.said_at),
           coalesce(live.granted, past.granted),
           line.id, line.package_id, profile.kind, package.validity_days, line.expires_at
      FROM pg_temp.heard AS asked
      LEFT JOIN public.live_sessions AS live
        ON live.tenant_id = asked.tenant_id AND live.nas_id = asked.nas_id
       AND live.acct_session_id = asked.acct_session_id AND live.username = asked.username
      LEFT JOIN LATERAL (
           SELECT * FROM public.session_history AS ended
            WHERE live.id IS NULL AND ended.tenant_id = asked.tenant_id AND ended.nas_id = asked.nas_id
              AND ended.acct_session_id = asked.acct_session_id AND ended.username = asked.username
              AND ended.ended_at > asked.since - interval '1 day'
            ORDER BY ended.ended_at DESC LIMIT 1) AS past ON true
      LEFT JOIN LATERAL (
           SELECT one.* FROM public.connections AS one
            WHERE one.tenant_id = asked.tenant_id
              AND one.id = coalesce(live.connection_id, past.connection_id,
                  (SELECT named.id FROM public.connections AS named
                    WHERE named.tenant_id = asked.tenant_id AND named.username::text = asked.username),
                  asked.class_connection_id)
            LIMIT 1) AS line ON true
      LEFT JOIN public.profiles AS profile
        ON profile.tenant_id = line.tenant_id AND profile.id = line.profile_id
      LEFT JOIN public.packages AS package
        ON package.tenant_id = line.tenant_id AND package.id = line.package_id;
END $$;

-- Keeps what the sessions became, what was used, and how far the journal is read, or nothing of it.
-- `in_counters` is added to what the node has counted so far.
CREATE FUNCTION intake.store(in_node text, in_received_at timestamptz, in_counters jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM public.session_history AS again USING pg_temp.became AS now
     WHERE now.was = 'ended' AND again.tenant_id = now.tenant_id AND again.ended_at = now.was_ended_at
       AND again.id = now.id;
    UPDATE public.live_sessions AS live
       SET node = now.node, heard_at = now.heard_at, connection_id = now.connection_id, mac = now.mac,
           framed_ipv4 = now.framed_ipv4, framed_ipv6_prefix = now.framed_ipv6_prefix,
           delegated_ipv6_prefix = now.delegated_ipv6_prefix, nas_port_id = now.nas_port_id,
           down_bytes = now.down_bytes, up_bytes = now.up_bytes, down_counter = now.down_counter,
           up_counter = now.up_counter, session_seconds = now.session_seconds, said_at = now.said_at,
           granted = now.granted, started_at = now.started_at
      FROM pg_temp.became AS now
     WHERE now.was = 'live' AND now.ended_at IS NULL
       AND live.tenant_id = now.tenant_id AND live.id = now.id;
    DELETE FROM public.live_sessions AS live USING pg_temp.became AS now
     WHERE now.was = 'live' AND now.ended_at IS NOT NULL
       AND live.tenant_id = now.tenant_id AND live.id = now.id;
    INSERT INTO public.session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, ended_at, ended_by, terminate_cause, mac, framed_ipv4, framed_ipv6_prefix,
           delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter, up_counter, session_seconds,
           said_at, granted)
    SELECT tenant_id, coalesce(id, nextval('public.live_sessions_id_seq')), connection_id, nas_id, node,
           acct_session_id, username, started_at, ended_at, ended_by, terminate_cause, mac, framed_ipv4,
           framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter,
           up_counter, session_seconds, said_at, granted
      FROM pg_temp.became WHERE ended_at IS NOT NULL;
    INSERT INTO public.live_sessions (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, heard_at, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id,
           down_bytes, up_bytes, down_counter, up_counter, session_seconds, said_at, granted)
    SELECT tenant_id, coalesce(id, nextval('public.live_sessions_id_seq')), connection_id, nas_id, node,
           acct_session_id, username, started_at, heard_at, mac, framed_ipv4, framed_ipv6_prefix,
           delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter, up_counter,
           session_seconds, said_at, granted
      FROM pg_temp.became WHERE was <> 'live' AND ended_at IS NULL;
    PERFORM intake.end_live(array_agg(old.tenant_id), array_agg(old.id), array_agg(cause.ended_at),
                            array_agg(cause.ended_by))
       FROM public.live_sessions AS old
       JOIN LATERAL (
            SELECT greatest(nas.restarted_at, old.started_at) AS ended_at, 'nas_restart' AS ended_by
              FROM pg_temp.restarted AS nas
             WHERE nas.tenant_id = old.tenant_id AND nas.nas_id = old.nas_id
               AND old.heard_at <= nas.restarted_at
             ORDER BY 1 LIMIT 1) AS cause ON true
     WHERE EXISTS (SELECT FROM pg_temp.restarted)
    HAVING count(*) > 0;
    -- The same device dialled again: its older session is over, though no Stop has said so.
    PERFORM intake.end_live(array_agg(gone.tenant_id), array_agg(gone.id), array_agg(gone.ended_at),
                            array_agg('redial'::text))
       FROM (SELECT old.tenant_id, old.id, min(now.started_at) AS ended_at
               FROM pg_temp.became AS now
               JOIN public.live_sessions AS old
                 ON old.tenant_id = now.tenant_id AND old.connection_id = now.connection_id
              WHERE now.was = 'new' AND old.mac = now.mac AND old.started_at < now.started_at
                AND old.heard_at <= now.started_at
                AND (old.nas_id, old.acct_session_id) <> (now.nas_id, now.acct_session_id)
              GROUP BY old.tenant_id, old.id) AS gone
    HAVING count(*) > 0;
    PERFORM intake.add_use();
    INSERT INTO public.accounting_quarantine (tenant_id, node, file, position, reason, record)
    SELECT tenant_id, in_node, file, position, reason, record FROM pg_temp.not_understood;
    INSERT INTO public.journal_positions AS known (node, file, position)
    SELECT in_node, file, position FROM pg_temp.read_through
    ON CONFLICT (node, file) DO UPDATE SET position = excluded.position, committed_at = now();
    PERFORM intake.report(in_node, in_received_at, in_counters);
    IF EXISTS (SELECT FROM pg_temp.became WHERE was <> 'live' OR ended_at IS NOT NULL) THEN
        PERFORM pg_notify('skylink_sessions', '');
    END IF;
END $$;

-- Ends live sessions without a word from them, with what was last known.
CREATE FUNCTION intake.end_live(tenants bigint[], ids bigint[], ends timestamptz[], causes text[]) RETURNS integer
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended integer;
BEGIN
    WITH over AS (SELECT * FROM unnest(tenants, ids, ends, causes) AS o (tenant_id, id, ended_at, ended_by)),
    gone AS (
        DELETE FROM public.live_sessions AS live USING over
         WHERE live.tenant_id = over.tenant_id AND live.id = over.id
        RETURNING live.*, over.ended_at, over.ended_by)
    INSERT INTO public.session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, ended_at, ended_by, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix,
           nas_port_id, down_bytes, up_bytes, down_counter, up_counter, session_seconds, said_at, granted)
    SELECT tenant_id, id, connection_id, nas_id, node, acct_session_id, username, started_at, ended_at,
           ended_by, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id, down_bytes,
           up_bytes, down_counter, up_counter, session_seconds, said_at, granted
      FROM gone;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;

CREATE FUNCTION intake.add_use() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.usage_daily AS known
           (tenant_id, used_on, connection_id, down_bytes, up_bytes, uncounted_bytes)
    SELECT tenant_id, used_on, connection_id, sum(down_bytes), sum(up_bytes), sum(uncounted_bytes)
      FROM pg_temp.used WHERE down_bytes + up_bytes > 0
     GROUP BY tenant_id, used_on, connection_id
    ON CONFLICT (tenant_id, used_on, connection_id) DO UPDATE
       SET down_bytes = known.down_bytes + excluded.down_bytes, up_bytes = known.up_bytes + excluded.up_bytes,
           uncounted_bytes = known.uncounted_bytes + excluded.uncounted_bytes;
    INSERT INTO public.connection_usage AS known
           (tenant_id, connection_id, cycle_from_on, cycle_until, used_bytes, counted_through)
    SELECT tenant_id, connection_id, cycle_from_on, max(cycle_until),
           sum(down_bytes + up_bytes - uncounted_bytes), max(counted_through)
      FROM pg_temp.used
     GROUP BY tenant_id, connection_id, cycle_from_on
    ON CONFLICT (tenant_id, connection_id, cycle_from_on) DO UPDATE
       SET used_bytes = known.used_bytes + excluded.used_bytes, cycle_until = excluded.cycle_until,
           counted_through = greatest(known.counted_through, excluded.counted_through);
END $$;

-- What a node's intake says of itself: through which instant all its records are here.
CREATE FUNCTION intake.report(in_node text, in_received_at timestamptz, in_counters jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        INSERT INTO public.journal_nodes (node, received_at, counters, reported_at)
        VALUES (in_node, in_received_at, in_counters, now())
        ON CONFLICT (node) DO UPDATE SET counters = excluded.counters, reported_at = excluded.reported_at,
            received_at = greatest(journal_nodes.received_at, excluded.received_at);
    END;

CREATE FUNCTION intake.positions(in_node text) RETURNS TABLE (file text, "position" bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT known.file, known.position FROM public.journal_positions AS known WHERE known.node = in_node;
    END;

CREATE FUNCTION intake.forget_files(in_node text, files text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        DELETE FROM public.journal_positions AS known WHERE known.node = in_node AND known.file = ANY (files);
    END;

-- Ends sessions that missed three Interims and a minute: their Stop was lost. Judged by what the node
-- that heard them last has read, so that a journal that waits for its intake makes nobody silent.
CREATE FUNCTION intake.end_silent(at timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('intake.batch'));
    SELECT intake.end_live(array_agg(live.tenant_id), array_agg(live.id), array_agg(live.heard_at),
                           array_agg('silence'::text)) INTO ended
      FROM public.live_sessions AS live
      JOIN public.journal_nodes AS heard_by ON heard_by.node = live.node
      JOIN public.tenants AS isp ON isp.tenant_id = live.tenant_id
      LEFT JOIN public.connections AS line ON line.tenant_id = live.tenant_id AND line.id = live.connection_id
      LEFT JOIN public.packages AS package
        ON package.tenant_id = line.tenant_id AND package.id = line.package_id
     WHERE live.heard_at < at - interval '4 minutes'
       AND live.heard_at < least(at, heard_by.received_at)
           - (3 * coalesce(package.interim_seconds, isp.interim_seconds) + 60) * interval '1 second'
    HAVING count(*) > 0;
    IF ended > 0 THEN
        PERFORM pg_notify('skylink_sessions', '');
    END IF;
    RETURN coalesce(ended, 0);
END $$;

GRANT USAGE ON SCHEMA intake TO skylink_intake;
GRANT SELECT ON intake.nas_devices, intake.uncounted_windows TO skylink_intake;
GRANT EXECUTE ON FUNCTION intake.begin(), intake.recall(), intake.store(text, timestamptz, jsonb),
    intake.report(text, timestamptz, jsonb), intake.positions(text), intake.forget_files(text, text[]),
    intake.make_months(timestamptz, integer) TO skylink_intake;
GRANT EXECUTE ON FUNCTION intake.end_silent(timestamptz) TO skylink_app;
