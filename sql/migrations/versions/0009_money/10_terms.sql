-- What an ISP's bills follow, what was agreed with a client, and numbers that begin anew each year.

CREATE DOMAIN points AS smallint CHECK (VALUE BETWEEN 0 AND 10000);  -- hundredths of a percent

CREATE TABLE billing_settings (
    tenant_id bigint PRIMARY KEY REFERENCES tenants,
    invoice_prefix text NOT NULL DEFAULT 'INV-' CHECK (invoice_prefix ~ '^[A-Za-z0-9/_-]{0,20}$'),
    credit_note_prefix text NOT NULL DEFAULT 'CN-' CHECK (credit_note_prefix ~ '^[A-Za-z0-9/_-]{0,20}$'),
    auto_generate boolean NOT NULL DEFAULT true,
    bill_suspended boolean NOT NULL DEFAULT true,
    bill_inactive boolean NOT NULL DEFAULT false,
    vat_points points NOT NULL DEFAULT 0,  -- of clients for whom nothing else was agreed
    vat_inclusive boolean NOT NULL DEFAULT false,
    round_to_minor integer NOT NULL DEFAULT 1 CHECK (round_to_minor BETWEEN 1 AND 100000),
    late_fee_after_days smallint CHECK (late_fee_after_days BETWEEN 1 AND 365),  -- none: no late fees
    late_fee_minor bigint NOT NULL DEFAULT 0 CHECK (late_fee_minor >= 0),
    late_fee_points points NOT NULL DEFAULT 0,
    grace_days smallint NOT NULL DEFAULT 0 CHECK (grace_days BETWEEN 0 AND 365)  -- of a new profile
);

-- Every ISP has its row, so that a statement over all clients needs no second home of the defaults.
CREATE FUNCTION begin_billing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.billing_settings (tenant_id) VALUES (NEW.tenant_id);
    RETURN NULL;
END $$;
CREATE TRIGGER begin_billing AFTER INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION begin_billing();

ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
INSERT INTO billing_settings (tenant_id) SELECT tenant_id FROM tenants;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;

ALTER TABLE clients
    ADD COLUMN vat_points points,  -- none: the ISP's
    ADD COLUMN vat_inclusive boolean,
    ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0 CHECK (discount_minor >= 0),  -- off each cycle
    ADD COLUMN discount_points points NOT NULL DEFAULT 0,
    ADD COLUMN discount_until_on date;  -- exclusive; none: for good
SELECT history.track('clients');

ALTER TABLE number_series
    ADD COLUMN year smallint NOT NULL DEFAULT 0 CHECK (year BETWEEN 0 AND 9999),  -- 0: of no year
    DROP CONSTRAINT number_series_pkey,
    ADD PRIMARY KEY (tenant_id, series, year),
    DROP CONSTRAINT number_series_series_check,
    ADD CHECK (series IN ('client', 'invoice', 'credit_note'));
