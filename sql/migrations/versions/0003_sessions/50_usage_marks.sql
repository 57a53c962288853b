-- Use that matters. Thousands of records a second add to `connection_usage`; a RADIUS node is told of a
-- connection only where its decision can differ:
--   * the use reached, or fell below, a quota or a fair-use step of its package;
--   * a cycle with such use opened, ended otherwise or went.
-- Where a package has neither quota nor steps, use decides nothing. What the node holds of the use
-- meanwhile is older, and it counts on its own what it hears after `counted_through`. When a package
-- gets other limits, or its first, its connections are marked, so that the figures are fetched anew.

CREATE VIEW radius.use_limits AS
SELECT package.tenant_id, package.id AS package_id, package.data_limit_bytes AS at_bytes
  FROM public.packages AS package WHERE package.data_limit_bytes IS NOT NULL
UNION ALL
SELECT step.tenant_id, step.package_id, step.above_bytes FROM public.package_fair_use_steps AS step;

CREATE FUNCTION radius.mark_usage() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pairs constant text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT tenant_id, connection_id, 0::bigint AS before, used_bytes AS after,'
            ' NULL::timestamptz AS cycle_before, cycle_until AS cycle_after FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT tenant_id, connection_id, used_bytes AS before, 0::bigint AS after,'
            ' cycle_until AS cycle_before, NULL::timestamptz AS cycle_after FROM old_rows'
        ELSE 'SELECT tenant_id, connection_id, old_rows.used_bytes AS before, new_rows.used_bytes AS after,'
            ' old_rows.cycle_until AS cycle_before, new_rows.cycle_until AS cycle_after'
            ' FROM old_rows JOIN new_rows USING (tenant_id, connection_id, cycle_from_on)' END;
    marked bigint;
BEGIN
    EXECUTE format($mark$
        INSERT INTO public.fact_changes (kind, tenant_id, id)
        SELECT DISTINCT 'connection', used.tenant_id, used.connection_id
          FROM (%s) AS used
         CROSS JOIN LATERAL (SELECT one.package_id FROM public.connections AS one
                 WHERE one.tenant_id = used.tenant_id AND one.id = used.connection_id LIMIT 1) AS line
          JOIN radius.use_limits AS bound
            ON bound.tenant_id = used.tenant_id AND bound.package_id = line.package_id
         WHERE used.cycle_before IS DISTINCT FROM used.cycle_after
            OR (used.before < bound.at_bytes) <> (used.after < bound.at_bytes)$mark$, pairs);
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked > 0 THEN
        PERFORM pg_notify('skylink_facts', '');
    END IF;
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION radius.mark_usage() TO skylink_owner;
