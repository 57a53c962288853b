-- What a bill is made from, beside packages and profiles.

ALTER TABLE billing_settings
    ADD COLUMN package_change text NOT NULL DEFAULT 'by_day'
        CHECK (package_change IN ('by_day', 'next_cycle')),
    ADD COLUMN promise_days smallint NOT NULL DEFAULT 3 CHECK (promise_days BETWEEN 0 AND 28),  -- 0: none
    ADD COLUMN approval_above_minor bigint CHECK (approval_above_minor >= 0);  -- none: no second person

CREATE TABLE advance_tiers (
    tenant_id bigint NOT NULL REFERENCES tenants,
    months smallint NOT NULL CHECK (months BETWEEN 1 AND 60),
    points points NOT NULL,
    PRIMARY KEY (tenant_id, months)
);

ALTER TABLE packages
    ADD COLUMN free_bytes bigint NOT NULL DEFAULT 0 CHECK (free_bytes >= 0),
    ADD COLUMN per_gb_minor bigint NOT NULL DEFAULT 0 CHECK (per_gb_minor >= 0),
    ADD COLUMN whole_volume boolean NOT NULL DEFAULT false;
SELECT history.track('packages');

CREATE TABLE package_slabs (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    above_bytes bigint NOT NULL CHECK (above_bytes >= 0),
    per_gb_minor bigint NOT NULL CHECK (per_gb_minor >= 0),
    PRIMARY KEY (tenant_id, package_id, above_bytes),
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages ON DELETE CASCADE
);

ALTER TABLE connections
    ADD COLUMN billed_from_on date,  -- none: the day it was made
    ADD COLUMN ended_on date;  -- the first day that is not charged
SELECT history.track('connections');

-- Packages to be had from a later day on.
CREATE TABLE package_changes (
    tenant_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    connection_id bigint NOT NULL,
    package_id bigint NOT NULL,
    change_on date NOT NULL,
    made_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages
);
CREATE UNIQUE INDEX one_package_change_waits ON package_changes (tenant_id, connection_id)
    WHERE made_at IS NULL;

-- A client's promises to pay, one in a cycle; what is in force stands in clients.promised_until.
CREATE TABLE promises (
    tenant_id bigint NOT NULL,
    client_id bigint NOT NULL,
    cycle_from_on date NOT NULL,
    promised_until timestamptz NOT NULL,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, client_id, cycle_from_on),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients
);
