-- Former versions of rows that decide access, so that "why" can be asked of any past second.
--
-- A version is in force from `changed_at` until `valid_until` (exclusive), both the start of the
-- changing transaction: all that one transaction changes takes effect in one instant. Secrets
-- (bytea) are not kept, so changing a password leaves no trace of the old one.

CREATE SCHEMA history;
CREATE SCHEMA asof;
GRANT USAGE ON SCHEMA history, asof TO skylink_app;
GRANT CREATE, USAGE ON SCHEMA history TO skylink_gate;  -- to own the functions that write here

CREATE FUNCTION history.stamp_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $$;

-- A transaction that began earlier may come to a row later: time never runs backwards in one row.
CREATE FUNCTION history.stamp_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := greatest(now(), OLD.changed_at);
    RETURN NEW;
END $$;

-- The instant that the views of `asof` tell of: skylink.as_of; unset, all that is in force now.
CREATE FUNCTION asof.instant() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('skylink.as_of', true), '')::timestamptz, 'infinity');
GRANT EXECUTE ON FUNCTION asof.instant() TO skylink_app;

-- Keep history of a table, or bring it up to date after ADD COLUMN. Its function and triggers work
-- by statement: EXCEPT instead of a join, because a plan cached for one row would be used for 100,000.
CREATE FUNCTION history.track(tracked name) RETURNS void LANGUAGE plpgsql AS $track$
DECLARE
    base constant regclass := format('public.%I', tracked);
    kept text;      -- all columns but secrets
    old_values text;
    new_values text;
    missing text;   -- what the history table lacks
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS history.%I (valid_until timestamptz NOT NULL)', tracked);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
           string_agg('OLD.' || quote_ident(attname), ', ' ORDER BY attnum),
           string_agg('NEW.' || quote_ident(attname), ', ' ORDER BY attnum),
           string_agg(format('ADD COLUMN %I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
               FILTER (WHERE NOT EXISTS (SELECT FROM pg_attribute AS there
                   WHERE there.attrelid = format('history.%I', tracked)::regclass AND there.attname = mine.attname))
      INTO kept, old_values, new_values, missing
      FROM pg_attribute AS mine
     WHERE attrelid = base AND attnum > 0 AND NOT attisdropped AND atttypid <> 'bytea'::regtype;
    IF missing IS NOT NULL THEN
        EXECUTE format('ALTER TABLE history.%I %s', tracked, missing);
    END IF;
    EXECUTE format('ALTER TABLE history.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tracked);
    EXECUTE format('DROP POLICY IF EXISTS own_rows ON history.%I', tracked);
    EXECUTE format('CREATE POLICY own_rows ON history.%I FOR SELECT TO skylink_app'
        ' USING (tenant_id = public.current_tenant())', tracked);
    EXECUTE format('DROP POLICY IF EXISTS gate_keeps ON history.%I', tracked);
    EXECUTE format('CREATE POLICY gate_keeps ON history.%I FOR INSERT TO skylink_gate WITH CHECK (true)', tracked);
    EXECUTE format('GRANT SELECT ON history.%I TO skylink_app', tracked);
    EXECUTE format('GRANT INSERT ON history.%I TO skylink_gate', tracked);

    SET LOCAL ROLE skylink_gate;
    EXECUTE format($body$
        CREATE OR REPLACE FUNCTION history.%1$I() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $keep$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.%2$I (valid_until, %3$s)
                SELECT now(), former.* FROM (
                    SELECT %3$s FROM old_rows EXCEPT SELECT %3$s FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.%2$I (valid_until, %3$s)
                SELECT now(), %3$s FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $keep$
    $body$, 'keep_' || tracked, tracked, kept);
    EXECUTE format('GRANT EXECUTE ON FUNCTION history.%I() TO skylink_owner', 'keep_' || tracked);
    SET LOCAL ROLE skylink_owner;

    EXECUTE format('CREATE OR REPLACE TRIGGER stamp_insert BEFORE INSERT ON public.%I'
        ' FOR EACH ROW EXECUTE FUNCTION history.stamp_insert()', tracked);
    EXECUTE format('CREATE OR REPLACE TRIGGER stamp_update BEFORE UPDATE ON public.%I FOR EACH ROW'
        ' WHEN (ROW(%s) IS DISTINCT FROM ROW(%s)) EXECUTE FUNCTION history.stamp_update()',
        tracked, old_values, new_values);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_update AFTER UPDATE ON public.%I'
        ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION history.%I()', tracked, 'keep_' || tracked);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_delete AFTER DELETE ON public.%I'
        ' REFERENCING OLD TABLE AS old_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION history.%I()', tracked, 'keep_' || tracked);

    EXECUTE format($body$
        CREATE OR REPLACE VIEW asof.%1$I WITH (security_invoker = true) AS
            SELECT %2$s FROM public.%1$I WHERE changed_at <= asof.instant()
            UNION ALL
            SELECT %2$s FROM history.%1$I
             WHERE changed_at <= asof.instant() AND valid_until > asof.instant()
    $body$, tracked, kept);
    EXECUTE format('GRANT SELECT ON asof.%I TO skylink_app', tracked);
END $track$;

SELECT history.track(tracked) FROM unnest(ARRAY[
    'tenants', 'access_restrictions', 'no_cut_days', 'packages', 'package_fair_use_steps',
    'package_speed_windows', 'package_uncounted_windows', 'profiles', 'clients', 'connections',
    'connection_macs', 'invoices']::name[]) AS tracked;

-- One "why" reads the versions of one connection, one client, one package: never a tenant's past.
CREATE INDEX ON history.tenants (tenant_id);
CREATE INDEX ON history.access_restrictions (tenant_id);
CREATE INDEX ON history.no_cut_days (tenant_id);
CREATE INDEX ON history.packages (tenant_id, id);
CREATE INDEX ON history.package_fair_use_steps (tenant_id, package_id);
CREATE INDEX ON history.package_speed_windows (tenant_id, package_id);
CREATE INDEX ON history.package_uncounted_windows (tenant_id, package_id);
CREATE INDEX ON history.profiles (tenant_id, id);
CREATE INDEX ON history.clients (tenant_id, id);
CREATE INDEX ON history.connections (tenant_id, id);
CREATE INDEX ON history.connections (tenant_id, username);
CREATE INDEX ON history.connection_macs (tenant_id, connection_id);
CREATE INDEX ON history.invoices (tenant_id, client_id);

-- Use is kept by cycle, not by change: a past instant shows its cycle with all that was used in it.
CREATE VIEW asof.connection_usage WITH (security_invoker = true) AS
    SELECT * FROM connection_usage WHERE opened_at <= asof.instant();
GRANT SELECT ON asof.connection_usage TO skylink_app;
