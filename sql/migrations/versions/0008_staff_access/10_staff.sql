-- What a role or a person may do beyond, or short of, what the role does everywhere (tenancy/roles.py).
-- Which permissions there are is the application's business: a row of one that is gone says nothing.

CREATE TABLE role_permissions (
    tenant_id bigint NOT NULL REFERENCES tenants,
    role text NOT NULL CHECK (role IN ('admin', 'support_agent', 'recharge_agent', 'reseller', 'technician')),
    permission text NOT NULL CHECK (permission ~ '^[a-z_]{1,40}$'),
    allowed boolean NOT NULL,
    PRIMARY KEY (tenant_id, role, permission)
);

CREATE TABLE staff_permissions (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    permission text NOT NULL CHECK (permission ~ '^[a-z_]{1,40}$'),
    allowed boolean NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, permission),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff
);

-- A code that makes the chat account of whoever has it a staff member's; once, for some minutes.
CREATE TABLE staff_invitations (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    staff_id bigint NOT NULL,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),  -- SHA-256 of 80 random bits
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff
);
CREATE UNIQUE INDEX staff_invitations_by_code ON staff_invitations (code_hash);

-- Which account of a messenger is which staff member; one person may be several ISPs' staff.
CREATE TABLE staff_links (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    account_id bigint NOT NULL,  -- Telegram's id of the person
    linked_at timestamptz NOT NULL,
    verified_at timestamptz,  -- when a second factor was last given
    PRIMARY KEY (tenant_id, staff_id),
    UNIQUE (tenant_id, account_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff
);
CREATE INDEX staff_links_by_account ON staff_links (account_id);

CREATE TABLE staff_second_factors (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    sealed_totp bytea,  -- none: only codes that are sent
    totp_step bigint NOT NULL DEFAULT 0,  -- the last one used: a code never works twice
    confirmed_at timestamptz,  -- none: the first code was not given yet
    sent_code_hash bytea CHECK (length(sent_code_hash) = 32),
    sent_code_until timestamptz,
    salt bytea NOT NULL CHECK (length(salt) = 16),
    PRIMARY KEY (tenant_id, staff_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff,
    CHECK ((sent_code_hash IS NULL) = (sent_code_until IS NULL))
);

CREATE TABLE staff_backup_codes (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),  -- scrypt under the staff member's salt
    used_at timestamptz,
    PRIMARY KEY (tenant_id, staff_id, code_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff
);

-- Every try to prove who one is. No foreign keys: a log outlives what it tells of.
CREATE TABLE login_attempts (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('staff', 'client', 'unknown')),
    subject_id bigint,
    door text NOT NULL CHECK (door IN ('telegram', 'portal')),
    origin text NOT NULL CHECK (length(origin) <= 253),  -- an IP address, a chat account
    browser text CHECK (length(browser) <= 500),
    succeeded boolean NOT NULL,
    attempted_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((subject_kind = 'unknown') = (subject_id IS NULL))
);
CREATE INDEX login_attempts_of_subject ON login_attempts (tenant_id, subject_kind, subject_id, attempted_at);
CREATE INDEX login_attempts_of_origin ON login_attempts (tenant_id, origin, attempted_at);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'role_permissions', 'staff_permissions', 'staff_invitations', 'staff_links',
        'staff_second_factors', 'staff_backup_codes', 'login_attempts'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_rows ON %I TO skylink_app'
            ' USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON role_permissions, staff_permissions, staff_invitations,
    staff_links, staff_second_factors, staff_backup_codes TO skylink_app;
GRANT SELECT, INSERT ON login_attempts TO skylink_app;

-- Before anybody is in a tenant's scope: whose invitation this is, and whose staff this account.
CREATE POLICY gate_reads ON staff_invitations FOR SELECT TO skylink_gate USING (true);
CREATE POLICY gate_reads ON staff_links FOR SELECT TO skylink_gate USING (true);
CREATE POLICY gate_reads ON staff FOR SELECT TO skylink_gate USING (true);
GRANT SELECT ON staff_invitations, staff_links, staff TO skylink_gate;
GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
CREATE FUNCTION invitation_isp(hash bytea) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT invitation.tenant_id FROM public.staff_invitations AS invitation
         WHERE invitation.code_hash = invitation_isp.hash;
    END;
CREATE FUNCTION linked_isps(account bigint) RETURNS TABLE (tenant_id bigint, slug text, name text, staff_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT link.tenant_id, isp.slug, isp.name::text, link.staff_id
          FROM public.staff_links AS link
          JOIN public.staff AS member ON member.tenant_id = link.tenant_id AND member.id = link.staff_id
          JOIN public.tenants AS isp ON isp.tenant_id = link.tenant_id
         WHERE link.account_id = linked_isps.account AND member.active
         ORDER BY link.tenant_id;
    END;
GRANT EXECUTE ON FUNCTION invitation_isp(bytea), linked_isps(bigint) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;

ALTER TABLE outbox DROP CONSTRAINT outbox_event_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_event_check CHECK (event IN (
    'invoice.issued', 'invoice.due', 'invoice.overdue', 'payment.received', 'payment.reversed',
    'expiry.warning', 'expiry.passed', 'access.suspended', 'access.restored',
    'promise.given', 'promise.broken', 'connection.new', 'package.changed',
    'bill_run.waiting', 'job.failed', 'proof.failed', 'code.sent', 'staff.locked'));
