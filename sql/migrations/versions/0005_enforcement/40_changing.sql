-- What enforcement does, in sets. Each function is one transaction of its own. Run as the gate.

-- Sets down what sessions are to become; a kick that was asked for is not overruled. A session that
-- ended meanwhile needs nothing.
CREATE FUNCTION enforcement.want(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        INSERT INTO public.session_changes AS change
               (tenant_id, session_id, nas_id, connection_id, wanted, step, says, down_kbps, up_kbps, means,
                next_try_at, problem)
        SELECT want.tenant_id, want.session_id, live.nas_id, live.connection_id, want.wanted, want.step, want.says,
               want.down_kbps, want.up_kbps, want.means, now() + want.wait_seconds * interval '1 second',
               want.problem
          FROM jsonb_to_recordset(docs) AS want (tenant_id bigint, session_id bigint, wanted text, step text,
                   says jsonb, down_kbps integer, up_kbps integer, means text, wait_seconds double precision,
                   problem text)
          JOIN public.live_sessions AS live ON live.tenant_id = want.tenant_id AND live.id = want.session_id
          JOIN public.nas_devices AS nas ON nas.tenant_id = live.tenant_id AND nas.id = live.nas_id
         ORDER BY want.tenant_id, want.session_id
        ON CONFLICT (tenant_id, session_id) DO UPDATE
           SET nas_id = excluded.nas_id, wanted = excluded.wanted, step = excluded.step, says = excluded.says,
               down_kbps = excluded.down_kbps, up_kbps = excluded.up_kbps, means = excluded.means,
               next_try_at = excluded.next_try_at, problem = excluded.problem, asked_by = 'decision',
               tries = 0, rounds = 0, wanted_at = now(), sent_at = NULL, acked_at = NULL, error_cause = NULL
         WHERE change.asked_by = 'decision' OR (change.next_try_at IS NULL AND change.acked_at IS NULL);
    END;

-- What was to be changed is right already.
CREATE FUNCTION enforcement.leave(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        UPDATE public.session_changes AS change
           SET step = 'none', next_try_at = NULL, acked_at = NULL, problem = NULL
          FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, session_id bigint)
         WHERE change.tenant_id = said.tenant_id AND change.session_id = said.session_id
           AND change.asked_by = 'decision';
    END;

-- Takes what is due, the most urgent first, at most `room` for each NAS, and says all that a packet
-- needs. Taken in the database before it is sent, so that two who ask at once never send the same; who
-- then dies has it sent again after half a minute.
CREATE FUNCTION enforcement.claim(rooms jsonb) RETURNS TABLE (
        tenant_id bigint, session_id bigint, nas_id bigint, connection_id bigint, given text, wanted text,
        step text, means text, tries smallint, rounds smallint, says jsonb, problem text, sent_at timestamptz, username text,
        acct_session_id text, framed_ipv4 text, granted text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        WITH chosen AS (
            SELECT due.tenant_id, due.session_id
              FROM jsonb_to_recordset(rooms) AS nas (tenant_id bigint, nas_id bigint, room integer)
             CROSS JOIN LATERAL (
                   SELECT waiting.tenant_id, waiting.session_id FROM public.session_changes AS waiting
                    WHERE waiting.tenant_id = nas.tenant_id AND waiting.nas_id = nas.nas_id
                      AND waiting.next_try_at <= now()
                    ORDER BY array_position(ARRAY['redial', 'coa'], waiting.step), waiting.next_try_at
                    LIMIT nas.room FOR UPDATE SKIP LOCKED) AS due)
        UPDATE public.session_changes AS change
           SET tries = change.tries + 1, sent_at = clock_timestamp(), acked_at = NULL,
               next_try_at = now() + interval '30 seconds', proof_at = live.heard_at,
               proof_down_bytes = live.down_bytes, proof_up_bytes = live.up_bytes
          FROM chosen JOIN public.live_sessions AS live
            ON live.tenant_id = chosen.tenant_id AND live.id = chosen.session_id
         WHERE change.tenant_id = chosen.tenant_id AND change.session_id = chosen.session_id
        RETURNING change.tenant_id, change.session_id, change.nas_id, change.connection_id, change.given,
               change.wanted, change.step, change.means, change.tries, change.rounds, change.says, change.problem,
               change.sent_at, live.username, live.acct_session_id, host(live.framed_ipv4), live.granted;
    END;

-- What became of what was sent. `given` holds whatever was wanted meanwhile; the rest, only where nothing
-- else was: a change is the one sent at `sent_at`.
CREATE FUNCTION enforcement.answered(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        UPDATE public.session_changes AS change
           SET given = said.given
          FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, session_id bigint, given text)
         WHERE change.tenant_id = said.tenant_id AND change.session_id = said.session_id
           AND said.given IS NOT NULL;
        UPDATE public.session_changes AS change
           SET acked_at = CASE WHEN said.acked THEN now() END,
               means = said.means, tries = said.tries, rounds = said.rounds, error_cause = said.error_cause,
               next_try_at = now() + said.wait_seconds * interval '1 second', problem = said.problem
          FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, session_id bigint, sent_at timestamptz,
                   acked boolean, means text, tries smallint, rounds smallint, wait_seconds double precision,
                   error_cause integer, problem text)
         WHERE change.tenant_id = said.tenant_id AND change.session_id = said.session_id
           AND change.sent_at = said.sent_at;
    END;

-- What records said of acknowledged changes: done, or compare the next with this one.
CREATE FUNCTION enforcement.proved(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        UPDATE public.session_changes AS change
           SET acked_at = CASE WHEN said.done THEN NULL ELSE change.acked_at END,
               step = CASE WHEN said.done THEN 'none' ELSE change.step END,
               problem = CASE WHEN said.done THEN NULL ELSE change.problem END,
               proof_at = said.heard_at, proof_down_bytes = said.down_bytes, proof_up_bytes = said.up_bytes
          FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, session_id bigint, sent_at timestamptz,
                   done boolean, heard_at timestamptz, down_bytes bigint, up_bytes bigint)
         WHERE change.tenant_id = said.tenant_id AND change.session_id = said.session_id
           AND change.sent_at = said.sent_at;
    END;

-- Forgets what sessions that have ended were to become, and tells what became of it: their end is the
-- proof of a Disconnect. With `settled`, those too of which nothing is pending.
CREATE FUNCTION enforcement.forget_ended(settled boolean) RETURNS TABLE (
        tenant_id bigint, connection_id bigint, wanted text, means text, tries smallint, asked_by text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        DELETE FROM public.session_changes AS change
         WHERE (settled OR change.next_try_at IS NOT NULL OR change.acked_at IS NOT NULL)
           AND NOT EXISTS (SELECT FROM public.live_sessions AS live
                 WHERE live.tenant_id = change.tenant_id AND live.id = change.session_id)
        RETURNING change.tenant_id, change.connection_id, change.wanted, change.means, change.tries, change.asked_by;
    END;

GRANT EXECUTE ON FUNCTION enforcement.want(jsonb), enforcement.leave(jsonb), enforcement.claim(jsonb),
    enforcement.answered(jsonb), enforcement.proved(jsonb), enforcement.forget_ended(boolean)
    TO skylink_enforcer;
