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
-- They are the gate's own: whoever calls can fill them and nothing else. Instants are POSIX seconds.
CREATE FUNCTION intake.begin() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE heard (  -- each session of the batch once
        n integer NOT NULL, tenant_id bigint NOT NULL, nas_id bigint NOT NULL, acct_session_id text NOT NULL,
        username text NOT NULL, class_connection_id bigint, since double precision NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE went_on (  -- live sessions of which nothing but the figures is new
        tenant_id bigint NOT NULL, id bigint NOT NULL, heard_at double precision NOT NULL,
        down_bytes bigint NOT NULL, up_bytes bigint NOT NULL, down_counter bigint NOT NULL,
        up_counter bigint NOT NULL, session_seconds integer, said_at double precision
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE became (  -- all others
        tenant_id bigint NOT NULL, id bigint, was text NOT NULL CHECK (was IN ('new', 'live', 'ended')),
        was_ended_at double precision, connection_id bigint, nas_id bigint NOT NULL,
        acct_session_id text NOT NULL, username text NOT NULL, started_at double precision NOT NULL,
        heard_at double precision NOT NULL, ended_at double precision, ended_by text, terminate_cause text,
        mac text, framed_ipv4 inet, framed_ipv6_prefix cidr, delegated_ipv6_prefix cidr, nas_port_id text,
        down_bytes bigint NOT NULL, up_bytes bigint NOT NULL, down_counter bigint NOT NULL,
        up_counter bigint NOT NULL, session_seconds integer, said_at double precision, granted text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE used (
        tenant_id bigint NOT NULL, connection_id bigint NOT NULL, used_on date NOT NULL,
        cycle_from_on date NOT NULL, cycle_until timestamptz NOT NULL, down_bytes bigint NOT NULL,
        up_bytes bigint NOT NULL, uncounted_bytes bigint NOT NULL, counted_through double precision NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE restarted (
        tenant_id bigint NOT NULL, nas_id bigint NOT NULL, restarted_at double precision NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE not_understood (
        tenant_id bigint, file text NOT NULL, position bigint NOT NULL, reason text NOT NULL, record text NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE read_through (file text NOT NULL, read_from bigint NOT NULL, position bigint NOT NULL)
        ON COMMIT DELETE ROWS;
    EXECUTE format('GRANT INSERT ON heard, went_on, became, used, restarted, not_understood, read_through TO %I',
        session_user);
END $$;

-- What is known of the sessions heard: they live, ended lately, or (id null) are new; and of the
-- connection: by what was known, by name, by the Class it was given. A plan made when a table was
-- small is kept when it is large: so here and in `store` each row of the batch looks its own up, by
-- index (LATERAL), and no plan is left to be chosen.
CREATE FUNCTION intake.recall() RETURNS TABLE (
    n integer, id bigint, was_ended_at double precision, ended_by text, started_at double precision,
    heard_at double precision, mac text, framed_ipv4 text, framed_ipv6_prefix text, delegated_ipv6_prefix text,
    nas_port_id text, down_bytes bigint, up_bytes bigint, down_counter bigint, up_counter bigint,
    session_seconds integer, said_at double precision, granted text, known_connection_id bigint,
    connection_id bigint, package_id bigint, profile_kind text, validity_days integer,
    expires_at double precision)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('intake.batch'));
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true);
    RETURN QUERY
    SELECT asked.n, known.id, date_part('epoch', known.ended_at), known.ended_by,
           date_part('epoch', known.started_at), date_part('epoch', known.heard_at), known.mac,
           host(known.framed_ipv4), known.framed_ipv6_prefix::text, known.delegated_ipv6_prefix::text,
           known.nas_port_id, known.down_bytes, known.up_bytes, known.down_counter, known.up_counter,
           known.session_seconds, date_part('epoch', known.said_at), known.granted, known.connection_id,
           line.id, line.package_id, profile.kind, package.validity_days, date_part('epoch', line.expires_at)
      FROM pg_temp.heard AS asked
      LEFT JOIN LATERAL (
           (SELECT live.id, NULL::timestamptz AS ended_at, NULL AS ended_by, live.started_at, live.heard_at,
                   live.mac, live.framed_ipv4, live.framed_ipv6_prefix, live.delegated_ipv6_prefix,
                   live.nas_port_id, live.down_bytes, live.up_bytes, live.down_counter, live.up_counter,
                   live.session_seconds, live.said_at, live.granted, live.connection_id
              FROM public.live_sessions AS live
             WHERE live.tenant_id = asked.tenant_id AND live.nas_id = asked.nas_id
               AND live.acct_session_id = asked.acct_session_id AND live.username = asked.username)
           UNION ALL
           (SELECT ended.id, ended.ended_at, ended.ended_by, ended.started_at, ended.ended_at,
                   ended.mac, ended.framed_ipv4, ended.framed_ipv6_prefix, ended.delegated_ipv6_prefix,
                   ended.nas_port_id, ended.down_bytes, ended.up_bytes, ended.down_counter, ended.up_counter,
                   ended.session_seconds, ended.said_at, ended.granted, ended.connection_id
              FROM public.session_history AS ended
             WHERE ended.tenant_id = asked.tenant_id AND ended.nas_id = asked.nas_id
               AND ended.acct_session_id = asked.acct_session_id AND ended.username = asked.username
               AND ended.ended_at > to_timestamp(asked.since) - interval '1 day'
             ORDER BY ended.ended_at DESC LIMIT 1)
           LIMIT 1) AS known ON true
      LEFT JOIN LATERAL (
           SELECT one.id, one.package_id, one.profile_id, one.expires_at
             FROM public.connections AS one
            WHERE one.tenant_id = asked.tenant_id
              AND one.id = coalesce(known.connection_id,
                  (SELECT named.id FROM public.connections AS named
                    WHERE named.tenant_id = asked.tenant_id AND named.username::text = asked.username),
                  asked.class_connection_id)) AS line ON true
      LEFT JOIN public.profiles AS profile
        ON profile.tenant_id = asked.tenant_id AND profile.id = line.profile_id
      LEFT JOIN public.packages AS package
        ON package.tenant_id = asked.tenant_id AND package.id = line.package_id;
END $$;

-- Keeps what the sessions became, what was used, and how far the journal is read, or nothing of it.
CREATE FUNCTION intake.store(in_node text, in_received_at timestamptz, in_counters jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM intake.advance(in_node);
    UPDATE public.live_sessions AS live
       SET node = in_node, heard_at = to_timestamp(now.heard_at), down_bytes = now.down_bytes,
           up_bytes = now.up_bytes, down_counter = now.down_counter, up_counter = now.up_counter,
           session_seconds = now.session_seconds, said_at = to_timestamp(now.said_at)
      FROM (SELECT given.*, found.place FROM pg_temp.went_on AS given
             CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
                 WHERE row.tenant_id = given.tenant_id AND row.id = given.id LIMIT 1) AS found) AS now
     WHERE live.ctid = now.place;
    PERFORM intake.turn(in_node) WHERE EXISTS (SELECT FROM pg_temp.became);
    PERFORM intake.end_restarted() WHERE EXISTS (SELECT FROM pg_temp.restarted);
    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
            set_config('enable_mergejoin', 'on', true);  -- the trigger on use is planned each time
    PERFORM intake.add_use();
    INSERT INTO public.accounting_quarantine (tenant_id, node, file, position, reason, record)
    SELECT tenant_id, in_node, file, position, reason, record FROM pg_temp.not_understood;
    PERFORM intake.report(in_node, in_received_at, in_counters) WHERE in_counters IS NOT NULL;
END $$;

-- The journal is read further, from where this database knows it to be: two who read one journal cannot
-- both be believed.
CREATE FUNCTION intake.advance(in_node text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_temp.read_through AS here
                 LEFT JOIN public.journal_positions AS known ON known.node = in_node AND known.file = here.file
                WHERE here.read_from <> coalesce(known.position, 0)) THEN
        RAISE EXCEPTION 'the journal of % was read by another meanwhile', in_node
            USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO public.journal_positions AS known (node, file, position)
    SELECT in_node, file, position FROM pg_temp.read_through
    ON CONFLICT (node, file) DO UPDATE SET position = excluded.position, committed_at = now();
END $$;

-- Sessions that begin, end, live again, or of which more than figures is new.
CREATE FUNCTION intake.turn(in_node text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    again record;
BEGIN
    FOR again IN SELECT tenant_id, id, was_ended_at FROM pg_temp.became WHERE was = 'ended' LOOP
        DELETE FROM public.session_history AS past
         WHERE past.tenant_id = again.tenant_id AND past.id = again.id AND past.ended_at
               BETWEEN to_timestamp(again.was_ended_at - 0.001) AND to_timestamp(again.was_ended_at + 0.001);
    END LOOP;
    UPDATE public.live_sessions AS live
       SET node = in_node, started_at = to_timestamp(now.started_at), heard_at = to_timestamp(now.heard_at),
           connection_id = now.connection_id, mac = now.mac, framed_ipv4 = now.framed_ipv4,
           framed_ipv6_prefix = now.framed_ipv6_prefix, delegated_ipv6_prefix = now.delegated_ipv6_prefix,
           nas_port_id = now.nas_port_id, down_bytes = now.down_bytes, up_bytes = now.up_bytes,
           down_counter = now.down_counter, up_counter = now.up_counter, session_seconds = now.session_seconds,
           said_at = to_timestamp(now.said_at), granted = now.granted
      FROM (SELECT given.*, found.place FROM pg_temp.became AS given
             CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
                 WHERE row.tenant_id = given.tenant_id AND row.id = given.id LIMIT 1) AS found
             WHERE given.was = 'live' AND given.ended_at IS NULL) AS now
     WHERE live.ctid = now.place;
    DELETE FROM public.live_sessions WHERE ctid = ANY (ARRAY(
        SELECT found.place FROM pg_temp.became AS given
         CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
             WHERE row.tenant_id = given.tenant_id AND row.id = given.id LIMIT 1) AS found
         WHERE given.was = 'live' AND given.ended_at IS NOT NULL));
    INSERT INTO public.session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, ended_at, ended_by, terminate_cause, mac, framed_ipv4, framed_ipv6_prefix,
           delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter, up_counter, session_seconds,
           said_at, granted)
    SELECT tenant_id, coalesce(id, nextval('public.live_sessions_id_seq')), connection_id, nas_id, in_node,
           acct_session_id, username, to_timestamp(started_at), to_timestamp(ended_at), ended_by,
           terminate_cause, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id,
           down_bytes, up_bytes, down_counter, up_counter, session_seconds, to_timestamp(said_at), granted
      FROM pg_temp.became WHERE ended_at IS NOT NULL;
    INSERT INTO public.live_sessions (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, heard_at, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id,
           down_bytes, up_bytes, down_counter, up_counter, session_seconds, said_at, granted)
    SELECT tenant_id, coalesce(id, nextval('public.live_sessions_id_seq')), connection_id, nas_id, in_node,
           acct_session_id, username, to_timestamp(started_at), to_timestamp(heard_at), mac, framed_ipv4,
           framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter,
           up_counter, session_seconds, to_timestamp(said_at), granted
      FROM pg_temp.became WHERE was <> 'live' AND ended_at IS NULL;
    -- The same device dialled again: its older session is over, though no Stop has said so.
    PERFORM intake.end_live(array_agg(gone.tenant_id), array_agg(gone.id), array_agg(gone.ended_at),
                            array_agg('redial'::text))
       FROM (SELECT old.tenant_id, old.id, min(to_timestamp(now.started_at)) AS ended_at
               FROM pg_temp.became AS now
              CROSS JOIN LATERAL (
                    SELECT one.tenant_id, one.id FROM public.live_sessions AS one
                     WHERE one.tenant_id = now.tenant_id AND one.connection_id = now.connection_id
                       AND one.mac = now.mac AND one.started_at < to_timestamp(now.started_at)
                       AND one.heard_at <= to_timestamp(now.started_at)
                       AND (one.nas_id, one.acct_session_id) <> (now.nas_id, now.acct_session_id)
                    OFFSET 0) AS old
              WHERE now.was = 'new'
              GROUP BY old.tenant_id, old.id) AS gone
    HAVING count(*) > 0;
    PERFORM pg_notify('skylink_sessions', '');
END $$;

-- Accounting-On and -Off (RFC 2866, 5.1): what ran on the device, and has not been heard of since, is over.
CREATE FUNCTION intake.end_restarted() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM intake.end_live(array_agg(old.tenant_id), array_agg(old.id),
                            array_agg(to_timestamp(nas.restarted_at)), array_agg('nas_restart'::text))
       FROM (SELECT tenant_id, nas_id, max(restarted_at) AS restarted_at
               FROM pg_temp.restarted GROUP BY tenant_id, nas_id) AS nas
      CROSS JOIN LATERAL (
            SELECT one.tenant_id, one.id FROM public.live_sessions AS one
             WHERE one.tenant_id = nas.tenant_id AND one.nas_id = nas.nas_id
               AND one.heard_at <= to_timestamp(nas.restarted_at) OFFSET 0) AS old
    HAVING count(*) > 0;
    PERFORM pg_notify('skylink_sessions', '');
END $$;

-- Ends live sessions without a word from them, with what was last known.
CREATE FUNCTION intake.end_live(tenants bigint[], ids bigint[], ends timestamptz[], causes text[]) RETURNS integer
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended integer;
BEGIN
    PERFORM set_config('enable_seqscan', 'off', true);
    INSERT INTO public.session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, ended_at, ended_by, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix,
           nas_port_id, down_bytes, up_bytes, down_counter, up_counter, session_seconds, said_at, granted)
    SELECT live.tenant_id, live.id, connection_id, nas_id, node, acct_session_id, username, started_at,
           greatest(over.ended_at, started_at), over.ended_by, mac, framed_ipv4, framed_ipv6_prefix,
           delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter, up_counter,
           session_seconds, said_at, granted
      FROM unnest(tenants, ids, ends, causes) AS over (tenant_id, id, ended_at, ended_by)
     CROSS JOIN LATERAL (SELECT * FROM public.live_sessions AS one
                          WHERE one.tenant_id = over.tenant_id AND one.id = over.id LIMIT 1) AS live;
    GET DIAGNOSTICS ended = ROW_COUNT;
    DELETE FROM public.live_sessions WHERE ctid = ANY (ARRAY(
        SELECT found.place FROM unnest(tenants, ids) AS over (tenant_id, id)
         CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
             WHERE row.tenant_id = over.tenant_id AND row.id = over.id LIMIT 1) AS found));
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
           sum(down_bytes + up_bytes - uncounted_bytes), to_timestamp(max(counted_through))
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
