-- What is learned of NAS devices, and what a person must see. Run as the gate.

CREATE FUNCTION enforcement.learn(in_tenant_id bigint, in_nas_id bigint, in_coa boolean, in_disconnect boolean)
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        INSERT INTO public.nas_abilities AS known (tenant_id, nas_id, coa, disconnect)
        SELECT nas.tenant_id, nas.id, in_coa, in_disconnect FROM public.nas_devices AS nas
         WHERE nas.tenant_id = in_tenant_id AND nas.id = in_nas_id
        ON CONFLICT (tenant_id, nas_id) DO UPDATE
           SET coa = coalesce(excluded.coa, known.coa), disconnect = coalesce(excluded.disconnect, known.disconnect),
               learned_at = now();
    END;

-- A NAS that was silent answers: what waits for it slowly is tried at once.
CREATE FUNCTION enforcement.try_now(in_tenant_id bigint, in_nas_id bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        UPDATE public.session_changes AS change SET next_try_at = now()
         WHERE change.tenant_id = in_tenant_id AND change.nas_id = in_nas_id
           AND change.problem = 'silent' AND change.next_try_at > now();
    END;

-- Opens, renews and closes problems as the pending changes say; returns how many are open.
CREATE FUNCTION enforcement.note_problems() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.network_problems AS known SET closed_at = now()
     WHERE known.closed_at IS NULL AND NOT EXISTS (
           SELECT FROM public.session_changes AS change
            WHERE change.tenant_id = known.tenant_id AND change.nas_id = known.nas_id
              AND change.problem = known.kind);
    INSERT INTO public.network_problems AS known (tenant_id, nas_id, kind, changes, username, error_cause)
    SELECT change.tenant_id, change.nas_id, change.problem, count(*), min(live.username), max(change.error_cause)
      FROM public.session_changes AS change
      JOIN public.live_sessions AS live ON live.tenant_id = change.tenant_id AND live.id = change.session_id
     WHERE change.problem IS NOT NULL
     GROUP BY change.tenant_id, change.nas_id, change.problem
    ON CONFLICT (tenant_id, nas_id, kind) WHERE closed_at IS NULL DO UPDATE
       SET changes = excluded.changes, username = excluded.username, error_cause = excluded.error_cause
     WHERE (known.changes, known.username, known.error_cause)
           IS DISTINCT FROM (excluded.changes, excluded.username, excluded.error_cause);
    RETURN (SELECT count(*) FROM public.network_problems AS open WHERE open.closed_at IS NULL);
END $$;

GRANT EXECUTE ON FUNCTION enforcement.learn(bigint, bigint, boolean, boolean), enforcement.try_now(bigint, bigint),
    enforcement.note_problems() TO skylink_enforcer;
