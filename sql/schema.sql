CREATE SCHEMA asof;

ALTER SCHEMA asof OWNER TO skylink_owner;

CREATE SCHEMA enforcement;

ALTER SCHEMA enforcement OWNER TO skylink_gate;

CREATE SCHEMA history;

ALTER SCHEMA history OWNER TO skylink_owner;

CREATE SCHEMA intake;

ALTER SCHEMA intake OWNER TO skylink_gate;

CREATE SCHEMA radius;

ALTER SCHEMA radius OWNER TO skylink_gate;

CREATE SCHEMA trigrams;

ALTER SCHEMA trigrams OWNER TO skylink_owner;

CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA trigrams;

COMMENT ON EXTENSION btree_gin IS 'support for indexing common datatypes in GIN';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA trigrams;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE DOMAIN public.currency_code AS text
	CONSTRAINT currency_code_check CHECK ((VALUE ~ '^[A-Z]{3}$'::text));

ALTER DOMAIN public.currency_code OWNER TO skylink_owner;

CREATE DOMAIN public.days_before AS smallint[]
	CONSTRAINT days_before_check CHECK (((0 <= ALL (VALUE)) AND (60 >= ALL (VALUE)) AND (cardinality(VALUE) <= 10) AND (array_position(VALUE, NULL::smallint) IS NULL)));

ALTER DOMAIN public.days_before OWNER TO skylink_owner;

CREATE DOMAIN public.interim_seconds AS integer
	CONSTRAINT interim_seconds_check CHECK (((VALUE >= 60) AND (VALUE <= 86400)));

ALTER DOMAIN public.interim_seconds OWNER TO skylink_owner;

CREATE DOMAIN public.kbps AS integer
	CONSTRAINT kbps_check CHECK (((VALUE >= 1) AND (VALUE <= 100000000)));

ALTER DOMAIN public.kbps OWNER TO skylink_owner;

CREATE DOMAIN public.ledger_account AS text
	CONSTRAINT ledger_account_check CHECK ((VALUE = ANY (ARRAY['receivable'::text, 'client_credit'::text, 'cash'::text, 'bank'::text, 'bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text, 'gateway_fees'::text, 'suspense'::text, 'internet'::text, 'installation'::text, 'overage'::text, 'extra'::text, 'late_fees'::text, 'rounding'::text, 'discounts'::text, 'credit_notes'::text, 'bad_debt'::text, 'vat_payable'::text, 'opening_balances'::text])));

ALTER DOMAIN public.ledger_account OWNER TO skylink_owner;

CREATE DOMAIN public.mac_address AS text
	CONSTRAINT mac_address_check CHECK ((VALUE ~ '^[0-9A-F]{12}$'::text));

ALTER DOMAIN public.mac_address OWNER TO skylink_owner;

CREATE DOMAIN public.minute_of_day AS smallint
	CONSTRAINT minute_of_day_check CHECK (((VALUE >= 0) AND (VALUE <= 1439)));

ALTER DOMAIN public.minute_of_day OWNER TO skylink_owner;

CREATE DOMAIN public.points AS smallint
	CONSTRAINT points_check CHECK (((VALUE >= 0) AND (VALUE <= 10000)));

ALTER DOMAIN public.points OWNER TO skylink_owner;

CREATE DOMAIN public.radius_text AS text
	CONSTRAINT radius_text_check CHECK ((((octet_length(VALUE) >= 1) AND (octet_length(VALUE) <= 253)) AND (VALUE !~ '[\u0001-\u001f\u007f-\u009f]'::text)));

ALTER DOMAIN public.radius_text OWNER TO skylink_owner;

CREATE DOMAIN public.session_limit AS integer
	CONSTRAINT session_limit_check CHECK (((VALUE >= 1) AND (VALUE <= 1000000)));

ALTER DOMAIN public.session_limit OWNER TO skylink_owner;

CREATE DOMAIN public.short_text AS text
	CONSTRAINT short_text_check CHECK (((length(VALUE) <= 200) AND (VALUE ~ '\S'::text) AND (VALUE !~ '[\u0001-\u001f\u007f-\u009f]'::text)));

ALTER DOMAIN public.short_text OWNER TO skylink_owner;

CREATE DOMAIN public.weekdays AS smallint[]
	CONSTRAINT weekdays_check CHECK (((VALUE <@ ARRAY[(1)::smallint, (2)::smallint, (3)::smallint, (4)::smallint, (5)::smallint, (6)::smallint, (7)::smallint]) AND (cardinality(VALUE) <= 7)));

ALTER DOMAIN public.weekdays OWNER TO skylink_owner;

CREATE FUNCTION asof.instant() RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE((NULLIF(current_setting('skylink.as_of'::text, true), ''::text))::timestamp with time zone, 'infinity'::timestamp with time zone);

ALTER FUNCTION asof.instant() OWNER TO skylink_owner;

CREATE TABLE public.session_changes (
    tenant_id bigint NOT NULL,
    session_id bigint NOT NULL,
    nas_id bigint NOT NULL,
    connection_id bigint,
    given text,
    wanted text,
    asked_by text DEFAULT 'decision'::text NOT NULL,
    step text NOT NULL,
    says jsonb DEFAULT '{}'::jsonb NOT NULL,
    down_kbps integer,
    up_kbps integer,
    means text NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    rounds smallint DEFAULT 0 NOT NULL,
    wanted_at timestamp with time zone DEFAULT now() NOT NULL,
    next_try_at timestamp with time zone,
    sent_at timestamp with time zone,
    acked_at timestamp with time zone,
    error_cause integer,
    problem text,
    proof_at timestamp with time zone,
    proof_down_bytes bigint,
    proof_up_bytes bigint,
    CONSTRAINT session_changes_asked_by_check CHECK ((asked_by = ANY (ARRAY['decision'::text, 'kick'::text]))),
    CONSTRAINT session_changes_means_check CHECK ((means = ANY (ARRAY['coa'::text, 'disconnect'::text]))),
    CONSTRAINT session_changes_problem_check CHECK ((problem = ANY (ARRAY['silent'::text, 'refused'::text, 'not_done'::text, 'redials'::text, 'unreadable'::text]))),
    CONSTRAINT session_changes_says_check CHECK ((jsonb_typeof(says) = 'object'::text)),
    CONSTRAINT session_changes_step_check CHECK ((step = ANY (ARRAY['none'::text, 'end'::text, 'coa'::text, 'redial'::text])))
);

ALTER TABLE ONLY public.session_changes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.session_changes OWNER TO skylink_owner;

CREATE FUNCTION enforcement.answered(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 UPDATE public.session_changes change SET given = said.given
    FROM jsonb_to_recordset(answered.docs) said(tenant_id bigint, session_id bigint, given text)
   WHERE ((change.tenant_id = said.tenant_id) AND (change.session_id = said.session_id) AND (said.given IS NOT NULL));
 UPDATE public.session_changes change SET acked_at =
         CASE
             WHEN said.acked THEN now()
             ELSE NULL::timestamp with time zone
         END, means = said.means, tries = said.tries, rounds = said.rounds, error_cause = said.error_cause, next_try_at = (now() + (said.wait_seconds * '00:00:01'::interval)), problem = said.problem
    FROM jsonb_to_recordset(answered.docs) said(tenant_id bigint, session_id bigint, sent_at timestamp with time zone, acked boolean, means text, tries smallint, rounds smallint, wait_seconds double precision, error_cause integer, problem text)
   WHERE ((change.tenant_id = said.tenant_id) AND (change.session_id = said.session_id) AND (change.sent_at = said.sent_at));
END;

ALTER FUNCTION enforcement.answered(docs jsonb) OWNER TO skylink_gate;

CREATE TABLE public.live_sessions (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    connection_id bigint,
    nas_id bigint NOT NULL,
    node text NOT NULL,
    acct_session_id text NOT NULL,
    username text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    heard_at timestamp with time zone NOT NULL,
    mac text,
    framed_ipv4 inet,
    framed_ipv6_prefix cidr,
    delegated_ipv6_prefix cidr,
    nas_port_id text,
    down_bytes bigint DEFAULT 0 NOT NULL,
    up_bytes bigint DEFAULT 0 NOT NULL,
    down_counter bigint DEFAULT 0 NOT NULL,
    up_counter bigint DEFAULT 0 NOT NULL,
    session_seconds integer,
    said_at timestamp with time zone,
    granted text,
    opened_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT live_sessions_down_bytes_check CHECK ((down_bytes >= 0)),
    CONSTRAINT live_sessions_up_bytes_check CHECK ((up_bytes >= 0))
)
WITH (fillfactor='60');

ALTER TABLE ONLY public.live_sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.live_sessions OWNER TO skylink_owner;

CREATE FUNCTION enforcement.claim(rooms jsonb) RETURNS TABLE(tenant_id bigint, session_id bigint, nas_id bigint, connection_id bigint, given text, wanted text, step text, means text, tries smallint, rounds smallint, says jsonb, problem text, sent_at timestamp with time zone, username text, acct_session_id text, framed_ipv4 text, granted text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH chosen AS (
          SELECT due.tenant_id,
             due.session_id
            FROM (jsonb_to_recordset(claim.rooms) nas(tenant_id bigint, nas_id bigint, room integer)
              CROSS JOIN LATERAL ( SELECT waiting.tenant_id,
                     waiting.session_id
                    FROM public.session_changes waiting
                   WHERE ((waiting.tenant_id = nas.tenant_id) AND (waiting.nas_id = nas.nas_id) AND (waiting.next_try_at <= now()))
                   ORDER BY (array_position(ARRAY['redial'::text, 'coa'::text], waiting.step)), waiting.next_try_at
                  LIMIT nas.room
                  FOR UPDATE OF waiting SKIP LOCKED) due)
         )
  UPDATE public.session_changes change SET tries = (change.tries + 1), sent_at = clock_timestamp(), acked_at = NULL::timestamp with time zone, next_try_at = (now() + '00:00:30'::interval), proof_at = live.heard_at, proof_down_bytes = live.down_bytes, proof_up_bytes = live.up_bytes
    FROM (chosen
      JOIN public.live_sessions live ON (((live.tenant_id = chosen.tenant_id) AND (live.id = chosen.session_id))))
   WHERE ((change.tenant_id = chosen.tenant_id) AND (change.session_id = chosen.session_id))
   RETURNING change.tenant_id,
     change.session_id,
     change.nas_id,
     change.connection_id,
     change.given,
     change.wanted,
     change.step,
     change.means,
     change.tries,
     change.rounds,
     change.says,
     change.problem,
     change.sent_at,
     live.username,
     live.acct_session_id,
     host(live.framed_ipv4) AS host,
     live.granted;
END;

ALTER FUNCTION enforcement.claim(rooms jsonb) OWNER TO skylink_gate;

CREATE FUNCTION enforcement.forget_ended(settled boolean) RETURNS TABLE(tenant_id bigint, connection_id bigint, wanted text, means text, tries smallint, asked_by text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 DELETE FROM public.session_changes change
   WHERE ((forget_ended.settled OR (change.next_try_at IS NOT NULL) OR (change.acked_at IS NOT NULL)) AND (NOT (EXISTS ( SELECT
            FROM public.live_sessions live
           WHERE ((live.tenant_id = change.tenant_id) AND (live.id = change.session_id))))))
   RETURNING change.tenant_id,
     change.connection_id,
     change.wanted,
     change.means,
     change.tries,
     change.asked_by;
END;

ALTER FUNCTION enforcement.forget_ended(settled boolean) OWNER TO skylink_gate;

CREATE TABLE public.nas_abilities (
    tenant_id bigint NOT NULL,
    nas_id bigint NOT NULL,
    coa boolean,
    disconnect boolean,
    learned_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.nas_abilities FORCE ROW LEVEL SECURITY;

ALTER TABLE public.nas_abilities OWNER TO skylink_owner;

CREATE TABLE public.nas_devices (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    name public.short_text NOT NULL,
    kind text NOT NULL,
    address inet NOT NULL,
    sealed_secret bytea NOT NULL,
    require_message_authenticator boolean DEFAULT true NOT NULL,
    swap_directions boolean DEFAULT false NOT NULL,
    coa_port integer DEFAULT 3799 NOT NULL,
    coa text DEFAULT 'learn'::text NOT NULL,
    disconnect text DEFAULT 'learn'::text NOT NULL,
    coa_address_lists boolean DEFAULT false NOT NULL,
    coa_packets_per_second integer DEFAULT 20 NOT NULL,
    CONSTRAINT nas_devices_address_check CHECK ((masklen(address) =
CASE family(address)
    WHEN 4 THEN 32
    ELSE 128
END)),
    CONSTRAINT nas_devices_coa_check CHECK ((coa = ANY (ARRAY['learn'::text, 'yes'::text, 'no'::text]))),
    CONSTRAINT nas_devices_coa_packets_per_second_check CHECK (((coa_packets_per_second >= 1) AND (coa_packets_per_second <= 1000))),
    CONSTRAINT nas_devices_coa_port_check CHECK (((coa_port >= 1) AND (coa_port <= 65535))),
    CONSTRAINT nas_devices_disconnect_check CHECK ((disconnect = ANY (ARRAY['learn'::text, 'yes'::text, 'no'::text]))),
    CONSTRAINT nas_devices_kind_check CHECK ((kind = ANY (ARRAY['mikrotik'::text, 'rfc'::text])))
);

ALTER TABLE ONLY public.nas_devices FORCE ROW LEVEL SECURITY;

ALTER TABLE public.nas_devices OWNER TO skylink_owner;

CREATE FUNCTION enforcement.learn(in_tenant_id bigint, in_nas_id bigint, in_coa boolean, in_disconnect boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO public.nas_abilities AS known (tenant_id, nas_id, coa, disconnect)  SELECT nas.tenant_id,
             nas.id,
             learn.in_coa AS in_coa,
             learn.in_disconnect AS in_disconnect
            FROM public.nas_devices nas
           WHERE ((nas.tenant_id = learn.in_tenant_id) AND (nas.id = learn.in_nas_id)) ON CONFLICT(tenant_id, nas_id) DO UPDATE SET coa = COALESCE(excluded.coa, known.coa), disconnect = COALESCE(excluded.disconnect, known.disconnect), learned_at = now();
END;

ALTER FUNCTION enforcement.learn(in_tenant_id bigint, in_nas_id bigint, in_coa boolean, in_disconnect boolean) OWNER TO skylink_gate;

CREATE FUNCTION enforcement.leave(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 UPDATE public.session_changes change SET step = 'none'::text, next_try_at = NULL::timestamp with time zone, acked_at = NULL::timestamp with time zone, problem = NULL::text
    FROM jsonb_to_recordset(leave.docs) said(tenant_id bigint, session_id bigint)
   WHERE ((change.tenant_id = said.tenant_id) AND (change.session_id = said.session_id) AND (change.asked_by = 'decision'::text));
END;

ALTER FUNCTION enforcement.leave(docs jsonb) OWNER TO skylink_gate;

CREATE FUNCTION enforcement.note_problems() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    UPDATE public.network_problems AS known SET closed_at = now()
     WHERE known.closed_at IS NULL AND NOT EXISTS (
           SELECT FROM public.session_changes AS change
            WHERE change.tenant_id = known.tenant_id AND change.nas_id = known.nas_id
              AND change.problem = known.kind);
    INSERT INTO public.network_problems AS known (tenant_id, nas_id, kind, changes, username, error_cause)
    SELECT change.tenant_id, change.nas_id, change.problem, count(*), min(live.username), max(change.error_cause)
      FROM public.session_changes AS change
      JOIN public.live_sessions AS live ON live.tenant_id = change.tenant_id AND live.id = change.session_id
     WHERE change.problem IS NOT NULL
     GROUP BY change.tenant_id, change.nas_id, change.problem
    ON CONFLICT (tenant_id, nas_id, kind) WHERE closed_at IS NULL DO UPDATE
       SET changes = excluded.changes, username = excluded.username, error_cause = excluded.error_cause
     WHERE (known.changes, known.username, known.error_cause)
           IS DISTINCT FROM (excluded.changes, excluded.username, excluded.error_cause);
    RETURN (SELECT count(*) FROM public.network_problems AS open WHERE open.closed_at IS NULL);
END $$;

ALTER FUNCTION enforcement.note_problems() OWNER TO skylink_gate;

CREATE FUNCTION enforcement.proved(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 UPDATE public.session_changes change SET acked_at =
         CASE
             WHEN said.done THEN NULL::timestamp with time zone
             ELSE change.acked_at
         END, step =
         CASE
             WHEN said.done THEN 'none'::text
             ELSE change.step
         END, problem =
         CASE
             WHEN said.done THEN NULL::text
             ELSE change.problem
         END, proof_at = said.heard_at, proof_down_bytes = said.down_bytes, proof_up_bytes = said.up_bytes
    FROM jsonb_to_recordset(proved.docs) said(tenant_id bigint, session_id bigint, sent_at timestamp with time zone, done boolean, heard_at timestamp with time zone, down_bytes bigint, up_bytes bigint)
   WHERE ((change.tenant_id = said.tenant_id) AND (change.session_id = said.session_id) AND (change.sent_at = said.sent_at));
END;

ALTER FUNCTION enforcement.proved(docs jsonb) OWNER TO skylink_gate;

CREATE FUNCTION enforcement.try_now(in_tenant_id bigint, in_nas_id bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 UPDATE public.session_changes change SET next_try_at = now()
   WHERE ((change.tenant_id = try_now.in_tenant_id) AND (change.nas_id = try_now.in_nas_id) AND (change.problem = 'silent'::text) AND (change.next_try_at > now()));
END;

ALTER FUNCTION enforcement.try_now(in_tenant_id bigint, in_nas_id bigint) OWNER TO skylink_gate;

CREATE FUNCTION enforcement.want(docs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO public.session_changes AS change (tenant_id, session_id, nas_id, connection_id, wanted, step, says, down_kbps, up_kbps, means, next_try_at, problem)  SELECT want.tenant_id,
             want.session_id,
             live.nas_id,
             live.connection_id,
             want.wanted,
             want.step,
             want.says,
             want.down_kbps,
             want.up_kbps,
             want.means,
             (now() + (want.wait_seconds * '00:00:01'::interval)),
             want.problem
            FROM ((jsonb_to_recordset(want.docs) want(tenant_id bigint, session_id bigint, wanted text, step text, says jsonb, down_kbps integer, up_kbps integer, means text, wait_seconds double precision, problem text)
              JOIN public.live_sessions live ON (((live.tenant_id = want.tenant_id) AND (live.id = want.session_id))))
              JOIN public.nas_devices nas ON (((nas.tenant_id = live.tenant_id) AND (nas.id = live.nas_id))))
           ORDER BY want.tenant_id, want.session_id ON CONFLICT(tenant_id, session_id) DO UPDATE SET nas_id = excluded.nas_id, wanted = excluded.wanted, step = excluded.step, says = excluded.says, down_kbps = excluded.down_kbps, up_kbps = excluded.up_kbps, means = excluded.means, next_try_at = excluded.next_try_at, problem = excluded.problem, asked_by = 'decision'::text, tries = 0, rounds = 0, wanted_at = now(), sent_at = NULL::timestamp with time zone, acked_at = NULL::timestamp with time zone, error_cause = NULL::integer
   WHERE ((change.asked_by = 'decision'::text) OR ((change.next_try_at IS NULL) AND (change.acked_at IS NULL)));
END;

ALTER FUNCTION enforcement.want(docs jsonb) OWNER TO skylink_gate;

CREATE FUNCTION history.keep_access_restrictions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.access_restrictions (valid_until, tenant_id, reason, action, pool, address_list, down_kbps, up_kbps, session_seconds, changed_at)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, reason, action, pool, address_list, down_kbps, up_kbps, session_seconds, changed_at FROM old_rows EXCEPT SELECT tenant_id, reason, action, pool, address_list, down_kbps, up_kbps, session_seconds, changed_at FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.access_restrictions (valid_until, tenant_id, reason, action, pool, address_list, down_kbps, up_kbps, session_seconds, changed_at)
                SELECT now(), tenant_id, reason, action, pool, address_list, down_kbps, up_kbps, session_seconds, changed_at FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_access_restrictions() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_clients() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.clients (valid_until, tenant_id, id, client_number, name, name_bn, phone, email, nid, father_name, address, photo_ref, signature_ref, zone_id, status, promised_until, created_at, changed_at, agent_id, vat_points, vat_inclusive, discount_minor, discount_points, discount_until_on, language)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, id, client_number, name, name_bn, phone, email, nid, father_name, address, photo_ref, signature_ref, zone_id, status, promised_until, created_at, changed_at, agent_id, vat_points, vat_inclusive, discount_minor, discount_points, discount_until_on, language FROM old_rows EXCEPT SELECT tenant_id, id, client_number, name, name_bn, phone, email, nid, father_name, address, photo_ref, signature_ref, zone_id, status, promised_until, created_at, changed_at, agent_id, vat_points, vat_inclusive, discount_minor, discount_points, discount_until_on, language FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.clients (valid_until, tenant_id, id, client_number, name, name_bn, phone, email, nid, father_name, address, photo_ref, signature_ref, zone_id, status, promised_until, created_at, changed_at, agent_id, vat_points, vat_inclusive, discount_minor, discount_points, discount_until_on, language)
                SELECT now(), tenant_id, id, client_number, name, name_bn, phone, email, nid, father_name, address, photo_ref, signature_ref, zone_id, status, promised_until, created_at, changed_at, agent_id, vat_points, vat_inclusive, discount_minor, discount_points, discount_until_on, language FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_clients() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_connection_macs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.connection_macs (valid_until, tenant_id, connection_id, mac, bound_by, changed_at)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, connection_id, mac, bound_by, changed_at FROM old_rows EXCEPT SELECT tenant_id, connection_id, mac, bound_by, changed_at FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.connection_macs (valid_until, tenant_id, connection_id, mac, bound_by, changed_at)
                SELECT now(), tenant_id, connection_id, mac, bound_by, changed_at FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_connection_macs() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_connections() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.connections (valid_until, tenant_id, id, client_id, username, service, package_id, profile_id, status, vip, mac_mode, ipv4_address, ipv6_prefix, delegated_ipv6_prefix, pool, session_limit, expires_at, created_at, changed_at, billed_from_on, ended_on)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, id, client_id, username, service, package_id, profile_id, status, vip, mac_mode, ipv4_address, ipv6_prefix, delegated_ipv6_prefix, pool, session_limit, expires_at, created_at, changed_at, billed_from_on, ended_on FROM old_rows EXCEPT SELECT tenant_id, id, client_id, username, service, package_id, profile_id, status, vip, mac_mode, ipv4_address, ipv6_prefix, delegated_ipv6_prefix, pool, session_limit, expires_at, created_at, changed_at, billed_from_on, ended_on FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.connections (valid_until, tenant_id, id, client_id, username, service, package_id, profile_id, status, vip, mac_mode, ipv4_address, ipv6_prefix, delegated_ipv6_prefix, pool, session_limit, expires_at, created_at, changed_at, billed_from_on, ended_on)
                SELECT now(), tenant_id, id, client_id, username, service, package_id, profile_id, status, vip, mac_mode, ipv4_address, ipv6_prefix, delegated_ipv6_prefix, pool, session_limit, expires_at, created_at, changed_at, billed_from_on, ended_on FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_connections() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_invoices() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.invoices (valid_until, tenant_id, id, client_id, invoice_number, issued_on, due_on, currency, total_minor, paid_minor, status, created_at, changed_at, number_year, number, bill_run_id, in_advance)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, id, client_id, invoice_number, issued_on, due_on, currency, total_minor, paid_minor, status, created_at, changed_at, number_year, number, bill_run_id, in_advance FROM old_rows EXCEPT SELECT tenant_id, id, client_id, invoice_number, issued_on, due_on, currency, total_minor, paid_minor, status, created_at, changed_at, number_year, number, bill_run_id, in_advance FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.invoices (valid_until, tenant_id, id, client_id, invoice_number, issued_on, due_on, currency, total_minor, paid_minor, status, created_at, changed_at, number_year, number, bill_run_id, in_advance)
                SELECT now(), tenant_id, id, client_id, invoice_number, issued_on, due_on, currency, total_minor, paid_minor, status, created_at, changed_at, number_year, number, bill_run_id, in_advance FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_invoices() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_no_cut_days() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.no_cut_days (valid_until, tenant_id, no_cut_on, name, changed_at)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, no_cut_on, name, changed_at FROM old_rows EXCEPT SELECT tenant_id, no_cut_on, name, changed_at FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.no_cut_days (valid_until, tenant_id, no_cut_on, name, changed_at)
                SELECT now(), tenant_id, no_cut_on, name, changed_at FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_no_cut_days() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_package_fair_use_steps() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.package_fair_use_steps (valid_until, tenant_id, package_id, above_bytes, down_kbps, up_kbps, changed_at)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, package_id, above_bytes, down_kbps, up_kbps, changed_at FROM old_rows EXCEPT SELECT tenant_id, package_id, above_bytes, down_kbps, up_kbps, changed_at FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.package_fair_use_steps (valid_until, tenant_id, package_id, above_bytes, down_kbps, up_kbps, changed_at)
                SELECT now(), tenant_id, package_id, above_bytes, down_kbps, up_kbps, changed_at FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_package_fair_use_steps() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_package_speed_windows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.package_speed_windows (valid_until, tenant_id, package_id, "position", start_minute, end_minute, weekdays, down_kbps, up_kbps, changed_at)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, package_id, "position", start_minute, end_minute, weekdays, down_kbps, up_kbps, changed_at FROM old_rows EXCEPT SELECT tenant_id, package_id, "position", start_minute, end_minute, weekdays, down_kbps, up_kbps, changed_at FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.package_speed_windows (valid_until, tenant_id, package_id, "position", start_minute, end_minute, weekdays, down_kbps, up_kbps, changed_at)
                SELECT now(), tenant_id, package_id, "position", start_minute, end_minute, weekdays, down_kbps, up_kbps, changed_at FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_package_speed_windows() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_package_uncounted_windows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.package_uncounted_windows (valid_until, tenant_id, package_id, "position", start_minute, end_minute, weekdays, changed_at)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, package_id, "position", start_minute, end_minute, weekdays, changed_at FROM old_rows EXCEPT SELECT tenant_id, package_id, "position", start_minute, end_minute, weekdays, changed_at FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.package_uncounted_windows (valid_until, tenant_id, package_id, "position", start_minute, end_minute, weekdays, changed_at)
                SELECT now(), tenant_id, package_id, "position", start_minute, end_minute, weekdays, changed_at FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_package_uncounted_windows() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_packages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.packages (valid_until, tenant_id, id, name, service, price_minor, validity_days, down_kbps, up_kbps, burst_down_kbps, burst_up_kbps, burst_threshold_down_kbps, burst_threshold_up_kbps, burst_seconds, priority, pool, ipv6_pool, delegated_ipv6_pool, router_profile, address_list, data_limit_bytes, quota_action, throttle_down_kbps, throttle_up_kbps, session_limit, idle_timeout_seconds, interim_seconds, changed_at, free_bytes, per_gb_minor, whole_volume)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, id, name, service, price_minor, validity_days, down_kbps, up_kbps, burst_down_kbps, burst_up_kbps, burst_threshold_down_kbps, burst_threshold_up_kbps, burst_seconds, priority, pool, ipv6_pool, delegated_ipv6_pool, router_profile, address_list, data_limit_bytes, quota_action, throttle_down_kbps, throttle_up_kbps, session_limit, idle_timeout_seconds, interim_seconds, changed_at, free_bytes, per_gb_minor, whole_volume FROM old_rows EXCEPT SELECT tenant_id, id, name, service, price_minor, validity_days, down_kbps, up_kbps, burst_down_kbps, burst_up_kbps, burst_threshold_down_kbps, burst_threshold_up_kbps, burst_seconds, priority, pool, ipv6_pool, delegated_ipv6_pool, router_profile, address_list, data_limit_bytes, quota_action, throttle_down_kbps, throttle_up_kbps, session_limit, idle_timeout_seconds, interim_seconds, changed_at, free_bytes, per_gb_minor, whole_volume FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.packages (valid_until, tenant_id, id, name, service, price_minor, validity_days, down_kbps, up_kbps, burst_down_kbps, burst_up_kbps, burst_threshold_down_kbps, burst_threshold_up_kbps, burst_seconds, priority, pool, ipv6_pool, delegated_ipv6_pool, router_profile, address_list, data_limit_bytes, quota_action, throttle_down_kbps, throttle_up_kbps, session_limit, idle_timeout_seconds, interim_seconds, changed_at, free_bytes, per_gb_minor, whole_volume)
                SELECT now(), tenant_id, id, name, service, price_minor, validity_days, down_kbps, up_kbps, burst_down_kbps, burst_up_kbps, burst_threshold_down_kbps, burst_threshold_up_kbps, burst_seconds, priority, pool, ipv6_pool, delegated_ipv6_pool, router_profile, address_list, data_limit_bytes, quota_action, throttle_down_kbps, throttle_up_kbps, session_limit, idle_timeout_seconds, interim_seconds, changed_at, free_bytes, per_gb_minor, whole_volume FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_packages() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_profiles() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.profiles (valid_until, tenant_id, id, name, kind, mode, first_bill, payment_day, grace_days, auto_bill, auto_suspend, allow_partial, changed_at)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, id, name, kind, mode, first_bill, payment_day, grace_days, auto_bill, auto_suspend, allow_partial, changed_at FROM old_rows EXCEPT SELECT tenant_id, id, name, kind, mode, first_bill, payment_day, grace_days, auto_bill, auto_suspend, allow_partial, changed_at FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.profiles (valid_until, tenant_id, id, name, kind, mode, first_bill, payment_day, grace_days, auto_bill, auto_suspend, allow_partial, changed_at)
                SELECT now(), tenant_id, id, name, kind, mode, first_bill, payment_day, grace_days, auto_bill, auto_suspend, allow_partial, changed_at FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_profiles() OWNER TO skylink_gate;

CREATE FUNCTION history.keep_tenants() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.tenants (valid_until, tenant_id, slug, name, time_zone, currency, language, interim_seconds, no_cut_weekdays, created_at, changed_at, keep_sessions_months)
                SELECT now(), former.* FROM (
                    SELECT tenant_id, slug, name, time_zone, currency, language, interim_seconds, no_cut_weekdays, created_at, changed_at, keep_sessions_months FROM old_rows EXCEPT SELECT tenant_id, slug, name, time_zone, currency, language, interim_seconds, no_cut_weekdays, created_at, changed_at, keep_sessions_months FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.tenants (valid_until, tenant_id, slug, name, time_zone, currency, language, interim_seconds, no_cut_weekdays, created_at, changed_at, keep_sessions_months)
                SELECT now(), tenant_id, slug, name, time_zone, currency, language, interim_seconds, no_cut_weekdays, created_at, changed_at, keep_sessions_months FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $$;

ALTER FUNCTION history.keep_tenants() OWNER TO skylink_gate;

CREATE FUNCTION history.stamp_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $$;

ALTER FUNCTION history.stamp_insert() OWNER TO skylink_owner;

CREATE FUNCTION history.stamp_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.changed_at := greatest(now(), OLD.changed_at);
    RETURN NEW;
END $$;

ALTER FUNCTION history.stamp_update() OWNER TO skylink_owner;

CREATE FUNCTION history.track(tracked name) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
    base constant regclass := format('public.%I', tracked);
    kept text;      -- all columns but secrets
    old_values text;
    new_values text;
    missing text;   -- what the history table lacks
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS history.%I (valid_until timestamptz NOT NULL)', tracked);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
           string_agg('OLD.' || quote_ident(attname), ', ' ORDER BY attnum),
           string_agg('NEW.' || quote_ident(attname), ', ' ORDER BY attnum),
           string_agg(format('ADD COLUMN %I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
               FILTER (WHERE NOT EXISTS (SELECT FROM pg_attribute AS there
                   WHERE there.attrelid = format('history.%I', tracked)::regclass AND there.attname = mine.attname))
      INTO kept, old_values, new_values, missing
      FROM pg_attribute AS mine
     WHERE attrelid = base AND attnum > 0 AND NOT attisdropped AND atttypid <> 'bytea'::regtype;
    IF missing IS NOT NULL THEN
        EXECUTE format('ALTER TABLE history.%I %s', tracked, missing);
    END IF;
    EXECUTE format('ALTER TABLE history.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tracked);
    EXECUTE format('DROP POLICY IF EXISTS own_rows ON history.%I', tracked);
    EXECUTE format('CREATE POLICY own_rows ON history.%I FOR SELECT TO skylink_app'
        ' USING (tenant_id = public.current_tenant())', tracked);
    EXECUTE format('DROP POLICY IF EXISTS gate_keeps ON history.%I', tracked);
    EXECUTE format('CREATE POLICY gate_keeps ON history.%I FOR INSERT TO skylink_gate WITH CHECK (true)', tracked);
    EXECUTE format('GRANT SELECT ON history.%I TO skylink_app', tracked);
    EXECUTE format('GRANT INSERT ON history.%I TO skylink_gate', tracked);

    SET LOCAL ROLE skylink_gate;
    EXECUTE format($body$
        CREATE OR REPLACE FUNCTION history.%1$I() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $keep$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO history.%2$I (valid_until, %3$s)
                SELECT now(), former.* FROM (
                    SELECT %3$s FROM old_rows EXCEPT SELECT %3$s FROM new_rows) AS former
                 WHERE former.changed_at < now();
            ELSE
                INSERT INTO history.%2$I (valid_until, %3$s)
                SELECT now(), %3$s FROM old_rows WHERE changed_at < now();
            END IF;
            RETURN NULL;
        END $keep$
    $body$, 'keep_' || tracked, tracked, kept);
    EXECUTE format('GRANT EXECUTE ON FUNCTION history.%I() TO skylink_owner', 'keep_' || tracked);
    SET LOCAL ROLE skylink_owner;

    EXECUTE format('CREATE OR REPLACE TRIGGER stamp_insert BEFORE INSERT ON public.%I'
        ' FOR EACH ROW EXECUTE FUNCTION history.stamp_insert()', tracked);
    EXECUTE format('CREATE OR REPLACE TRIGGER stamp_update BEFORE UPDATE ON public.%I FOR EACH ROW'
        ' WHEN (ROW(%s) IS DISTINCT FROM ROW(%s)) EXECUTE FUNCTION history.stamp_update()',
        tracked, old_values, new_values);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_update AFTER UPDATE ON public.%I'
        ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION history.%I()', tracked, 'keep_' || tracked);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_delete AFTER DELETE ON public.%I'
        ' REFERENCING OLD TABLE AS old_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION history.%I()', tracked, 'keep_' || tracked);

    EXECUTE format($body$
        CREATE OR REPLACE VIEW asof.%1$I WITH (security_invoker = true) AS
            SELECT %2$s FROM public.%1$I WHERE changed_at <= asof.instant()
            UNION ALL
            SELECT %2$s FROM history.%1$I
             WHERE changed_at <= asof.instant() AND valid_until > asof.instant()
    $body$, tracked, kept);
    EXECUTE format('GRANT SELECT ON asof.%I TO skylink_app', tracked);
END $_$;

ALTER FUNCTION history.track(tracked name) OWNER TO skylink_owner;

CREATE FUNCTION intake.add_use() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO public.usage_daily AS known
           (tenant_id, used_on, connection_id, down_bytes, up_bytes, uncounted_bytes)
    SELECT tenant_id, used_on, connection_id, sum(down_bytes), sum(up_bytes), sum(uncounted_bytes)
      FROM pg_temp.used WHERE down_bytes + up_bytes > 0
     GROUP BY tenant_id, used_on, connection_id
    ON CONFLICT (tenant_id, used_on, connection_id) DO UPDATE
       SET down_bytes = known.down_bytes + excluded.down_bytes, up_bytes = known.up_bytes + excluded.up_bytes,
           uncounted_bytes = known.uncounted_bytes + excluded.uncounted_bytes;
    INSERT INTO public.connection_usage AS known
           (tenant_id, connection_id, cycle_from_on, cycle_until, used_bytes, counted_through)
    SELECT tenant_id, connection_id, cycle_from_on, max(cycle_until),
           sum(down_bytes + up_bytes - uncounted_bytes), to_timestamp(max(counted_through))
      FROM pg_temp.used
     GROUP BY tenant_id, connection_id, cycle_from_on
    ON CONFLICT (tenant_id, connection_id, cycle_from_on) DO UPDATE
       SET used_bytes = known.used_bytes + excluded.used_bytes, cycle_until = excluded.cycle_until,
           counted_through = greatest(known.counted_through, excluded.counted_through);
END $$;

ALTER FUNCTION intake.add_use() OWNER TO skylink_gate;

CREATE FUNCTION intake.advance(in_node text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_temp.read_through AS here
                 LEFT JOIN public.journal_positions AS known ON known.node = in_node AND known.file = here.file
                WHERE here.read_from <> coalesce(known.position, 0)) THEN
        RAISE EXCEPTION 'the journal of % was read by another meanwhile', in_node
            USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO public.journal_positions AS known (node, file, position)
    SELECT in_node, file, position FROM pg_temp.read_through
    ON CONFLICT (node, file) DO UPDATE SET position = excluded.position, committed_at = now();
END $$;

ALTER FUNCTION intake.advance(in_node text) OWNER TO skylink_gate;

CREATE FUNCTION intake.begin() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    CREATE TEMPORARY TABLE heard (  -- each session of the batch once
        n integer NOT NULL, tenant_id bigint NOT NULL, nas_id bigint NOT NULL, acct_session_id text NOT NULL,
        username text NOT NULL, class_connection_id bigint, since double precision NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE went_on (  -- live sessions of which nothing but the figures is new
        tenant_id bigint NOT NULL, id bigint NOT NULL, heard_at double precision NOT NULL,
        down_bytes bigint NOT NULL, up_bytes bigint NOT NULL, down_counter bigint NOT NULL,
        up_counter bigint NOT NULL, session_seconds integer, said_at double precision
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE became (  -- all others
        tenant_id bigint NOT NULL, id bigint, was text NOT NULL CHECK (was IN ('new', 'live', 'ended')),
        was_ended_at double precision, connection_id bigint, nas_id bigint NOT NULL,
        acct_session_id text NOT NULL, username text NOT NULL, started_at double precision NOT NULL,
        heard_at double precision NOT NULL, ended_at double precision, ended_by text, terminate_cause text,
        mac text, framed_ipv4 inet, framed_ipv6_prefix cidr, delegated_ipv6_prefix cidr, nas_port_id text,
        down_bytes bigint NOT NULL, up_bytes bigint NOT NULL, down_counter bigint NOT NULL,
        up_counter bigint NOT NULL, session_seconds integer, said_at double precision, granted text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE used (
        tenant_id bigint NOT NULL, connection_id bigint NOT NULL, used_on date NOT NULL,
        cycle_from_on date NOT NULL, cycle_until timestamptz NOT NULL, down_bytes bigint NOT NULL,
        up_bytes bigint NOT NULL, uncounted_bytes bigint NOT NULL, counted_through double precision NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE restarted (
        tenant_id bigint NOT NULL, nas_id bigint NOT NULL, restarted_at double precision NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE not_understood (
        tenant_id bigint, file text NOT NULL, position bigint NOT NULL, reason text NOT NULL, record text NOT NULL
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE read_through (file text NOT NULL, read_from bigint NOT NULL, position bigint NOT NULL)
        ON COMMIT DELETE ROWS;
    EXECUTE format('GRANT INSERT ON heard, went_on, became, used, restarted, not_understood, read_through TO %I',
        session_user);
END $$;

ALTER FUNCTION intake.begin() OWNER TO skylink_gate;

CREATE FUNCTION intake.end_live(tenants bigint[], ids bigint[], ends timestamp with time zone[], causes text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    ended integer;
BEGIN
    PERFORM set_config('enable_seqscan', 'off', true);
    INSERT INTO public.session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, ended_at, ended_by, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix,
           nas_port_id, down_bytes, up_bytes, down_counter, up_counter, session_seconds, said_at, granted)
    SELECT live.tenant_id, live.id, connection_id, nas_id, node, acct_session_id, username, started_at,
           greatest(over.ended_at, started_at), over.ended_by, mac, framed_ipv4, framed_ipv6_prefix,
           delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter, up_counter,
           session_seconds, said_at, granted
      FROM unnest(tenants, ids, ends, causes) AS over (tenant_id, id, ended_at, ended_by)
     CROSS JOIN LATERAL (SELECT * FROM public.live_sessions AS one
                          WHERE one.tenant_id = over.tenant_id AND one.id = over.id LIMIT 1) AS live;
    GET DIAGNOSTICS ended = ROW_COUNT;
    DELETE FROM public.live_sessions WHERE ctid = ANY (ARRAY(
        SELECT found.place FROM unnest(tenants, ids) AS over (tenant_id, id)
         CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
             WHERE row.tenant_id = over.tenant_id AND row.id = over.id LIMIT 1) AS found));
    RETURN ended;
END $$;

ALTER FUNCTION intake.end_live(tenants bigint[], ids bigint[], ends timestamp with time zone[], causes text[]) OWNER TO skylink_gate;

CREATE FUNCTION intake.end_restarted() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM intake.end_live(array_agg(old.tenant_id), array_agg(old.id),
                            array_agg(to_timestamp(nas.restarted_at)), array_agg('nas_restart'::text))
       FROM (SELECT tenant_id, nas_id, max(restarted_at) AS restarted_at
               FROM pg_temp.restarted GROUP BY tenant_id, nas_id) AS nas
      CROSS JOIN LATERAL (
            SELECT one.tenant_id, one.id FROM public.live_sessions AS one
             WHERE one.tenant_id = nas.tenant_id AND one.nas_id = nas.nas_id
               AND one.heard_at <= to_timestamp(nas.restarted_at) OFFSET 0) AS old
    HAVING count(*) > 0;
    PERFORM pg_notify('skylink_sessions', '');
END $$;

ALTER FUNCTION intake.end_restarted() OWNER TO skylink_gate;

CREATE FUNCTION intake.end_silent(at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    ended integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('intake.batch'));
    SELECT intake.end_live(array_agg(live.tenant_id), array_agg(live.id), array_agg(live.heard_at),
                           array_agg('silence'::text)) INTO ended
      FROM public.live_sessions AS live
      JOIN public.journal_nodes AS heard_by ON heard_by.node = live.node
      JOIN public.tenants AS isp ON isp.tenant_id = live.tenant_id
      LEFT JOIN public.connections AS line ON line.tenant_id = live.tenant_id AND line.id = live.connection_id
      LEFT JOIN public.packages AS package
        ON package.tenant_id = line.tenant_id AND package.id = line.package_id
     WHERE live.heard_at < at - interval '4 minutes'
       AND live.heard_at < least(at, heard_by.received_at)
           - (3 * coalesce(package.interim_seconds, isp.interim_seconds) + 60) * interval '1 second'
    HAVING count(*) > 0;
    IF ended > 0 THEN
        PERFORM pg_notify('skylink_sessions', '');
    END IF;
    RETURN coalesce(ended, 0);
END $$;

ALTER FUNCTION intake.end_silent(at timestamp with time zone) OWNER TO skylink_gate;

CREATE FUNCTION intake.fence(part name) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE intake.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY own_rows ON intake.%I FOR SELECT TO skylink_app'
        ' USING (tenant_id = public.current_tenant())', part);
    EXECUTE format('CREATE POLICY gate_works ON intake.%I TO skylink_gate USING (true) WITH CHECK (true)', part);
    PERFORM public.keep_to_the_agents(format('intake.%I', part)::regclass, 'connection_id', 'public.connections');
    EXECUTE format('GRANT SELECT ON intake.%I TO skylink_app', part);
END $$;

ALTER FUNCTION intake.fence(part name) OWNER TO skylink_gate;

CREATE TABLE public.journal_positions (
    node text NOT NULL,
    file text NOT NULL,
    "position" bigint NOT NULL,
    committed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT journal_positions_position_check CHECK (("position" >= 0))
);

ALTER TABLE ONLY public.journal_positions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.journal_positions OWNER TO skylink_owner;

CREATE FUNCTION intake.forget_files(in_node text, files text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 DELETE FROM public.journal_positions known
   WHERE ((known.node = forget_files.in_node) AND (known.file = ANY (forget_files.files)));
END;

ALTER FUNCTION intake.forget_files(in_node text, files text[]) OWNER TO skylink_gate;

CREATE FUNCTION intake.forget_old_sessions(at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    longest integer; part name; dropped integer := 0;
BEGIN
    SELECT max(isp.keep_sessions_months) INTO longest FROM public.tenants AS isp;
    FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'intake'::regnamespace
            AND relname ~ '^session_history_\d{4}_\d\d$'
            AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month'
                < date_trunc('day', at AT TIME ZONE 'UTC') - longest * interval '1 month' LOOP
        EXECUTE format('DROP TABLE intake.%I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM public.session_history AS gone USING public.tenants AS isp
     WHERE gone.tenant_id = isp.tenant_id
       AND gone.ended_at < at - isp.keep_sessions_months * interval '1 month'
       AND gone.ended_at < at - (SELECT min(keep_sessions_months) FROM public.tenants) * interval '1 month';
    DELETE FROM public.usage_daily AS gone USING public.tenants AS isp
     WHERE gone.tenant_id = isp.tenant_id
       AND gone.used_on < (at - isp.keep_sessions_months * interval '1 month')::date;
    DELETE FROM public.accounting_quarantine WHERE quarantined_at < at - interval '90 days';
    RETURN dropped;
END $_$;

ALTER FUNCTION intake.forget_old_sessions(at timestamp with time zone) OWNER TO skylink_gate;

CREATE FUNCTION intake.make_months(from_at timestamp with time zone, ahead integer DEFAULT 2) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    starts timestamp; part name; made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('intake.make_months'));
    FOR starts IN SELECT generate_series(date_trunc('month', from_at AT TIME ZONE 'UTC'),
            from_at AT TIME ZONE 'UTC' + ahead * interval '1 month', interval '1 month') LOOP
        part := 'session_history_' || to_char(starts, 'YYYY_MM');
        CONTINUE WHEN to_regclass('intake.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE intake.%I (LIKE public.session_history INCLUDING DEFAULTS INCLUDING CONSTRAINTS'
            ' INCLUDING INDEXES)', part);
        EXECUTE format('WITH moved AS (DELETE FROM intake.session_history_rest WHERE ended_at >= %L AND ended_at < %L'
            ' RETURNING *) INSERT INTO intake.%I SELECT * FROM moved',
            starts AT TIME ZONE 'UTC', (starts + interval '1 month') AT TIME ZONE 'UTC', part);
        PERFORM intake.fence(part);
        EXECUTE format('ALTER TABLE public.session_history ATTACH PARTITION intake.%I FOR VALUES FROM (%L) TO (%L)',
            part, starts AT TIME ZONE 'UTC', (starts + interval '1 month') AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

ALTER FUNCTION intake.make_months(from_at timestamp with time zone, ahead integer) OWNER TO skylink_gate;

CREATE FUNCTION intake.positions(in_node text) RETURNS TABLE(file text, "position" bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT known.file,
     known."position"
    FROM public.journal_positions known
   WHERE (known.node = positions.in_node);
END;

ALTER FUNCTION intake.positions(in_node text) OWNER TO skylink_gate;

CREATE TABLE public.accounting_quarantine (
    id bigint NOT NULL,
    tenant_id bigint,
    node text NOT NULL,
    file text NOT NULL,
    "position" bigint NOT NULL,
    reason text NOT NULL,
    record text NOT NULL,
    quarantined_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.accounting_quarantine FORCE ROW LEVEL SECURITY;

ALTER TABLE public.accounting_quarantine OWNER TO skylink_owner;

CREATE FUNCTION intake.quarantined(in_limit integer) RETURNS TABLE(id bigint, tenant_id bigint, node text, file text, "position" bigint, reason text, record text, quarantined_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT kept.id,
     kept.tenant_id,
     kept.node,
     kept.file,
     kept."position",
     kept.reason,
     kept.record,
     kept.quarantined_at
    FROM public.accounting_quarantine kept
   ORDER BY kept.id
  LIMIT quarantined.in_limit;
END;

ALTER FUNCTION intake.quarantined(in_limit integer) OWNER TO skylink_gate;

CREATE FUNCTION intake.recall() RETURNS TABLE(n integer, id bigint, was_ended_at double precision, ended_by text, started_at double precision, heard_at double precision, mac text, framed_ipv4 text, framed_ipv6_prefix text, delegated_ipv6_prefix text, nas_port_id text, down_bytes bigint, up_bytes bigint, down_counter bigint, up_counter bigint, session_seconds integer, said_at double precision, granted text, known_connection_id bigint, connection_id bigint, package_id bigint, profile_kind text, validity_days integer, expires_at double precision)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('intake.batch'));
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true);
    RETURN QUERY
    SELECT asked.n, known.id, date_part('epoch', known.ended_at), known.ended_by,
           date_part('epoch', known.started_at), date_part('epoch', known.heard_at), known.mac,
           host(known.framed_ipv4), known.framed_ipv6_prefix::text, known.delegated_ipv6_prefix::text,
           known.nas_port_id, known.down_bytes, known.up_bytes, known.down_counter, known.up_counter,
           known.session_seconds, date_part('epoch', known.said_at), known.granted, known.connection_id,
           line.id, line.package_id, profile.kind, package.validity_days, date_part('epoch', line.expires_at)
      FROM pg_temp.heard AS asked
      LEFT JOIN LATERAL (
           (SELECT live.id, NULL::timestamptz AS ended_at, NULL AS ended_by, live.started_at, live.heard_at,
                   live.mac, live.framed_ipv4, live.framed_ipv6_prefix, live.delegated_ipv6_prefix,
                   live.nas_port_id, live.down_bytes, live.up_bytes, live.down_counter, live.up_counter,
                   live.session_seconds, live.said_at, live.granted, live.connection_id
              FROM public.live_sessions AS live
             WHERE live.tenant_id = asked.tenant_id AND live.nas_id = asked.nas_id
               AND live.acct_session_id = asked.acct_session_id AND live.username = asked.username)
           UNION ALL
           (SELECT ended.id, ended.ended_at, ended.ended_by, ended.started_at, ended.ended_at,
                   ended.mac, ended.framed_ipv4, ended.framed_ipv6_prefix, ended.delegated_ipv6_prefix,
                   ended.nas_port_id, ended.down_bytes, ended.up_bytes, ended.down_counter, ended.up_counter,
                   ended.session_seconds, ended.said_at, ended.granted, ended.connection_id
              FROM public.session_history AS ended
             WHERE ended.tenant_id = asked.tenant_id AND ended.nas_id = asked.nas_id
               AND ended.acct_session_id = asked.acct_session_id AND ended.username = asked.username
               AND ended.ended_at > to_timestamp(asked.since) - interval '1 day'
             ORDER BY ended.ended_at DESC LIMIT 1)
           LIMIT 1) AS known ON true
      LEFT JOIN LATERAL (
           SELECT one.id, one.package_id, one.profile_id, one.expires_at
             FROM public.connections AS one
            WHERE one.tenant_id = asked.tenant_id
              AND one.id = coalesce(known.connection_id,
                  (SELECT named.id FROM public.connections AS named
                    WHERE named.tenant_id = asked.tenant_id AND named.username::text = asked.username),
                  asked.class_connection_id)) AS line ON true
      LEFT JOIN public.profiles AS profile
        ON profile.tenant_id = asked.tenant_id AND profile.id = line.profile_id
      LEFT JOIN public.packages AS package
        ON package.tenant_id = asked.tenant_id AND package.id = line.package_id;
END $$;

ALTER FUNCTION intake.recall() OWNER TO skylink_gate;

CREATE FUNCTION intake.release(ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH released AS (
          DELETE FROM public.accounting_quarantine
           WHERE (accounting_quarantine.id = ANY (release.ids))
           RETURNING 1 AS "?column?"
         )
  SELECT count(*) AS count
    FROM released;
END;

ALTER FUNCTION intake.release(ids bigint[]) OWNER TO skylink_gate;

CREATE TABLE public.journal_nodes (
    node text NOT NULL,
    counters jsonb DEFAULT '{}'::jsonb NOT NULL,
    received_at timestamp with time zone,
    reported_at timestamp with time zone NOT NULL,
    CONSTRAINT journal_nodes_counters_check CHECK ((jsonb_typeof(counters) = 'object'::text))
);

ALTER TABLE ONLY public.journal_nodes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.journal_nodes OWNER TO skylink_owner;

CREATE FUNCTION intake.report(in_node text, in_received_at timestamp with time zone, in_counters jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO public.journal_nodes (node, received_at, counters, reported_at)
   VALUES (report.in_node, report.in_received_at, report.in_counters, now()) ON CONFLICT(node) DO UPDATE SET counters = excluded.counters, reported_at = excluded.reported_at, received_at = GREATEST(journal_nodes.received_at, excluded.received_at);
END;

ALTER FUNCTION intake.report(in_node text, in_received_at timestamp with time zone, in_counters jsonb) OWNER TO skylink_gate;

CREATE FUNCTION intake.store(in_node text, in_received_at timestamp with time zone, in_counters jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM intake.advance(in_node);
    UPDATE public.live_sessions AS live
       SET node = in_node, heard_at = to_timestamp(now.heard_at), down_bytes = now.down_bytes,
           up_bytes = now.up_bytes, down_counter = now.down_counter, up_counter = now.up_counter,
           session_seconds = now.session_seconds, said_at = to_timestamp(now.said_at)
      FROM (SELECT given.*, found.place FROM pg_temp.went_on AS given
             CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
                 WHERE row.tenant_id = given.tenant_id AND row.id = given.id LIMIT 1) AS found) AS now
     WHERE live.ctid = now.place;
    PERFORM intake.turn(in_node) WHERE EXISTS (SELECT FROM pg_temp.became);
    PERFORM intake.end_restarted() WHERE EXISTS (SELECT FROM pg_temp.restarted);
    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
            set_config('enable_mergejoin', 'on', true);  -- the trigger on use is planned each time
    PERFORM intake.add_use();
    INSERT INTO public.accounting_quarantine (tenant_id, node, file, position, reason, record)
    SELECT tenant_id, in_node, file, position, reason, record FROM pg_temp.not_understood;
    PERFORM intake.report(in_node, in_received_at, in_counters) WHERE in_counters IS NOT NULL;
END $$;

ALTER FUNCTION intake.store(in_node text, in_received_at timestamp with time zone, in_counters jsonb) OWNER TO skylink_gate;

CREATE FUNCTION intake.turn(in_node text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    again record;
BEGIN
    FOR again IN SELECT tenant_id, id, was_ended_at FROM pg_temp.became WHERE was = 'ended' LOOP
        DELETE FROM public.session_history AS past
         WHERE past.tenant_id = again.tenant_id AND past.id = again.id AND past.ended_at
               BETWEEN to_timestamp(again.was_ended_at - 0.001) AND to_timestamp(again.was_ended_at + 0.001);
    END LOOP;
    UPDATE public.live_sessions AS live
       SET node = in_node, started_at = to_timestamp(now.started_at), heard_at = to_timestamp(now.heard_at),
           connection_id = now.connection_id, mac = now.mac, framed_ipv4 = now.framed_ipv4,
           framed_ipv6_prefix = now.framed_ipv6_prefix, delegated_ipv6_prefix = now.delegated_ipv6_prefix,
           nas_port_id = now.nas_port_id, down_bytes = now.down_bytes, up_bytes = now.up_bytes,
           down_counter = now.down_counter, up_counter = now.up_counter, session_seconds = now.session_seconds,
           said_at = to_timestamp(now.said_at), granted = now.granted
      FROM (SELECT given.*, found.place FROM pg_temp.became AS given
             CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
                 WHERE row.tenant_id = given.tenant_id AND row.id = given.id LIMIT 1) AS found
             WHERE given.was = 'live' AND given.ended_at IS NULL) AS now
     WHERE live.ctid = now.place;
    DELETE FROM public.live_sessions WHERE ctid = ANY (ARRAY(
        SELECT found.place FROM pg_temp.became AS given
         CROSS JOIN LATERAL (SELECT row.ctid AS place FROM public.live_sessions AS row
             WHERE row.tenant_id = given.tenant_id AND row.id = given.id LIMIT 1) AS found
         WHERE given.was = 'live' AND given.ended_at IS NOT NULL));
    INSERT INTO public.session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, ended_at, ended_by, terminate_cause, mac, framed_ipv4, framed_ipv6_prefix,
           delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter, up_counter, session_seconds,
           said_at, granted)
    SELECT tenant_id, coalesce(id, nextval('public.live_sessions_id_seq')), connection_id, nas_id, in_node,
           acct_session_id, username, to_timestamp(started_at), to_timestamp(ended_at), ended_by,
           terminate_cause, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id,
           down_bytes, up_bytes, down_counter, up_counter, session_seconds, to_timestamp(said_at), granted
      FROM pg_temp.became WHERE ended_at IS NOT NULL;
    INSERT INTO public.live_sessions (tenant_id, id, connection_id, nas_id, node, acct_session_id, username,
           started_at, heard_at, mac, framed_ipv4, framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id,
           down_bytes, up_bytes, down_counter, up_counter, session_seconds, said_at, granted)
    SELECT tenant_id, coalesce(id, nextval('public.live_sessions_id_seq')), connection_id, nas_id, in_node,
           acct_session_id, username, to_timestamp(started_at), to_timestamp(heard_at), mac, framed_ipv4,
           framed_ipv6_prefix, delegated_ipv6_prefix, nas_port_id, down_bytes, up_bytes, down_counter,
           up_counter, session_seconds, to_timestamp(said_at), granted
      FROM pg_temp.became WHERE was <> 'live' AND ended_at IS NULL;
    -- The same device dialled again: its older session is over, though no Stop has said so.
    PERFORM intake.end_live(array_agg(gone.tenant_id), array_agg(gone.id), array_agg(gone.ended_at),
                            array_agg('redial'::text))
       FROM (SELECT old.tenant_id, old.id, min(to_timestamp(now.started_at)) AS ended_at
               FROM pg_temp.became AS now
              CROSS JOIN LATERAL (
                    SELECT one.tenant_id, one.id FROM public.live_sessions AS one
                     WHERE one.tenant_id = now.tenant_id AND one.connection_id = now.connection_id
                       AND one.mac = now.mac AND one.started_at < to_timestamp(now.started_at)
                       AND one.heard_at <= to_timestamp(now.started_at)
                       AND (one.nas_id, one.acct_session_id) <> (now.nas_id, now.acct_session_id)
                    OFFSET 0) AS old
              WHERE now.was = 'new'
              GROUP BY old.tenant_id, old.id) AS gone
    HAVING count(*) > 0;
    PERFORM pg_notify('skylink_sessions', '');
END $$;

ALTER FUNCTION intake.turn(in_node text) OWNER TO skylink_gate;

CREATE TABLE public.api_keys (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    hint text NOT NULL,
    key_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    method text NOT NULL,
    networks text[] NOT NULL,
    per_minute smallint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    used_at timestamp with time zone,
    minute_at timestamp with time zone,
    minute_uses integer DEFAULT 0 NOT NULL,
    CONSTRAINT api_keys_hint_check CHECK ((length(hint) <= 12)),
    CONSTRAINT api_keys_key_hash_check CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT api_keys_method_check CHECK ((method = ANY (ARRAY['cash'::text, 'bank'::text, 'bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text]))),
    CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT api_keys_networks_check CHECK ((cardinality(networks) <= 50)),
    CONSTRAINT api_keys_per_minute_check CHECK (((per_minute >= 1) AND (per_minute <= 6000))),
    CONSTRAINT api_keys_scopes_check CHECK (((scopes <> '{}'::text[]) AND (scopes <@ ARRAY['bills'::text, 'payments'::text])))
);

ALTER TABLE ONLY public.api_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_keys OWNER TO skylink_owner;

CREATE FUNCTION public.api_key_isp(key_hash bytea) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT made.tenant_id
    FROM public.api_keys made
   WHERE (made.key_hash = api_key_isp.key_hash);
END;

ALTER FUNCTION public.api_key_isp(key_hash bytea) OWNER TO skylink_gate;

CREATE TABLE public.payment_attempts (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    reference text NOT NULL,
    client_id bigint NOT NULL,
    gateway text NOT NULL,
    environment text NOT NULL,
    amount_minor bigint NOT NULL,
    currency public.currency_code NOT NULL,
    purpose text NOT NULL,
    months smallint,
    connection_id bigint,
    state text NOT NULL,
    gateway_ref text,
    page_address text,
    reason text,
    started_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone,
    ask_at timestamp with time zone,
    asks smallint DEFAULT 0 NOT NULL,
    settled_at timestamp with time zone,
    payment_id bigint,
    capture_at timestamp with time zone,
    hint text,
    CONSTRAINT payment_attempts_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT payment_attempts_check CHECK (((purpose = 'advance'::text) = (months IS NOT NULL))),
    CONSTRAINT payment_attempts_check1 CHECK (((purpose = 'renewal'::text) = (connection_id IS NOT NULL))),
    CONSTRAINT payment_attempts_check2 CHECK (((state = 'paid'::text) = (payment_id IS NOT NULL))),
    CONSTRAINT payment_attempts_check3 CHECK (((state = ANY (ARRAY['paid'::text, 'suspense'::text])) = (settled_at IS NOT NULL))),
    CONSTRAINT payment_attempts_environment_check CHECK ((environment = ANY (ARRAY['sandbox'::text, 'live'::text]))),
    CONSTRAINT payment_attempts_gateway_check CHECK ((gateway = ANY (ARRAY['bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text]))),
    CONSTRAINT payment_attempts_gateway_ref_check CHECK ((length(gateway_ref) <= 200)),
    CONSTRAINT payment_attempts_hint_check CHECK ((hint = ANY (ARRAY['paid'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT payment_attempts_months_check CHECK (((months >= 1) AND (months <= 120))),
    CONSTRAINT payment_attempts_page_address_check CHECK ((length(page_address) <= 2000)),
    CONSTRAINT payment_attempts_purpose_check CHECK ((purpose = ANY (ARRAY['dues'::text, 'advance'::text, 'renewal'::text]))),
    CONSTRAINT payment_attempts_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT payment_attempts_reference_check CHECK ((reference ~ '^[0-9a-f]{24}$'::text)),
    CONSTRAINT payment_attempts_state_check CHECK ((state = ANY (ARRAY['new'::text, 'waiting'::text, 'paid'::text, 'suspense'::text, 'failed'::text, 'cancelled'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.payment_attempts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.payment_attempts OWNER TO skylink_owner;

CREATE FUNCTION public.attempt_by_gateway_ref(gateway text, gateway_ref text) RETURNS TABLE(tenant_id bigint, reference text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT min(attempt.tenant_id) AS min,
     min(attempt.reference) AS min
    FROM public.payment_attempts attempt
   WHERE ((attempt.gateway = attempt_by_gateway_ref.gateway) AND (attempt.gateway_ref = attempt_by_gateway_ref.gateway_ref))
  HAVING (count(*) = 1);
END;

ALTER FUNCTION public.attempt_by_gateway_ref(gateway text, gateway_ref text) OWNER TO skylink_gate;

CREATE FUNCTION public.attempt_isp(reference text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT attempt.tenant_id
    FROM public.payment_attempts attempt
   WHERE (attempt.reference = attempt_isp.reference);
END;

ALTER FUNCTION public.attempt_isp(reference text) OWNER TO skylink_gate;

CREATE FUNCTION public.begin_billing() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO public.billing_settings (tenant_id) VALUES (NEW.tenant_id);
    RETURN NULL;
END $$;

ALTER FUNCTION public.begin_billing() OWNER TO skylink_owner;

CREATE FUNCTION public.clients_meant(in_words text) RETURNS TABLE(client_id bigint, client_number bigint, rank integer)
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    here constant bigint := public.current_tenant();
    spelt constant text := public.name_spelling(in_words);
    heard constant text[] := public.name_sounds(spelt);
    plain constant text := lower(btrim(in_words));
    inside constant text := replace(replace(replace(plain, '\', '\\'), '%', '\%'), '_', '\_');
    -- Of a phone number in any form, what all forms end with.
    digits text := CASE WHEN in_words ~ '^[#+()০-৯0-9 .-]+$' THEN replace(spelt, ' ', '') ELSE '' END;
BEGIN
    IF length(digits) BETWEEN 1 AND 18 THEN
        RETURN QUERY SELECT k.client_id, k.client_number, 4000 FROM public.client_keys AS k
                      WHERE k.tenant_id = here AND k.client_number = digits::bigint;
    END IF;
    IF length(digits) >= 4 THEN
        digits := right(ltrim(digits, '0'), 10);
        RETURN QUERY SELECT k.client_id, k.client_number,
                            CASE WHEN length(digits) = 10 AND k.phone LIKE '%' || digits THEN 4000 ELSE 2500 END
                       FROM public.client_keys AS k
                      WHERE k.tenant_id = here
                        AND k.phone OPERATOR(pg_catalog.~~) ('%' || digits || '%');
    END IF;
    RETURN QUERY SELECT k.client_id, k.client_number,
                        CASE WHEN lower(line.username) = plain THEN 4000
                             WHEN starts_with(lower(line.username), plain) THEN 3000 ELSE 2500 END
                   FROM public.connections AS line
                   JOIN public.client_keys AS k
                     ON k.tenant_id = line.tenant_id AND k.client_id = line.client_id
                  WHERE line.tenant_id = here
                    AND lower(line.username) LIKE CASE WHEN length(plain) > 2 THEN '%' ELSE '' END || inside || '%';
    IF cardinality(heard) = 0 OR digits <> '' THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT k.client_id, k.client_number,
                        CASE WHEN k.spelling || ' ' LIKE '%' || spelt || ' %' THEN 1200
                             WHEN k.spelling LIKE '%' || spelt || '%' THEN 1100 ELSE 1000 END
                   FROM public.client_keys AS k
                  WHERE k.tenant_id = here
                    AND (k.sounds @> heard OR k.spelling LIKE '%' || spelt || '%');
    IF NOT FOUND THEN
        RETURN QUERY SELECT k.client_id, k.client_number,
                            (999 * trigrams.strict_word_similarity(spelt, k.spelling))::integer
                       FROM public.client_keys AS k
                      WHERE k.tenant_id = here AND spelt OPERATOR(trigrams.<<%) k.spelling;
    END IF;
END $_$;

ALTER FUNCTION public.clients_meant(in_words text) OWNER TO skylink_gate;

CREATE FUNCTION public.current_agent() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('skylink.agent_id'::text, true), ''::text))::bigint;

ALTER FUNCTION public.current_agent() OWNER TO skylink_owner;

CREATE FUNCTION public.current_tenant() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('skylink.tenant_id'::text, true), ''::text))::bigint;

ALTER FUNCTION public.current_tenant() OWNER TO skylink_owner;

CREATE TABLE public.tenants (
    tenant_id bigint NOT NULL,
    slug text NOT NULL,
    name public.short_text NOT NULL,
    time_zone text DEFAULT 'Asia/Dhaka'::text NOT NULL,
    currency public.currency_code DEFAULT 'BDT'::text NOT NULL,
    language text DEFAULT 'bn'::text NOT NULL,
    interim_seconds public.interim_seconds DEFAULT 300 NOT NULL,
    no_cut_weekdays public.weekdays DEFAULT '{}'::smallint[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    keep_sessions_months smallint DEFAULT 12 NOT NULL,
    CONSTRAINT tenants_keep_sessions_months_check CHECK (((keep_sessions_months >= 1) AND (keep_sessions_months <= 240))),
    CONSTRAINT tenants_language_check CHECK ((language = ANY (ARRAY['bn'::text, 'en'::text]))),
    CONSTRAINT tenants_slug_check CHECK (((length(slug) <= 63) AND (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))),
    CONSTRAINT tenants_time_zone_check CHECK ((time_zone ~ '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$'::text))
);

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tenants OWNER TO skylink_owner;

CREATE FUNCTION public.devices_at(address inet) RETURNS TABLE(tenant_id bigint, connection_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT isp.tenant_id,
     live.connection_id
    FROM ((public.tenants isp
      CROSS JOIN ( SELECT
                 CASE
                     WHEN (family(devices_at.address) = 6) THEN ARRAY( SELECT network(set_masklen(devices_at.address, length.length)) AS network
                        FROM generate_series(32, 128) length(length))
                     ELSE NULL::cidr[]
                 END AS prefixes) asked)
      CROSS JOIN LATERAL ( SELECT live_sessions.connection_id,
             live_sessions.started_at
            FROM public.live_sessions
           WHERE ((live_sessions.tenant_id = isp.tenant_id) AND (live_sessions.framed_ipv4 = devices_at.address))
         UNION ALL
          SELECT live_sessions.connection_id,
             live_sessions.started_at
            FROM public.live_sessions
           WHERE ((live_sessions.tenant_id = isp.tenant_id) AND ((live_sessions.framed_ipv6_prefix)::inet = ANY ((asked.prefixes)::inet[])))
         UNION ALL
          SELECT live_sessions.connection_id,
             live_sessions.started_at
            FROM public.live_sessions
           WHERE ((live_sessions.tenant_id = isp.tenant_id) AND ((live_sessions.delegated_ipv6_prefix)::inet = ANY ((asked.prefixes)::inet[])))
   ORDER BY 2 DESC
  LIMIT 1) live)
   WHERE (live.connection_id IS NOT NULL);
END;

ALTER FUNCTION public.devices_at(address inet) OWNER TO skylink_gate;

CREATE TABLE public.staff_invitations (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    staff_id bigint NOT NULL,
    code_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT staff_invitations_code_hash_check CHECK ((length(code_hash) = 32))
);

ALTER TABLE ONLY public.staff_invitations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_invitations OWNER TO skylink_owner;

CREATE FUNCTION public.invitation_isp(hash bytea) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT invitation.tenant_id
    FROM public.staff_invitations invitation
   WHERE (invitation.code_hash = invitation_isp.hash);
END;

ALTER FUNCTION public.invitation_isp(hash bytea) OWNER TO skylink_gate;

CREATE FUNCTION public.isp_directory() RETURNS TABLE(tenant_id bigint, slug text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT isp.tenant_id,
     isp.slug,
     (isp.name)::text AS name
    FROM public.tenants isp
   ORDER BY isp.tenant_id;
END;

ALTER FUNCTION public.isp_directory() OWNER TO skylink_gate;

CREATE TABLE public.outbox (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    event text NOT NULL,
    recipient_kind text NOT NULL,
    recipient_id bigint,
    about text NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    priority smallint NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    send_until timestamp with time zone,
    claimed_until timestamp with time zone,
    attempts smallint DEFAULT 0 NOT NULL,
    settled_at timestamp with time zone,
    outcome text,
    CONSTRAINT outbox_about_check CHECK (((length(about) <= 100) AND (about ~ '^[a-z_]+:[0-9]+(:[a-z0-9_-]+)*$'::text))),
    CONSTRAINT outbox_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT outbox_check CHECK ((send_until > queued_at)),
    CONSTRAINT outbox_check1 CHECK (((recipient_kind = 'staff'::text) OR (recipient_id IS NOT NULL))),
    CONSTRAINT outbox_check2 CHECK (((settled_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT outbox_event_check CHECK ((event = ANY (ARRAY['invoice.issued'::text, 'invoice.due'::text, 'invoice.overdue'::text, 'payment.received'::text, 'payment.reversed'::text, 'expiry.warning'::text, 'expiry.passed'::text, 'access.suspended'::text, 'access.restored'::text, 'promise.given'::text, 'promise.broken'::text, 'connection.new'::text, 'package.changed'::text, 'bill_run.waiting'::text, 'job.failed'::text, 'proof.failed'::text, 'code.sent'::text, 'staff.locked'::text]))),
    CONSTRAINT outbox_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'unwanted'::text, 'undeliverable'::text, 'stale'::text]))),
    CONSTRAINT outbox_payload_check CHECK ((jsonb_typeof(payload) = 'object'::text)),
    CONSTRAINT outbox_priority_check CHECK (((priority >= 1) AND (priority <= 3))),
    CONSTRAINT outbox_recipient_kind_check CHECK ((recipient_kind = ANY (ARRAY['client'::text, 'staff'::text, 'chat'::text])))
);

ALTER TABLE ONLY public.outbox FORCE ROW LEVEL SECURITY;

ALTER TABLE public.outbox OWNER TO skylink_owner;

CREATE FUNCTION public.isps_with_staff_to_tell() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT outbox.tenant_id
    FROM public.outbox
   WHERE ((outbox.settled_at IS NULL) AND (outbox.recipient_kind = 'staff'::text) AND ((outbox.claimed_until IS NULL) OR (outbox.claimed_until <= now())));
END;

ALTER FUNCTION public.isps_with_staff_to_tell() OWNER TO skylink_gate;

CREATE TABLE public.webhook_deliveries (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    webhook_id bigint NOT NULL,
    client_id bigint NOT NULL,
    event text NOT NULL,
    facts jsonb NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    try_at timestamp with time zone,
    tries smallint DEFAULT 0 NOT NULL,
    tried_at timestamp with time zone,
    answered smallint,
    problem text,
    delivered_at timestamp with time zone,
    CONSTRAINT webhook_deliveries_check CHECK (((delivered_at IS NULL) OR (try_at IS NULL))),
    CONSTRAINT webhook_deliveries_facts_check CHECK ((jsonb_typeof(facts) = 'object'::text)),
    CONSTRAINT webhook_deliveries_problem_check CHECK ((length(problem) <= 100))
);

ALTER TABLE ONLY public.webhook_deliveries FORCE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries OWNER TO skylink_owner;

CREATE FUNCTION public.isps_with_webhooks_due(at timestamp with time zone) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT webhook_deliveries.tenant_id
    FROM public.webhook_deliveries
   WHERE (webhook_deliveries.try_at <= isps_with_webhooks_due.at);
END;

ALTER FUNCTION public.isps_with_webhooks_due(at timestamp with time zone) OWNER TO skylink_gate;

CREATE FUNCTION public.keep_client_keys() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.keep_client_keys() OWNER TO skylink_gate;

CREATE FUNCTION public.keep_to_the_agents(kept regclass, pointer name, there regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('CREATE POLICY clients_of_the_agent ON %s AS RESTRICTIVE TO skylink_app'
        ' USING (public.current_agent() IS NULL OR %I IN (SELECT id FROM %s))', kept, pointer, there);
END $$;

ALTER FUNCTION public.keep_to_the_agents(kept regclass, pointer name, there regclass) OWNER TO skylink_owner;

CREATE TABLE public.staff (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    name public.short_text NOT NULL,
    role text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    phone text,
    CONSTRAINT staff_phone_check CHECK ((phone ~ '^\+[0-9]{6,15}$'::text)),
    CONSTRAINT staff_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'support_agent'::text, 'recharge_agent'::text, 'reseller'::text, 'technician'::text])))
);

ALTER TABLE ONLY public.staff FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff OWNER TO skylink_owner;

CREATE TABLE public.staff_links (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    account_id bigint NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    verified_at timestamp with time zone,
    language text,
    chosen_at timestamp with time zone,
    bangla_digits boolean,
    lakhs boolean,
    CONSTRAINT staff_links_language_check CHECK ((language = ANY (ARRAY['en'::text, 'bn'::text])))
);

ALTER TABLE ONLY public.staff_links FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_links OWNER TO skylink_owner;

CREATE FUNCTION public.linked_isps(account bigint) RETURNS TABLE(tenant_id bigint, slug text, name text, staff_id bigint, language text, bangla_digits boolean, lakhs boolean, time_zone text, currency text, verified_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT link.tenant_id,
     isp.slug,
     (isp.name)::text AS name,
     link.staff_id,
     COALESCE(link.language, isp.language) AS "coalesce",
     link.bangla_digits,
     link.lakhs,
     isp.time_zone,
     (isp.currency)::text AS currency,
     link.verified_at
    FROM ((public.staff_links link
      JOIN public.staff member ON (((member.tenant_id = link.tenant_id) AND (member.id = link.staff_id))))
      JOIN public.tenants isp ON ((isp.tenant_id = link.tenant_id)))
   WHERE ((link.account_id = linked_isps.account) AND member.active)
   ORDER BY link.chosen_at DESC NULLS LAST, link.tenant_id;
END;

ALTER FUNCTION public.linked_isps(account bigint) OWNER TO skylink_gate;

CREATE FUNCTION public.name_sounds(spelling text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    heard text := replace(replace(spelling, 'chh', 'C'), 'ch', 'C');
BEGIN
    heard := regexp_replace(heard, '([bdgjkprstz])h', '\1', 'g');
    heard := translate(heard, 'fvzqxcC', 'pbjkkkc');
    heard := regexp_replace(heard, '([aeiou])h?\M', '\1', 'g');  -- Mollah, Miah
    heard := regexp_replace(heard, '\m[aeiouyw]+', 'A', 'g');
    heard := lower(translate(heard, 'aeiouyw', ''));
    heard := regexp_replace(heard, '([a-z])\1+', '\1', 'g');
    heard := regexp_replace(heard, '\mmh?m?d\M', 'md', 'g');  -- Md, Mohd, Mohammad
    RETURN ARRAY(SELECT DISTINCT word FROM regexp_split_to_table(heard, ' +') AS word WHERE word <> '');
END $$;

ALTER FUNCTION public.name_sounds(spelling text) OWNER TO skylink_owner;

CREATE FUNCTION public.name_spelling(said text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    spelt text := lower(normalize(said, NFKC));  -- ড়, ঢ় and য় are then two signs each
BEGIN
    IF spelt ~ '[ঀ-৿]' THEN
        spelt := replace(replace(replace(spelt, 'মোঃ', 'md '), 'মো:', 'md '), 'মো.', 'md ');
        spelt := replace(replace(replace(spelt, '্য', 'y'), '্ব', 'w'), 'ং', 'ng');
        spelt := regexp_replace(spelt, '([ক-হৎ]়?)(?=[ক-হ])', '\1a', 'g');  -- the vowel that is not written
        spelt := replace(replace(replace(spelt, 'ড়', 'r'), 'ঢ়', 'r'), 'য়', 'y');
        spelt := replace(replace(replace(spelt, 'খ', 'kh'), 'ঘ', 'gh'), 'চ', 'ch');
        spelt := replace(replace(replace(spelt, 'ছ', 'ch'), 'ঝ', 'jh'), 'ঠ', 'th');
        spelt := replace(replace(replace(spelt, 'ঢ', 'dh'), 'থ', 'th'), 'ধ', 'dh');
        spelt := replace(replace(replace(spelt, 'ভ', 'bh'), 'শ', 'sh'), 'ষ', 'sh');
        spelt := translate(spelt,
            'অআইঈউঊঋএঐওঔািীুূৃেৈোৌকগঙজঞটডণতৎদনপফবমযরলসহ০১২৩৪৫৬৭৮৯্ঁঃ়' || U&'\200C\200D',
            'aaiiuureoooaiiuureoookgnjntdnttdnpfbmjrlsh0123456789');
    END IF;
    RETURN ' ' || btrim(regexp_replace(spelt, '[\u0001-\u002f\u003a-\u0060\u007b-\u00a0।]+', ' ', 'g'));
END $$;

ALTER FUNCTION public.name_spelling(said text) OWNER TO skylink_owner;

CREATE TABLE public.portal_addresses (
    tenant_id bigint NOT NULL,
    "position" smallint NOT NULL,
    address text NOT NULL,
    host text NOT NULL,
    CONSTRAINT portal_addresses_address_check CHECK (((length(address) <= 253) AND (address ~ '^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$'::text))),
    CONSTRAINT portal_addresses_check CHECK ((host = split_part(split_part(address, '/'::text, 3), ':'::text, 1))),
    CONSTRAINT portal_addresses_position_check CHECK ((("position" >= 1) AND ("position" <= 20)))
);

ALTER TABLE ONLY public.portal_addresses FORCE ROW LEVEL SECURITY;

ALTER TABLE public.portal_addresses OWNER TO skylink_owner;

CREATE FUNCTION public.portal_isp(host text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT said.tenant_id
    FROM public.portal_addresses said
   WHERE (said.host = portal_isp.host);
END;

ALTER FUNCTION public.portal_isp(host text) OWNER TO skylink_gate;

CREATE FUNCTION public.tell_of_sessions() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM pg_notify('skylink_sessions', '');
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION public.tell_of_sessions() OWNER TO skylink_owner;

CREATE TABLE public.clients (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    client_number bigint NOT NULL,
    name public.short_text NOT NULL,
    name_bn public.short_text,
    phone text,
    email text,
    nid text,
    father_name public.short_text,
    address text,
    photo_ref public.short_text,
    signature_ref public.short_text,
    zone_id bigint,
    status text DEFAULT 'active'::text NOT NULL,
    promised_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    agent_id bigint DEFAULT public.current_agent(),
    vat_points public.points,
    vat_inclusive boolean,
    discount_minor bigint DEFAULT 0 NOT NULL,
    discount_points public.points DEFAULT 0 NOT NULL,
    discount_until_on date,
    language text,
    CONSTRAINT clients_address_check CHECK ((length(address) <= 1000)),
    CONSTRAINT clients_client_number_check CHECK ((client_number > 0)),
    CONSTRAINT clients_discount_minor_check CHECK ((discount_minor >= 0)),
    CONSTRAINT clients_email_check CHECK (((length(email) <= 254) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT clients_language_check CHECK ((language = ANY (ARRAY['en'::text, 'bn'::text]))),
    CONSTRAINT clients_nid_check CHECK ((nid ~ '^[0-9A-Za-z-]{1,32}$'::text)),
    CONSTRAINT clients_phone_check CHECK ((phone ~ '^\+?[0-9]{6,15}$'::text)),
    CONSTRAINT clients_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'inactive'::text])))
);

ALTER TABLE ONLY public.clients FORCE ROW LEVEL SECURITY;

ALTER TABLE public.clients OWNER TO skylink_owner;

CREATE TABLE public.webhooks (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    address text NOT NULL,
    events text[] NOT NULL,
    sealed_secret bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    CONSTRAINT webhooks_address_check CHECK (((length(address) <= 500) AND (address ~ '^https?://[!-~]+$'::text))),
    CONSTRAINT webhooks_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
    CONSTRAINT webhooks_ended_by_check CHECK ((ended_by = ANY (ARRAY['us'::text, 'receiver'::text]))),
    CONSTRAINT webhooks_events_check CHECK (((events <> '{}'::text[]) AND (events <@ ARRAY['payment.received'::text, 'payment.reversed'::text, 'access.suspended'::text, 'access.restored'::text])))
);

ALTER TABLE ONLY public.webhooks FORCE ROW LEVEL SECURITY;

ALTER TABLE public.webhooks OWNER TO skylink_owner;

CREATE FUNCTION public.tell_webhooks_of_access(tenant_id bigint, client_id bigint, restored boolean, facts jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO public.webhook_deliveries (tenant_id, webhook_id, client_id, event, facts, happened_at, try_at)  SELECT hook.tenant_id,
             hook.id,
             client.id,
             said.event,
             (tell_webhooks_of_access.facts || jsonb_build_object('client_number', client.client_number)),
             now() AS now,
             now() AS now
            FROM ((public.webhooks hook
              JOIN public.clients client ON ((client.tenant_id = hook.tenant_id)))
              CROSS JOIN LATERAL ( SELECT
                         CASE
                             WHEN tell_webhooks_of_access.restored THEN 'access.restored'::text
                             ELSE 'access.suspended'::text
                         END AS "case") said(event))
           WHERE ((hook.tenant_id = tell_webhooks_of_access.tenant_id) AND (client.id = tell_webhooks_of_access.client_id) AND (hook.ended_at IS NULL) AND (said.event = ANY (hook.events)));
END;

ALTER FUNCTION public.tell_webhooks_of_access(tenant_id bigint, client_id bigint, restored boolean, facts jsonb) OWNER TO skylink_owner;

CREATE FUNCTION public.tell_webhooks_of_client() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM public.tell_webhooks_of_access(NEW.tenant_id, NEW.id, NEW.status = 'active',
        jsonb_build_object('reason', 'staff'));
    RETURN NULL;
END $$;

ALTER FUNCTION public.tell_webhooks_of_client() OWNER TO skylink_owner;

CREATE FUNCTION public.tell_webhooks_of_connection() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.tell_webhooks_of_connection() OWNER TO skylink_owner;

CREATE FUNCTION public.tell_webhooks_of_messages() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.tell_webhooks_of_messages() OWNER TO skylink_owner;

CREATE TABLE public.fact_changes (
    tenant_id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind text NOT NULL,
    id bigint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fact_changes_kind_check CHECK ((kind = ANY (ARRAY['connection'::text, 'package'::text, 'profile'::text, 'isp'::text, 'nas'::text])))
);

ALTER TABLE ONLY public.fact_changes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fact_changes OWNER TO skylink_owner;

CREATE FUNCTION radius.forget_old_changes() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH forgotten AS (
          DELETE FROM public.fact_changes
           WHERE (fact_changes.changed_at < (now() - '1 day'::interval))
           RETURNING 1 AS "?column?"
         )
  SELECT count(*) AS count
    FROM forgotten;
END;

ALTER FUNCTION radius.forget_old_changes() OWNER TO skylink_gate;

CREATE TABLE public.access_decisions (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    connection_id bigint,
    username text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    node text NOT NULL,
    nas_id bigint,
    mac text,
    verdict text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT access_decisions_reason_check CHECK ((reason = ANY (ARRAY['current'::text, 'grace'::text, 'promise'::text, 'no_cut_day'::text, 'vip'::text, 'free'::text, 'throttled'::text, 'unknown'::text, 'inactive'::text, 'wrong_device'::text, 'suspended'::text, 'dues'::text, 'expired'::text, 'quota'::text, 'session_limit'::text, 'wrong_password'::text]))),
    CONSTRAINT access_decisions_verdict_check CHECK ((verdict = ANY (ARRAY['accept'::text, 'walled'::text, 'reject'::text])))
);

ALTER TABLE ONLY public.access_decisions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.access_decisions OWNER TO skylink_owner;

CREATE FUNCTION radius.forget_old_decisions() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH forgotten AS (
          DELETE FROM public.access_decisions
           WHERE (access_decisions.decided_at < (now() - '90 days'::interval))
           RETURNING 1 AS "?column?"
         )
  SELECT count(*) AS count
    FROM forgotten;
END;

ALTER FUNCTION radius.forget_old_decisions() OWNER TO skylink_gate;

CREATE FUNCTION radius.learn_mac(in_tenant_id bigint, in_connection_id bigint, in_mac text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO public.connection_macs (tenant_id, connection_id, mac, bound_by)
    SELECT learning.tenant_id, learning.id, in_mac, 'login'
      FROM public.connections AS learning
     WHERE learning.tenant_id = in_tenant_id AND learning.id = in_connection_id
       AND learning.mac_mode = 'learn'
       AND NOT EXISTS (SELECT FROM public.connection_macs AS bound
               WHERE bound.tenant_id = in_tenant_id AND bound.connection_id = in_connection_id)
    ON CONFLICT DO NOTHING;  -- another node was first
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO public.audit_log
           (tenant_id, actor_kind, actor_name, action, subject_kind, subject_id, after)
    VALUES (in_tenant_id, 'radius', 'radius', 'connection.mac_learnt', 'connection', in_connection_id,
            jsonb_build_object('mac', in_mac));
    RETURN true;
END $$;

ALTER FUNCTION radius.learn_mac(in_tenant_id bigint, in_connection_id bigint, in_mac text) OWNER TO skylink_gate;

CREATE FUNCTION radius.mark() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    columns constant text := TG_ARGV[2];
    changed text := CASE TG_OP
        WHEN 'INSERT' THEN 'new_rows'
        WHEN 'DELETE' THEN 'old_rows'
        ELSE format('(SELECT %1$s FROM new_rows EXCEPT SELECT %1$s FROM old_rows)', columns) END;
    marked bigint;
BEGIN
    EXECUTE format('INSERT INTO public.fact_changes (kind, tenant_id, id)'
        ' SELECT DISTINCT %L, changed.tenant_id, changed.%I FROM %s AS changed',
        TG_ARGV[0], TG_ARGV[1], changed);
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked > 0 THEN
        PERFORM pg_notify('skylink_facts', '');
    END IF;
    RETURN NULL;
END $_$;

ALTER FUNCTION radius.mark() OWNER TO skylink_gate;

CREATE FUNCTION radius.mark_dependants() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    columns constant text := TG_ARGV[4];
    changed text := CASE TG_OP
        WHEN 'INSERT' THEN 'new_rows'
        WHEN 'DELETE' THEN 'old_rows'
        ELSE format('(SELECT %1$s FROM new_rows EXCEPT SELECT %1$s FROM old_rows)', columns) END;
    marked bigint;
BEGIN
    EXECUTE format('INSERT INTO public.fact_changes (kind, tenant_id, id)'
        ' SELECT DISTINCT %L, hanging.tenant_id, hanging.id FROM %s AS changed JOIN public.%I AS hanging'
        ' ON hanging.tenant_id = changed.tenant_id AND hanging.%I = changed.%I WHERE %s',
        TG_ARGV[0], changed, TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[5]);
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked > 0 THEN
        PERFORM pg_notify('skylink_facts', '');
    END IF;
    RETURN NULL;
END $_$;

ALTER FUNCTION radius.mark_dependants() OWNER TO skylink_gate;

CREATE FUNCTION radius.mark_usage() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    pairs constant text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT tenant_id, connection_id, 0::bigint AS before, used_bytes AS after,'
            ' NULL::timestamptz AS cycle_before, cycle_until AS cycle_after FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT tenant_id, connection_id, used_bytes AS before, 0::bigint AS after,'
            ' cycle_until AS cycle_before, NULL::timestamptz AS cycle_after FROM old_rows'
        ELSE 'SELECT tenant_id, connection_id, old_rows.used_bytes AS before, new_rows.used_bytes AS after,'
            ' old_rows.cycle_until AS cycle_before, new_rows.cycle_until AS cycle_after'
            ' FROM old_rows JOIN new_rows USING (tenant_id, connection_id, cycle_from_on)' END;
    marked bigint;
BEGIN
    EXECUTE format($mark$
        INSERT INTO public.fact_changes (kind, tenant_id, id)
        SELECT DISTINCT 'connection', used.tenant_id, used.connection_id
          FROM (%s) AS used
         CROSS JOIN LATERAL (SELECT one.package_id FROM public.connections AS one
                 WHERE one.tenant_id = used.tenant_id AND one.id = used.connection_id LIMIT 1) AS line
          JOIN radius.use_limits AS bound
            ON bound.tenant_id = used.tenant_id AND bound.package_id = line.package_id
         WHERE used.cycle_before IS DISTINCT FROM used.cycle_after
            OR (used.before < bound.at_bytes) <> (used.after < bound.at_bytes)$mark$, pairs);
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked > 0 THEN
        PERFORM pg_notify('skylink_facts', '');
    END IF;
    RETURN NULL;
END $_$;

ALTER FUNCTION radius.mark_usage() OWNER TO skylink_gate;

CREATE FUNCTION radius.note_decisions(docs jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    kept integer;
BEGIN
    INSERT INTO public.access_decisions
           (tenant_id, connection_id, username, decided_at, node, nas_id, mac, verdict, reason)
    SELECT said.tenant_id, known.id, left(said.username, 253), said.decided_at, left(said.node, 253),
           said.nas_id, left(said.mac, 253), said.verdict, said.reason
      FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, connection_id bigint, username text,
               decided_at timestamptz, node text, nas_id bigint, mac text, verdict text, reason text)
      JOIN public.tenants AS isp ON isp.tenant_id = said.tenant_id
      LEFT JOIN public.connections AS known
        ON known.tenant_id = said.tenant_id AND known.id = said.connection_id
     ORDER BY said.decided_at;
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END $$;

ALTER FUNCTION radius.note_decisions(docs jsonb) OWNER TO skylink_gate;

CREATE FUNCTION radius.note_nas(docs jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    kept integer;
BEGIN
    INSERT INTO public.nas_sightings AS known (tenant_id, nas_id, last_seen_at, unauthenticated_at)
    SELECT said.tenant_id, said.nas_id, max(said.last_seen_at), max(said.unauthenticated_at)
      FROM jsonb_to_recordset(docs) AS said (tenant_id bigint, nas_id bigint, last_seen_at timestamptz,
               unauthenticated_at timestamptz)
      JOIN public.nas_devices AS nas ON nas.tenant_id = said.tenant_id AND nas.id = said.nas_id
     GROUP BY said.tenant_id, said.nas_id
     ORDER BY said.tenant_id, said.nas_id  -- one order for all nodes: they never wait in a circle
    ON CONFLICT (tenant_id, nas_id) DO UPDATE
       SET last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
           unauthenticated_at = greatest(known.unauthenticated_at, excluded.unauthenticated_at);
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END $$;

ALTER FUNCTION radius.note_nas(docs jsonb) OWNER TO skylink_gate;

CREATE TABLE public.radius_nodes (
    node public.radius_text NOT NULL,
    facts_at timestamp with time zone,
    counters jsonb NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    CONSTRAINT radius_nodes_counters_check CHECK ((jsonb_typeof(counters) = 'object'::text))
);

ALTER TABLE ONLY public.radius_nodes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.radius_nodes OWNER TO skylink_owner;

CREATE FUNCTION radius.report_node(in_node text, in_facts_at timestamp with time zone, in_counters jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO public.radius_nodes (node, facts_at, counters, reported_at)
   VALUES (report_node.in_node, report_node.in_facts_at, report_node.in_counters, now()) ON CONFLICT(node) DO UPDATE SET facts_at = excluded.facts_at, counters = excluded.counters, reported_at = excluded.reported_at;
END;

ALTER FUNCTION radius.report_node(in_node text, in_facts_at timestamp with time zone, in_counters jsonb) OWNER TO skylink_gate;

CREATE TABLE history.access_restrictions (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    reason text,
    action text,
    pool public.radius_text,
    address_list public.radius_text,
    down_kbps public.kbps,
    up_kbps public.kbps,
    session_seconds integer,
    changed_at timestamp with time zone
);

ALTER TABLE ONLY history.access_restrictions FORCE ROW LEVEL SECURITY;

ALTER TABLE history.access_restrictions OWNER TO skylink_owner;

CREATE TABLE public.access_restrictions (
    tenant_id bigint NOT NULL,
    reason text NOT NULL,
    action text NOT NULL,
    pool public.radius_text,
    address_list public.radius_text,
    down_kbps public.kbps,
    up_kbps public.kbps,
    session_seconds integer DEFAULT 600 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT a_walled_garden_has_a_speed CHECK (((action = 'reject'::text) OR (down_kbps IS NOT NULL))),
    CONSTRAINT access_restrictions_action_check CHECK ((action = ANY (ARRAY['reject'::text, 'walled'::text]))),
    CONSTRAINT access_restrictions_check CHECK ((num_nulls(down_kbps, up_kbps) = ANY (ARRAY[0, 2]))),
    CONSTRAINT access_restrictions_reason_check CHECK ((reason = ANY (ARRAY['inactive'::text, 'wrong_device'::text, 'suspended'::text, 'dues'::text, 'expired'::text, 'quota'::text, 'session_limit'::text]))),
    CONSTRAINT access_restrictions_session_seconds_check CHECK (((session_seconds >= 60) AND (session_seconds <= 86400)))
);

ALTER TABLE ONLY public.access_restrictions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.access_restrictions OWNER TO skylink_owner;

CREATE VIEW asof.access_restrictions WITH (security_invoker='true') AS
 SELECT access_restrictions.tenant_id,
    access_restrictions.reason,
    access_restrictions.action,
    access_restrictions.pool,
    access_restrictions.address_list,
    access_restrictions.down_kbps,
    access_restrictions.up_kbps,
    access_restrictions.session_seconds,
    access_restrictions.changed_at
   FROM public.access_restrictions
  WHERE (access_restrictions.changed_at <= asof.instant())
UNION ALL
 SELECT access_restrictions.tenant_id,
    access_restrictions.reason,
    access_restrictions.action,
    access_restrictions.pool,
    access_restrictions.address_list,
    access_restrictions.down_kbps,
    access_restrictions.up_kbps,
    access_restrictions.session_seconds,
    access_restrictions.changed_at
   FROM history.access_restrictions
  WHERE ((access_restrictions.changed_at <= asof.instant()) AND (access_restrictions.valid_until > asof.instant()));

ALTER TABLE asof.access_restrictions OWNER TO skylink_owner;

CREATE TABLE history.clients (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    id bigint,
    client_number bigint,
    name public.short_text,
    name_bn public.short_text,
    phone text,
    email text,
    nid text,
    father_name public.short_text,
    address text,
    photo_ref public.short_text,
    signature_ref public.short_text,
    zone_id bigint,
    status text,
    promised_until timestamp with time zone,
    created_at timestamp with time zone,
    changed_at timestamp with time zone,
    agent_id bigint,
    vat_points public.points,
    vat_inclusive boolean,
    discount_minor bigint,
    discount_points public.points,
    discount_until_on date,
    language text
);

ALTER TABLE ONLY history.clients FORCE ROW LEVEL SECURITY;

ALTER TABLE history.clients OWNER TO skylink_owner;

CREATE VIEW asof.clients WITH (security_invoker='true') AS
 SELECT clients.tenant_id,
    clients.id,
    clients.client_number,
    clients.name,
    clients.name_bn,
    clients.phone,
    clients.email,
    clients.nid,
    clients.father_name,
    clients.address,
    clients.photo_ref,
    clients.signature_ref,
    clients.zone_id,
    clients.status,
    clients.promised_until,
    clients.created_at,
    clients.changed_at,
    clients.agent_id,
    clients.vat_points,
    clients.vat_inclusive,
    clients.discount_minor,
    clients.discount_points,
    clients.discount_until_on,
    clients.language
   FROM public.clients
  WHERE (clients.changed_at <= asof.instant())
UNION ALL
 SELECT clients.tenant_id,
    clients.id,
    clients.client_number,
    clients.name,
    clients.name_bn,
    clients.phone,
    clients.email,
    clients.nid,
    clients.father_name,
    clients.address,
    clients.photo_ref,
    clients.signature_ref,
    clients.zone_id,
    clients.status,
    clients.promised_until,
    clients.created_at,
    clients.changed_at,
    clients.agent_id,
    clients.vat_points,
    clients.vat_inclusive,
    clients.discount_minor,
    clients.discount_points,
    clients.discount_until_on,
    clients.language
   FROM history.clients
  WHERE ((clients.changed_at <= asof.instant()) AND (clients.valid_until > asof.instant()));

ALTER TABLE asof.clients OWNER TO skylink_owner;

CREATE TABLE history.connection_macs (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    connection_id bigint,
    mac public.mac_address,
    bound_by text,
    changed_at timestamp with time zone
);

ALTER TABLE ONLY history.connection_macs FORCE ROW LEVEL SECURITY;

ALTER TABLE history.connection_macs OWNER TO skylink_owner;

CREATE TABLE public.connection_macs (
    tenant_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    mac public.mac_address NOT NULL,
    bound_by text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT connection_macs_bound_by_check CHECK ((bound_by = ANY (ARRAY['operator'::text, 'login'::text])))
);

ALTER TABLE ONLY public.connection_macs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.connection_macs OWNER TO skylink_owner;

CREATE VIEW asof.connection_macs WITH (security_invoker='true') AS
 SELECT connection_macs.tenant_id,
    connection_macs.connection_id,
    connection_macs.mac,
    connection_macs.bound_by,
    connection_macs.changed_at
   FROM public.connection_macs
  WHERE (connection_macs.changed_at <= asof.instant())
UNION ALL
 SELECT connection_macs.tenant_id,
    connection_macs.connection_id,
    connection_macs.mac,
    connection_macs.bound_by,
    connection_macs.changed_at
   FROM history.connection_macs
  WHERE ((connection_macs.changed_at <= asof.instant()) AND (connection_macs.valid_until > asof.instant()));

ALTER TABLE asof.connection_macs OWNER TO skylink_owner;

CREATE TABLE public.connection_usage (
    tenant_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    cycle_from_on date NOT NULL,
    cycle_until timestamp with time zone NOT NULL,
    used_bytes bigint DEFAULT 0 NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    counted_through timestamp with time zone,
    CONSTRAINT connection_usage_used_bytes_check CHECK ((used_bytes >= 0))
)
WITH (fillfactor='60');

ALTER TABLE ONLY public.connection_usage FORCE ROW LEVEL SECURITY;

ALTER TABLE public.connection_usage OWNER TO skylink_owner;

CREATE VIEW asof.connection_usage WITH (security_invoker='true') AS
 SELECT connection_usage.tenant_id,
    connection_usage.connection_id,
    connection_usage.cycle_from_on,
    connection_usage.cycle_until,
    connection_usage.used_bytes,
    connection_usage.opened_at,
    connection_usage.counted_through
   FROM public.connection_usage
  WHERE (connection_usage.opened_at <= asof.instant());

ALTER TABLE asof.connection_usage OWNER TO skylink_owner;

CREATE TABLE history.connections (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    id bigint,
    client_id bigint,
    username public.radius_text,
    service text,
    package_id bigint,
    profile_id bigint,
    status text,
    vip boolean,
    mac_mode text,
    ipv4_address inet,
    ipv6_prefix cidr,
    delegated_ipv6_prefix cidr,
    pool public.radius_text,
    session_limit public.session_limit,
    expires_at timestamp with time zone,
    created_at timestamp with time zone,
    changed_at timestamp with time zone,
    billed_from_on date,
    ended_on date
);

ALTER TABLE ONLY history.connections FORCE ROW LEVEL SECURITY;

ALTER TABLE history.connections OWNER TO skylink_owner;

CREATE TABLE public.connections (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    username public.radius_text NOT NULL,
    sealed_password bytea,
    service text NOT NULL,
    package_id bigint NOT NULL,
    profile_id bigint NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    vip boolean DEFAULT false NOT NULL,
    mac_mode text DEFAULT 'off'::text NOT NULL,
    ipv4_address inet,
    ipv6_prefix cidr,
    delegated_ipv6_prefix cidr,
    pool public.radius_text,
    session_limit public.session_limit,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    billed_from_on date,
    ended_on date,
    CONSTRAINT connections_delegated_ipv6_prefix_check CHECK ((family((delegated_ipv6_prefix)::inet) = 6)),
    CONSTRAINT connections_ipv4_address_check CHECK (((family(ipv4_address) = 4) AND (masklen(ipv4_address) = 32))),
    CONSTRAINT connections_ipv6_prefix_check CHECK ((family((ipv6_prefix)::inet) = 6)),
    CONSTRAINT connections_mac_mode_check CHECK ((mac_mode = ANY (ARRAY['off'::text, 'learn'::text, 'enforce'::text]))),
    CONSTRAINT connections_service_check CHECK ((service = ANY (ARRAY['pppoe'::text, 'hotspot'::text, 'static'::text]))),
    CONSTRAINT connections_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'inactive'::text])))
);

ALTER TABLE ONLY public.connections FORCE ROW LEVEL SECURITY;

ALTER TABLE public.connections OWNER TO skylink_owner;

CREATE VIEW asof.connections WITH (security_invoker='true') AS
 SELECT connections.tenant_id,
    connections.id,
    connections.client_id,
    connections.username,
    connections.service,
    connections.package_id,
    connections.profile_id,
    connections.status,
    connections.vip,
    connections.mac_mode,
    connections.ipv4_address,
    connections.ipv6_prefix,
    connections.delegated_ipv6_prefix,
    connections.pool,
    connections.session_limit,
    connections.expires_at,
    connections.created_at,
    connections.changed_at,
    connections.billed_from_on,
    connections.ended_on
   FROM public.connections
  WHERE (connections.changed_at <= asof.instant())
UNION ALL
 SELECT connections.tenant_id,
    connections.id,
    connections.client_id,
    connections.username,
    connections.service,
    connections.package_id,
    connections.profile_id,
    connections.status,
    connections.vip,
    connections.mac_mode,
    connections.ipv4_address,
    connections.ipv6_prefix,
    connections.delegated_ipv6_prefix,
    connections.pool,
    connections.session_limit,
    connections.expires_at,
    connections.created_at,
    connections.changed_at,
    connections.billed_from_on,
    connections.ended_on
   FROM history.connections
  WHERE ((connections.changed_at <= asof.instant()) AND (connections.valid_until > asof.instant()));

ALTER TABLE asof.connections OWNER TO skylink_owner;

CREATE TABLE history.invoices (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    id bigint,
    client_id bigint,
    invoice_number public.short_text,
    issued_on date,
    due_on date,
    currency public.currency_code,
    total_minor bigint,
    paid_minor bigint,
    status text,
    created_at timestamp with time zone,
    changed_at timestamp with time zone,
    number_year smallint,
    number bigint,
    bill_run_id bigint,
    in_advance boolean
);

ALTER TABLE ONLY history.invoices FORCE ROW LEVEL SECURITY;

ALTER TABLE history.invoices OWNER TO skylink_owner;

CREATE TABLE public.invoices (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    invoice_number public.short_text,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    currency public.currency_code NOT NULL,
    total_minor bigint NOT NULL,
    paid_minor bigint DEFAULT 0 NOT NULL,
    status text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    number_year smallint,
    number bigint,
    bill_run_id bigint,
    in_advance boolean DEFAULT false NOT NULL,
    CONSTRAINT a_number_is_whole_or_absent CHECK ((num_nulls(invoice_number, number_year, number) = ANY (ARRAY[0, 3]))),
    CONSTRAINT invoices_check CHECK (((paid_minor >= 0) AND (paid_minor <= total_minor))),
    CONSTRAINT invoices_check1 CHECK ((due_on >= issued_on)),
    CONSTRAINT invoices_number_check CHECK ((number > 0)),
    CONSTRAINT invoices_number_year_check CHECK (((number_year >= 0) AND (number_year <= 9999))),
    CONSTRAINT invoices_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'issued'::text, 'partial'::text, 'paid'::text, 'void'::text]))),
    CONSTRAINT invoices_total_minor_check CHECK ((total_minor >= 0)),
    CONSTRAINT the_status_tells_what_is_paid CHECK (
CASE status
    WHEN 'draft'::text THEN (paid_minor = 0)
    WHEN 'issued'::text THEN ((paid_minor = 0) AND (total_minor > 0))
    WHEN 'partial'::text THEN ((paid_minor > 0) AND (paid_minor < total_minor))
    WHEN 'paid'::text THEN (paid_minor = total_minor)
    ELSE true
END),
    CONSTRAINT what_is_issued_has_a_number CHECK (
CASE status
    WHEN 'draft'::text THEN (number IS NULL)
    WHEN 'void'::text THEN true
    ELSE (number IS NOT NULL)
END)
);

ALTER TABLE ONLY public.invoices FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invoices OWNER TO skylink_owner;

CREATE VIEW asof.invoices WITH (security_invoker='true') AS
 SELECT invoices.tenant_id,
    invoices.id,
    invoices.client_id,
    invoices.invoice_number,
    invoices.issued_on,
    invoices.due_on,
    invoices.currency,
    invoices.total_minor,
    invoices.paid_minor,
    invoices.status,
    invoices.created_at,
    invoices.changed_at,
    invoices.number_year,
    invoices.number,
    invoices.bill_run_id,
    invoices.in_advance
   FROM public.invoices
  WHERE (invoices.changed_at <= asof.instant())
UNION ALL
 SELECT invoices.tenant_id,
    invoices.id,
    invoices.client_id,
    invoices.invoice_number,
    invoices.issued_on,
    invoices.due_on,
    invoices.currency,
    invoices.total_minor,
    invoices.paid_minor,
    invoices.status,
    invoices.created_at,
    invoices.changed_at,
    invoices.number_year,
    invoices.number,
    invoices.bill_run_id,
    invoices.in_advance
   FROM history.invoices
  WHERE ((invoices.changed_at <= asof.instant()) AND (invoices.valid_until > asof.instant()));

ALTER TABLE asof.invoices OWNER TO skylink_owner;

CREATE VIEW asof.connection_facts WITH (security_invoker='true') AS
 SELECT connection.tenant_id,
    connection.id AS connection_id,
    connection.client_id,
    (connection.username)::text AS username,
    connection.service,
    connection.status AS connection_status,
    client.status AS client_status,
    connection.vip,
    connection.profile_id,
    connection.package_id,
    connection.mac_mode,
    ARRAY( SELECT (device.mac)::text AS mac
           FROM asof.connection_macs device
          WHERE ((device.tenant_id = connection.tenant_id) AND (device.connection_id = connection.id))
          ORDER BY device.mac) AS macs,
    dues.due_on,
    COALESCE(dues.due_minor, (0)::bigint) AS due_minor,
    client.promised_until,
    connection.expires_at,
    COALESCE(usage.used_bytes, (0)::bigint) AS used_bytes,
    usage.cycle_until,
    host(connection.ipv4_address) AS ipv4_address,
    (connection.ipv6_prefix)::text AS ipv6_prefix,
    (connection.delegated_ipv6_prefix)::text AS delegated_ipv6_prefix,
    (connection.pool)::text AS pool,
    connection.session_limit
   FROM (((asof.connections connection
     JOIN LATERAL ( SELECT person.status,
            person.promised_until
           FROM asof.clients person
          WHERE ((person.tenant_id = connection.tenant_id) AND (person.id = connection.client_id))
         LIMIT 1) client ON (true))
     LEFT JOIN LATERAL ( SELECT min(invoice.due_on) AS due_on,
            (sum((invoice.total_minor - invoice.paid_minor)))::bigint AS due_minor
           FROM asof.invoices invoice
          WHERE ((invoice.tenant_id = connection.tenant_id) AND (invoice.client_id = connection.client_id) AND (invoice.status = ANY (ARRAY['issued'::text, 'partial'::text])))) dues ON (true))
     LEFT JOIN LATERAL ( SELECT cycle.used_bytes,
            cycle.cycle_until
           FROM asof.connection_usage cycle
          WHERE ((cycle.tenant_id = connection.tenant_id) AND (cycle.connection_id = connection.id))
          ORDER BY cycle.cycle_from_on DESC
         LIMIT 1) usage ON (true));

ALTER TABLE asof.connection_facts OWNER TO skylink_owner;

CREATE TABLE history.no_cut_days (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    no_cut_on date,
    name public.short_text,
    changed_at timestamp with time zone
);

ALTER TABLE ONLY history.no_cut_days FORCE ROW LEVEL SECURITY;

ALTER TABLE history.no_cut_days OWNER TO skylink_owner;

CREATE TABLE public.no_cut_days (
    tenant_id bigint NOT NULL,
    no_cut_on date NOT NULL,
    name public.short_text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.no_cut_days FORCE ROW LEVEL SECURITY;

ALTER TABLE public.no_cut_days OWNER TO skylink_owner;

CREATE VIEW asof.no_cut_days WITH (security_invoker='true') AS
 SELECT no_cut_days.tenant_id,
    no_cut_days.no_cut_on,
    no_cut_days.name,
    no_cut_days.changed_at
   FROM public.no_cut_days
  WHERE (no_cut_days.changed_at <= asof.instant())
UNION ALL
 SELECT no_cut_days.tenant_id,
    no_cut_days.no_cut_on,
    no_cut_days.name,
    no_cut_days.changed_at
   FROM history.no_cut_days
  WHERE ((no_cut_days.changed_at <= asof.instant()) AND (no_cut_days.valid_until > asof.instant()));

ALTER TABLE asof.no_cut_days OWNER TO skylink_owner;

CREATE TABLE history.tenants (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    slug text,
    name public.short_text,
    time_zone text,
    currency public.currency_code,
    language text,
    interim_seconds public.interim_seconds,
    no_cut_weekdays public.weekdays,
    created_at timestamp with time zone,
    changed_at timestamp with time zone,
    keep_sessions_months smallint
);

ALTER TABLE ONLY history.tenants FORCE ROW LEVEL SECURITY;

ALTER TABLE history.tenants OWNER TO skylink_owner;

CREATE VIEW asof.tenants WITH (security_invoker='true') AS
 SELECT tenants.tenant_id,
    tenants.slug,
    tenants.name,
    tenants.time_zone,
    tenants.currency,
    tenants.language,
    tenants.interim_seconds,
    tenants.no_cut_weekdays,
    tenants.created_at,
    tenants.changed_at,
    tenants.keep_sessions_months
   FROM public.tenants
  WHERE (tenants.changed_at <= asof.instant())
UNION ALL
 SELECT tenants.tenant_id,
    tenants.slug,
    tenants.name,
    tenants.time_zone,
    tenants.currency,
    tenants.language,
    tenants.interim_seconds,
    tenants.no_cut_weekdays,
    tenants.created_at,
    tenants.changed_at,
    tenants.keep_sessions_months
   FROM history.tenants
  WHERE ((tenants.changed_at <= asof.instant()) AND (tenants.valid_until > asof.instant()));

ALTER TABLE asof.tenants OWNER TO skylink_owner;

CREATE VIEW asof.isp_facts WITH (security_invoker='true') AS
 SELECT isp.tenant_id,
    jsonb_build_object('slug', isp.slug, 'name', isp.name, 'zone', isp.time_zone, 'currency', isp.currency, 'language', isp.language, 'interim_seconds', isp.interim_seconds, 'no_cut_weekdays', to_jsonb(isp.no_cut_weekdays), 'no_cut_dates', ( SELECT COALESCE(jsonb_agg(day.no_cut_on ORDER BY day.no_cut_on), '[]'::jsonb) AS "coalesce"
           FROM asof.no_cut_days day
          WHERE (day.tenant_id = isp.tenant_id)), 'restrictions', ( SELECT COALESCE(jsonb_object_agg(rule.reason, jsonb_build_object('action', rule.action, 'pool', rule.pool, 'address_list', rule.address_list, 'speed',
                CASE
                    WHEN (rule.down_kbps IS NOT NULL) THEN jsonb_build_object('down_kbps', rule.down_kbps, 'up_kbps', rule.up_kbps)
                    ELSE NULL::jsonb
                END, 'session_seconds', rule.session_seconds)), '{}'::jsonb) AS "coalesce"
           FROM asof.access_restrictions rule
          WHERE (rule.tenant_id = isp.tenant_id))) AS facts
   FROM asof.tenants isp;

ALTER TABLE asof.isp_facts OWNER TO skylink_owner;

CREATE TABLE history.package_fair_use_steps (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    package_id bigint,
    above_bytes bigint,
    down_kbps public.kbps,
    up_kbps public.kbps,
    changed_at timestamp with time zone
);

ALTER TABLE ONLY history.package_fair_use_steps FORCE ROW LEVEL SECURITY;

ALTER TABLE history.package_fair_use_steps OWNER TO skylink_owner;

CREATE TABLE public.package_fair_use_steps (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    above_bytes bigint NOT NULL,
    down_kbps public.kbps NOT NULL,
    up_kbps public.kbps NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT package_fair_use_steps_above_bytes_check CHECK ((above_bytes >= 0))
);

ALTER TABLE ONLY public.package_fair_use_steps FORCE ROW LEVEL SECURITY;

ALTER TABLE public.package_fair_use_steps OWNER TO skylink_owner;

CREATE VIEW asof.package_fair_use_steps WITH (security_invoker='true') AS
 SELECT package_fair_use_steps.tenant_id,
    package_fair_use_steps.package_id,
    package_fair_use_steps.above_bytes,
    package_fair_use_steps.down_kbps,
    package_fair_use_steps.up_kbps,
    package_fair_use_steps.changed_at
   FROM public.package_fair_use_steps
  WHERE (package_fair_use_steps.changed_at <= asof.instant())
UNION ALL
 SELECT package_fair_use_steps.tenant_id,
    package_fair_use_steps.package_id,
    package_fair_use_steps.above_bytes,
    package_fair_use_steps.down_kbps,
    package_fair_use_steps.up_kbps,
    package_fair_use_steps.changed_at
   FROM history.package_fair_use_steps
  WHERE ((package_fair_use_steps.changed_at <= asof.instant()) AND (package_fair_use_steps.valid_until > asof.instant()));

ALTER TABLE asof.package_fair_use_steps OWNER TO skylink_owner;

CREATE TABLE history.package_speed_windows (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    package_id bigint,
    "position" smallint,
    start_minute public.minute_of_day,
    end_minute public.minute_of_day,
    weekdays public.weekdays,
    down_kbps public.kbps,
    up_kbps public.kbps,
    changed_at timestamp with time zone
);

ALTER TABLE ONLY history.package_speed_windows FORCE ROW LEVEL SECURITY;

ALTER TABLE history.package_speed_windows OWNER TO skylink_owner;

CREATE TABLE public.package_speed_windows (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    "position" smallint NOT NULL,
    start_minute public.minute_of_day NOT NULL,
    end_minute public.minute_of_day NOT NULL,
    weekdays public.weekdays NOT NULL,
    down_kbps public.kbps NOT NULL,
    up_kbps public.kbps NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT package_speed_windows_position_check CHECK (("position" > 0))
);

ALTER TABLE ONLY public.package_speed_windows FORCE ROW LEVEL SECURITY;

ALTER TABLE public.package_speed_windows OWNER TO skylink_owner;

CREATE VIEW asof.package_speed_windows WITH (security_invoker='true') AS
 SELECT package_speed_windows.tenant_id,
    package_speed_windows.package_id,
    package_speed_windows."position",
    package_speed_windows.start_minute,
    package_speed_windows.end_minute,
    package_speed_windows.weekdays,
    package_speed_windows.down_kbps,
    package_speed_windows.up_kbps,
    package_speed_windows.changed_at
   FROM public.package_speed_windows
  WHERE (package_speed_windows.changed_at <= asof.instant())
UNION ALL
 SELECT package_speed_windows.tenant_id,
    package_speed_windows.package_id,
    package_speed_windows."position",
    package_speed_windows.start_minute,
    package_speed_windows.end_minute,
    package_speed_windows.weekdays,
    package_speed_windows.down_kbps,
    package_speed_windows.up_kbps,
    package_speed_windows.changed_at
   FROM history.package_speed_windows
  WHERE ((package_speed_windows.changed_at <= asof.instant()) AND (package_speed_windows.valid_until > asof.instant()));

ALTER TABLE asof.package_speed_windows OWNER TO skylink_owner;

CREATE TABLE history.package_uncounted_windows (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    package_id bigint,
    "position" smallint,
    start_minute public.minute_of_day,
    end_minute public.minute_of_day,
    weekdays public.weekdays,
    changed_at timestamp with time zone
);

ALTER TABLE ONLY history.package_uncounted_windows FORCE ROW LEVEL SECURITY;

ALTER TABLE history.package_uncounted_windows OWNER TO skylink_owner;

CREATE TABLE public.package_uncounted_windows (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    "position" smallint NOT NULL,
    start_minute public.minute_of_day NOT NULL,
    end_minute public.minute_of_day NOT NULL,
    weekdays public.weekdays NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT package_uncounted_windows_position_check CHECK (("position" > 0))
);

ALTER TABLE ONLY public.package_uncounted_windows FORCE ROW LEVEL SECURITY;

ALTER TABLE public.package_uncounted_windows OWNER TO skylink_owner;

CREATE VIEW asof.package_uncounted_windows WITH (security_invoker='true') AS
 SELECT package_uncounted_windows.tenant_id,
    package_uncounted_windows.package_id,
    package_uncounted_windows."position",
    package_uncounted_windows.start_minute,
    package_uncounted_windows.end_minute,
    package_uncounted_windows.weekdays,
    package_uncounted_windows.changed_at
   FROM public.package_uncounted_windows
  WHERE (package_uncounted_windows.changed_at <= asof.instant())
UNION ALL
 SELECT package_uncounted_windows.tenant_id,
    package_uncounted_windows.package_id,
    package_uncounted_windows."position",
    package_uncounted_windows.start_minute,
    package_uncounted_windows.end_minute,
    package_uncounted_windows.weekdays,
    package_uncounted_windows.changed_at
   FROM history.package_uncounted_windows
  WHERE ((package_uncounted_windows.changed_at <= asof.instant()) AND (package_uncounted_windows.valid_until > asof.instant()));

ALTER TABLE asof.package_uncounted_windows OWNER TO skylink_owner;

CREATE TABLE history.packages (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    id bigint,
    name public.short_text,
    service text,
    price_minor bigint,
    validity_days integer,
    down_kbps public.kbps,
    up_kbps public.kbps,
    burst_down_kbps public.kbps,
    burst_up_kbps public.kbps,
    burst_threshold_down_kbps public.kbps,
    burst_threshold_up_kbps public.kbps,
    burst_seconds smallint,
    priority smallint,
    pool public.radius_text,
    ipv6_pool public.radius_text,
    delegated_ipv6_pool public.radius_text,
    router_profile public.radius_text,
    address_list public.radius_text,
    data_limit_bytes bigint,
    quota_action text,
    throttle_down_kbps public.kbps,
    throttle_up_kbps public.kbps,
    session_limit public.session_limit,
    idle_timeout_seconds integer,
    interim_seconds public.interim_seconds,
    changed_at timestamp with time zone,
    free_bytes bigint,
    per_gb_minor bigint,
    whole_volume boolean
);

ALTER TABLE ONLY history.packages FORCE ROW LEVEL SECURITY;

ALTER TABLE history.packages OWNER TO skylink_owner;

CREATE TABLE public.packages (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    name public.short_text NOT NULL,
    service text NOT NULL,
    price_minor bigint NOT NULL,
    validity_days integer DEFAULT 30 NOT NULL,
    down_kbps public.kbps NOT NULL,
    up_kbps public.kbps NOT NULL,
    burst_down_kbps public.kbps,
    burst_up_kbps public.kbps,
    burst_threshold_down_kbps public.kbps,
    burst_threshold_up_kbps public.kbps,
    burst_seconds smallint,
    priority smallint DEFAULT 8 NOT NULL,
    pool public.radius_text,
    ipv6_pool public.radius_text,
    delegated_ipv6_pool public.radius_text,
    router_profile public.radius_text,
    address_list public.radius_text,
    data_limit_bytes bigint,
    quota_action text DEFAULT 'throttle'::text NOT NULL,
    throttle_down_kbps public.kbps,
    throttle_up_kbps public.kbps,
    session_limit public.session_limit,
    idle_timeout_seconds integer,
    interim_seconds public.interim_seconds,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    free_bytes bigint DEFAULT 0 NOT NULL,
    per_gb_minor bigint DEFAULT 0 NOT NULL,
    whole_volume boolean DEFAULT false NOT NULL,
    CONSTRAINT a_burst_is_whole_or_absent CHECK ((num_nulls(burst_down_kbps, burst_up_kbps, burst_threshold_down_kbps, burst_threshold_up_kbps, burst_seconds) = ANY (ARRAY[0, 5]))),
    CONSTRAINT a_throttle_is_whole_or_absent CHECK ((num_nulls(throttle_down_kbps, throttle_up_kbps) = ANY (ARRAY[0, 2]))),
    CONSTRAINT packages_burst_seconds_check CHECK (((burst_seconds >= 1) AND (burst_seconds <= 3599))),
    CONSTRAINT packages_data_limit_bytes_check CHECK ((data_limit_bytes > 0)),
    CONSTRAINT packages_free_bytes_check CHECK ((free_bytes >= 0)),
    CONSTRAINT packages_idle_timeout_seconds_check CHECK ((idle_timeout_seconds > 0)),
    CONSTRAINT packages_per_gb_minor_check CHECK ((per_gb_minor >= 0)),
    CONSTRAINT packages_price_minor_check CHECK ((price_minor >= 0)),
    CONSTRAINT packages_priority_check CHECK (((priority >= 1) AND (priority <= 8))),
    CONSTRAINT packages_quota_action_check CHECK ((quota_action = ANY (ARRAY['throttle'::text, 'block'::text, 'disconnect'::text]))),
    CONSTRAINT packages_service_check CHECK ((service = ANY (ARRAY['pppoe'::text, 'hotspot'::text, 'static'::text]))),
    CONSTRAINT packages_validity_days_check CHECK (((validity_days >= 1) AND (validity_days <= 3660)))
);

ALTER TABLE ONLY public.packages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.packages OWNER TO skylink_owner;

CREATE VIEW asof.packages WITH (security_invoker='true') AS
 SELECT packages.tenant_id,
    packages.id,
    packages.name,
    packages.service,
    packages.price_minor,
    packages.validity_days,
    packages.down_kbps,
    packages.up_kbps,
    packages.burst_down_kbps,
    packages.burst_up_kbps,
    packages.burst_threshold_down_kbps,
    packages.burst_threshold_up_kbps,
    packages.burst_seconds,
    packages.priority,
    packages.pool,
    packages.ipv6_pool,
    packages.delegated_ipv6_pool,
    packages.router_profile,
    packages.address_list,
    packages.data_limit_bytes,
    packages.quota_action,
    packages.throttle_down_kbps,
    packages.throttle_up_kbps,
    packages.session_limit,
    packages.idle_timeout_seconds,
    packages.interim_seconds,
    packages.changed_at,
    packages.free_bytes,
    packages.per_gb_minor,
    packages.whole_volume
   FROM public.packages
  WHERE (packages.changed_at <= asof.instant())
UNION ALL
 SELECT packages.tenant_id,
    packages.id,
    packages.name,
    packages.service,
    packages.price_minor,
    packages.validity_days,
    packages.down_kbps,
    packages.up_kbps,
    packages.burst_down_kbps,
    packages.burst_up_kbps,
    packages.burst_threshold_down_kbps,
    packages.burst_threshold_up_kbps,
    packages.burst_seconds,
    packages.priority,
    packages.pool,
    packages.ipv6_pool,
    packages.delegated_ipv6_pool,
    packages.router_profile,
    packages.address_list,
    packages.data_limit_bytes,
    packages.quota_action,
    packages.throttle_down_kbps,
    packages.throttle_up_kbps,
    packages.session_limit,
    packages.idle_timeout_seconds,
    packages.interim_seconds,
    packages.changed_at,
    packages.free_bytes,
    packages.per_gb_minor,
    packages.whole_volume
   FROM history.packages
  WHERE ((packages.changed_at <= asof.instant()) AND (packages.valid_until > asof.instant()));

ALTER TABLE asof.packages OWNER TO skylink_owner;

CREATE VIEW asof.package_facts WITH (security_invoker='true') AS
 SELECT package.tenant_id,
    package.id AS package_id,
    jsonb_build_object('name', package.name, 'speed', jsonb_build_object('down_kbps', package.down_kbps, 'up_kbps', package.up_kbps), 'burst',
        CASE
            WHEN (package.burst_seconds IS NOT NULL) THEN jsonb_build_object('down_kbps', package.burst_down_kbps, 'up_kbps', package.burst_up_kbps, 'threshold_down_kbps', package.burst_threshold_down_kbps, 'threshold_up_kbps', package.burst_threshold_up_kbps, 'seconds', package.burst_seconds)
            ELSE NULL::jsonb
        END, 'priority', package.priority, 'pool', package.pool, 'ipv6_pool', package.ipv6_pool, 'delegated_ipv6_pool', package.delegated_ipv6_pool, 'router_profile', package.router_profile, 'address_list', package.address_list, 'data_limit_bytes', package.data_limit_bytes, 'quota_action', package.quota_action, 'throttle',
        CASE
            WHEN (package.throttle_down_kbps IS NOT NULL) THEN jsonb_build_object('down_kbps', package.throttle_down_kbps, 'up_kbps', package.throttle_up_kbps)
            ELSE NULL::jsonb
        END, 'session_limit', package.session_limit, 'idle_timeout_seconds', package.idle_timeout_seconds, 'interim_seconds', package.interim_seconds, 'fair_use', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('above_bytes', step.above_bytes, 'speed', jsonb_build_object('down_kbps', step.down_kbps, 'up_kbps', step.up_kbps)) ORDER BY step.above_bytes), '[]'::jsonb) AS "coalesce"
           FROM asof.package_fair_use_steps step
          WHERE ((step.tenant_id = package.tenant_id) AND (step.package_id = package.id))), 'speed_windows', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('window', jsonb_build_object('start_minute', span.start_minute, 'end_minute', span.end_minute, 'weekdays', to_jsonb(span.weekdays)), 'speed', jsonb_build_object('down_kbps', span.down_kbps, 'up_kbps', span.up_kbps)) ORDER BY span."position"), '[]'::jsonb) AS "coalesce"
           FROM asof.package_speed_windows span
          WHERE ((span.tenant_id = package.tenant_id) AND (span.package_id = package.id))), 'uncounted_windows', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('start_minute', span.start_minute, 'end_minute', span.end_minute, 'weekdays', to_jsonb(span.weekdays)) ORDER BY span."position"), '[]'::jsonb) AS "coalesce"
           FROM asof.package_uncounted_windows span
          WHERE ((span.tenant_id = package.tenant_id) AND (span.package_id = package.id)))) AS facts
   FROM asof.packages package;

ALTER TABLE asof.package_facts OWNER TO skylink_owner;

CREATE TABLE history.profiles (
    valid_until timestamp with time zone NOT NULL,
    tenant_id bigint,
    id bigint,
    name public.short_text,
    kind text,
    mode text,
    first_bill text,
    payment_day smallint,
    grace_days smallint,
    auto_bill boolean,
    auto_suspend boolean,
    allow_partial boolean,
    changed_at timestamp with time zone
);

ALTER TABLE ONLY history.profiles FORCE ROW LEVEL SECURITY;

ALTER TABLE history.profiles OWNER TO skylink_owner;

CREATE TABLE public.profiles (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    name public.short_text NOT NULL,
    kind text NOT NULL,
    mode text DEFAULT 'flat'::text NOT NULL,
    first_bill text DEFAULT 'full_month'::text NOT NULL,
    payment_day smallint DEFAULT 10 NOT NULL,
    grace_days smallint DEFAULT 0 NOT NULL,
    auto_bill boolean DEFAULT true NOT NULL,
    auto_suspend boolean DEFAULT true NOT NULL,
    allow_partial boolean DEFAULT true NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT profiles_first_bill_check CHECK ((first_bill = ANY (ARRAY['full_month'::text, 'until_month_end'::text, 'until_payment_day'::text]))),
    CONSTRAINT profiles_grace_days_check CHECK (((grace_days >= 0) AND (grace_days <= 365))),
    CONSTRAINT profiles_kind_check CHECK ((kind = ANY (ARRAY['monthly'::text, 'daily'::text, 'free'::text, 'postpaid'::text, 'vip'::text]))),
    CONSTRAINT profiles_mode_check CHECK ((mode = ANY (ARRAY['flat'::text, 'volume'::text, 'slabs'::text]))),
    CONSTRAINT profiles_payment_day_check CHECK (((payment_day >= 1) AND (payment_day <= 28)))
);

ALTER TABLE ONLY public.profiles FORCE ROW LEVEL SECURITY;

ALTER TABLE public.profiles OWNER TO skylink_owner;

CREATE VIEW asof.profiles WITH (security_invoker='true') AS
 SELECT profiles.tenant_id,
    profiles.id,
    profiles.name,
    profiles.kind,
    profiles.mode,
    profiles.first_bill,
    profiles.payment_day,
    profiles.grace_days,
    profiles.auto_bill,
    profiles.auto_suspend,
    profiles.allow_partial,
    profiles.changed_at
   FROM public.profiles
  WHERE (profiles.changed_at <= asof.instant())
UNION ALL
 SELECT profiles.tenant_id,
    profiles.id,
    profiles.name,
    profiles.kind,
    profiles.mode,
    profiles.first_bill,
    profiles.payment_day,
    profiles.grace_days,
    profiles.auto_bill,
    profiles.auto_suspend,
    profiles.allow_partial,
    profiles.changed_at
   FROM history.profiles
  WHERE ((profiles.changed_at <= asof.instant()) AND (profiles.valid_until > asof.instant()));

ALTER TABLE asof.profiles OWNER TO skylink_owner;

CREATE VIEW asof.profile_facts WITH (security_invoker='true') AS
 SELECT profile.tenant_id,
    profile.id AS profile_id,
    jsonb_build_object('name', profile.name, 'kind', profile.kind, 'grace_days', profile.grace_days, 'auto_suspend', profile.auto_suspend) AS facts
   FROM asof.profiles profile;

ALTER TABLE asof.profile_facts OWNER TO skylink_owner;

CREATE VIEW enforcement.due AS
 SELECT change.tenant_id,
    change.nas_id,
    min(change.next_try_at) AS next_try_at
   FROM public.session_changes change
  WHERE (change.next_try_at IS NOT NULL)
  GROUP BY change.tenant_id, change.nas_id;

ALTER TABLE enforcement.due OWNER TO skylink_gate;

CREATE VIEW enforcement.nas_devices AS
 SELECT nas.tenant_id,
    nas.id AS nas_id,
    nas.kind,
    host(nas.address) AS address,
    nas.coa_port,
    nas.coa,
    nas.disconnect,
    nas.coa_address_lists,
    nas.coa_packets_per_second,
    learned.coa AS learned_coa,
    learned.disconnect AS learned_disconnect,
    learned.learned_at,
    nas.sealed_secret
   FROM (public.nas_devices nas
     LEFT JOIN public.nas_abilities learned ON (((learned.tenant_id = nas.tenant_id) AND (learned.nas_id = nas.id))));

ALTER TABLE enforcement.nas_devices OWNER TO skylink_gate;

CREATE VIEW enforcement.sessions AS
 SELECT live.tenant_id,
    live.id AS session_id,
    live.connection_id,
    live.nas_id,
    live.started_at,
    live.heard_at,
    live.mac,
    COALESCE(change.given, live.granted) AS granted,
    change.wanted,
    change.step,
    change.means,
    change.tries,
    (change.next_try_at IS NOT NULL) AS waits,
    (change.acked_at IS NOT NULL) AS acked,
    change.asked_by,
    live.opened_in,
    line.package_id,
    line.profile_id
   FROM ((public.live_sessions live
     LEFT JOIN public.session_changes change ON (((change.tenant_id = live.tenant_id) AND (change.session_id = live.id))))
     LEFT JOIN public.connections line ON (((line.tenant_id = live.tenant_id) AND (line.id = live.connection_id))))
  WHERE (live.connection_id IS NOT NULL);

ALTER TABLE enforcement.sessions OWNER TO skylink_gate;

CREATE VIEW enforcement.spoken AS
 SELECT change.tenant_id,
    change.session_id,
    change.nas_id,
    change.wanted,
    change.step,
    change.means,
    change.tries,
    change.rounds,
    change.sent_at,
    change.acked_at,
    change.down_kbps,
    change.up_kbps,
    change.proof_at,
    change.proof_down_bytes,
    change.proof_up_bytes,
    live.heard_at,
    live.down_bytes,
    live.up_bytes
   FROM (public.session_changes change
     JOIN public.live_sessions live ON (((live.tenant_id = change.tenant_id) AND (live.id = change.session_id))))
  WHERE ((change.acked_at IS NOT NULL) AND (live.heard_at > change.acked_at) AND (live.heard_at > change.proof_at));

ALTER TABLE enforcement.spoken OWNER TO skylink_gate;

CREATE VIEW intake.nas_devices AS
 SELECT nas.tenant_id,
    nas.id AS nas_id,
    host(nas.address) AS address,
    nas.swap_directions,
    isp.time_zone
   FROM (public.nas_devices nas
     JOIN public.tenants isp USING (tenant_id));

ALTER TABLE intake.nas_devices OWNER TO skylink_gate;

CREATE TABLE public.session_history (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    connection_id bigint,
    nas_id bigint NOT NULL,
    node text NOT NULL,
    acct_session_id text NOT NULL,
    username text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    ended_by text NOT NULL,
    terminate_cause text,
    mac text,
    framed_ipv4 inet,
    framed_ipv6_prefix cidr,
    delegated_ipv6_prefix cidr,
    nas_port_id text,
    down_bytes bigint NOT NULL,
    up_bytes bigint NOT NULL,
    down_counter bigint NOT NULL,
    up_counter bigint NOT NULL,
    session_seconds integer,
    said_at timestamp with time zone,
    granted text,
    CONSTRAINT session_history_down_bytes_check CHECK ((down_bytes >= 0)),
    CONSTRAINT session_history_ended_by_check CHECK ((ended_by = ANY (ARRAY['stop'::text, 'silence'::text, 'nas_restart'::text, 'nas_removed'::text, 'redial'::text]))),
    CONSTRAINT session_history_up_bytes_check CHECK ((up_bytes >= 0))
)
PARTITION BY RANGE (ended_at);

ALTER TABLE ONLY public.session_history FORCE ROW LEVEL SECURITY;

ALTER TABLE public.session_history OWNER TO skylink_gate;

CREATE TABLE intake.session_history_rest (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    connection_id bigint,
    nas_id bigint NOT NULL,
    node text NOT NULL,
    acct_session_id text NOT NULL,
    username text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    ended_by text NOT NULL,
    terminate_cause text,
    mac text,
    framed_ipv4 inet,
    framed_ipv6_prefix cidr,
    delegated_ipv6_prefix cidr,
    nas_port_id text,
    down_bytes bigint NOT NULL,
    up_bytes bigint NOT NULL,
    down_counter bigint NOT NULL,
    up_counter bigint NOT NULL,
    session_seconds integer,
    said_at timestamp with time zone,
    granted text,
    CONSTRAINT session_history_down_bytes_check CHECK ((down_bytes >= 0)),
    CONSTRAINT session_history_ended_by_check CHECK ((ended_by = ANY (ARRAY['stop'::text, 'silence'::text, 'nas_restart'::text, 'nas_removed'::text, 'redial'::text]))),
    CONSTRAINT session_history_up_bytes_check CHECK ((up_bytes >= 0))
);

ALTER TABLE ONLY intake.session_history_rest FORCE ROW LEVEL SECURITY;

ALTER TABLE intake.session_history_rest OWNER TO skylink_gate;

CREATE VIEW intake.uncounted_windows AS
 SELECT package_uncounted_windows.tenant_id,
    package_uncounted_windows.package_id,
    package_uncounted_windows."position",
    package_uncounted_windows.start_minute,
    package_uncounted_windows.end_minute,
    package_uncounted_windows.weekdays
   FROM public.package_uncounted_windows;

ALTER TABLE intake.uncounted_windows OWNER TO skylink_gate;

ALTER TABLE public.access_decisions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.access_decisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.accounting_quarantine ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounting_quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.advance_tiers (
    tenant_id bigint NOT NULL,
    months smallint NOT NULL,
    points public.points NOT NULL,
    CONSTRAINT advance_tiers_months_check CHECK (((months >= 1) AND (months <= 60)))
);

ALTER TABLE ONLY public.advance_tiers FORCE ROW LEVEL SECURITY;

ALTER TABLE public.advance_tiers OWNER TO skylink_owner;

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);

ALTER TABLE public.alembic_version OWNER TO skylink_owner;

CREATE TABLE public.allocations (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    credit_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    amount_minor bigint NOT NULL,
    allocated_at timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    CONSTRAINT allocations_amount_minor_check CHECK ((amount_minor > 0))
);

ALTER TABLE ONLY public.allocations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.allocations OWNER TO skylink_owner;

ALTER TABLE public.allocations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.allocations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.api_keys ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.api_keys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_log (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor_kind text NOT NULL,
    actor_id bigint,
    actor_name text NOT NULL,
    origin text,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id bigint,
    before jsonb,
    after jsonb,
    CONSTRAINT audit_log_action_check CHECK ((action ~ '^[a-z_]+(\.[a-z_]+)+$'::text)),
    CONSTRAINT audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['staff'::text, 'system'::text, 'operator'::text, 'radius'::text, 'client'::text]))),
    CONSTRAINT audit_log_check CHECK (((actor_kind = ANY (ARRAY['staff'::text, 'client'::text])) = (actor_id IS NOT NULL)))
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log OWNER TO skylink_owner;

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.bill_runs (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    month_on date NOT NULL,
    state text NOT NULL,
    issued_on date NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    approved_by text,
    approved_at timestamp with time zone,
    foreseen_count bigint NOT NULL,
    foreseen_minor bigint NOT NULL,
    billed_count bigint DEFAULT 0 NOT NULL,
    billed_minor bigint DEFAULT 0 NOT NULL,
    reached_client_id bigint DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT bill_runs_billed_count_check CHECK ((billed_count >= 0)),
    CONSTRAINT bill_runs_billed_minor_check CHECK ((billed_minor >= 0)),
    CONSTRAINT bill_runs_check CHECK (((state = 'waiting'::text) OR (approved_by IS NOT NULL))),
    CONSTRAINT bill_runs_check1 CHECK (((state = ANY (ARRAY['done'::text, 'reversed'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT bill_runs_foreseen_count_check CHECK ((foreseen_count >= 0)),
    CONSTRAINT bill_runs_foreseen_minor_check CHECK ((foreseen_minor >= 0)),
    CONSTRAINT bill_runs_month_on_check CHECK ((EXTRACT(day FROM month_on) = (1)::numeric)),
    CONSTRAINT bill_runs_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'reversing'::text, 'reversed'::text])))
);

ALTER TABLE ONLY public.bill_runs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.bill_runs OWNER TO skylink_owner;

ALTER TABLE public.bill_runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.bill_runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.billed_periods (
    tenant_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    charge text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    cycle_from_on date NOT NULL,
    month_on date NOT NULL,
    package_id bigint NOT NULL,
    cycle_minor bigint NOT NULL,
    charged_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    invoice_id bigint,
    bill_run_id bigint,
    cycle_until_on date NOT NULL,
    CONSTRAINT billed_periods_charge_check CHECK ((charge = ANY (ARRAY['base'::text, 'use'::text]))),
    CONSTRAINT billed_periods_charged_minor_check CHECK ((charged_minor >= 0)),
    CONSTRAINT billed_periods_check CHECK ((until_on > from_on)),
    CONSTRAINT billed_periods_check1 CHECK (((discount_minor >= 0) AND (discount_minor <= charged_minor))),
    CONSTRAINT billed_periods_check2 CHECK ((cycle_until_on > cycle_from_on)),
    CONSTRAINT billed_periods_cycle_minor_check CHECK ((cycle_minor >= 0)),
    CONSTRAINT billed_periods_month_on_check CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE ONLY public.billed_periods FORCE ROW LEVEL SECURITY;

ALTER TABLE public.billed_periods OWNER TO skylink_owner;

CREATE TABLE public.billing_settings (
    tenant_id bigint NOT NULL,
    invoice_prefix text DEFAULT 'INV-'::text NOT NULL,
    credit_note_prefix text DEFAULT 'CN-'::text NOT NULL,
    auto_generate boolean DEFAULT true NOT NULL,
    bill_suspended boolean DEFAULT true NOT NULL,
    bill_inactive boolean DEFAULT false NOT NULL,
    vat_points public.points DEFAULT 0 NOT NULL,
    vat_inclusive boolean DEFAULT false NOT NULL,
    round_to_minor integer DEFAULT 1 NOT NULL,
    late_fee_after_days smallint,
    late_fee_minor bigint DEFAULT 0 NOT NULL,
    late_fee_points public.points DEFAULT 0 NOT NULL,
    grace_days smallint DEFAULT 0 NOT NULL,
    package_change text DEFAULT 'by_day'::text NOT NULL,
    promise_days smallint DEFAULT 3 NOT NULL,
    approval_above_minor bigint,
    CONSTRAINT billing_settings_approval_above_minor_check CHECK ((approval_above_minor >= 0)),
    CONSTRAINT billing_settings_credit_note_prefix_check CHECK ((credit_note_prefix ~ '^[A-Za-z0-9/_-]{0,20}$'::text)),
    CONSTRAINT billing_settings_grace_days_check CHECK (((grace_days >= 0) AND (grace_days <= 365))),
    CONSTRAINT billing_settings_invoice_prefix_check CHECK ((invoice_prefix ~ '^[A-Za-z0-9/_-]{0,20}$'::text)),
    CONSTRAINT billing_settings_late_fee_after_days_check CHECK (((late_fee_after_days >= 1) AND (late_fee_after_days <= 365))),
    CONSTRAINT billing_settings_late_fee_minor_check CHECK ((late_fee_minor >= 0)),
    CONSTRAINT billing_settings_package_change_check CHECK ((package_change = ANY (ARRAY['by_day'::text, 'next_cycle'::text]))),
    CONSTRAINT billing_settings_promise_days_check CHECK (((promise_days >= 0) AND (promise_days <= 28))),
    CONSTRAINT billing_settings_round_to_minor_check CHECK (((round_to_minor >= 1) AND (round_to_minor <= 100000)))
);

ALTER TABLE ONLY public.billing_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.billing_settings OWNER TO skylink_owner;

CREATE TABLE public.chat_deletions (
    chat_id bigint NOT NULL,
    message_id bigint NOT NULL,
    delete_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.chat_deletions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chat_deletions OWNER TO skylink_owner;

CREATE TABLE public.chat_effects (
    tenant_id bigint NOT NULL,
    token text NOT NULL,
    staff_id bigint NOT NULL,
    effect text NOT NULL,
    payload jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT chat_effects_effect_check CHECK ((effect ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT chat_effects_token_check CHECK ((length(token) = 22))
);

ALTER TABLE ONLY public.chat_effects FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chat_effects OWNER TO skylink_owner;

CREATE TABLE public.chat_forms (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    form text NOT NULL,
    field text NOT NULL,
    answers jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT chat_forms_field_check CHECK ((field ~ '^[a-z_0-9]{0,40}$'::text)),
    CONSTRAINT chat_forms_form_check CHECK ((form ~ '^[a-z_]{1,40}$'::text))
);

ALTER TABLE ONLY public.chat_forms FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chat_forms OWNER TO skylink_owner;

CREATE TABLE public.chat_prompts (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    prompt text NOT NULL,
    payload jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT chat_prompts_prompt_check CHECK ((prompt ~ '^[a-z_]{1,40}$'::text))
);

ALTER TABLE ONLY public.chat_prompts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chat_prompts OWNER TO skylink_owner;

CREATE TABLE public.chat_updates (
    bot_id bigint NOT NULL,
    update_id bigint NOT NULL,
    taken_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.chat_updates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chat_updates OWNER TO skylink_owner;

CREATE TABLE public.client_keys (
    tenant_id bigint NOT NULL,
    client_id bigint NOT NULL,
    client_number bigint NOT NULL,
    phone text NOT NULL,
    spelling text NOT NULL,
    sounds text[] NOT NULL
);

ALTER TABLE ONLY public.client_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.client_keys OWNER TO skylink_owner;

ALTER TABLE public.clients ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.clients_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.connections ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.credit_notes (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    credit_note_number public.short_text NOT NULL,
    number_year smallint NOT NULL,
    number bigint NOT NULL,
    issued_on date NOT NULL,
    invoice_id bigint,
    vat_minor bigint DEFAULT 0 NOT NULL,
    reason public.short_text NOT NULL,
    CONSTRAINT credit_notes_number_check CHECK ((number > 0)),
    CONSTRAINT credit_notes_number_year_check CHECK (((number_year >= 0) AND (number_year <= 9999))),
    CONSTRAINT credit_notes_vat_minor_check CHECK ((vat_minor >= 0))
);

ALTER TABLE ONLY public.credit_notes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.credit_notes OWNER TO skylink_owner;

CREATE TABLE public.credits (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    source text NOT NULL,
    currency public.currency_code NOT NULL,
    amount_minor bigint NOT NULL,
    used_minor bigint DEFAULT 0 NOT NULL,
    given_at timestamp with time zone NOT NULL,
    reversed_at timestamp with time zone,
    reversal_reason public.short_text,
    CONSTRAINT a_reversal_has_a_reason CHECK ((num_nulls(reversed_at, reversal_reason) = ANY (ARRAY[0, 2]))),
    CONSTRAINT credits_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT credits_source_check CHECK ((source = ANY (ARRAY['payment'::text, 'credit_note'::text, 'opening'::text]))),
    CONSTRAINT nothing_is_spent_twice CHECK (((used_minor >= 0) AND (used_minor <= amount_minor))),
    CONSTRAINT what_is_reversed_pays_nothing CHECK (((reversed_at IS NULL) OR (used_minor = 0)))
);

ALTER TABLE ONLY public.credits FORCE ROW LEVEL SECURITY;

ALTER TABLE public.credits OWNER TO skylink_owner;

ALTER TABLE public.credits ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.credits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_accounts (
    tenant_id bigint NOT NULL,
    gateway text NOT NULL,
    environment text NOT NULL,
    enabled boolean NOT NULL,
    address text NOT NULL,
    sealed_credentials bytea NOT NULL,
    CONSTRAINT gateway_accounts_address_check CHECK (((length(address) <= 200) AND (address ~ '^https?://[!-~]+[^/]$'::text))),
    CONSTRAINT gateway_accounts_environment_check CHECK ((environment = ANY (ARRAY['sandbox'::text, 'live'::text]))),
    CONSTRAINT gateway_accounts_gateway_check CHECK ((gateway = ANY (ARRAY['bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text])))
);

ALTER TABLE ONLY public.gateway_accounts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_accounts OWNER TO skylink_owner;

CREATE TABLE public.gateway_comparisons (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    gateway text NOT NULL,
    source text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    ours bigint NOT NULL,
    ours_minor bigint NOT NULL,
    theirs bigint NOT NULL,
    theirs_minor bigint NOT NULL,
    compared_at timestamp with time zone NOT NULL,
    CONSTRAINT gateway_comparisons_check CHECK ((until_on > from_on)),
    CONSTRAINT gateway_comparisons_gateway_check CHECK ((gateway = ANY (ARRAY['bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text]))),
    CONSTRAINT gateway_comparisons_ours_check CHECK ((ours >= 0)),
    CONSTRAINT gateway_comparisons_ours_minor_check CHECK ((ours_minor >= 0)),
    CONSTRAINT gateway_comparisons_source_check CHECK ((source = ANY (ARRAY['asked'::text, 'statement'::text]))),
    CONSTRAINT gateway_comparisons_theirs_check CHECK ((theirs >= 0)),
    CONSTRAINT gateway_comparisons_theirs_minor_check CHECK ((theirs_minor >= 0))
);

ALTER TABLE ONLY public.gateway_comparisons FORCE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_comparisons OWNER TO skylink_owner;

ALTER TABLE public.gateway_comparisons ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_comparisons_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_differences (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    comparison_id bigint NOT NULL,
    kind text NOT NULL,
    transaction_ref text NOT NULL,
    ours_minor bigint NOT NULL,
    theirs_minor bigint NOT NULL,
    CONSTRAINT gateway_differences_kind_check CHECK ((kind = ANY (ARRAY['only_there'::text, 'only_here'::text, 'amount'::text]))),
    CONSTRAINT gateway_differences_ours_minor_check CHECK ((ours_minor >= 0)),
    CONSTRAINT gateway_differences_theirs_minor_check CHECK ((theirs_minor >= 0)),
    CONSTRAINT gateway_differences_transaction_ref_check CHECK (((length(transaction_ref) >= 1) AND (length(transaction_ref) <= 200)))
);

ALTER TABLE ONLY public.gateway_differences FORCE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_differences OWNER TO skylink_owner;

ALTER TABLE public.gateway_differences ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_differences_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_refunds (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    reference text NOT NULL,
    attempt_id bigint NOT NULL,
    payment_id bigint NOT NULL,
    amount_minor bigint NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    refund_ref text,
    said text,
    started_at timestamp with time zone NOT NULL,
    ask_at timestamp with time zone,
    asks smallint DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT gateway_refunds_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT gateway_refunds_check CHECK (((state = ANY (ARRAY['done'::text, 'refused'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT gateway_refunds_check1 CHECK (((ended_at IS NULL) OR (ask_at IS NULL))),
    CONSTRAINT gateway_refunds_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 255))),
    CONSTRAINT gateway_refunds_reference_check CHECK ((reference ~ '^[0-9a-f]{24}$'::text)),
    CONSTRAINT gateway_refunds_refund_ref_check CHECK ((length(refund_ref) <= 200)),
    CONSTRAINT gateway_refunds_said_check CHECK ((length(said) <= 500)),
    CONSTRAINT gateway_refunds_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'unknown'::text, 'done'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.gateway_refunds FORCE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_refunds OWNER TO skylink_owner;

ALTER TABLE public.gateway_refunds ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_refunds_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_tokens (
    tenant_id bigint NOT NULL,
    gateway text NOT NULL,
    environment text NOT NULL,
    sealed_token bytea,
    good_until timestamp with time zone,
    claimed_until timestamp with time zone NOT NULL,
    CONSTRAINT gateway_tokens_check CHECK (((sealed_token IS NULL) = (good_until IS NULL))),
    CONSTRAINT gateway_tokens_environment_check CHECK ((environment = ANY (ARRAY['sandbox'::text, 'live'::text]))),
    CONSTRAINT gateway_tokens_gateway_check CHECK ((gateway = ANY (ARRAY['bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text])))
);

ALTER TABLE ONLY public.gateway_tokens FORCE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_tokens OWNER TO skylink_owner;

CREATE TABLE public.gateway_traffic (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    gateway text NOT NULL,
    reference text,
    at timestamp with time zone NOT NULL,
    address text NOT NULL,
    sent text NOT NULL,
    status smallint,
    answered text NOT NULL,
    CONSTRAINT gateway_traffic_address_check CHECK ((length(address) <= 500)),
    CONSTRAINT gateway_traffic_answered_check CHECK ((length(answered) <= 20000)),
    CONSTRAINT gateway_traffic_gateway_check CHECK ((gateway = ANY (ARRAY['bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text]))),
    CONSTRAINT gateway_traffic_reference_check CHECK ((length(reference) <= 200)),
    CONSTRAINT gateway_traffic_sent_check CHECK ((length(sent) <= 20000))
);

ALTER TABLE ONLY public.gateway_traffic FORCE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_traffic OWNER TO skylink_owner;

ALTER TABLE public.gateway_traffic ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_traffic_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.invoice_lines (
    tenant_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    "position" smallint NOT NULL,
    kind text NOT NULL,
    amount_minor bigint NOT NULL,
    title public.short_text,
    connection_id bigint,
    from_on date,
    until_on date,
    used_bytes bigint,
    validity_days integer,
    extended_from_at timestamp with time zone,
    extended_until timestamp with time zone,
    CONSTRAINT an_extension_is_whole_or_absent CHECK ((num_nulls(extended_from_at, extended_until) = ANY (ARRAY[0, 2]))),
    CONSTRAINT invoice_lines_check CHECK ((from_on < until_on)),
    CONSTRAINT invoice_lines_check1 CHECK (((kind <> 'discount'::text) OR (amount_minor <= 0))),
    CONSTRAINT invoice_lines_check2 CHECK (((kind <> ALL (ARRAY['late_fee'::text, 'vat'::text])) OR (amount_minor >= 0))),
    CONSTRAINT invoice_lines_check3 CHECK (((validity_days IS NULL) OR (connection_id IS NOT NULL))),
    CONSTRAINT invoice_lines_kind_check CHECK ((kind = ANY (ARRAY['base'::text, 'installation'::text, 'overage'::text, 'extra'::text, 'adjustment'::text, 'opening'::text, 'discount'::text, 'late_fee'::text, 'vat'::text, 'rounding'::text]))),
    CONSTRAINT invoice_lines_position_check CHECK (("position" > 0)),
    CONSTRAINT invoice_lines_used_bytes_check CHECK ((used_bytes >= 0)),
    CONSTRAINT invoice_lines_validity_days_check CHECK ((validity_days > 0))
);

ALTER TABLE ONLY public.invoice_lines FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_lines OWNER TO skylink_owner;

ALTER TABLE public.invoices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.invoices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_runs (
    tenant_id bigint NOT NULL,
    job text NOT NULL,
    done_until timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    failed_at timestamp with time zone,
    retry_at timestamp with time zone,
    error public.short_text,
    CONSTRAINT job_runs_check CHECK ((num_nulls(started_at, finished_at) = ANY (ARRAY[0, 2]))),
    CONSTRAINT job_runs_check1 CHECK ((num_nulls(failed_at, retry_at, error) =
CASE failures
    WHEN 0 THEN 3
    ELSE 0
END)),
    CONSTRAINT job_runs_failures_check CHECK ((failures >= 0)),
    CONSTRAINT job_runs_job_check CHECK ((job ~ '^[a-z][a-z_]{0,59}$'::text))
);

ALTER TABLE ONLY public.job_runs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_runs OWNER TO skylink_owner;

CREATE TABLE public.ledger_entries (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    posted_at timestamp with time zone DEFAULT now() NOT NULL,
    booked_on date NOT NULL,
    debit public.ledger_account NOT NULL,
    credit public.ledger_account NOT NULL,
    client_id bigint,
    amount_minor bigint NOT NULL,
    code text NOT NULL,
    invoice_id bigint,
    credit_id bigint,
    actor_kind text NOT NULL,
    actor_id bigint,
    actor_name text NOT NULL,
    CONSTRAINT a_clients_account_names_the_client CHECK (((client_id IS NOT NULL) OR (NOT (((debit)::text = ANY (ARRAY['receivable'::text, 'client_credit'::text])) OR ((credit)::text = ANY (ARRAY['receivable'::text, 'client_credit'::text])))))),
    CONSTRAINT ledger_entries_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['staff'::text, 'system'::text, 'operator'::text]))),
    CONSTRAINT ledger_entries_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT ledger_entries_check CHECK (((debit)::text <> (credit)::text)),
    CONSTRAINT ledger_entries_check1 CHECK (((actor_kind = 'staff'::text) = (actor_id IS NOT NULL))),
    CONSTRAINT ledger_entries_code_check CHECK ((code = ANY (ARRAY['charge'::text, 'payment'::text, 'credit_note'::text, 'allocation'::text, 'opening'::text, 'release'::text, 'reversal'::text, 'void'::text, 'write_off'::text, 'transfer'::text, 'gateway_fee'::text])))
);

ALTER TABLE ONLY public.ledger_entries FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_entries OWNER TO skylink_owner;

ALTER TABLE public.ledger_entries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_entries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_seals (
    tenant_id bigint NOT NULL,
    number bigint NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    entries int8multirange NOT NULL,
    entry_count bigint NOT NULL,
    seen_xid xid8 NOT NULL,
    seen_id bigint NOT NULL,
    system_identifier bigint NOT NULL,
    entry_digests bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT ledger_seals_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT ledger_seals_entry_count_check CHECK ((entry_count > 0)),
    CONSTRAINT ledger_seals_number_check CHECK ((number > 0))
);

ALTER TABLE ONLY public.ledger_seals FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_seals OWNER TO skylink_owner;

CREATE TABLE public.letterheads (
    tenant_id bigint NOT NULL,
    name_bn public.short_text,
    address text,
    phone public.short_text,
    email public.short_text,
    vat_number public.short_text,
    pay_link text,
    footer text,
    logo bytea,
    CONSTRAINT letterheads_address_check CHECK ((length(address) <= 300)),
    CONSTRAINT letterheads_footer_check CHECK ((length(footer) <= 300)),
    CONSTRAINT letterheads_logo_check CHECK ((octet_length(logo) <= 262144)),
    CONSTRAINT letterheads_pay_link_check CHECK (((length(pay_link) <= 200) AND (pay_link ~ '^https://[!-~]+$'::text)))
);

ALTER TABLE ONLY public.letterheads FORCE ROW LEVEL SECURITY;

ALTER TABLE public.letterheads OWNER TO skylink_owner;

ALTER TABLE public.live_sessions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.live_sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.login_attempts (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    subject_kind text NOT NULL,
    subject_id bigint,
    door text NOT NULL,
    origin text NOT NULL,
    browser text,
    succeeded boolean NOT NULL,
    attempted_at timestamp with time zone NOT NULL,
    CONSTRAINT login_attempts_browser_check CHECK ((length(browser) <= 500)),
    CONSTRAINT login_attempts_check CHECK (((subject_kind = 'unknown'::text) = (subject_id IS NULL))),
    CONSTRAINT login_attempts_door_check CHECK ((door = ANY (ARRAY['telegram'::text, 'portal'::text]))),
    CONSTRAINT login_attempts_origin_check CHECK ((length(origin) <= 253)),
    CONSTRAINT login_attempts_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['staff'::text, 'client'::text, 'unknown'::text])))
);

ALTER TABLE ONLY public.login_attempts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.login_attempts OWNER TO skylink_owner;

ALTER TABLE public.login_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.login_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.login_codes (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    client_id bigint,
    origin text NOT NULL,
    salt bytea NOT NULL,
    code_hash bytea,
    asked_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT login_codes_origin_check CHECK ((length(origin) <= 253))
);

ALTER TABLE ONLY public.login_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.login_codes OWNER TO skylink_owner;

ALTER TABLE public.login_codes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.login_codes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.nas_devices ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.nas_devices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.nas_sightings (
    tenant_id bigint NOT NULL,
    nas_id bigint NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    unauthenticated_at timestamp with time zone
);

ALTER TABLE ONLY public.nas_sightings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.nas_sightings OWNER TO skylink_owner;

CREATE TABLE public.network_problems (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    nas_id bigint NOT NULL,
    kind text NOT NULL,
    changes integer NOT NULL,
    username text NOT NULL,
    error_cause integer,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT network_problems_changes_check CHECK ((changes > 0))
);

ALTER TABLE ONLY public.network_problems FORCE ROW LEVEL SECURITY;

ALTER TABLE public.network_problems OWNER TO skylink_owner;

ALTER TABLE public.network_problems ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.network_problems_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    text_en text,
    text_bn text,
    zone_id bigint,
    package_id bigint,
    overdue_only boolean NOT NULL,
    shown_from_at timestamp with time zone NOT NULL,
    shown_until timestamp with time zone NOT NULL,
    CONSTRAINT notices_check CHECK ((shown_until > shown_from_at)),
    CONSTRAINT notices_check1 CHECK (((text_en IS NOT NULL) OR (text_bn IS NOT NULL))),
    CONSTRAINT notices_text_bn_check CHECK (((length(text_bn) >= 1) AND (length(text_bn) <= 1000))),
    CONSTRAINT notices_text_en_check CHECK (((length(text_en) >= 1) AND (length(text_en) <= 1000)))
);

ALTER TABLE ONLY public.notices FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notices OWNER TO skylink_owner;

ALTER TABLE public.notices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.number_series (
    tenant_id bigint NOT NULL,
    series text NOT NULL,
    last_number bigint DEFAULT 0 NOT NULL,
    year smallint DEFAULT 0 NOT NULL,
    CONSTRAINT number_series_last_number_check CHECK ((last_number >= 0)),
    CONSTRAINT number_series_series_check CHECK ((series = ANY (ARRAY['client'::text, 'invoice'::text, 'credit_note'::text]))),
    CONSTRAINT number_series_year_check CHECK (((year >= 0) AND (year <= 9999)))
);

ALTER TABLE ONLY public.number_series FORCE ROW LEVEL SECURITY;

ALTER TABLE public.number_series OWNER TO skylink_owner;

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.package_changes (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    connection_id bigint NOT NULL,
    package_id bigint NOT NULL,
    change_on date NOT NULL,
    made_at timestamp with time zone
);

ALTER TABLE ONLY public.package_changes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.package_changes OWNER TO skylink_owner;

ALTER TABLE public.package_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.package_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.package_requests (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    connection_id bigint NOT NULL,
    package_id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    outcome text,
    CONSTRAINT package_requests_check CHECK (((decided_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT package_requests_outcome_check CHECK ((outcome = ANY (ARRAY['approved'::text, 'refused'::text, 'replaced'::text])))
);

ALTER TABLE ONLY public.package_requests FORCE ROW LEVEL SECURITY;

ALTER TABLE public.package_requests OWNER TO skylink_owner;

ALTER TABLE public.package_requests ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.package_requests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.package_slabs (
    tenant_id bigint NOT NULL,
    package_id bigint NOT NULL,
    above_bytes bigint NOT NULL,
    per_gb_minor bigint NOT NULL,
    CONSTRAINT package_slabs_above_bytes_check CHECK ((above_bytes >= 0)),
    CONSTRAINT package_slabs_per_gb_minor_check CHECK ((per_gb_minor >= 0))
);

ALTER TABLE ONLY public.package_slabs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.package_slabs OWNER TO skylink_owner;

ALTER TABLE public.packages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.packages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.payment_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.payment_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    method text NOT NULL,
    transaction_ref public.short_text,
    note public.short_text,
    actor_kind text NOT NULL,
    actor_id bigint,
    actor_name text NOT NULL,
    CONSTRAINT a_transaction_id_is_told CHECK (((method = ANY (ARRAY['cash'::text, 'bank'::text])) OR (transaction_ref IS NOT NULL))),
    CONSTRAINT payments_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['staff'::text, 'system'::text, 'operator'::text]))),
    CONSTRAINT payments_check CHECK (((actor_kind = 'staff'::text) = (actor_id IS NOT NULL))),
    CONSTRAINT payments_method_check CHECK ((method = ANY (ARRAY['cash'::text, 'bank'::text, 'bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text])))
);

ALTER TABLE ONLY public.payments FORCE ROW LEVEL SECURITY;

ALTER TABLE public.payments OWNER TO skylink_owner;

CREATE TABLE public.pending_lines (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    kind text NOT NULL,
    description public.short_text NOT NULL,
    amount_minor bigint NOT NULL,
    invoice_id bigint,
    source_invoice_id bigint,
    CONSTRAINT pending_lines_check CHECK (((amount_minor <> 0) AND ((amount_minor > 0) OR (kind = 'adjustment'::text)))),
    CONSTRAINT pending_lines_kind_check CHECK ((kind = ANY (ARRAY['extra'::text, 'adjustment'::text])))
);

ALTER TABLE ONLY public.pending_lines FORCE ROW LEVEL SECURITY;

ALTER TABLE public.pending_lines OWNER TO skylink_owner;

ALTER TABLE public.pending_lines ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pending_lines_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pictures (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    jpeg bytea NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pictures_jpeg_check CHECK (((length(jpeg) >= 1) AND (length(jpeg) <= 2000000)))
);

ALTER TABLE ONLY public.pictures FORCE ROW LEVEL SECURITY;

ALTER TABLE public.pictures OWNER TO skylink_owner;

ALTER TABLE public.pictures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pictures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.portal_sessions (
    tenant_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    client_id bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    origin text NOT NULL,
    CONSTRAINT portal_sessions_origin_check CHECK ((length(origin) <= 253)),
    CONSTRAINT portal_sessions_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.portal_sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.portal_sessions OWNER TO skylink_owner;

CREATE TABLE public.portal_settings (
    tenant_id bigint NOT NULL,
    colour text NOT NULL,
    features_off text[] NOT NULL,
    maintenance boolean NOT NULL,
    maintenance_en text,
    maintenance_bn text,
    CONSTRAINT portal_settings_colour_check CHECK ((colour ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT portal_settings_features_off_check CHECK ((features_off <@ ARRAY['pay'::text, 'advance'::text, 'invoices'::text, 'usage'::text, 'live'::text, 'password'::text, 'packages'::text, 'notices'::text])),
    CONSTRAINT portal_settings_maintenance_bn_check CHECK ((length(maintenance_bn) <= 300)),
    CONSTRAINT portal_settings_maintenance_en_check CHECK ((length(maintenance_en) <= 300))
);

ALTER TABLE ONLY public.portal_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.portal_settings OWNER TO skylink_owner;

ALTER TABLE public.profiles ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.profiles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.promises (
    tenant_id bigint NOT NULL,
    client_id bigint NOT NULL,
    cycle_from_on date NOT NULL,
    promised_until timestamp with time zone NOT NULL,
    given_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.promises FORCE ROW LEVEL SECURITY;

ALTER TABLE public.promises OWNER TO skylink_owner;

CREATE TABLE public.reminder_settings (
    tenant_id bigint NOT NULL,
    before_due_days public.days_before NOT NULL,
    before_expiry_days public.days_before NOT NULL
);

ALTER TABLE ONLY public.reminder_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reminder_settings OWNER TO skylink_owner;

CREATE TABLE public.role_permissions (
    tenant_id bigint NOT NULL,
    role text NOT NULL,
    permission text NOT NULL,
    allowed boolean NOT NULL,
    CONSTRAINT role_permissions_permission_check CHECK ((permission ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT role_permissions_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'support_agent'::text, 'recharge_agent'::text, 'reseller'::text, 'technician'::text])))
);

ALTER TABLE ONLY public.role_permissions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.role_permissions OWNER TO skylink_owner;

CREATE TABLE public.server_job_runs (
    job text NOT NULL,
    done_until timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    failed_at timestamp with time zone,
    retry_at timestamp with time zone,
    error public.short_text,
    CONSTRAINT job_runs_check CHECK ((num_nulls(started_at, finished_at) = ANY (ARRAY[0, 2]))),
    CONSTRAINT job_runs_check1 CHECK ((num_nulls(failed_at, retry_at, error) =
CASE failures
    WHEN 0 THEN 3
    ELSE 0
END)),
    CONSTRAINT job_runs_failures_check CHECK ((failures >= 0)),
    CONSTRAINT job_runs_job_check CHECK ((job ~ '^[a-z][a-z_]{0,59}$'::text))
);

ALTER TABLE ONLY public.server_job_runs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.server_job_runs OWNER TO skylink_owner;

CREATE TABLE public.staff_backup_codes (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT staff_backup_codes_code_hash_check CHECK ((length(code_hash) = 32))
);

ALTER TABLE ONLY public.staff_backup_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_backup_codes OWNER TO skylink_owner;

ALTER TABLE public.staff ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.staff_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.staff_invitations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.staff_invitations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.staff_permissions (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    permission text NOT NULL,
    allowed boolean NOT NULL,
    CONSTRAINT staff_permissions_permission_check CHECK ((permission ~ '^[a-z_]{1,40}$'::text))
);

ALTER TABLE ONLY public.staff_permissions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_permissions OWNER TO skylink_owner;

CREATE TABLE public.staff_second_factors (
    tenant_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    sealed_totp bytea,
    totp_step bigint DEFAULT 0 NOT NULL,
    confirmed_at timestamp with time zone,
    sent_code_hash bytea,
    sent_code_until timestamp with time zone,
    salt bytea NOT NULL,
    CONSTRAINT staff_second_factors_check CHECK (((sent_code_hash IS NULL) = (sent_code_until IS NULL))),
    CONSTRAINT staff_second_factors_salt_check CHECK ((length(salt) = 16)),
    CONSTRAINT staff_second_factors_sent_code_hash_check CHECK ((length(sent_code_hash) = 32))
);

ALTER TABLE ONLY public.staff_second_factors FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_second_factors OWNER TO skylink_owner;

CREATE TABLE public.suspended_money (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    gateway text NOT NULL,
    environment text NOT NULL,
    transaction_ref text NOT NULL,
    amount_minor bigint NOT NULL,
    currency public.currency_code NOT NULL,
    attempt_id bigint,
    why text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    assigned_at timestamp with time zone,
    payment_id bigint,
    on_ledger boolean DEFAULT false NOT NULL,
    dismissed_at timestamp with time zone,
    dismissed_because text,
    CONSTRAINT suspended_money_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT suspended_money_check CHECK (((assigned_at IS NULL) = (payment_id IS NULL))),
    CONSTRAINT suspended_money_check1 CHECK (((dismissed_at IS NULL) = (dismissed_because IS NULL))),
    CONSTRAINT suspended_money_check2 CHECK (((dismissed_at IS NULL) OR (assigned_at IS NULL))),
    CONSTRAINT suspended_money_dismissed_because_check CHECK (((length(dismissed_because) >= 1) AND (length(dismissed_because) <= 500))),
    CONSTRAINT suspended_money_environment_check CHECK ((environment = ANY (ARRAY['sandbox'::text, 'live'::text]))),
    CONSTRAINT suspended_money_gateway_check CHECK ((gateway = ANY (ARRAY['bkash'::text, 'nagad'::text, 'rocket'::text, 'sslcommerz'::text, 'aamarpay'::text, 'shurjopay'::text]))),
    CONSTRAINT suspended_money_transaction_ref_check CHECK (((length(transaction_ref) >= 1) AND (length(transaction_ref) <= 200))),
    CONSTRAINT suspended_money_why_check CHECK ((why = ANY (ARRAY['amount'::text, 'currency'::text, 'known'::text, 'merchant'::text, 'unknown'::text, 'second'::text, 'risk'::text, 'unmatched'::text])))
);

ALTER TABLE ONLY public.suspended_money FORCE ROW LEVEL SECURITY;

ALTER TABLE public.suspended_money OWNER TO skylink_owner;

ALTER TABLE public.suspended_money ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.suspended_money_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.tenants ALTER COLUMN tenant_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_tenant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usage_daily (
    tenant_id bigint NOT NULL,
    used_on date NOT NULL,
    connection_id bigint NOT NULL,
    down_bytes bigint DEFAULT 0 NOT NULL,
    up_bytes bigint DEFAULT 0 NOT NULL,
    uncounted_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT usage_daily_down_bytes_check CHECK ((down_bytes >= 0)),
    CONSTRAINT usage_daily_uncounted_bytes_check CHECK ((uncounted_bytes >= 0)),
    CONSTRAINT usage_daily_up_bytes_check CHECK ((up_bytes >= 0))
)
WITH (fillfactor='60');

ALTER TABLE ONLY public.usage_daily FORCE ROW LEVEL SECURITY;

ALTER TABLE public.usage_daily OWNER TO skylink_owner;

ALTER TABLE public.webhook_deliveries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhook_deliveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.webhooks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.zones (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    name public.short_text NOT NULL
);

ALTER TABLE ONLY public.zones FORCE ROW LEVEL SECURITY;

ALTER TABLE public.zones OWNER TO skylink_owner;

ALTER TABLE public.zones ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.zones_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW radius.changes AS
 SELECT change.xid,
    change.kind,
    change.tenant_id,
    change.id
   FROM public.fact_changes change;

ALTER TABLE radius.changes OWNER TO skylink_gate;

CREATE VIEW radius.connections WITH (security_invoker='false') AS
 SELECT connection.tenant_id,
    connection.id AS connection_id,
    connection.client_id,
    (connection.username)::text AS username,
    connection.service,
    connection.status AS connection_status,
    client.status AS client_status,
    connection.vip,
    connection.profile_id,
    connection.package_id,
    connection.mac_mode,
    ARRAY( SELECT (device.mac)::text AS mac
           FROM public.connection_macs device
          WHERE ((device.tenant_id = connection.tenant_id) AND (device.connection_id = connection.id))
          ORDER BY device.mac) AS macs,
    dues.due_on,
    COALESCE(dues.due_minor, (0)::bigint) AS due_minor,
    client.promised_until,
    connection.expires_at,
    COALESCE(usage.used_bytes, (0)::bigint) AS used_bytes,
    usage.cycle_until,
    host(connection.ipv4_address) AS ipv4_address,
    (connection.ipv6_prefix)::text AS ipv6_prefix,
    (connection.delegated_ipv6_prefix)::text AS delegated_ipv6_prefix,
    (connection.pool)::text AS pool,
    connection.session_limit,
    connection.sealed_password
   FROM (((public.connections connection
     JOIN LATERAL ( SELECT person.status,
            person.promised_until
           FROM public.clients person
          WHERE ((person.tenant_id = connection.tenant_id) AND (person.id = connection.client_id))
         LIMIT 1) client ON (true))
     LEFT JOIN LATERAL ( SELECT min(invoice.due_on) AS due_on,
            (sum((invoice.total_minor - invoice.paid_minor)))::bigint AS due_minor
           FROM public.invoices invoice
          WHERE ((invoice.tenant_id = connection.tenant_id) AND (invoice.client_id = connection.client_id) AND (invoice.status = ANY (ARRAY['issued'::text, 'partial'::text])))) dues ON (true))
     LEFT JOIN LATERAL ( SELECT cycle.used_bytes,
            cycle.cycle_until
           FROM public.connection_usage cycle
          WHERE ((cycle.tenant_id = connection.tenant_id) AND (cycle.connection_id = connection.id))
          ORDER BY cycle.cycle_from_on DESC
         LIMIT 1) usage ON (true));

ALTER TABLE radius.connections OWNER TO skylink_gate;

CREATE VIEW radius.counted_connections AS
 SELECT line.tenant_id,
    line.connection_id,
    line.client_id,
    line.username,
    line.service,
    line.connection_status,
    line.client_status,
    line.vip,
    line.profile_id,
    line.package_id,
    line.mac_mode,
    line.macs,
    line.due_on,
    line.due_minor,
    line.promised_until,
    line.expires_at,
    line.used_bytes,
    line.cycle_until,
    line.ipv4_address,
    line.ipv6_prefix,
    line.delegated_ipv6_prefix,
    line.pool,
    line.session_limit,
    line.sealed_password,
    cycle.counted_through
   FROM (radius.connections line
     LEFT JOIN LATERAL ( SELECT one.counted_through
           FROM public.connection_usage one
          WHERE ((one.tenant_id = line.tenant_id) AND (one.connection_id = line.connection_id))
          ORDER BY one.cycle_from_on DESC
         LIMIT 1) cycle ON (true));

ALTER TABLE radius.counted_connections OWNER TO skylink_gate;

CREATE VIEW radius.isps WITH (security_invoker='false') AS
 SELECT isp.tenant_id,
    jsonb_build_object('slug', isp.slug, 'name', isp.name, 'zone', isp.time_zone, 'currency', isp.currency, 'language', isp.language, 'interim_seconds', isp.interim_seconds, 'no_cut_weekdays', to_jsonb(isp.no_cut_weekdays), 'no_cut_dates', ( SELECT COALESCE(jsonb_agg(day.no_cut_on ORDER BY day.no_cut_on), '[]'::jsonb) AS "coalesce"
           FROM public.no_cut_days day
          WHERE (day.tenant_id = isp.tenant_id)), 'restrictions', ( SELECT COALESCE(jsonb_object_agg(rule.reason, jsonb_build_object('action', rule.action, 'pool', rule.pool, 'address_list', rule.address_list, 'speed',
                CASE
                    WHEN (rule.down_kbps IS NOT NULL) THEN jsonb_build_object('down_kbps', rule.down_kbps, 'up_kbps', rule.up_kbps)
                    ELSE NULL::jsonb
                END, 'session_seconds', rule.session_seconds)), '{}'::jsonb) AS "coalesce"
           FROM public.access_restrictions rule
          WHERE (rule.tenant_id = isp.tenant_id))) AS facts
   FROM public.tenants isp;

ALTER TABLE radius.isps OWNER TO skylink_gate;

CREATE VIEW radius.nas_devices AS
 SELECT nas.tenant_id,
    nas.id AS nas_id,
    jsonb_build_object('name', nas.name, 'slug', isp.slug, 'address', host(nas.address), 'kind', nas.kind, 'require_message_authenticator', nas.require_message_authenticator, 'swap_directions', nas.swap_directions, 'coa_port', nas.coa_port) AS facts,
    nas.sealed_secret
   FROM (public.nas_devices nas
     JOIN public.tenants isp USING (tenant_id));

ALTER TABLE radius.nas_devices OWNER TO skylink_gate;

CREATE VIEW radius.packages WITH (security_invoker='false') AS
 SELECT package.tenant_id,
    package.id AS package_id,
    jsonb_build_object('name', package.name, 'speed', jsonb_build_object('down_kbps', package.down_kbps, 'up_kbps', package.up_kbps), 'burst',
        CASE
            WHEN (package.burst_seconds IS NOT NULL) THEN jsonb_build_object('down_kbps', package.burst_down_kbps, 'up_kbps', package.burst_up_kbps, 'threshold_down_kbps', package.burst_threshold_down_kbps, 'threshold_up_kbps', package.burst_threshold_up_kbps, 'seconds', package.burst_seconds)
            ELSE NULL::jsonb
        END, 'priority', package.priority, 'pool', package.pool, 'ipv6_pool', package.ipv6_pool, 'delegated_ipv6_pool', package.delegated_ipv6_pool, 'router_profile', package.router_profile, 'address_list', package.address_list, 'data_limit_bytes', package.data_limit_bytes, 'quota_action', package.quota_action, 'throttle',
        CASE
            WHEN (package.throttle_down_kbps IS NOT NULL) THEN jsonb_build_object('down_kbps', package.throttle_down_kbps, 'up_kbps', package.throttle_up_kbps)
            ELSE NULL::jsonb
        END, 'session_limit', package.session_limit, 'idle_timeout_seconds', package.idle_timeout_seconds, 'interim_seconds', package.interim_seconds, 'fair_use', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('above_bytes', step.above_bytes, 'speed', jsonb_build_object('down_kbps', step.down_kbps, 'up_kbps', step.up_kbps)) ORDER BY step.above_bytes), '[]'::jsonb) AS "coalesce"
           FROM public.package_fair_use_steps step
          WHERE ((step.tenant_id = package.tenant_id) AND (step.package_id = package.id))), 'speed_windows', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('window', jsonb_build_object('start_minute', span.start_minute, 'end_minute', span.end_minute, 'weekdays', to_jsonb(span.weekdays)), 'speed', jsonb_build_object('down_kbps', span.down_kbps, 'up_kbps', span.up_kbps)) ORDER BY span."position"), '[]'::jsonb) AS "coalesce"
           FROM public.package_speed_windows span
          WHERE ((span.tenant_id = package.tenant_id) AND (span.package_id = package.id))), 'uncounted_windows', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('start_minute', span.start_minute, 'end_minute', span.end_minute, 'weekdays', to_jsonb(span.weekdays)) ORDER BY span."position"), '[]'::jsonb) AS "coalesce"
           FROM public.package_uncounted_windows span
          WHERE ((span.tenant_id = package.tenant_id) AND (span.package_id = package.id)))) AS facts
   FROM public.packages package;

ALTER TABLE radius.packages OWNER TO skylink_gate;

CREATE VIEW radius.profiles WITH (security_invoker='false') AS
 SELECT profile.tenant_id,
    profile.id AS profile_id,
    jsonb_build_object('name', profile.name, 'kind', profile.kind, 'grace_days', profile.grace_days, 'auto_suspend', profile.auto_suspend) AS facts
   FROM public.profiles profile;

ALTER TABLE radius.profiles OWNER TO skylink_gate;

CREATE VIEW radius.use_limits AS
 SELECT package.tenant_id,
    package.id AS package_id,
    package.data_limit_bytes AS at_bytes
   FROM public.packages package
  WHERE (package.data_limit_bytes IS NOT NULL)
UNION ALL
 SELECT step.tenant_id,
    step.package_id,
    step.above_bytes AS at_bytes
   FROM public.package_fair_use_steps step;

ALTER TABLE radius.use_limits OWNER TO skylink_gate;

ALTER TABLE ONLY public.session_history ATTACH PARTITION intake.session_history_rest DEFAULT;

ALTER TABLE ONLY public.session_history
    ADD CONSTRAINT session_history_pkey PRIMARY KEY (tenant_id, ended_at, id);

ALTER TABLE ONLY intake.session_history_rest
    ADD CONSTRAINT session_history_rest_pkey PRIMARY KEY (tenant_id, ended_at, id);

ALTER TABLE ONLY public.access_decisions
    ADD CONSTRAINT access_decisions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.access_restrictions
    ADD CONSTRAINT access_restrictions_pkey PRIMARY KEY (tenant_id, reason);

ALTER TABLE ONLY public.accounting_quarantine
    ADD CONSTRAINT accounting_quarantine_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.advance_tiers
    ADD CONSTRAINT advance_tiers_pkey PRIMARY KEY (tenant_id, months);

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.allocations
    ADD CONSTRAINT allocations_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.bill_runs
    ADD CONSTRAINT bill_runs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.billed_periods
    ADD CONSTRAINT billed_periods_pkey PRIMARY KEY (tenant_id, connection_id, charge, from_on);

ALTER TABLE ONLY public.billing_settings
    ADD CONSTRAINT billing_settings_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.chat_deletions
    ADD CONSTRAINT chat_deletions_pkey PRIMARY KEY (chat_id, message_id);

ALTER TABLE ONLY public.chat_effects
    ADD CONSTRAINT chat_effects_pkey PRIMARY KEY (tenant_id, token);

ALTER TABLE ONLY public.chat_forms
    ADD CONSTRAINT chat_forms_pkey PRIMARY KEY (tenant_id, staff_id, form);

ALTER TABLE ONLY public.chat_prompts
    ADD CONSTRAINT chat_prompts_pkey PRIMARY KEY (tenant_id, staff_id);

ALTER TABLE ONLY public.chat_updates
    ADD CONSTRAINT chat_updates_pkey PRIMARY KEY (bot_id, update_id);

ALTER TABLE ONLY public.client_keys
    ADD CONSTRAINT client_keys_pkey PRIMARY KEY (tenant_id, client_id);

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_tenant_id_client_number_key UNIQUE (tenant_id, client_number);

ALTER TABLE ONLY public.connection_macs
    ADD CONSTRAINT connection_macs_pkey PRIMARY KEY (tenant_id, connection_id, mac);

ALTER TABLE ONLY public.connection_usage
    ADD CONSTRAINT connection_usage_pkey PRIMARY KEY (tenant_id, connection_id, cycle_from_on);

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_tenant_id_username_key UNIQUE (tenant_id, username);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_tenant_id_credit_note_number_key UNIQUE (tenant_id, credit_note_number);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_tenant_id_number_year_number_key UNIQUE (tenant_id, number_year, number);

ALTER TABLE ONLY public.credits
    ADD CONSTRAINT credits_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.gateway_accounts
    ADD CONSTRAINT gateway_accounts_pkey PRIMARY KEY (tenant_id, gateway);

ALTER TABLE ONLY public.gateway_comparisons
    ADD CONSTRAINT gateway_comparisons_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.gateway_differences
    ADD CONSTRAINT gateway_differences_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.gateway_refunds
    ADD CONSTRAINT gateway_refunds_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.gateway_tokens
    ADD CONSTRAINT gateway_tokens_pkey PRIMARY KEY (tenant_id, gateway, environment);

ALTER TABLE ONLY public.gateway_traffic
    ADD CONSTRAINT gateway_traffic_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_pkey PRIMARY KEY (tenant_id, invoice_id, "position");

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_tenant_id_invoice_number_key UNIQUE (tenant_id, invoice_number);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_tenant_id_number_year_number_key UNIQUE (tenant_id, number_year, number);

ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (tenant_id, job);

ALTER TABLE ONLY public.journal_nodes
    ADD CONSTRAINT journal_nodes_pkey PRIMARY KEY (node);

ALTER TABLE ONLY public.journal_positions
    ADD CONSTRAINT journal_positions_pkey PRIMARY KEY (node, file);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.ledger_seals
    ADD CONSTRAINT ledger_seals_pkey PRIMARY KEY (tenant_id, number);

ALTER TABLE ONLY public.letterheads
    ADD CONSTRAINT letterheads_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.live_sessions
    ADD CONSTRAINT live_sessions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.live_sessions
    ADD CONSTRAINT live_sessions_tenant_id_nas_id_acct_session_id_username_key UNIQUE (tenant_id, nas_id, acct_session_id, username);

ALTER TABLE ONLY public.login_attempts
    ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.login_codes
    ADD CONSTRAINT login_codes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.nas_abilities
    ADD CONSTRAINT nas_abilities_pkey PRIMARY KEY (tenant_id, nas_id);

ALTER TABLE ONLY public.nas_devices
    ADD CONSTRAINT nas_devices_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.nas_devices
    ADD CONSTRAINT nas_devices_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.nas_sightings
    ADD CONSTRAINT nas_sightings_pkey PRIMARY KEY (tenant_id, nas_id);

ALTER TABLE ONLY public.network_problems
    ADD CONSTRAINT network_problems_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.no_cut_days
    ADD CONSTRAINT no_cut_days_pkey PRIMARY KEY (tenant_id, no_cut_on);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.number_series
    ADD CONSTRAINT number_series_pkey PRIMARY KEY (tenant_id, series, year);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_told_once UNIQUE NULLS NOT DISTINCT (tenant_id, event, about, recipient_kind, recipient_id);

ALTER TABLE ONLY public.package_changes
    ADD CONSTRAINT package_changes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.package_fair_use_steps
    ADD CONSTRAINT package_fair_use_steps_pkey PRIMARY KEY (tenant_id, package_id, above_bytes);

ALTER TABLE ONLY public.package_requests
    ADD CONSTRAINT package_requests_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.package_slabs
    ADD CONSTRAINT package_slabs_pkey PRIMARY KEY (tenant_id, package_id, above_bytes);

ALTER TABLE ONLY public.package_speed_windows
    ADD CONSTRAINT package_speed_windows_pkey PRIMARY KEY (tenant_id, package_id, "position");

ALTER TABLE ONLY public.package_uncounted_windows
    ADD CONSTRAINT package_uncounted_windows_pkey PRIMARY KEY (tenant_id, package_id, "position");

ALTER TABLE ONLY public.packages
    ADD CONSTRAINT packages_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.packages
    ADD CONSTRAINT packages_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.payment_attempts
    ADD CONSTRAINT payment_attempts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.payment_attempts
    ADD CONSTRAINT payment_attempts_tenant_id_payment_id_key UNIQUE (tenant_id, payment_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.pending_lines
    ADD CONSTRAINT pending_lines_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.portal_addresses
    ADD CONSTRAINT portal_addresses_pkey PRIMARY KEY (tenant_id, "position");

ALTER TABLE ONLY public.portal_sessions
    ADD CONSTRAINT portal_sessions_pkey PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.portal_settings
    ADD CONSTRAINT portal_settings_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.promises
    ADD CONSTRAINT promises_pkey PRIMARY KEY (tenant_id, client_id, cycle_from_on);

ALTER TABLE ONLY public.radius_nodes
    ADD CONSTRAINT radius_nodes_pkey PRIMARY KEY (node);

ALTER TABLE ONLY public.reminder_settings
    ADD CONSTRAINT reminder_settings_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.role_permissions
    ADD CONSTRAINT role_permissions_pkey PRIMARY KEY (tenant_id, role, permission);

ALTER TABLE ONLY public.server_job_runs
    ADD CONSTRAINT server_job_runs_pkey PRIMARY KEY (job);

ALTER TABLE ONLY public.session_changes
    ADD CONSTRAINT session_changes_pkey PRIMARY KEY (tenant_id, session_id);

ALTER TABLE ONLY public.staff_backup_codes
    ADD CONSTRAINT staff_backup_codes_pkey PRIMARY KEY (tenant_id, staff_id, code_hash);

ALTER TABLE ONLY public.staff_invitations
    ADD CONSTRAINT staff_invitations_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.staff_links
    ADD CONSTRAINT staff_links_pkey PRIMARY KEY (tenant_id, staff_id);

ALTER TABLE ONLY public.staff_links
    ADD CONSTRAINT staff_links_tenant_id_account_id_key UNIQUE (tenant_id, account_id);

ALTER TABLE ONLY public.staff_permissions
    ADD CONSTRAINT staff_permissions_pkey PRIMARY KEY (tenant_id, staff_id, permission);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.staff_second_factors
    ADD CONSTRAINT staff_second_factors_pkey PRIMARY KEY (tenant_id, staff_id);

ALTER TABLE ONLY public.suspended_money
    ADD CONSTRAINT suspended_money_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.suspended_money
    ADD CONSTRAINT suspended_money_tenant_id_gateway_environment_transaction_r_key UNIQUE (tenant_id, gateway, environment, transaction_ref);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.usage_daily
    ADD CONSTRAINT usage_daily_pkey PRIMARY KEY (tenant_id, used_on, connection_id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.zones
    ADD CONSTRAINT zones_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.zones
    ADD CONSTRAINT zones_tenant_id_name_key UNIQUE (tenant_id, name);

CREATE INDEX access_restrictions_tenant_id_idx ON history.access_restrictions USING btree (tenant_id);

CREATE INDEX clients_tenant_id_id_idx ON history.clients USING btree (tenant_id, id);

CREATE INDEX connection_macs_tenant_id_connection_id_idx ON history.connection_macs USING btree (tenant_id, connection_id);

CREATE INDEX connections_tenant_id_id_idx ON history.connections USING btree (tenant_id, id);

CREATE INDEX connections_tenant_id_username_idx ON history.connections USING btree (tenant_id, username);

CREATE INDEX invoices_tenant_id_client_id_idx ON history.invoices USING btree (tenant_id, client_id);

CREATE INDEX no_cut_days_tenant_id_idx ON history.no_cut_days USING btree (tenant_id);

CREATE INDEX package_fair_use_steps_tenant_id_package_id_idx ON history.package_fair_use_steps USING btree (tenant_id, package_id);

CREATE INDEX package_speed_windows_tenant_id_package_id_idx ON history.package_speed_windows USING btree (tenant_id, package_id);

CREATE INDEX package_uncounted_windows_tenant_id_package_id_idx ON history.package_uncounted_windows USING btree (tenant_id, package_id);

CREATE INDEX packages_tenant_id_id_idx ON history.packages USING btree (tenant_id, id);

CREATE INDEX profiles_tenant_id_id_idx ON history.profiles USING btree (tenant_id, id);

CREATE INDEX tenants_tenant_id_idx ON history.tenants USING btree (tenant_id);

CREATE INDEX session_history_of_connection ON ONLY public.session_history USING btree (tenant_id, connection_id, ended_at);

CREATE INDEX session_history_rest_tenant_id_connection_id_ended_at_idx ON intake.session_history_rest USING btree (tenant_id, connection_id, ended_at);

CREATE INDEX session_history_by_delegated_ipv6 ON ONLY public.session_history USING btree (tenant_id, delegated_ipv6_prefix, started_at) WHERE (delegated_ipv6_prefix IS NOT NULL);

CREATE INDEX session_history_rest_tenant_id_delegated_ipv6_prefix_starte_idx ON intake.session_history_rest USING btree (tenant_id, delegated_ipv6_prefix, started_at) WHERE (delegated_ipv6_prefix IS NOT NULL);

CREATE INDEX session_history_by_ipv4 ON ONLY public.session_history USING btree (tenant_id, framed_ipv4, started_at) WHERE (framed_ipv4 IS NOT NULL);

CREATE INDEX session_history_rest_tenant_id_framed_ipv4_started_at_idx ON intake.session_history_rest USING btree (tenant_id, framed_ipv4, started_at) WHERE (framed_ipv4 IS NOT NULL);

CREATE INDEX session_history_by_ipv6 ON ONLY public.session_history USING btree (tenant_id, framed_ipv6_prefix, started_at) WHERE (framed_ipv6_prefix IS NOT NULL);

CREATE INDEX session_history_rest_tenant_id_framed_ipv6_prefix_started_a_idx ON intake.session_history_rest USING btree (tenant_id, framed_ipv6_prefix, started_at) WHERE (framed_ipv6_prefix IS NOT NULL);

CREATE INDEX session_history_of_nas ON ONLY public.session_history USING btree (tenant_id, nas_id, acct_session_id, ended_at);

CREATE INDEX session_history_rest_tenant_id_nas_id_acct_session_id_ended_idx ON intake.session_history_rest USING btree (tenant_id, nas_id, acct_session_id, ended_at);

CREATE INDEX access_decisions_by_time ON public.access_decisions USING brin (decided_at);

CREATE INDEX access_decisions_of_connection ON public.access_decisions USING btree (tenant_id, connection_id, decided_at) WHERE (connection_id IS NOT NULL);

CREATE INDEX access_decisions_of_nobody ON public.access_decisions USING btree (tenant_id, username, decided_at) WHERE (connection_id IS NULL);

CREATE INDEX allocations_of_credit ON public.allocations USING btree (tenant_id, credit_id);

CREATE INDEX allocations_of_invoice ON public.allocations USING btree (tenant_id, invoice_id);

CREATE UNIQUE INDEX api_keys_by_hash ON public.api_keys USING btree (key_hash);

CREATE INDEX audit_log_of_subject ON public.audit_log USING btree (tenant_id, subject_kind, subject_id, id);

CREATE INDEX billed_periods_of_invoice ON public.billed_periods USING btree (tenant_id, invoice_id);

CREATE INDEX billed_periods_of_month ON public.billed_periods USING btree (tenant_id, month_on, connection_id);

CREATE INDEX chat_effects_by_end ON public.chat_effects USING btree (tenant_id, expires_at);

CREATE INDEX chat_updates_by_time ON public.chat_updates USING btree (taken_at);

CREATE INDEX client_keys_by_text ON public.client_keys USING gin (tenant_id, spelling trigrams.gin_trgm_ops, sounds, phone trigrams.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX clients_by_phone ON public.clients USING btree (tenant_id, phone) WHERE (phone IS NOT NULL);

CREATE INDEX clients_of_agent ON public.clients USING btree (tenant_id, agent_id) WHERE (agent_id IS NOT NULL);

CREATE INDEX connections_by_username ON public.connections USING gin (tenant_id, lower((username)::text) trigrams.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX connections_of_client ON public.connections USING btree (tenant_id, client_id);

CREATE INDEX credits_by_time ON public.credits USING btree (tenant_id, given_at);

CREATE INDEX credits_of_client ON public.credits USING btree (tenant_id, client_id, id);

CREATE INDEX fact_changes_by_transaction ON public.fact_changes USING btree (xid);

CREATE INDEX gateway_comparisons_by_time ON public.gateway_comparisons USING btree (tenant_id, compared_at);

CREATE INDEX gateway_differences_of_comparison ON public.gateway_differences USING btree (tenant_id, comparison_id);

CREATE UNIQUE INDEX gateway_refunds_live ON public.gateway_refunds USING btree (tenant_id, payment_id) WHERE (state <> 'refused'::text);

CREATE INDEX gateway_refunds_to_ask ON public.gateway_refunds USING btree (tenant_id, ask_at) WHERE (ask_at IS NOT NULL);

CREATE INDEX gateway_traffic_by_time ON public.gateway_traffic USING btree (tenant_id, at);

CREATE INDEX gateway_traffic_of_attempt ON public.gateway_traffic USING btree (tenant_id, reference, id);

CREATE INDEX invoices_of_bill_run ON public.invoices USING btree (tenant_id, bill_run_id, client_id) WHERE (bill_run_id IS NOT NULL);

CREATE INDEX invoices_of_client ON public.invoices USING btree (tenant_id, client_id, id);

CREATE INDEX ledger_entries_by_transaction ON public.ledger_entries USING btree (tenant_id, xid);

CREATE INDEX ledger_entries_of_client ON public.ledger_entries USING btree (tenant_id, client_id, id) INCLUDE (debit, credit, amount_minor);

CREATE INDEX ledger_entries_of_invoice ON public.ledger_entries USING btree (tenant_id, invoice_id) WHERE (code = ANY (ARRAY['charge'::text, 'opening'::text]));

CREATE INDEX ledger_entries_of_money ON public.ledger_entries USING btree (tenant_id, booked_on, debit, credit) INCLUDE (amount_minor) WHERE (code = ANY (ARRAY['payment'::text, 'reversal'::text]));

CREATE INDEX live_sessions_by_delegated_ipv6 ON public.live_sessions USING btree (tenant_id, delegated_ipv6_prefix) WHERE (delegated_ipv6_prefix IS NOT NULL);

CREATE INDEX live_sessions_by_ipv4 ON public.live_sessions USING btree (tenant_id, framed_ipv4) WHERE (framed_ipv4 IS NOT NULL);

CREATE INDEX live_sessions_by_ipv6 ON public.live_sessions USING btree (tenant_id, framed_ipv6_prefix) WHERE (framed_ipv6_prefix IS NOT NULL);

CREATE INDEX live_sessions_by_opening ON public.live_sessions USING btree (opened_in);

CREATE INDEX live_sessions_of_connection ON public.live_sessions USING btree (tenant_id, connection_id);

CREATE INDEX login_attempts_of_origin ON public.login_attempts USING btree (tenant_id, origin, attempted_at);

CREATE INDEX login_attempts_of_subject ON public.login_attempts USING btree (tenant_id, subject_kind, subject_id, attempted_at);

CREATE INDEX login_codes_of_client ON public.login_codes USING btree (tenant_id, client_id, asked_at);

CREATE INDEX login_codes_of_origin ON public.login_codes USING btree (tenant_id, origin, asked_at);

CREATE UNIQUE INDEX nas_devices_address_key ON public.nas_devices USING btree (address);

CREATE UNIQUE INDEX network_problems_open ON public.network_problems USING btree (tenant_id, nas_id, kind) WHERE (closed_at IS NULL);

CREATE INDEX notices_by_end ON public.notices USING btree (tenant_id, shown_until);

CREATE UNIQUE INDEX one_bill_run_a_month ON public.bill_runs USING btree (tenant_id, month_on) WHERE (state <> 'reversed'::text);

CREATE UNIQUE INDEX one_mac_is_learnt ON public.connection_macs USING btree (tenant_id, connection_id) WHERE (bound_by = 'login'::text);

CREATE UNIQUE INDEX one_package_change_waits ON public.package_changes USING btree (tenant_id, connection_id) WHERE (made_at IS NULL);

CREATE INDEX outbox_by_time ON public.outbox USING btree (tenant_id, queued_at);

CREATE INDEX outbox_waiting ON public.outbox USING btree (tenant_id, priority, id) WHERE (settled_at IS NULL);

CREATE INDEX outbox_waiting_for_staff ON public.outbox USING btree (tenant_id) WHERE ((settled_at IS NULL) AND (recipient_kind = 'staff'::text));

CREATE UNIQUE INDEX package_requests_open ON public.package_requests USING btree (tenant_id, connection_id) WHERE (decided_at IS NULL);

CREATE INDEX payment_attempts_by_gateway_ref ON public.payment_attempts USING btree (gateway, gateway_ref);

CREATE INDEX payment_attempts_of_client ON public.payment_attempts USING btree (tenant_id, client_id, started_at);

CREATE UNIQUE INDEX payment_attempts_reference_key ON public.payment_attempts USING btree (reference);

CREATE INDEX payment_attempts_to_ask ON public.payment_attempts USING btree (tenant_id, ask_at) WHERE (ask_at IS NOT NULL);

CREATE UNIQUE INDEX payments_transaction_ref_key ON public.payments USING btree (tenant_id, method, upper((transaction_ref)::text));

CREATE INDEX pending_lines_of_invoice ON public.pending_lines USING btree (tenant_id, invoice_id) WHERE (invoice_id IS NOT NULL);

CREATE INDEX pending_lines_of_source ON public.pending_lines USING btree (tenant_id, source_invoice_id) WHERE (source_invoice_id IS NOT NULL);

CREATE INDEX pending_lines_waiting ON public.pending_lines USING btree (tenant_id, client_id) WHERE (invoice_id IS NULL);

CREATE UNIQUE INDEX portal_addresses_host_key ON public.portal_addresses USING btree (host);

CREATE INDEX portal_sessions_by_opening ON public.portal_sessions USING btree (tenant_id, opened_at);

CREATE INDEX portal_sessions_of_client ON public.portal_sessions USING btree (tenant_id, client_id);

CREATE INDEX session_changes_to_prove ON public.session_changes USING btree (tenant_id, session_id) WHERE (acked_at IS NOT NULL);

CREATE INDEX session_changes_to_send ON public.session_changes USING btree (tenant_id, nas_id, array_position(ARRAY['redial'::text, 'coa'::text], step), next_try_at) WHERE (next_try_at IS NOT NULL);

CREATE INDEX session_changes_with_problems ON public.session_changes USING btree (tenant_id, nas_id) WHERE (problem IS NOT NULL);

CREATE UNIQUE INDEX staff_invitations_by_code ON public.staff_invitations USING btree (code_hash);

CREATE INDEX staff_links_by_account ON public.staff_links USING btree (account_id);

CREATE INDEX suspended_money_open ON public.suspended_money USING btree (tenant_id, found_at) WHERE ((assigned_at IS NULL) AND (dismissed_at IS NULL));

CREATE INDEX unpaid_invoices_of_client ON public.invoices USING btree (tenant_id, client_id) INCLUDE (due_on, total_minor, paid_minor) WHERE (status = ANY (ARRAY['issued'::text, 'partial'::text]));

CREATE INDEX unused_credits_of_client ON public.credits USING btree (tenant_id, client_id, given_at, id) WHERE ((reversed_at IS NULL) AND (used_minor < amount_minor));

CREATE INDEX webhook_deliveries_by_hook ON public.webhook_deliveries USING btree (tenant_id, webhook_id, id);

CREATE INDEX webhook_deliveries_by_time ON public.webhook_deliveries USING btree (tenant_id, happened_at);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (tenant_id, webhook_id, try_at) WHERE (try_at IS NOT NULL);

CREATE INDEX webhook_deliveries_of_client ON public.webhook_deliveries USING btree (tenant_id, client_id);

ALTER INDEX public.session_history_pkey ATTACH PARTITION intake.session_history_rest_pkey;

ALTER INDEX public.session_history_of_connection ATTACH PARTITION intake.session_history_rest_tenant_id_connection_id_ended_at_idx;

ALTER INDEX public.session_history_by_delegated_ipv6 ATTACH PARTITION intake.session_history_rest_tenant_id_delegated_ipv6_prefix_starte_idx;

ALTER INDEX public.session_history_by_ipv4 ATTACH PARTITION intake.session_history_rest_tenant_id_framed_ipv4_started_at_idx;

ALTER INDEX public.session_history_by_ipv6 ATTACH PARTITION intake.session_history_rest_tenant_id_framed_ipv6_prefix_started_a_idx;

ALTER INDEX public.session_history_of_nas ATTACH PARTITION intake.session_history_rest_tenant_id_nas_id_acct_session_id_ended_idx;

CREATE TRIGGER begin_billing AFTER INSERT ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.begin_billing();

CREATE TRIGGER keep_delete AFTER DELETE ON public.access_restrictions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_access_restrictions();

CREATE TRIGGER keep_delete AFTER DELETE ON public.clients REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_clients();

CREATE TRIGGER keep_delete AFTER DELETE ON public.connection_macs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_connection_macs();

CREATE TRIGGER keep_delete AFTER DELETE ON public.connections REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_connections();

CREATE TRIGGER keep_delete AFTER DELETE ON public.invoices REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_invoices();

CREATE TRIGGER keep_delete AFTER DELETE ON public.no_cut_days REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_no_cut_days();

CREATE TRIGGER keep_delete AFTER DELETE ON public.package_fair_use_steps REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_package_fair_use_steps();

CREATE TRIGGER keep_delete AFTER DELETE ON public.package_speed_windows REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_package_speed_windows();

CREATE TRIGGER keep_delete AFTER DELETE ON public.package_uncounted_windows REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_package_uncounted_windows();

CREATE TRIGGER keep_delete AFTER DELETE ON public.packages REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_packages();

CREATE TRIGGER keep_delete AFTER DELETE ON public.profiles REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_profiles();

CREATE TRIGGER keep_delete AFTER DELETE ON public.tenants REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_tenants();

CREATE TRIGGER keep_keys AFTER UPDATE OF name, name_bn, phone, client_number ON public.clients FOR EACH ROW WHEN ((((((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.name_bn)::text IS DISTINCT FROM (new.name_bn)::text)) OR (old.phone IS DISTINCT FROM new.phone)) OR (old.client_number IS DISTINCT FROM new.client_number))) EXECUTE FUNCTION public.keep_client_keys();

CREATE TRIGGER keep_keys_of_new AFTER INSERT ON public.clients FOR EACH ROW EXECUTE FUNCTION public.keep_client_keys();

CREATE TRIGGER keep_update AFTER UPDATE ON public.access_restrictions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_access_restrictions();

CREATE TRIGGER keep_update AFTER UPDATE ON public.clients REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_clients();

CREATE TRIGGER keep_update AFTER UPDATE ON public.connection_macs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_connection_macs();

CREATE TRIGGER keep_update AFTER UPDATE ON public.connections REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_connections();

CREATE TRIGGER keep_update AFTER UPDATE ON public.invoices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_invoices();

CREATE TRIGGER keep_update AFTER UPDATE ON public.no_cut_days REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_no_cut_days();

CREATE TRIGGER keep_update AFTER UPDATE ON public.package_fair_use_steps REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_package_fair_use_steps();

CREATE TRIGGER keep_update AFTER UPDATE ON public.package_speed_windows REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_package_speed_windows();

CREATE TRIGGER keep_update AFTER UPDATE ON public.package_uncounted_windows REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_package_uncounted_windows();

CREATE TRIGGER keep_update AFTER UPDATE ON public.packages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_packages();

CREATE TRIGGER keep_update AFTER UPDATE ON public.profiles REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_profiles();

CREATE TRIGGER keep_update AFTER UPDATE ON public.tenants REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history.keep_tenants();

CREATE TRIGGER mark_delete AFTER DELETE ON public.access_restrictions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.connection_macs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('connection', 'connection_id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.connection_usage REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_usage();

CREATE TRIGGER mark_delete AFTER DELETE ON public.connections REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('connection', 'id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.invoices REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'client_id', 'client_id', 'tenant_id, client_id, id, status, due_on, total_minor, paid_minor', 'true');

CREATE TRIGGER mark_delete AFTER DELETE ON public.nas_devices REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('nas', 'id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.no_cut_days REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.package_fair_use_steps REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.package_speed_windows REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.package_uncounted_windows REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.packages REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.profiles REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('profile', 'id', '*');

CREATE TRIGGER mark_delete AFTER DELETE ON public.tenants REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.access_restrictions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.connection_macs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('connection', 'connection_id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.connection_usage REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_usage();

CREATE TRIGGER mark_insert AFTER INSERT ON public.connections REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('connection', 'id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.invoices REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'client_id', 'client_id', 'tenant_id, client_id, id, status, due_on, total_minor, paid_minor', 'true');

CREATE TRIGGER mark_insert AFTER INSERT ON public.nas_devices REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('nas', 'id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.no_cut_days REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.package_fair_use_steps REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.package_speed_windows REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.package_uncounted_windows REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.packages REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.profiles REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('profile', 'id', '*');

CREATE TRIGGER mark_insert AFTER INSERT ON public.tenants REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_nas_update AFTER UPDATE ON public.tenants REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('nas', 'nas_devices', 'tenant_id', 'tenant_id', 'tenant_id, slug', 'true');

CREATE TRIGGER mark_update AFTER UPDATE ON public.access_restrictions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.clients REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'client_id', 'id', 'tenant_id, id, status, promised_until', 'true');

CREATE TRIGGER mark_update AFTER UPDATE ON public.connection_macs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('connection', 'connection_id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.connection_usage REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_usage();

CREATE TRIGGER mark_update AFTER UPDATE ON public.connections REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('connection', 'id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.invoices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'client_id', 'client_id', 'tenant_id, client_id, id, status, due_on, total_minor, paid_minor', 'true');

CREATE TRIGGER mark_update AFTER UPDATE ON public.nas_devices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('nas', 'id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.no_cut_days REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.package_fair_use_steps REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.package_speed_windows REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.package_uncounted_windows REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'package_id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.packages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('package', 'id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.profiles REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('profile', 'id', '*');

CREATE TRIGGER mark_update AFTER UPDATE ON public.tenants REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark('isp', 'tenant_id', '*');

CREATE TRIGGER mark_use_delete AFTER DELETE ON public.package_fair_use_steps REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'package_id', 'package_id', 'tenant_id, package_id, above_bytes', 'true');

CREATE TRIGGER mark_use_insert AFTER INSERT ON public.package_fair_use_steps REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'package_id', 'package_id', 'tenant_id, package_id, above_bytes', 'true');

CREATE TRIGGER mark_use_update AFTER UPDATE ON public.package_fair_use_steps REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'package_id', 'package_id', 'tenant_id, package_id, above_bytes', 'true');

CREATE TRIGGER mark_use_update AFTER UPDATE ON public.packages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'package_id', 'id', 'tenant_id, id, data_limit_bytes', 'true');

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.access_restrictions FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.clients FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.connection_macs FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.connections FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.no_cut_days FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.package_fair_use_steps FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.package_speed_windows FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.package_uncounted_windows FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.packages FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.profiles FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_insert BEFORE INSERT ON public.tenants FOR EACH ROW EXECUTE FUNCTION history.stamp_insert();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.access_restrictions FOR EACH ROW WHEN ((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.reason IS DISTINCT FROM new.reason)) OR (old.action IS DISTINCT FROM new.action)) OR ((old.pool)::text IS DISTINCT FROM (new.pool)::text)) OR ((old.address_list)::text IS DISTINCT FROM (new.address_list)::text)) OR ((old.down_kbps)::integer IS DISTINCT FROM (new.down_kbps)::integer)) OR ((old.up_kbps)::integer IS DISTINCT FROM (new.up_kbps)::integer)) OR (old.session_seconds IS DISTINCT FROM new.session_seconds)) OR (old.changed_at IS DISTINCT FROM new.changed_at))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.clients FOR EACH ROW WHEN (((((((((((((((((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.id IS DISTINCT FROM new.id)) OR (old.client_number IS DISTINCT FROM new.client_number)) OR ((old.name)::text IS DISTINCT FROM (new.name)::text)) OR ((old.name_bn)::text IS DISTINCT FROM (new.name_bn)::text)) OR (old.phone IS DISTINCT FROM new.phone)) OR (old.email IS DISTINCT FROM new.email)) OR (old.nid IS DISTINCT FROM new.nid)) OR ((old.father_name)::text IS DISTINCT FROM (new.father_name)::text)) OR (old.address IS DISTINCT FROM new.address)) OR ((old.photo_ref)::text IS DISTINCT FROM (new.photo_ref)::text)) OR ((old.signature_ref)::text IS DISTINCT FROM (new.signature_ref)::text)) OR (old.zone_id IS DISTINCT FROM new.zone_id)) OR (old.status IS DISTINCT FROM new.status)) OR (old.promised_until IS DISTINCT FROM new.promised_until)) OR (old.created_at IS DISTINCT FROM new.created_at)) OR (old.changed_at IS DISTINCT FROM new.changed_at)) OR (old.agent_id IS DISTINCT FROM new.agent_id)) OR ((old.vat_points)::smallint IS DISTINCT FROM (new.vat_points)::smallint)) OR (old.vat_inclusive IS DISTINCT FROM new.vat_inclusive)) OR (old.discount_minor IS DISTINCT FROM new.discount_minor)) OR ((old.discount_points)::smallint IS DISTINCT FROM (new.discount_points)::smallint)) OR (old.discount_until_on IS DISTINCT FROM new.discount_until_on)) OR (old.language IS DISTINCT FROM new.language))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.connection_macs FOR EACH ROW WHEN ((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.connection_id IS DISTINCT FROM new.connection_id)) OR ((old.mac)::text IS DISTINCT FROM (new.mac)::text)) OR (old.bound_by IS DISTINCT FROM new.bound_by)) OR (old.changed_at IS DISTINCT FROM new.changed_at))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.connections FOR EACH ROW WHEN (((((((((((((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.id IS DISTINCT FROM new.id)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR ((old.username)::text IS DISTINCT FROM (new.username)::text)) OR (old.service IS DISTINCT FROM new.service)) OR (old.package_id IS DISTINCT FROM new.package_id)) OR (old.profile_id IS DISTINCT FROM new.profile_id)) OR (old.status IS DISTINCT FROM new.status)) OR (old.vip IS DISTINCT FROM new.vip)) OR (old.mac_mode IS DISTINCT FROM new.mac_mode)) OR (old.ipv4_address IS DISTINCT FROM new.ipv4_address)) OR ((old.ipv6_prefix)::inet IS DISTINCT FROM (new.ipv6_prefix)::inet)) OR ((old.delegated_ipv6_prefix)::inet IS DISTINCT FROM (new.delegated_ipv6_prefix)::inet)) OR ((old.pool)::text IS DISTINCT FROM (new.pool)::text)) OR ((old.session_limit)::integer IS DISTINCT FROM (new.session_limit)::integer)) OR (old.expires_at IS DISTINCT FROM new.expires_at)) OR (old.created_at IS DISTINCT FROM new.created_at)) OR (old.changed_at IS DISTINCT FROM new.changed_at)) OR (old.billed_from_on IS DISTINCT FROM new.billed_from_on)) OR (old.ended_on IS DISTINCT FROM new.ended_on))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.invoices FOR EACH ROW WHEN (((((((((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.id IS DISTINCT FROM new.id)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR ((old.invoice_number)::text IS DISTINCT FROM (new.invoice_number)::text)) OR (old.issued_on IS DISTINCT FROM new.issued_on)) OR (old.due_on IS DISTINCT FROM new.due_on)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)) OR (old.total_minor IS DISTINCT FROM new.total_minor)) OR (old.paid_minor IS DISTINCT FROM new.paid_minor)) OR (old.status IS DISTINCT FROM new.status)) OR (old.created_at IS DISTINCT FROM new.created_at)) OR (old.changed_at IS DISTINCT FROM new.changed_at)) OR (old.number_year IS DISTINCT FROM new.number_year)) OR (old.number IS DISTINCT FROM new.number)) OR (old.bill_run_id IS DISTINCT FROM new.bill_run_id)) OR (old.in_advance IS DISTINCT FROM new.in_advance))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.no_cut_days FOR EACH ROW WHEN (((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.no_cut_on IS DISTINCT FROM new.no_cut_on)) OR ((old.name)::text IS DISTINCT FROM (new.name)::text)) OR (old.changed_at IS DISTINCT FROM new.changed_at))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.package_fair_use_steps FOR EACH ROW WHEN (((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.package_id IS DISTINCT FROM new.package_id)) OR (old.above_bytes IS DISTINCT FROM new.above_bytes)) OR ((old.down_kbps)::integer IS DISTINCT FROM (new.down_kbps)::integer)) OR ((old.up_kbps)::integer IS DISTINCT FROM (new.up_kbps)::integer)) OR (old.changed_at IS DISTINCT FROM new.changed_at))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.package_speed_windows FOR EACH ROW WHEN ((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.package_id IS DISTINCT FROM new.package_id)) OR (old."position" IS DISTINCT FROM new."position")) OR ((old.start_minute)::smallint IS DISTINCT FROM (new.start_minute)::smallint)) OR ((old.end_minute)::smallint IS DISTINCT FROM (new.end_minute)::smallint)) OR ((old.weekdays)::smallint[] IS DISTINCT FROM (new.weekdays)::smallint[])) OR ((old.down_kbps)::integer IS DISTINCT FROM (new.down_kbps)::integer)) OR ((old.up_kbps)::integer IS DISTINCT FROM (new.up_kbps)::integer)) OR (old.changed_at IS DISTINCT FROM new.changed_at))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.package_uncounted_windows FOR EACH ROW WHEN ((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.package_id IS DISTINCT FROM new.package_id)) OR (old."position" IS DISTINCT FROM new."position")) OR ((old.start_minute)::smallint IS DISTINCT FROM (new.start_minute)::smallint)) OR ((old.end_minute)::smallint IS DISTINCT FROM (new.end_minute)::smallint)) OR ((old.weekdays)::smallint[] IS DISTINCT FROM (new.weekdays)::smallint[])) OR (old.changed_at IS DISTINCT FROM new.changed_at))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.packages FOR EACH ROW WHEN (((((((((((((((((((((((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.id IS DISTINCT FROM new.id)) OR ((old.name)::text IS DISTINCT FROM (new.name)::text)) OR (old.service IS DISTINCT FROM new.service)) OR (old.price_minor IS DISTINCT FROM new.price_minor)) OR (old.validity_days IS DISTINCT FROM new.validity_days)) OR ((old.down_kbps)::integer IS DISTINCT FROM (new.down_kbps)::integer)) OR ((old.up_kbps)::integer IS DISTINCT FROM (new.up_kbps)::integer)) OR ((old.burst_down_kbps)::integer IS DISTINCT FROM (new.burst_down_kbps)::integer)) OR ((old.burst_up_kbps)::integer IS DISTINCT FROM (new.burst_up_kbps)::integer)) OR ((old.burst_threshold_down_kbps)::integer IS DISTINCT FROM (new.burst_threshold_down_kbps)::integer)) OR ((old.burst_threshold_up_kbps)::integer IS DISTINCT FROM (new.burst_threshold_up_kbps)::integer)) OR (old.burst_seconds IS DISTINCT FROM new.burst_seconds)) OR (old.priority IS DISTINCT FROM new.priority)) OR ((old.pool)::text IS DISTINCT FROM (new.pool)::text)) OR ((old.ipv6_pool)::text IS DISTINCT FROM (new.ipv6_pool)::text)) OR ((old.delegated_ipv6_pool)::text IS DISTINCT FROM (new.delegated_ipv6_pool)::text)) OR ((old.router_profile)::text IS DISTINCT FROM (new.router_profile)::text)) OR ((old.address_list)::text IS DISTINCT FROM (new.address_list)::text)) OR (old.data_limit_bytes IS DISTINCT FROM new.data_limit_bytes)) OR (old.quota_action IS DISTINCT FROM new.quota_action)) OR ((old.throttle_down_kbps)::integer IS DISTINCT FROM (new.throttle_down_kbps)::integer)) OR ((old.throttle_up_kbps)::integer IS DISTINCT FROM (new.throttle_up_kbps)::integer)) OR ((old.session_limit)::integer IS DISTINCT FROM (new.session_limit)::integer)) OR (old.idle_timeout_seconds IS DISTINCT FROM new.idle_timeout_seconds)) OR ((old.interim_seconds)::integer IS DISTINCT FROM (new.interim_seconds)::integer)) OR (old.changed_at IS DISTINCT FROM new.changed_at)) OR (old.free_bytes IS DISTINCT FROM new.free_bytes)) OR (old.per_gb_minor IS DISTINCT FROM new.per_gb_minor)) OR (old.whole_volume IS DISTINCT FROM new.whole_volume))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.profiles FOR EACH ROW WHEN (((((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.id IS DISTINCT FROM new.id)) OR ((old.name)::text IS DISTINCT FROM (new.name)::text)) OR (old.kind IS DISTINCT FROM new.kind)) OR (old.mode IS DISTINCT FROM new.mode)) OR (old.first_bill IS DISTINCT FROM new.first_bill)) OR (old.payment_day IS DISTINCT FROM new.payment_day)) OR (old.grace_days IS DISTINCT FROM new.grace_days)) OR (old.auto_bill IS DISTINCT FROM new.auto_bill)) OR (old.auto_suspend IS DISTINCT FROM new.auto_suspend)) OR (old.allow_partial IS DISTINCT FROM new.allow_partial)) OR (old.changed_at IS DISTINCT FROM new.changed_at))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER stamp_update BEFORE UPDATE ON public.tenants FOR EACH ROW WHEN ((((((((((((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.slug IS DISTINCT FROM new.slug)) OR ((old.name)::text IS DISTINCT FROM (new.name)::text)) OR (old.time_zone IS DISTINCT FROM new.time_zone)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)) OR (old.language IS DISTINCT FROM new.language)) OR ((old.interim_seconds)::integer IS DISTINCT FROM (new.interim_seconds)::integer)) OR ((old.no_cut_weekdays)::smallint[] IS DISTINCT FROM (new.no_cut_weekdays)::smallint[])) OR (old.created_at IS DISTINCT FROM new.created_at)) OR (old.changed_at IS DISTINCT FROM new.changed_at)) OR (old.keep_sessions_months IS DISTINCT FROM new.keep_sessions_months))) EXECUTE FUNCTION history.stamp_update();

CREATE TRIGGER tell_insert AFTER INSERT ON public.live_sessions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.tell_of_sessions();

CREATE TRIGGER tell_webhooks AFTER UPDATE OF status ON public.clients FOR EACH ROW WHEN (((old.status = 'active'::text) <> (new.status = 'active'::text))) EXECUTE FUNCTION public.tell_webhooks_of_client();

CREATE TRIGGER tell_webhooks AFTER UPDATE OF status, expires_at ON public.connections FOR EACH ROW WHEN ((((old.status = 'active'::text) <> (new.status = 'active'::text)) OR ((old.expires_at <= now()) AND (new.expires_at > now())))) EXECUTE FUNCTION public.tell_webhooks_of_connection();

CREATE TRIGGER tell_webhooks AFTER INSERT ON public.outbox REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.tell_webhooks_of_messages();

ALTER TABLE ONLY public.access_restrictions
    ADD CONSTRAINT access_restrictions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.advance_tiers
    ADD CONSTRAINT advance_tiers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.allocations
    ADD CONSTRAINT allocations_tenant_id_credit_id_fkey FOREIGN KEY (tenant_id, credit_id) REFERENCES public.credits(tenant_id, id);

ALTER TABLE ONLY public.allocations
    ADD CONSTRAINT allocations_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.bill_runs
    ADD CONSTRAINT bill_runs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.billed_periods
    ADD CONSTRAINT billed_periods_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES public.connections(tenant_id, id);

ALTER TABLE ONLY public.billed_periods
    ADD CONSTRAINT billed_periods_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id);

ALTER TABLE ONLY public.billing_settings
    ADD CONSTRAINT billing_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.chat_effects
    ADD CONSTRAINT chat_effects_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.chat_forms
    ADD CONSTRAINT chat_forms_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.chat_prompts
    ADD CONSTRAINT chat_prompts_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.client_keys
    ADD CONSTRAINT client_keys_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_tenant_id_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_tenant_id_zone_id_fkey FOREIGN KEY (tenant_id, zone_id) REFERENCES public.zones(tenant_id, id);

ALTER TABLE ONLY public.connection_macs
    ADD CONSTRAINT connection_macs_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES public.connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.connection_usage
    ADD CONSTRAINT connection_usage_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES public.connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id);

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id);

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES public.profiles(tenant_id, id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_tenant_id_id_fkey FOREIGN KEY (tenant_id, id) REFERENCES public.credits(tenant_id, id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id);

ALTER TABLE ONLY public.credits
    ADD CONSTRAINT credits_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id);

ALTER TABLE ONLY public.gateway_accounts
    ADD CONSTRAINT gateway_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.gateway_comparisons
    ADD CONSTRAINT gateway_comparisons_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.gateway_differences
    ADD CONSTRAINT gateway_differences_tenant_id_comparison_id_fkey FOREIGN KEY (tenant_id, comparison_id) REFERENCES public.gateway_comparisons(tenant_id, id);

ALTER TABLE ONLY public.gateway_refunds
    ADD CONSTRAINT gateway_refunds_tenant_id_attempt_id_fkey FOREIGN KEY (tenant_id, attempt_id) REFERENCES public.payment_attempts(tenant_id, id);

ALTER TABLE ONLY public.gateway_refunds
    ADD CONSTRAINT gateway_refunds_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES public.payments(tenant_id, id);

ALTER TABLE ONLY public.gateway_tokens
    ADD CONSTRAINT gateway_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.gateway_traffic
    ADD CONSTRAINT gateway_traffic_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_tenant_id_bill_run_id_fkey FOREIGN KEY (tenant_id, bill_run_id) REFERENCES public.bill_runs(tenant_id, id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id);

ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_tenant_id_credit_id_fkey FOREIGN KEY (tenant_id, credit_id) REFERENCES public.credits(tenant_id, id);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id);

ALTER TABLE ONLY public.ledger_seals
    ADD CONSTRAINT ledger_seals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.letterheads
    ADD CONSTRAINT letterheads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.login_attempts
    ADD CONSTRAINT login_attempts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.login_codes
    ADD CONSTRAINT login_codes_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_codes
    ADD CONSTRAINT login_codes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.nas_abilities
    ADD CONSTRAINT nas_abilities_tenant_id_nas_id_fkey FOREIGN KEY (tenant_id, nas_id) REFERENCES public.nas_devices(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.nas_devices
    ADD CONSTRAINT nas_devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.nas_sightings
    ADD CONSTRAINT nas_sightings_tenant_id_nas_id_fkey FOREIGN KEY (tenant_id, nas_id) REFERENCES public.nas_devices(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.network_problems
    ADD CONSTRAINT network_problems_tenant_id_nas_id_fkey FOREIGN KEY (tenant_id, nas_id) REFERENCES public.nas_devices(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.no_cut_days
    ADD CONSTRAINT no_cut_days_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_tenant_id_zone_id_fkey FOREIGN KEY (tenant_id, zone_id) REFERENCES public.zones(tenant_id, id);

ALTER TABLE ONLY public.number_series
    ADD CONSTRAINT number_series_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.package_changes
    ADD CONSTRAINT package_changes_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES public.connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.package_changes
    ADD CONSTRAINT package_changes_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id);

ALTER TABLE ONLY public.package_fair_use_steps
    ADD CONSTRAINT package_fair_use_steps_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.package_requests
    ADD CONSTRAINT package_requests_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES public.connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.package_requests
    ADD CONSTRAINT package_requests_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id);

ALTER TABLE ONLY public.package_slabs
    ADD CONSTRAINT package_slabs_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.package_speed_windows
    ADD CONSTRAINT package_speed_windows_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.package_uncounted_windows
    ADD CONSTRAINT package_uncounted_windows_tenant_id_package_id_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES public.packages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.packages
    ADD CONSTRAINT packages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.payment_attempts
    ADD CONSTRAINT payment_attempts_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_attempts
    ADD CONSTRAINT payment_attempts_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES public.connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_attempts
    ADD CONSTRAINT payment_attempts_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES public.payments(tenant_id, id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_tenant_id_id_fkey FOREIGN KEY (tenant_id, id) REFERENCES public.credits(tenant_id, id);

ALTER TABLE ONLY public.pending_lines
    ADD CONSTRAINT pending_lines_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id);

ALTER TABLE ONLY public.pending_lines
    ADD CONSTRAINT pending_lines_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id);

ALTER TABLE ONLY public.pending_lines
    ADD CONSTRAINT pending_lines_tenant_id_source_invoice_id_fkey FOREIGN KEY (tenant_id, source_invoice_id) REFERENCES public.invoices(tenant_id, id);

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.portal_addresses
    ADD CONSTRAINT portal_addresses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.portal_sessions
    ADD CONSTRAINT portal_sessions_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.portal_settings
    ADD CONSTRAINT portal_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.promises
    ADD CONSTRAINT promises_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id);

ALTER TABLE ONLY public.reminder_settings
    ADD CONSTRAINT reminder_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.role_permissions
    ADD CONSTRAINT role_permissions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.session_changes
    ADD CONSTRAINT session_changes_tenant_id_nas_id_fkey FOREIGN KEY (tenant_id, nas_id) REFERENCES public.nas_devices(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff_backup_codes
    ADD CONSTRAINT staff_backup_codes_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.staff_invitations
    ADD CONSTRAINT staff_invitations_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.staff_links
    ADD CONSTRAINT staff_links_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.staff_permissions
    ADD CONSTRAINT staff_permissions_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.staff_second_factors
    ADD CONSTRAINT staff_second_factors_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.suspended_money
    ADD CONSTRAINT suspended_money_tenant_id_attempt_id_fkey FOREIGN KEY (tenant_id, attempt_id) REFERENCES public.payment_attempts(tenant_id, id);

ALTER TABLE ONLY public.suspended_money
    ADD CONSTRAINT suspended_money_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.suspended_money
    ADD CONSTRAINT suspended_money_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES public.payments(tenant_id, id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_tenant_id_webhook_id_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES public.webhooks(tenant_id, id);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.zones
    ADD CONSTRAINT zones_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE history.access_restrictions ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.clients ENABLE ROW LEVEL SECURITY;

CREATE POLICY clients_of_the_agent ON history.clients AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (id IN ( SELECT clients_1.id
   FROM public.clients clients_1))));

CREATE POLICY clients_of_the_agent ON history.connection_macs AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON history.connections AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON history.invoices AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

ALTER TABLE history.connection_macs ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.connections ENABLE ROW LEVEL SECURITY;

CREATE POLICY gate_keeps ON history.access_restrictions FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.clients FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.connection_macs FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.connections FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.invoices FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.no_cut_days FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.package_fair_use_steps FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.package_speed_windows FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.package_uncounted_windows FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.packages FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.profiles FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_keeps ON history.tenants FOR INSERT TO skylink_gate WITH CHECK (true);

ALTER TABLE history.invoices ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.no_cut_days ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_rows ON history.access_restrictions FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.clients FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.connection_macs FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.connections FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.invoices FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.no_cut_days FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.package_fair_use_steps FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.package_speed_windows FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.package_uncounted_windows FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.packages FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.profiles FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON history.tenants FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

ALTER TABLE history.package_fair_use_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.package_speed_windows ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.package_uncounted_windows ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.packages ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE history.tenants ENABLE ROW LEVEL SECURITY;

CREATE POLICY clients_of_the_agent ON intake.session_history_rest AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY gate_works ON intake.session_history_rest TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY own_rows ON intake.session_history_rest FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

ALTER TABLE intake.session_history_rest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.access_decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.access_restrictions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounting_quarantine ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.advance_tiers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.allocations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bill_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billed_periods ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_deletions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_effects ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_forms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_prompts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_updates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.client_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.clients ENABLE ROW LEVEL SECURITY;

CREATE POLICY clients_of_the_agent ON public.access_decisions AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.allocations AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (invoice_id IN ( SELECT invoices.id
   FROM public.invoices))));

CREATE POLICY clients_of_the_agent ON public.billed_periods AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.client_keys AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.clients AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (agent_id = public.current_agent()))) WITH CHECK (((public.current_agent() IS NULL) OR (agent_id = public.current_agent())));

CREATE POLICY clients_of_the_agent ON public.connection_macs AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.connection_usage AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.connections AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.credit_notes AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (id IN ( SELECT credits.id
   FROM public.credits))));

CREATE POLICY clients_of_the_agent ON public.credits AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.invoice_lines AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (invoice_id IN ( SELECT invoices.id
   FROM public.invoices))));

CREATE POLICY clients_of_the_agent ON public.invoices AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.ledger_entries AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.live_sessions AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.login_codes AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.package_changes AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.package_requests AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.payment_attempts AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.payments AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (id IN ( SELECT credits.id
   FROM public.credits))));

CREATE POLICY clients_of_the_agent ON public.pending_lines AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.portal_sessions AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.promises AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

CREATE POLICY clients_of_the_agent ON public.session_changes AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.session_history AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.usage_daily AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (connection_id IN ( SELECT connections.id
   FROM public.connections))));

CREATE POLICY clients_of_the_agent ON public.webhook_deliveries AS RESTRICTIVE TO skylink_app USING (((public.current_agent() IS NULL) OR (client_id IN ( SELECT clients.id
   FROM public.clients))));

ALTER TABLE public.connection_macs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.connection_usage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.connections ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_notes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credits ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody ON public.chat_deletions TO skylink_app USING (true) WITH CHECK (true);

CREATE POLICY everybody ON public.chat_updates TO skylink_app USING (true) WITH CHECK (true);

CREATE POLICY everybody ON public.server_job_runs TO skylink_app USING (true) WITH CHECK (true);

CREATE POLICY everybody_reads ON public.journal_nodes FOR SELECT TO skylink_app USING (true);

CREATE POLICY everybody_reads ON public.radius_nodes FOR SELECT TO skylink_app USING (true);

ALTER TABLE public.fact_changes ENABLE ROW LEVEL SECURITY;

CREATE POLICY gate_adds ON public.connection_usage FOR UPDATE TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_counts ON public.connection_usage FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_forgets ON public.access_decisions FOR DELETE TO skylink_gate USING ((decided_at < (now() - '90 days'::interval)));

CREATE POLICY gate_inserts ON public.nas_sightings FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_learns ON public.connection_macs FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_looks_for_old ON public.access_decisions FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.access_restrictions FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.api_keys FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.clients FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.connection_macs FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.connection_usage FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.connections FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.invoices FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.nas_devices FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.nas_sightings FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.no_cut_days FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.outbox FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.package_fair_use_steps FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.package_speed_windows FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.package_uncounted_windows FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.packages FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.payment_attempts FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.portal_addresses FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.profiles FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.staff FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.staff_invitations FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.staff_links FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.tenants FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_reads ON public.webhook_deliveries FOR SELECT TO skylink_gate USING (true);

CREATE POLICY gate_records ON public.access_decisions FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_records ON public.audit_log FOR INSERT TO skylink_gate WITH CHECK (true);

CREATE POLICY gate_updates ON public.nas_sightings FOR UPDATE TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.accounting_quarantine TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.client_keys TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.fact_changes TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.journal_nodes TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.journal_positions TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.live_sessions TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.nas_abilities TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.network_problems TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.session_changes TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.session_history TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_works ON public.usage_daily TO skylink_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_writes ON public.radius_nodes TO skylink_gate USING (true) WITH CHECK (true);

ALTER TABLE public.gateway_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_comparisons ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_differences ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_refunds ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_traffic ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_nodes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_positions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_seals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.letterheads ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.live_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.login_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.login_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.nas_abilities ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.nas_devices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.nas_sightings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.network_problems ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.no_cut_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.number_series ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_rows ON public.access_decisions TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.access_restrictions TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.advance_tiers TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.allocations TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.api_keys TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.audit_log TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.bill_runs TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.billed_periods TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.billing_settings TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.chat_effects TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.chat_forms TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.chat_prompts TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.client_keys FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.clients TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.connection_macs TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.connection_usage TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.connections TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.credit_notes TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.credits TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.gateway_accounts TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.gateway_comparisons TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.gateway_differences TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.gateway_refunds TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.gateway_tokens TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.gateway_traffic TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.invoice_lines TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.invoices TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.job_runs TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.ledger_entries TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.ledger_seals TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.letterheads TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.live_sessions FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.login_attempts TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.login_codes TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.nas_abilities TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.nas_devices TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.nas_sightings TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.network_problems TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.no_cut_days TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.notices TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.number_series TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.outbox TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.package_changes TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.package_fair_use_steps TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.package_requests TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.package_slabs TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.package_speed_windows TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.package_uncounted_windows TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.packages TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.payment_attempts TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.payments TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.pending_lines TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.pictures TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.portal_addresses TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.portal_sessions TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.portal_settings TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.profiles TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.promises TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.reminder_settings TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.role_permissions TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.session_changes TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.session_history FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.staff TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.staff_backup_codes TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.staff_invitations TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.staff_links TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.staff_permissions TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.staff_second_factors TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.suspended_money TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.tenants TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.usage_daily FOR SELECT TO skylink_app USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.webhook_deliveries TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.webhooks TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

CREATE POLICY own_rows ON public.zones TO skylink_app USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

ALTER TABLE public.package_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.package_fair_use_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.package_requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.package_slabs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.package_speed_windows ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.package_uncounted_windows ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.packages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pending_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pictures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.portal_addresses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.portal_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.portal_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.promises ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.radius_nodes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reminder_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.role_permissions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.server_job_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.session_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.session_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_backup_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_invitations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_permissions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_second_factors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.suspended_money ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_daily ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhooks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.zones ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA asof TO skylink_app;

GRANT USAGE ON SCHEMA enforcement TO skylink_enforcer;

GRANT USAGE ON SCHEMA history TO skylink_app;
GRANT ALL ON SCHEMA history TO skylink_gate;

GRANT USAGE ON SCHEMA intake TO skylink_app;
GRANT USAGE ON SCHEMA intake TO skylink_intake;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO skylink_owner WITH GRANT OPTION;
GRANT USAGE ON SCHEMA public TO skylink_app;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO skylink_gate;
RESET SESSION AUTHORIZATION;

GRANT USAGE ON SCHEMA radius TO skylink_owner;
GRANT USAGE ON SCHEMA radius TO skylink_radius;
GRANT USAGE ON SCHEMA radius TO skylink_enforcer;

GRANT USAGE ON SCHEMA trigrams TO skylink_gate;

REVOKE ALL ON FUNCTION asof.instant() FROM PUBLIC;
GRANT ALL ON FUNCTION asof.instant() TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.session_changes TO skylink_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session_changes TO skylink_gate;

REVOKE ALL ON FUNCTION enforcement.answered(docs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.answered(docs jsonb) TO skylink_enforcer;

GRANT SELECT ON TABLE public.live_sessions TO skylink_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.live_sessions TO skylink_gate;

REVOKE ALL ON FUNCTION enforcement.claim(rooms jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.claim(rooms jsonb) TO skylink_enforcer;

REVOKE ALL ON FUNCTION enforcement.forget_ended(settled boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.forget_ended(settled boolean) TO skylink_enforcer;

GRANT SELECT ON TABLE public.nas_abilities TO skylink_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.nas_abilities TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.nas_devices TO skylink_app;
GRANT SELECT ON TABLE public.nas_devices TO skylink_gate;

REVOKE ALL ON FUNCTION enforcement.learn(in_tenant_id bigint, in_nas_id bigint, in_coa boolean, in_disconnect boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.learn(in_tenant_id bigint, in_nas_id bigint, in_coa boolean, in_disconnect boolean) TO skylink_enforcer;

REVOKE ALL ON FUNCTION enforcement.leave(docs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.leave(docs jsonb) TO skylink_enforcer;

REVOKE ALL ON FUNCTION enforcement.note_problems() FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.note_problems() TO skylink_enforcer;

REVOKE ALL ON FUNCTION enforcement.proved(docs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.proved(docs jsonb) TO skylink_enforcer;

REVOKE ALL ON FUNCTION enforcement.try_now(in_tenant_id bigint, in_nas_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.try_now(in_tenant_id bigint, in_nas_id bigint) TO skylink_enforcer;

REVOKE ALL ON FUNCTION enforcement.want(docs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION enforcement.want(docs jsonb) TO skylink_enforcer;

REVOKE ALL ON FUNCTION history.keep_access_restrictions() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_access_restrictions() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_clients() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_clients() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_connection_macs() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_connection_macs() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_connections() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_connections() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_invoices() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_invoices() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_no_cut_days() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_no_cut_days() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_package_fair_use_steps() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_package_fair_use_steps() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_package_speed_windows() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_package_speed_windows() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_package_uncounted_windows() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_package_uncounted_windows() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_packages() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_packages() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_profiles() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_profiles() TO skylink_owner;

REVOKE ALL ON FUNCTION history.keep_tenants() FROM PUBLIC;
GRANT ALL ON FUNCTION history.keep_tenants() TO skylink_owner;

REVOKE ALL ON FUNCTION history.stamp_insert() FROM PUBLIC;

REVOKE ALL ON FUNCTION history.stamp_update() FROM PUBLIC;

REVOKE ALL ON FUNCTION history.track(tracked name) FROM PUBLIC;

REVOKE ALL ON FUNCTION intake.add_use() FROM PUBLIC;

REVOKE ALL ON FUNCTION intake.advance(in_node text) FROM PUBLIC;

REVOKE ALL ON FUNCTION intake.begin() FROM PUBLIC;
GRANT ALL ON FUNCTION intake.begin() TO skylink_intake;

REVOKE ALL ON FUNCTION intake.end_live(tenants bigint[], ids bigint[], ends timestamp with time zone[], causes text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION intake.end_restarted() FROM PUBLIC;

REVOKE ALL ON FUNCTION intake.end_silent(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.end_silent(at timestamp with time zone) TO skylink_app;

REVOKE ALL ON FUNCTION intake.fence(part name) FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.journal_positions TO skylink_gate;

REVOKE ALL ON FUNCTION intake.forget_files(in_node text, files text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.forget_files(in_node text, files text[]) TO skylink_intake;

REVOKE ALL ON FUNCTION intake.forget_old_sessions(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.forget_old_sessions(at timestamp with time zone) TO skylink_app;

REVOKE ALL ON FUNCTION intake.make_months(from_at timestamp with time zone, ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.make_months(from_at timestamp with time zone, ahead integer) TO skylink_app;
GRANT ALL ON FUNCTION intake.make_months(from_at timestamp with time zone, ahead integer) TO skylink_intake;

REVOKE ALL ON FUNCTION intake.positions(in_node text) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.positions(in_node text) TO skylink_intake;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounting_quarantine TO skylink_gate;

REVOKE ALL ON FUNCTION intake.quarantined(in_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.quarantined(in_limit integer) TO skylink_intake;

REVOKE ALL ON FUNCTION intake.recall() FROM PUBLIC;
GRANT ALL ON FUNCTION intake.recall() TO skylink_intake;

REVOKE ALL ON FUNCTION intake.release(ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.release(ids bigint[]) TO skylink_intake;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.journal_nodes TO skylink_gate;
GRANT SELECT ON TABLE public.journal_nodes TO skylink_app;

REVOKE ALL ON FUNCTION intake.report(in_node text, in_received_at timestamp with time zone, in_counters jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.report(in_node text, in_received_at timestamp with time zone, in_counters jsonb) TO skylink_intake;

REVOKE ALL ON FUNCTION intake.store(in_node text, in_received_at timestamp with time zone, in_counters jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION intake.store(in_node text, in_received_at timestamp with time zone, in_counters jsonb) TO skylink_intake;

REVOKE ALL ON FUNCTION intake.turn(in_node text) FROM PUBLIC;

GRANT SELECT,INSERT,UPDATE ON TABLE public.api_keys TO skylink_app;
GRANT SELECT ON TABLE public.api_keys TO skylink_gate;

REVOKE ALL ON FUNCTION public.api_key_isp(key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_key_isp(key_hash bytea) TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.payment_attempts TO skylink_app;
GRANT SELECT ON TABLE public.payment_attempts TO skylink_gate;

REVOKE ALL ON FUNCTION public.attempt_by_gateway_ref(gateway text, gateway_ref text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.attempt_by_gateway_ref(gateway text, gateway_ref text) TO skylink_app;

REVOKE ALL ON FUNCTION public.attempt_isp(reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.attempt_isp(reference text) TO skylink_app;

REVOKE ALL ON FUNCTION public.begin_billing() FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_billing() TO skylink_app;

REVOKE ALL ON FUNCTION public.clients_meant(in_words text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.clients_meant(in_words text) TO skylink_app;

REVOKE ALL ON FUNCTION public.current_agent() FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_agent() TO skylink_app;

REVOKE ALL ON FUNCTION public.current_tenant() FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_tenant() TO skylink_app;
GRANT ALL ON FUNCTION public.current_tenant() TO skylink_gate;

GRANT SELECT,INSERT,UPDATE ON TABLE public.tenants TO skylink_app;
GRANT SELECT ON TABLE public.tenants TO skylink_gate;

REVOKE ALL ON FUNCTION public.devices_at(address inet) FROM PUBLIC;
GRANT ALL ON FUNCTION public.devices_at(address inet) TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_invitations TO skylink_app;
GRANT SELECT ON TABLE public.staff_invitations TO skylink_gate;

REVOKE ALL ON FUNCTION public.invitation_isp(hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.invitation_isp(hash bytea) TO skylink_app;

REVOKE ALL ON FUNCTION public.isp_directory() FROM PUBLIC;
GRANT ALL ON FUNCTION public.isp_directory() TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO skylink_app;
GRANT SELECT ON TABLE public.outbox TO skylink_gate;

REVOKE ALL ON FUNCTION public.isps_with_staff_to_tell() FROM PUBLIC;
GRANT ALL ON FUNCTION public.isps_with_staff_to_tell() TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_deliveries TO skylink_app;
GRANT SELECT ON TABLE public.webhook_deliveries TO skylink_gate;

REVOKE ALL ON FUNCTION public.isps_with_webhooks_due(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.isps_with_webhooks_due(at timestamp with time zone) TO skylink_app;

REVOKE ALL ON FUNCTION public.keep_client_keys() FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_client_keys() TO skylink_owner;

REVOKE ALL ON FUNCTION public.keep_to_the_agents(kept regclass, pointer name, there regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_to_the_agents(kept regclass, pointer name, there regclass) TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff TO skylink_app;
GRANT SELECT ON TABLE public.staff TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_links TO skylink_app;
GRANT SELECT ON TABLE public.staff_links TO skylink_gate;

REVOKE ALL ON FUNCTION public.linked_isps(account bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.linked_isps(account bigint) TO skylink_app;

REVOKE ALL ON FUNCTION public.name_sounds(spelling text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_sounds(spelling text) TO skylink_gate;

REVOKE ALL ON FUNCTION public.name_spelling(said text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_spelling(said text) TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_addresses TO skylink_app;
GRANT SELECT ON TABLE public.portal_addresses TO skylink_gate;

REVOKE ALL ON FUNCTION public.portal_isp(host text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.portal_isp(host text) TO skylink_app;

REVOKE ALL ON FUNCTION public.tell_of_sessions() FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.clients TO skylink_app;
GRANT SELECT ON TABLE public.clients TO skylink_gate;

GRANT SELECT,INSERT,UPDATE ON TABLE public.webhooks TO skylink_app;

REVOKE ALL ON FUNCTION public.tell_webhooks_of_access(tenant_id bigint, client_id bigint, restored boolean, facts jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tell_webhooks_of_access(tenant_id bigint, client_id bigint, restored boolean, facts jsonb) TO skylink_app;

REVOKE ALL ON FUNCTION public.tell_webhooks_of_client() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_webhooks_of_connection() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.tell_webhooks_of_messages() FROM PUBLIC;

GRANT SELECT,INSERT,DELETE ON TABLE public.fact_changes TO skylink_gate;

REVOKE ALL ON FUNCTION radius.forget_old_changes() FROM PUBLIC;
GRANT ALL ON FUNCTION radius.forget_old_changes() TO skylink_radius;

GRANT SELECT ON TABLE public.access_decisions TO skylink_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.access_decisions TO skylink_gate;

REVOKE ALL ON FUNCTION radius.forget_old_decisions() FROM PUBLIC;
GRANT ALL ON FUNCTION radius.forget_old_decisions() TO skylink_radius;

REVOKE ALL ON FUNCTION radius.learn_mac(in_tenant_id bigint, in_connection_id bigint, in_mac text) FROM PUBLIC;
GRANT ALL ON FUNCTION radius.learn_mac(in_tenant_id bigint, in_connection_id bigint, in_mac text) TO skylink_radius;

REVOKE ALL ON FUNCTION radius.mark() FROM PUBLIC;
GRANT ALL ON FUNCTION radius.mark() TO skylink_owner;

REVOKE ALL ON FUNCTION radius.mark_dependants() FROM PUBLIC;
GRANT ALL ON FUNCTION radius.mark_dependants() TO skylink_owner;

REVOKE ALL ON FUNCTION radius.mark_usage() FROM PUBLIC;
GRANT ALL ON FUNCTION radius.mark_usage() TO skylink_owner;

REVOKE ALL ON FUNCTION radius.note_decisions(docs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION radius.note_decisions(docs jsonb) TO skylink_radius;

REVOKE ALL ON FUNCTION radius.note_nas(docs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION radius.note_nas(docs jsonb) TO skylink_radius;

GRANT SELECT ON TABLE public.radius_nodes TO skylink_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.radius_nodes TO skylink_gate;

REVOKE ALL ON FUNCTION radius.report_node(in_node text, in_facts_at timestamp with time zone, in_counters jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION radius.report_node(in_node text, in_facts_at timestamp with time zone, in_counters jsonb) TO skylink_radius;

GRANT SELECT ON TABLE history.access_restrictions TO skylink_app;
GRANT INSERT ON TABLE history.access_restrictions TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_restrictions TO skylink_app;
GRANT SELECT ON TABLE public.access_restrictions TO skylink_gate;

GRANT SELECT ON TABLE asof.access_restrictions TO skylink_app;

GRANT SELECT ON TABLE history.clients TO skylink_app;
GRANT INSERT ON TABLE history.clients TO skylink_gate;

GRANT SELECT ON TABLE asof.clients TO skylink_app;

GRANT SELECT ON TABLE history.connection_macs TO skylink_app;
GRANT INSERT ON TABLE history.connection_macs TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.connection_macs TO skylink_app;
GRANT SELECT,INSERT ON TABLE public.connection_macs TO skylink_gate;

GRANT SELECT ON TABLE asof.connection_macs TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.connection_usage TO skylink_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.connection_usage TO skylink_gate;

GRANT SELECT ON TABLE asof.connection_usage TO skylink_app;

GRANT SELECT ON TABLE history.connections TO skylink_app;
GRANT INSERT ON TABLE history.connections TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.connections TO skylink_app;
GRANT SELECT ON TABLE public.connections TO skylink_gate;

GRANT SELECT ON TABLE asof.connections TO skylink_app;

GRANT SELECT ON TABLE history.invoices TO skylink_app;
GRANT INSERT ON TABLE history.invoices TO skylink_gate;

GRANT SELECT,INSERT,UPDATE ON TABLE public.invoices TO skylink_app;
GRANT SELECT ON TABLE public.invoices TO skylink_gate;

GRANT SELECT ON TABLE asof.invoices TO skylink_app;

GRANT SELECT ON TABLE asof.connection_facts TO skylink_app;

GRANT SELECT ON TABLE history.no_cut_days TO skylink_app;
GRANT INSERT ON TABLE history.no_cut_days TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.no_cut_days TO skylink_app;
GRANT SELECT ON TABLE public.no_cut_days TO skylink_gate;

GRANT SELECT ON TABLE asof.no_cut_days TO skylink_app;

GRANT SELECT ON TABLE history.tenants TO skylink_app;
GRANT INSERT ON TABLE history.tenants TO skylink_gate;

GRANT SELECT ON TABLE asof.tenants TO skylink_app;

GRANT SELECT ON TABLE asof.isp_facts TO skylink_app;

GRANT SELECT ON TABLE history.package_fair_use_steps TO skylink_app;
GRANT INSERT ON TABLE history.package_fair_use_steps TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.package_fair_use_steps TO skylink_app;
GRANT SELECT ON TABLE public.package_fair_use_steps TO skylink_gate;

GRANT SELECT ON TABLE asof.package_fair_use_steps TO skylink_app;

GRANT SELECT ON TABLE history.package_speed_windows TO skylink_app;
GRANT INSERT ON TABLE history.package_speed_windows TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.package_speed_windows TO skylink_app;
GRANT SELECT ON TABLE public.package_speed_windows TO skylink_gate;

GRANT SELECT ON TABLE asof.package_speed_windows TO skylink_app;

GRANT SELECT ON TABLE history.package_uncounted_windows TO skylink_app;
GRANT INSERT ON TABLE history.package_uncounted_windows TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.package_uncounted_windows TO skylink_app;
GRANT SELECT ON TABLE public.package_uncounted_windows TO skylink_gate;

GRANT SELECT ON TABLE asof.package_uncounted_windows TO skylink_app;

GRANT SELECT ON TABLE history.packages TO skylink_app;
GRANT INSERT ON TABLE history.packages TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.packages TO skylink_app;
GRANT SELECT ON TABLE public.packages TO skylink_gate;

GRANT SELECT ON TABLE asof.packages TO skylink_app;

GRANT SELECT ON TABLE asof.package_facts TO skylink_app;

GRANT SELECT ON TABLE history.profiles TO skylink_app;
GRANT INSERT ON TABLE history.profiles TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.profiles TO skylink_app;
GRANT SELECT ON TABLE public.profiles TO skylink_gate;

GRANT SELECT ON TABLE asof.profiles TO skylink_app;

GRANT SELECT ON TABLE asof.profile_facts TO skylink_app;

GRANT SELECT ON TABLE enforcement.due TO skylink_enforcer;

GRANT SELECT ON TABLE enforcement.nas_devices TO skylink_enforcer;

GRANT SELECT ON TABLE enforcement.sessions TO skylink_enforcer;

GRANT SELECT ON TABLE enforcement.spoken TO skylink_enforcer;

GRANT SELECT ON TABLE intake.nas_devices TO skylink_intake;

GRANT SELECT ON TABLE public.session_history TO skylink_app;

GRANT SELECT ON TABLE intake.session_history_rest TO skylink_app;

GRANT SELECT ON TABLE intake.uncounted_windows TO skylink_intake;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.advance_tiers TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.allocations TO skylink_app;

GRANT UPDATE(released_at) ON TABLE public.allocations TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.audit_log TO skylink_app;
GRANT INSERT ON TABLE public.audit_log TO skylink_gate;

GRANT SELECT,INSERT,UPDATE ON TABLE public.bill_runs TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.billed_periods TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_settings TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.chat_deletions TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.chat_effects TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.chat_forms TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.chat_prompts TO skylink_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.chat_updates TO skylink_app;

GRANT SELECT ON TABLE public.client_keys TO skylink_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.client_keys TO skylink_gate;

GRANT USAGE ON SEQUENCE public.connections_id_seq TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.credit_notes TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.credits TO skylink_app;

GRANT UPDATE(used_minor) ON TABLE public.credits TO skylink_app;

GRANT UPDATE(reversed_at) ON TABLE public.credits TO skylink_app;

GRANT UPDATE(reversal_reason) ON TABLE public.credits TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.gateway_accounts TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.gateway_comparisons TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.gateway_differences TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.gateway_refunds TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.gateway_tokens TO skylink_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.gateway_traffic TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.invoice_lines TO skylink_app;

GRANT UPDATE(extended_from_at) ON TABLE public.invoice_lines TO skylink_app;

GRANT UPDATE(extended_until) ON TABLE public.invoice_lines TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.job_runs TO skylink_app;

GRANT SELECT ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(tenant_id) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(booked_on) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(debit) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(credit) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(client_id) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(amount_minor) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(code) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(invoice_id) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(credit_id) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(actor_kind) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(actor_id) ON TABLE public.ledger_entries TO skylink_app;

GRANT INSERT(actor_name) ON TABLE public.ledger_entries TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.ledger_seals TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.letterheads TO skylink_app;

GRANT USAGE ON SEQUENCE public.live_sessions_id_seq TO skylink_gate;

GRANT SELECT,INSERT ON TABLE public.login_attempts TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.login_codes TO skylink_app;

GRANT USAGE ON SEQUENCE public.nas_devices_id_seq TO skylink_app;

GRANT SELECT ON TABLE public.nas_sightings TO skylink_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.nas_sightings TO skylink_gate;

GRANT SELECT ON TABLE public.network_problems TO skylink_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.network_problems TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notices TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.number_series TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.package_changes TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.package_requests TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.package_slabs TO skylink_app;

GRANT SELECT,INSERT ON TABLE public.payments TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pending_lines TO skylink_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.pictures TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_sessions TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_settings TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.promises TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.reminder_settings TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.role_permissions TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.server_job_runs TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_backup_codes TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_permissions TO skylink_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_second_factors TO skylink_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.suspended_money TO skylink_app;

GRANT USAGE ON SEQUENCE public.tenants_tenant_id_seq TO skylink_app;

GRANT SELECT ON TABLE public.usage_daily TO skylink_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_daily TO skylink_gate;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.zones TO skylink_app;

GRANT SELECT ON TABLE radius.changes TO skylink_radius;
GRANT SELECT ON TABLE radius.changes TO skylink_enforcer;

GRANT SELECT ON TABLE radius.connections TO skylink_radius;

GRANT SELECT(tenant_id) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(connection_id) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(client_id) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(username) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(service) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(connection_status) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(client_status) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(vip) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(profile_id) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(package_id) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(mac_mode) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(macs) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(due_on) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(due_minor) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(promised_until) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(expires_at) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(used_bytes) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(cycle_until) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(ipv4_address) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(ipv6_prefix) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(delegated_ipv6_prefix) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(pool) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT(session_limit) ON TABLE radius.connections TO skylink_enforcer;

GRANT SELECT ON TABLE radius.counted_connections TO skylink_radius;

GRANT SELECT ON TABLE radius.isps TO skylink_radius;
GRANT SELECT ON TABLE radius.isps TO skylink_enforcer;

GRANT SELECT ON TABLE radius.nas_devices TO skylink_radius;

GRANT SELECT ON TABLE radius.packages TO skylink_radius;
GRANT SELECT ON TABLE radius.packages TO skylink_enforcer;

GRANT SELECT ON TABLE radius.profiles TO skylink_radius;
GRANT SELECT ON TABLE radius.profiles TO skylink_enforcer;

ALTER DEFAULT PRIVILEGES FOR ROLE skylink_gate REVOKE ALL ON FUNCTIONS  FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE skylink_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;
