-- What clients are found by, beside the rows themselves: narrow, so that thousands of alike names are
-- compared in milliseconds. Kept by triggers alone.

CREATE TABLE client_keys (
    tenant_id bigint NOT NULL,
    client_id bigint NOT NULL,
    client_number bigint NOT NULL,
    phone text NOT NULL,  -- digits; none is empty
    spelling text NOT NULL,
    sounds text[] NOT NULL,
    PRIMARY KEY (tenant_id, client_id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients ON DELETE CASCADE
);
ALTER TABLE client_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON client_keys FOR SELECT TO skylink_app USING (tenant_id = current_tenant());
CREATE POLICY gate_works ON client_keys TO skylink_gate USING (true) WITH CHECK (true);
SELECT keep_to_the_agents('client_keys', 'client_id', 'public.clients');
GRANT SELECT ON client_keys TO skylink_app;
GRANT SELECT, INSERT, UPDATE ON client_keys TO skylink_gate;

GRANT CREATE ON SCHEMA public TO skylink_gate;
GRANT EXECUTE ON FUNCTION name_spelling(text), name_sounds(text), current_tenant() TO skylink_gate;
SET LOCAL ROLE skylink_gate;
CREATE FUNCTION keep_client_keys() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    spelt constant text := public.name_spelling(concat_ws(' ', NEW.name, NEW.name_bn));
BEGIN
    INSERT INTO public.client_keys AS kept (tenant_id, client_id, client_number, phone, spelling, sounds)
    VALUES (NEW.tenant_id, NEW.id, NEW.client_number, coalesce(ltrim(NEW.phone, '+'), ''),
            spelt, public.name_sounds(spelt))
    ON CONFLICT (tenant_id, client_id) DO UPDATE SET client_number = excluded.client_number,
        phone = excluded.phone, spelling = excluded.spelling, sounds = excluded.sounds;
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION keep_client_keys() TO skylink_owner;
SET LOCAL ROLE skylink_owner;

-- Those who are there already; their own triggers are not yet.
ALTER TABLE clients NO FORCE ROW LEVEL SECURITY;
ALTER TABLE client_keys NO FORCE ROW LEVEL SECURITY;
INSERT INTO client_keys (tenant_id, client_id, client_number, phone, spelling, sounds)
SELECT tenant_id, id, client_number, coalesce(ltrim(phone, '+'), ''), spelt, name_sounds(spelt)
  FROM clients, name_spelling(concat_ws(' ', name, name_bn)) AS spelt;
ALTER TABLE clients FORCE ROW LEVEL SECURITY;
ALTER TABLE client_keys FORCE ROW LEVEL SECURITY;

CREATE TRIGGER keep_keys_of_new AFTER INSERT ON clients FOR EACH ROW
    EXECUTE FUNCTION keep_client_keys();
CREATE TRIGGER keep_keys AFTER UPDATE OF name, name_bn, phone, client_number ON clients FOR EACH ROW
    WHEN ((OLD.name, OLD.name_bn, OLD.phone, OLD.client_number)
        IS DISTINCT FROM (NEW.name, NEW.name_bn, NEW.phone, NEW.client_number))
    EXECUTE FUNCTION keep_client_keys();

-- No pending list: it would be read through at every search until somebody vacuums.
CREATE INDEX client_keys_by_text ON client_keys USING gin (tenant_id trigrams.int8_ops,
    spelling trigrams.gin_trgm_ops, sounds, phone trigrams.gin_trgm_ops)
    WITH (fastupdate = off);
CREATE INDEX connections_by_username ON connections USING gin (tenant_id trigrams.int8_ops,
    lower(username) trigrams.gin_trgm_ops) WITH (fastupdate = off);
