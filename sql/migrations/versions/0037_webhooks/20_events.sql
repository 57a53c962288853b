-- What webhooks tell is queued here, by the database, with the change it tells of: whichever way that
-- change is made, nobody forgets it. Where nobody listens it costs a look into an empty table.

-- What clients are told of payments, of cuts for dues and of the end of paid time.
CREATE FUNCTION tell_webhooks_of_messages() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.webhook_deliveries
           (tenant_id, webhook_id, client_id, event, facts, happened_at, try_at)
    SELECT fresh.tenant_id, hook.id, client.id, meant.event,
           fresh.payload || meant.facts || jsonb_build_object('client_number', client.client_number),
           fresh.queued_at, fresh.queued_at
      FROM fresh
      JOIN public.webhooks AS hook ON hook.tenant_id = fresh.tenant_id AND hook.ended_at IS NULL
      JOIN public.tenants AS isp ON isp.tenant_id = fresh.tenant_id
      JOIN public.clients AS client
        ON client.tenant_id = fresh.tenant_id AND client.id = fresh.recipient_id
     CROSS JOIN LATERAL (
           SELECT CASE fresh.event WHEN 'expiry.passed' THEN 'access.suspended' ELSE fresh.event END,
                  CASE fresh.event
                      WHEN 'expiry.passed' THEN jsonb_build_object('reason', 'expired')
                      WHEN 'access.suspended' THEN jsonb_build_object('reason', 'dues')
                      WHEN 'access.restored' THEN jsonb_build_object('reason', 'dues')
                      ELSE jsonb_build_object('currency', isp.currency,
                          'payment_id', split_part(fresh.about, ':', 2)::bigint) END
           ) AS meant (event, facts)
     WHERE fresh.recipient_kind = 'client'
       AND fresh.event IN ('payment.received', 'payment.reversed', 'access.suspended',
                           'access.restored', 'expiry.passed')
       AND meant.event = ANY (hook.events);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_webhooks AFTER INSERT ON outbox REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION tell_webhooks_of_messages();

CREATE FUNCTION tell_webhooks_of_access(tenant_id bigint, client_id bigint, restored boolean, facts jsonb)
    RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        INSERT INTO public.webhook_deliveries
               (tenant_id, webhook_id, client_id, event, facts, happened_at, try_at)
        SELECT hook.tenant_id, hook.id, client.id, said.event,
               facts || jsonb_build_object('client_number', client.client_number), now(), now()
          FROM public.webhooks AS hook
          JOIN public.clients AS client ON client.tenant_id = hook.tenant_id
         CROSS JOIN LATERAL (SELECT CASE WHEN restored THEN 'access.restored'
                                    ELSE 'access.suspended' END) AS said (event)
         WHERE hook.tenant_id = tell_webhooks_of_access.tenant_id
           AND client.id = tell_webhooks_of_access.client_id
           AND hook.ended_at IS NULL AND said.event = ANY (hook.events);
    END;
GRANT EXECUTE ON FUNCTION tell_webhooks_of_access(bigint, bigint, boolean, jsonb) TO skylink_app;

-- A client whom somebody suspends, restores or lets go.
CREATE FUNCTION tell_webhooks_of_client() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.tell_webhooks_of_access(NEW.tenant_id, NEW.id, NEW.status = 'active',
        jsonb_build_object('reason', 'staff'));
    RETURN NULL;
END $$;
CREATE TRIGGER tell_webhooks AFTER UPDATE OF status ON clients
    FOR EACH ROW WHEN ((OLD.status = 'active') <> (NEW.status = 'active'))
    EXECUTE FUNCTION tell_webhooks_of_client();

-- One connection of theirs; and paid time that begins anew after it had ended.
CREATE FUNCTION tell_webhooks_of_connection() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was_staff constant boolean := (OLD.status = 'active') <> (NEW.status = 'active');
BEGIN
    IF NOT EXISTS (SELECT FROM public.clients AS client
                    WHERE client.tenant_id = NEW.tenant_id AND client.id = NEW.client_id
                      AND client.status = 'active') THEN
        RETURN NULL;  -- whatever becomes of it, it was cut and stays so
    END IF;
    IF NOT was_staff AND NOT EXISTS (
            SELECT FROM public.profiles AS profile
             WHERE profile.tenant_id = NEW.tenant_id AND profile.id = NEW.profile_id
               AND profile.kind = 'daily' AND NOT NEW.vip AND NEW.status = 'active') THEN
        RETURN NULL;  -- the end of paid time decides for nobody else
    END IF;
    PERFORM public.tell_webhooks_of_access(NEW.tenant_id, NEW.client_id, NEW.status = 'active',
        jsonb_build_object('reason', CASE WHEN was_staff THEN 'staff' ELSE 'expired' END,
                           'username', NEW.username));
    RETURN NULL;
END $$;
CREATE TRIGGER tell_webhooks AFTER UPDATE OF status, expires_at ON connections
    FOR EACH ROW WHEN ((OLD.status = 'active') <> (NEW.status = 'active')
                       OR (OLD.expires_at <= now() AND NEW.expires_at > now()))
    EXECUTE FUNCTION tell_webhooks_of_connection();
