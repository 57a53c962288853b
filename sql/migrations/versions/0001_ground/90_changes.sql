-- What changed, so that RADIUS nodes fetch that and no more.
--
-- A row is written in the changing transaction and carries its id, because transactions commit out of
-- order: a reader asks which of them it could not see before, never which number is the highest.

CREATE TABLE fact_changes (
    tenant_id bigint NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL CHECK (kind IN ('connection', 'package', 'profile', 'isp', 'nas')),
    id bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX fact_changes_by_transaction ON fact_changes (xid);
ALTER TABLE fact_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE fact_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY gate_works ON fact_changes TO skylink_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON fact_changes TO skylink_gate;

SET LOCAL ROLE skylink_gate;

-- Marks the thing that each changed row belongs to. Arguments: kind, the column that holds its id,
-- the columns that matter ("*" for all). Dynamic, so that a plan made for one row never serves 100,000.
CREATE FUNCTION radius.mark() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns constant text := TG_ARGV[2];
    changed text := CASE TG_OP
        WHEN 'INSERT' THEN 'new_rows'
        WHEN 'DELETE' THEN 'old_rows'
        ELSE format('(SELECT %1$s FROM new_rows EXCEPT SELECT %1$s FROM old_rows)', columns) END;
    marked bigint;
BEGIN
    EXECUTE format('INSERT INTO public.fact_changes (kind, tenant_id, id)'
        ' SELECT DISTINCT %L, changed.tenant_id, changed.%I FROM %s AS changed',
        TG_ARGV[0], TG_ARGV[1], changed);
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked > 0 THEN
        PERFORM pg_notify('skylink_facts', '');
    END IF;
    RETURN NULL;
END $$;

-- Marks what hangs on the changed rows. Arguments: kind, the table of what hangs there, its column
-- that points at the changed row, the column pointed at, the columns that matter, which rows count.
CREATE FUNCTION radius.mark_dependants() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns constant text := TG_ARGV[4];
    changed text := CASE TG_OP
        WHEN 'INSERT' THEN 'new_rows'
        WHEN 'DELETE' THEN 'old_rows'
        ELSE format('(SELECT %1$s FROM new_rows EXCEPT SELECT %1$s FROM old_rows)', columns) END;
    marked bigint;
BEGIN
    EXECUTE format('INSERT INTO public.fact_changes (kind, tenant_id, id)'
        ' SELECT DISTINCT %L, hanging.tenant_id, hanging.id FROM %s AS changed JOIN public.%I AS hanging'
        ' ON hanging.tenant_id = changed.tenant_id AND hanging.%I = changed.%I WHERE %s',
        TG_ARGV[0], changed, TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[5]);
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked > 0 THEN
        PERFORM pg_notify('skylink_facts', '');
    END IF;
    RETURN NULL;
END $$;

GRANT USAGE ON SCHEMA radius TO skylink_owner;
GRANT EXECUTE ON FUNCTION radius.mark(), radius.mark_dependants() TO skylink_owner;
SET LOCAL ROLE skylink_owner;

DO $$
DECLARE
    of_table text; how text; event text;
BEGIN
    FOR of_table, how IN VALUES
        ('tenants', $how$mark('isp', 'tenant_id', '*')$how$),
        ('access_restrictions', $how$mark('isp', 'tenant_id', '*')$how$),
        ('no_cut_days', $how$mark('isp', 'tenant_id', '*')$how$),
        ('packages', $how$mark('package', 'id', '*')$how$),
        ('package_fair_use_steps', $how$mark('package', 'package_id', '*')$how$),
        ('package_speed_windows', $how$mark('package', 'package_id', '*')$how$),
        ('package_uncounted_windows', $how$mark('package', 'package_id', '*')$how$),
        ('profiles', $how$mark('profile', 'id', '*')$how$),
        ('connections', $how$mark('connection', 'id', '*')$how$),
        ('connection_macs', $how$mark('connection', 'connection_id', '*')$how$),
        ('connection_usage', $how$mark('connection', 'connection_id', '*')$how$),
        ('nas_devices', $how$mark('nas', 'id', '*')$how$),
        ('invoices', $how$mark_dependants('connection', 'connections', 'client_id', 'client_id',
            'tenant_id, client_id, id, status, due_on, total_minor, paid_minor', 'true')$how$)
    LOOP
        FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
            EXECUTE format('CREATE TRIGGER mark_%1$s AFTER %1$s ON public.%2$I REFERENCING %3$s'
                ' FOR EACH STATEMENT EXECUTE FUNCTION radius.%4$s', event, of_table,
                CASE event WHEN 'insert' THEN 'NEW TABLE AS new_rows' WHEN 'delete' THEN 'OLD TABLE AS old_rows'
                    ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END, how);
        END LOOP;
    END LOOP;
END $$;

-- A client without connections decides nothing, and cannot be deleted while it has some.
CREATE TRIGGER mark_update AFTER UPDATE ON clients
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'client_id', 'id',
        'tenant_id, id, status, promised_until', 'true');
-- What a node knows of a NAS holds the ISP's slug.
CREATE TRIGGER mark_nas_update AFTER UPDATE ON tenants
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION radius.mark_dependants('nas', 'nas_devices', 'tenant_id', 'tenant_id',
        'tenant_id, slug', 'true');
