-- How figures are written for somebody: NULL as their language has it.
ALTER TABLE staff_links ADD COLUMN bangla_digits boolean;
ALTER TABLE staff_links ADD COLUMN lakhs boolean;

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
DROP FUNCTION linked_isps(bigint);
CREATE FUNCTION linked_isps(account bigint)
    RETURNS TABLE (tenant_id bigint, slug text, name text, staff_id bigint, language text,
                   bangla_digits boolean, lakhs boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT link.tenant_id, isp.slug, isp.name::text, link.staff_id,
               coalesce(link.language, isp.language), link.bangla_digits, link.lakhs
          FROM public.staff_links AS link
          JOIN public.staff AS member ON member.tenant_id = link.tenant_id AND member.id = link.staff_id
          JOIN public.tenants AS isp ON isp.tenant_id = link.tenant_id
         WHERE link.account_id = linked_isps.account AND member.active
         ORDER BY link.chosen_at DESC NULLS LAST, link.tenant_id;
    END;
GRANT EXECUTE ON FUNCTION linked_isps(bigint) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;

-- Updates that the webhook took: Telegram delivers again what was not answered in time.
CREATE TABLE chat_updates (
    bot_id bigint NOT NULL,  -- each counts by itself
    update_id bigint NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (bot_id, update_id)
);
CREATE INDEX chat_updates_by_time ON chat_updates (taken_at);
ALTER TABLE chat_updates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody ON chat_updates TO skylink_app USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON chat_updates TO skylink_app;
