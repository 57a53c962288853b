-- Days before, in any order; none: nobody is reminded. An ISP without a row has the usual ones.

CREATE DOMAIN days_before AS smallint[]
    CHECK (0 <= ALL (VALUE) AND 60 >= ALL (VALUE) AND cardinality(VALUE) <= 10
           AND array_position(VALUE, NULL) IS NULL);

CREATE TABLE reminder_settings (
    tenant_id bigint PRIMARY KEY REFERENCES tenants,
    before_due_days days_before NOT NULL,
    before_expiry_days days_before NOT NULL
);
ALTER TABLE reminder_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON reminder_settings TO skylink_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON reminder_settings TO skylink_app;
