-- What people are to be told. A row is written with what it tells of, and sent after the commit.
-- No foreign keys: a message outlives what it tells of, and a chat is no row of ours.

CREATE TABLE outbox (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    event text NOT NULL CHECK (event IN (
        'invoice.issued', 'invoice.due', 'invoice.overdue', 'payment.received', 'payment.reversed',
        'expiry.warning', 'expiry.passed', 'access.suspended', 'access.restored',
        'promise.given', 'promise.broken', 'connection.new', 'package.changed',
        'bill_run.waiting', 'job.failed', 'proof.failed', 'code.sent')),
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('client', 'staff', 'chat')),
    recipient_id bigint,  -- none: all of the kind who are concerned
    about text NOT NULL CHECK (length(about) <= 100 AND about ~ '^[a-z_]+:[0-9]+(:[a-z0-9_-]+)*$'),
    payload jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
    priority smallint NOT NULL CHECK (priority BETWEEN 1 AND 3),  -- the lowest first
    queued_at timestamptz NOT NULL,
    send_until timestamptz CHECK (send_until > queued_at),  -- from then on it is of no use to anybody
    claimed_until timestamptz,
    attempts smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    settled_at timestamptz,
    outcome text CHECK (outcome IN ('sent', 'unwanted', 'undeliverable', 'stale')),
    PRIMARY KEY (tenant_id, id),
    CHECK (recipient_kind = 'staff' OR recipient_id IS NOT NULL),
    CHECK ((settled_at IS NULL) = (outcome IS NULL)),
    -- The same event about the same thing is told once to each.
    CONSTRAINT outbox_told_once UNIQUE NULLS NOT DISTINCT (tenant_id, event, about, recipient_kind, recipient_id)
);
CREATE INDEX outbox_waiting ON outbox (tenant_id, priority, id) WHERE settled_at IS NULL;
CREATE INDEX outbox_by_time ON outbox (tenant_id, queued_at);  -- for forgetting

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON outbox TO skylink_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO skylink_app;
