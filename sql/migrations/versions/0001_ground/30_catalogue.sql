-- What is sold, how it is billed, and where.

CREATE TABLE zones (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name short_text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

CREATE TABLE packages (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name short_text NOT NULL,
    service text NOT NULL CHECK (service IN ('pppoe', 'hotspot', 'static')),  -- what it is sold as
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    validity_days integer NOT NULL DEFAULT 30 CHECK (validity_days BETWEEN 1 AND 3660),
    down_kbps kbps NOT NULL,
    up_kbps kbps NOT NULL,
    burst_down_kbps kbps,
    burst_up_kbps kbps,
    burst_threshold_down_kbps kbps,
    burst_threshold_up_kbps kbps,
    burst_seconds smallint CHECK (burst_seconds BETWEEN 1 AND 3599),
    priority smallint NOT NULL DEFAULT 8 CHECK (priority BETWEEN 1 AND 8),
    pool radius_text,
    ipv6_pool radius_text,
    delegated_ipv6_pool radius_text,
    router_profile radius_text,
    address_list radius_text,
    data_limit_bytes bigint CHECK (data_limit_bytes > 0),
    quota_action text NOT NULL DEFAULT 'throttle'
        CHECK (quota_action IN ('throttle', 'block', 'disconnect')),
    throttle_down_kbps kbps,
    throttle_up_kbps kbps,
    session_limit session_limit,
    idle_timeout_seconds integer CHECK (idle_timeout_seconds > 0),
    interim_seconds interim_seconds,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name),
    CONSTRAINT a_burst_is_whole_or_absent CHECK (num_nulls(burst_down_kbps, burst_up_kbps,
        burst_threshold_down_kbps, burst_threshold_up_kbps, burst_seconds) IN (0, 5)),
    CONSTRAINT a_throttle_is_whole_or_absent
        CHECK (num_nulls(throttle_down_kbps, throttle_up_kbps) IN (0, 2))
);

CREATE TABLE package_fair_use_steps (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    above_bytes bigint NOT NULL CHECK (above_bytes >= 0),
    down_kbps kbps NOT NULL,
    up_kbps kbps NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, package_id, above_bytes),
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages ON DELETE CASCADE
);

CREATE TABLE package_speed_windows (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    position smallint NOT NULL CHECK (position > 0),  -- the first that holds wins
    start_minute minute_of_day NOT NULL,
    end_minute minute_of_day NOT NULL,
    weekdays weekdays NOT NULL,
    down_kbps kbps NOT NULL,
    up_kbps kbps NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, package_id, position),
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages ON DELETE CASCADE
);

CREATE TABLE package_uncounted_windows (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    position smallint NOT NULL CHECK (position > 0),
    start_minute minute_of_day NOT NULL,
    end_minute minute_of_day NOT NULL,
    weekdays weekdays NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, package_id, position),
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages ON DELETE CASCADE
);

CREATE TABLE profiles (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name short_text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('monthly', 'daily', 'free', 'postpaid', 'vip')),
    mode text NOT NULL DEFAULT 'flat' CHECK (mode IN ('flat', 'volume', 'slabs')),
    first_bill text NOT NULL DEFAULT 'full_month'
        CHECK (first_bill IN ('full_month', 'until_month_end', 'until_payment_day')),
    payment_day smallint NOT NULL DEFAULT 10 CHECK (payment_day BETWEEN 1 AND 28),
    grace_days smallint NOT NULL DEFAULT 0 CHECK (grace_days BETWEEN 0 AND 365),
    auto_bill boolean NOT NULL DEFAULT true,
    auto_suspend boolean NOT NULL DEFAULT true,
    allow_partial boolean NOT NULL DEFAULT true,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
