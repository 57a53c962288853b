-- What a node reads of a connection: its facts, and through which instant `used_bytes` has counted.
CREATE VIEW radius.counted_connections AS
SELECT line.*, cycle.counted_through
  FROM radius.connections AS line
  LEFT JOIN LATERAL (
       SELECT one.counted_through FROM public.connection_usage AS one
        WHERE one.tenant_id = line.tenant_id AND one.connection_id = line.connection_id
        ORDER BY one.cycle_from_on DESC LIMIT 1) AS cycle ON true;
GRANT SELECT ON radius.counted_connections TO skylink_radius;

-- What the quarantine holds, for who replays it.
CREATE FUNCTION intake.quarantined(in_limit integer) RETURNS TABLE (
    id bigint, tenant_id bigint, node text, file text, "position" bigint, reason text, record text,
    quarantined_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT kept.id, kept.tenant_id, kept.node, kept.file, kept.position, kept.reason, kept.record,
               kept.quarantined_at
          FROM public.accounting_quarantine AS kept ORDER BY kept.id LIMIT in_limit;
    END;

-- Takes records out: in the transaction that counts them, or never.
CREATE FUNCTION intake.release(ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        WITH released AS (DELETE FROM public.accounting_quarantine WHERE id = ANY (ids) RETURNING 1)
        SELECT count(*) FROM released;
    END;
GRANT EXECUTE ON FUNCTION intake.quarantined(integer), intake.release(bigint[]) TO skylink_intake;
