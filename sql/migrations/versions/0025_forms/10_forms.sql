-- A form that somebody fills in: each answer as it was given, secrets sealed. One of each kind a person.
CREATE TABLE chat_forms (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    form text NOT NULL CHECK (form ~ '^[a-z_]{1,40}$'),
    field text NOT NULL CHECK (field ~ '^[a-z_0-9]{0,40}$'),  -- what is asked now; '': all is answered
    answers jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, form),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff
);

-- Photos and signatures, made small. A client's photo_ref or signature_ref is the id of one as text.
CREATE TABLE pictures (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    jpeg bytea NOT NULL CHECK (length(jpeg) BETWEEN 1 AND 2000000),
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['chat_forms', 'pictures'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON chat_forms TO skylink_app;
GRANT SELECT, INSERT, DELETE ON pictures TO skylink_app;
