-- What is done about live sessions that have something else than they should.

-- What a NAS can do, where somebody knows better than what is learned; and how much it can take.
ALTER TABLE nas_devices
    ADD COLUMN coa text NOT NULL DEFAULT 'learn' CHECK (coa IN ('learn', 'yes', 'no')),
    ADD COLUMN disconnect text NOT NULL DEFAULT 'learn' CHECK (disconnect IN ('learn', 'yes', 'no')),
    ADD COLUMN coa_address_lists boolean NOT NULL DEFAULT false,  -- CoA moves a client to another list
    ADD COLUMN coa_packets_per_second integer NOT NULL DEFAULT 20
        CHECK (coa_packets_per_second BETWEEN 1 AND 1000);

-- What it was seen to do or to refuse; believed for a day, because software is updated.
CREATE TABLE nas_abilities (
    tenant_id bigint NOT NULL,
    nas_id bigint NOT NULL,
    coa boolean,
    disconnect boolean,
    learned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, nas_id),
    FOREIGN KEY (tenant_id, nas_id) REFERENCES nas_devices ON DELETE CASCADE
);

-- One row for a live session that was to be changed since its login, from then until it ends. Apart from
-- `live_sessions`, so that enforcement and intake never wait for each other's rows; and without a key to
-- it, because a Stop must not wait either.
--
--   next_try_at set    to be sent then
--   acked_at set       acknowledged, to be proved by the session's next record
--   neither            done, and `given` is what the session has
CREATE TABLE session_changes (
    tenant_id bigint NOT NULL,
    session_id bigint NOT NULL,
    nas_id bigint NOT NULL,
    connection_id bigint,
    given text,  -- the grant that a CoA gave it and the NAS acknowledged, instead of the login's
    wanted text,  -- the grant it should have; none: no access
    asked_by text NOT NULL DEFAULT 'decision' CHECK (asked_by IN ('decision', 'kick')),
    step text NOT NULL CHECK (step IN ('none', 'end', 'coa', 'redial')),
    says jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(says) = 'object'),  -- attributes of its CoA
    down_kbps integer,  -- what it should not exceed any more
    up_kbps integer,
    means text NOT NULL CHECK (means IN ('coa', 'disconnect')),
    tries smallint NOT NULL DEFAULT 0,  -- of these means
    rounds smallint NOT NULL DEFAULT 0,  -- in which all means were tried
    wanted_at timestamptz NOT NULL DEFAULT now(),
    next_try_at timestamptz,
    sent_at timestamptz,
    acked_at timestamptz,
    error_cause integer,  -- of the last NAK (RFC 5176, 3.5)
    problem text CHECK (problem IN ('silent', 'refused', 'not_done', 'redials', 'unreadable')),
    proof_at timestamptz,  -- the record that the next one is compared with
    proof_down_bytes bigint,
    proof_up_bytes bigint,
    PRIMARY KEY (tenant_id, session_id),
    FOREIGN KEY (tenant_id, nas_id) REFERENCES nas_devices ON DELETE CASCADE
);
CREATE INDEX session_changes_to_send ON session_changes
    (tenant_id, nas_id, array_position(ARRAY['redial', 'coa'], step), next_try_at)  -- the most urgent first
    WHERE next_try_at IS NOT NULL;
CREATE INDEX session_changes_to_prove ON session_changes (tenant_id, session_id) WHERE acked_at IS NOT NULL;
CREATE INDEX session_changes_with_problems ON session_changes (tenant_id, nas_id) WHERE problem IS NOT NULL;

-- What keeps changes from sessions, for a person to see: one row while it lasts, closed by itself.
CREATE TABLE network_problems (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    nas_id bigint NOT NULL,
    kind text NOT NULL,  -- as session_changes.problem
    changes integer NOT NULL CHECK (changes > 0),  -- that wait for it
    username text NOT NULL,  -- one of those it keeps from
    error_cause integer,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, nas_id) REFERENCES nas_devices ON DELETE CASCADE
);
CREATE UNIQUE INDEX network_problems_open ON network_problems (tenant_id, nas_id, kind) WHERE closed_at IS NULL;

-- In which transaction a session came (back) to life: enforcement asks which it could not see before.
ALTER TABLE live_sessions ADD COLUMN opened_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX live_sessions_by_opening ON live_sessions (opened_in);

CREATE FUNCTION tell_of_sessions() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM pg_notify('skylink_sessions', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_insert AFTER INSERT ON live_sessions REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_sessions();
