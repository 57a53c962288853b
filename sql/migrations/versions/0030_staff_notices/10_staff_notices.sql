-- Where messages to staff wait. Most of the time there are none, however many ISPs there are.
CREATE INDEX outbox_waiting_for_staff ON outbox (tenant_id)
    WHERE settled_at IS NULL AND recipient_kind = 'staff';

CREATE POLICY gate_reads ON outbox FOR SELECT TO skylink_gate USING (true);
GRANT SELECT ON outbox TO skylink_gate;

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
CREATE FUNCTION isps_with_staff_to_tell() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT DISTINCT tenant_id FROM public.outbox
         WHERE settled_at IS NULL AND recipient_kind = 'staff'
           AND (claimed_until IS NULL OR claimed_until <= now());
    END;
REVOKE ALL ON FUNCTION isps_with_staff_to_tell() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION isps_with_staff_to_tell() TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
