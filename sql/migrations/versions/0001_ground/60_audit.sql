-- What was done, and what was decided. Rows are added, never changed: no role is granted more. No foreign
-- keys: a log outlives what it tells of, and every transaction of an ISP would lock its one row.

CREATE TABLE audit_log (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'system', 'operator', 'radius')),
    actor_id bigint,
    actor_name text NOT NULL,
    origin text,  -- from where: an address, a chat, a terminal
    action text NOT NULL CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
    subject_kind text NOT NULL,
    subject_id bigint,
    before jsonb,
    after jsonb,
    PRIMARY KEY (tenant_id, id),
    CHECK ((actor_kind = 'staff') = (actor_id IS NOT NULL))
);
CREATE INDEX audit_log_of_subject ON audit_log (tenant_id, subject_kind, subject_id, id);

-- Written by RADIUS nodes some time after the login; hence no foreign keys.
CREATE TABLE access_decisions (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    connection_id bigint,  -- none: the username is nobody's
    username text NOT NULL,
    decided_at timestamptz NOT NULL,
    node text NOT NULL,
    nas_id bigint,
    mac text,
    verdict text NOT NULL CHECK (verdict IN ('accept', 'walled', 'reject')),
    reason text NOT NULL CHECK (reason IN ('current', 'grace', 'promise', 'no_cut_day', 'vip', 'free',
        'throttled', 'unknown', 'inactive', 'wrong_device', 'suspended', 'dues', 'expired', 'quota',
        'session_limit', 'wrong_password')),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX access_decisions_by_time ON access_decisions USING brin (decided_at);  -- for forgetting
CREATE INDEX access_decisions_of_connection ON access_decisions (tenant_id, connection_id, decided_at)
    WHERE connection_id IS NOT NULL;
CREATE INDEX access_decisions_of_nobody ON access_decisions (tenant_id, username, decided_at)
    WHERE connection_id IS NULL;
