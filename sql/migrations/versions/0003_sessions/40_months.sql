-- The months of session_history. What no month was made for goes to the rest, and moves when its month
-- is made: nothing ever fails because a month is missing. Run as the gate, which owns them.

CREATE TABLE intake.session_history_rest PARTITION OF public.session_history DEFAULT;

-- A partition asked for by its own name shows no more than the whole does.
CREATE FUNCTION intake.fence(part name) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE intake.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY own_rows ON intake.%I FOR SELECT TO skylink_app'
        ' USING (tenant_id = public.current_tenant())', part);
    EXECUTE format('CREATE POLICY gate_works ON intake.%I TO skylink_gate USING (true) WITH CHECK (true)', part);
    EXECUTE format('GRANT SELECT ON intake.%I TO skylink_app', part);
END $$;
SELECT intake.fence('session_history_rest');

-- Makes the months (of UTC) from the one of `from_at` through `ahead` more, where they are not there;
-- returns how many it made. Two at once: the second finds them made.
CREATE FUNCTION intake.make_months(from_at timestamptz, ahead integer DEFAULT 2) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    starts timestamp; part name; made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('intake.make_months'));
    FOR starts IN SELECT generate_series(date_trunc('month', from_at AT TIME ZONE 'UTC'),
            from_at AT TIME ZONE 'UTC' + ahead * interval '1 month', interval '1 month') LOOP
        part := 'session_history_' || to_char(starts, 'YYYY_MM');
        CONTINUE WHEN to_regclass('intake.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE intake.%I (LIKE public.session_history INCLUDING DEFAULTS INCLUDING CONSTRAINTS'
            ' INCLUDING INDEXES)', part);
        EXECUTE format('WITH moved AS (DELETE FROM intake.session_history_rest WHERE ended_at >= %L AND ended_at < %L'
            ' RETURNING *) INSERT INTO intake.%I SELECT * FROM moved',
            starts AT TIME ZONE 'UTC', (starts + interval '1 month') AT TIME ZONE 'UTC', part);
        PERFORM intake.fence(part);
        EXECUTE format('ALTER TABLE public.session_history ATTACH PARTITION intake.%I FOR VALUES FROM (%L) TO (%L)',
            part, starts AT TIME ZONE 'UTC', (starts + interval '1 month') AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

-- What each ISP no longer keeps goes: whole months at once where no ISP keeps them. Returns how many
-- months were dropped. Daily use is kept as long as sessions are.
CREATE FUNCTION intake.forget_old_sessions(at timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    longest integer; part name; dropped integer := 0;
BEGIN
    SELECT max(isp.keep_sessions_months) INTO longest FROM public.tenants AS isp;
    FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'intake'::regnamespace
            AND relname ~ '^session_history_\d{4}_\d\d$'
            AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month'
                < date_trunc('day', at AT TIME ZONE 'UTC') - longest * interval '1 month' LOOP
        EXECUTE format('DROP TABLE intake.%I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM public.session_history AS gone USING public.tenants AS isp
     WHERE gone.tenant_id = isp.tenant_id
       AND gone.ended_at < at - isp.keep_sessions_months * interval '1 month'
       AND gone.ended_at < at - (SELECT min(keep_sessions_months) FROM public.tenants) * interval '1 month';
    DELETE FROM public.usage_daily AS gone USING public.tenants AS isp
     WHERE gone.tenant_id = isp.tenant_id
       AND gone.used_on < (at - isp.keep_sessions_months * interval '1 month')::date;
    DELETE FROM public.accounting_quarantine WHERE quarantined_at < at - interval '90 days';
    RETURN dropped;
END $$;

GRANT USAGE ON SCHEMA intake TO skylink_app;
GRANT EXECUTE ON FUNCTION intake.make_months(timestamptz, integer), intake.forget_old_sessions(timestamptz)
    TO skylink_app;
