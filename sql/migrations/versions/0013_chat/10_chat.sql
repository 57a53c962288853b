-- What a button would do, pinned when it was shown; it does so once, for whom it was shown to.
CREATE TABLE chat_effects (
    tenant_id bigint NOT NULL,
    token text NOT NULL CHECK (length(token) = 22),  -- 128 random bits
    staff_id bigint NOT NULL,
    effect text NOT NULL CHECK (effect ~ '^[a-z_]{1,40}$'),
    payload jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, token),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff
);
CREATE INDEX chat_effects_by_end ON chat_effects (tenant_id, expires_at);

-- What the next text of a staff member answers. None: it is searched for.
CREATE TABLE chat_prompts (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    prompt text NOT NULL CHECK (prompt ~ '^[a-z_]{1,40}$'),
    payload jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, staff_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff
);

-- Messages that show a secret, and when they go. Whose bot sent them does not matter to that.
CREATE TABLE chat_deletions (
    chat_id bigint NOT NULL,
    message_id bigint NOT NULL,
    delete_at timestamptz NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
ALTER TABLE chat_deletions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody ON chat_deletions TO skylink_app USING (true) WITH CHECK (true);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['chat_effects', 'chat_prompts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON chat_effects, chat_prompts, chat_deletions TO skylink_app;

-- The language somebody chose, and the ISP they chose last where they work for several.
ALTER TABLE staff_links ADD COLUMN language text CHECK (language IN ('en', 'bn'));
ALTER TABLE staff_links ADD COLUMN chosen_at timestamptz;

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
DROP FUNCTION linked_isps(bigint);
CREATE FUNCTION linked_isps(account bigint)
    RETURNS TABLE (tenant_id bigint, slug text, name text, staff_id bigint, language text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT link.tenant_id, isp.slug, isp.name::text, link.staff_id,
               coalesce(link.language, isp.language)
          FROM public.staff_links AS link
          JOIN public.staff AS member ON member.tenant_id = link.tenant_id AND member.id = link.staff_id
          JOIN public.tenants AS isp ON isp.tenant_id = link.tenant_id
         WHERE link.account_id = linked_isps.account AND member.active
         ORDER BY link.chosen_at DESC NULLS LAST, link.tenant_id;
    END;
GRANT EXECUTE ON FUNCTION linked_isps(bigint) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
