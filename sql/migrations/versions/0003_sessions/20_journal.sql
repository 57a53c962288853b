-- The journal of each node on its way here. A node serves all ISPs, hence no tenant.

-- How far each file is read; written in the transaction of what was read, so that both are or neither.
CREATE TABLE journal_positions (
    node text NOT NULL,
    file text NOT NULL,
    position bigint NOT NULL CHECK (position >= 0),  -- bytes
    committed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (node, file)
);

-- The last word of the intake of each node.
CREATE TABLE journal_nodes (
    node text PRIMARY KEY,
    counters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(counters) = 'object'),
    received_at timestamptz,  -- of the last record committed
    reported_at timestamptz NOT NULL
);

-- Records that could not be understood, whole, until somebody replays or forgets them.
CREATE TABLE accounting_quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint,  -- none: not even the NAS is known
    node text NOT NULL,
    file text NOT NULL,
    position bigint NOT NULL,
    reason text NOT NULL,
    record text NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now()
);
