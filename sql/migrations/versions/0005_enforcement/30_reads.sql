-- What enforcement reads: facts as RADIUS nodes have them, but no password; sessions; NAS devices. Run as
-- the gate.

GRANT USAGE ON SCHEMA radius, enforcement TO skylink_enforcer;
GRANT SELECT ON radius.packages, radius.profiles, radius.isps, radius.changes TO skylink_enforcer;
GRANT SELECT (tenant_id, connection_id, client_id, username, service, connection_status, client_status, vip,
    profile_id, package_id, mac_mode, macs, due_on, due_minor, promised_until, expires_at, used_bytes,
    cycle_until, ipv4_address, ipv6_prefix, delegated_ipv6_prefix, pool, session_limit)
    ON radius.connections TO skylink_enforcer;

-- Live sessions of connections. A session of nobody's username is not ours to cut: on a router that is
-- being moved to RADIUS it is a client of the router's own list.
CREATE VIEW enforcement.sessions AS
SELECT live.tenant_id,
       live.id AS session_id,
       live.connection_id,
       live.nas_id,
       live.started_at,
       live.heard_at,
       live.mac,
       coalesce(change.given, live.granted) AS granted,
       change.wanted,
       change.step,
       change.means,
       change.tries,
       change.next_try_at IS NOT NULL AS waits,
       change.acked_at IS NOT NULL AS acked,
       change.asked_by,
       live.opened_in,
       line.package_id,
       line.profile_id
  FROM public.live_sessions AS live
  LEFT JOIN public.session_changes AS change ON change.tenant_id = live.tenant_id AND change.session_id = live.id
  LEFT JOIN public.connections AS line ON line.tenant_id = live.tenant_id AND line.id = live.connection_id
 WHERE live.connection_id IS NOT NULL;

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
  FROM public.nas_devices AS nas
  LEFT JOIN public.nas_abilities AS learned ON learned.tenant_id = nas.tenant_id AND learned.nas_id = nas.id;

-- Of which NAS devices something is to be sent, and when the first of it.
CREATE VIEW enforcement.due AS
SELECT change.tenant_id, change.nas_id, min(change.next_try_at) AS next_try_at
  FROM public.session_changes AS change
 WHERE change.next_try_at IS NOT NULL
 GROUP BY change.tenant_id, change.nas_id;

-- Acknowledged changes whose session has spoken since.
CREATE VIEW enforcement.spoken AS
SELECT change.tenant_id, change.session_id, change.nas_id, change.wanted, change.step, change.means, change.tries,
       change.rounds, change.sent_at, change.acked_at, change.down_kbps, change.up_kbps,
       change.proof_at, change.proof_down_bytes, change.proof_up_bytes,
       live.heard_at, live.down_bytes, live.up_bytes
  FROM public.session_changes AS change
  JOIN public.live_sessions AS live ON live.tenant_id = change.tenant_id AND live.id = change.session_id
 WHERE change.acked_at IS NOT NULL AND live.heard_at > change.acked_at AND live.heard_at > change.proof_at;

GRANT SELECT ON enforcement.sessions, enforcement.nas_devices, enforcement.due, enforcement.spoken
    TO skylink_enforcer;
