-- What stands at the head of an ISP's bills. An ISP without a row has its name alone.

CREATE TABLE letterheads (
    tenant_id bigint PRIMARY KEY REFERENCES tenants,
    name_bn short_text,
    address text CHECK (length(address) <= 300),
    phone short_text,
    email short_text,
    vat_number short_text,  -- in Bangladesh the BIN
    pay_link text CHECK (length(pay_link) <= 200 AND pay_link ~ '^https://[!-~]+$'),  -- {invoice} is its number
    footer text CHECK (length(footer) <= 300),
    logo bytea CHECK (octet_length(logo) <= 262144)  -- a JPEG
);
ALTER TABLE letterheads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON letterheads TO skylink_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON letterheads TO skylink_app;
