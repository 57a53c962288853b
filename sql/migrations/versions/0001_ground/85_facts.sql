-- The facts of a decision. Run twice: for RADIUS nodes over the tables (all ISPs, as the gate), and
-- for "why" over the views of `asof` (one ISP, as the application). One text, so they cannot differ.
-- Words in braces: the names of the views, the schema they read, whether the password is among them.

CREATE VIEW {connections} WITH (security_invoker = {invoker}) AS
SELECT connection.tenant_id,
       connection.id AS connection_id,
       connection.client_id,
       connection.username::text,
       connection.service,
       connection.status AS connection_status,
       client.status AS client_status,
       connection.vip,
       connection.profile_id,
       connection.package_id,
       connection.mac_mode,
       ARRAY(SELECT device.mac::text
               FROM {rows}.connection_macs AS device
              WHERE device.tenant_id = connection.tenant_id AND device.connection_id = connection.id
              ORDER BY device.mac) AS macs,
       dues.due_on,
       coalesce(dues.due_minor, 0) AS due_minor,
       client.promised_until,
       connection.expires_at,
       coalesce(usage.used_bytes, 0) AS used_bytes,
       usage.cycle_until,
       host(connection.ipv4_address) AS ipv4_address,
       connection.ipv6_prefix::text,
       connection.delegated_ipv6_prefix::text,
       connection.pool::text,
       connection.session_limit{secret}
  FROM {rows}.connections AS connection
  JOIN LATERAL (  -- kept apart by LIMIT: a plain join could not use the index behind a view of asof
       SELECT person.status, person.promised_until
         FROM {rows}.clients AS person
        WHERE person.tenant_id = connection.tenant_id AND person.id = connection.client_id
        LIMIT 1) AS client ON true
  LEFT JOIN LATERAL (
       SELECT min(invoice.due_on) AS due_on,
              sum(invoice.total_minor - invoice.paid_minor)::bigint AS due_minor
         FROM {rows}.invoices AS invoice
        WHERE invoice.tenant_id = connection.tenant_id AND invoice.client_id = connection.client_id
          AND invoice.status IN ('issued', 'partial')) AS dues ON true
  LEFT JOIN LATERAL (
       SELECT cycle.used_bytes, cycle.cycle_until
         FROM {rows}.connection_usage AS cycle
        WHERE cycle.tenant_id = connection.tenant_id AND cycle.connection_id = connection.id
        ORDER BY cycle.cycle_from_on DESC
        LIMIT 1) AS usage ON true;

CREATE VIEW {packages} WITH (security_invoker = {invoker}) AS
SELECT package.tenant_id,
       package.id AS package_id,
       jsonb_build_object(
           'name', package.name,
           'speed', jsonb_build_object('down_kbps', package.down_kbps, 'up_kbps', package.up_kbps),
           'burst', CASE WHEN package.burst_seconds IS NOT NULL THEN jsonb_build_object(
               'down_kbps', package.burst_down_kbps, 'up_kbps', package.burst_up_kbps,
               'threshold_down_kbps', package.burst_threshold_down_kbps,
               'threshold_up_kbps', package.burst_threshold_up_kbps,
               'seconds', package.burst_seconds) END,
           'priority', package.priority,
           'pool', package.pool,
           'ipv6_pool', package.ipv6_pool,
           'delegated_ipv6_pool', package.delegated_ipv6_pool,
           'router_profile', package.router_profile,
           'address_list', package.address_list,
           'data_limit_bytes', package.data_limit_bytes,
           'quota_action', package.quota_action,
           'throttle', CASE WHEN package.throttle_down_kbps IS NOT NULL THEN jsonb_build_object(
               'down_kbps', package.throttle_down_kbps, 'up_kbps', package.throttle_up_kbps) END,
           'session_limit', package.session_limit,
           'idle_timeout_seconds', package.idle_timeout_seconds,
           'interim_seconds', package.interim_seconds,
           'fair_use', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'above_bytes', step.above_bytes,
                   'speed', jsonb_build_object('down_kbps', step.down_kbps, 'up_kbps', step.up_kbps))
                   ORDER BY step.above_bytes), '[]')
                 FROM {rows}.package_fair_use_steps AS step
                WHERE step.tenant_id = package.tenant_id AND step.package_id = package.id),
           'speed_windows', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'window', jsonb_build_object('start_minute', span.start_minute,
                       'end_minute', span.end_minute, 'weekdays', to_jsonb(span.weekdays)),
                   'speed', jsonb_build_object('down_kbps', span.down_kbps, 'up_kbps', span.up_kbps))
                   ORDER BY span.position), '[]')
                 FROM {rows}.package_speed_windows AS span
                WHERE span.tenant_id = package.tenant_id AND span.package_id = package.id),
           'uncounted_windows', (
               SELECT coalesce(jsonb_agg(jsonb_build_object('start_minute', span.start_minute,
                   'end_minute', span.end_minute, 'weekdays', to_jsonb(span.weekdays))
                   ORDER BY span.position), '[]')
                 FROM {rows}.package_uncounted_windows AS span
                WHERE span.tenant_id = package.tenant_id AND span.package_id = package.id)
       ) AS facts
  FROM {rows}.packages AS package;

CREATE VIEW {profiles} WITH (security_invoker = {invoker}) AS
SELECT profile.tenant_id,
       profile.id AS profile_id,
       jsonb_build_object(
           'name', profile.name,
           'kind', profile.kind,
           'grace_days', profile.grace_days,
           'auto_suspend', profile.auto_suspend) AS facts
  FROM {rows}.profiles AS profile;

CREATE VIEW {isps} WITH (security_invoker = {invoker}) AS
SELECT isp.tenant_id,
       jsonb_build_object(
           'slug', isp.slug,
           'name', isp.name,
           'zone', isp.time_zone,
           'currency', isp.currency,
           'language', isp.language,
           'interim_seconds', isp.interim_seconds,
           'no_cut_weekdays', to_jsonb(isp.no_cut_weekdays),
           'no_cut_dates', (
               SELECT coalesce(jsonb_agg(day.no_cut_on ORDER BY day.no_cut_on), '[]')
                 FROM {rows}.no_cut_days AS day WHERE day.tenant_id = isp.tenant_id),
           'restrictions', (
               SELECT coalesce(jsonb_object_agg(rule.reason, jsonb_build_object(
                   'action', rule.action, 'pool', rule.pool, 'address_list', rule.address_list,
                   'speed', CASE WHEN rule.down_kbps IS NOT NULL THEN jsonb_build_object(
                       'down_kbps', rule.down_kbps, 'up_kbps', rule.up_kbps) END,
                   'session_seconds', rule.session_seconds)), '{{}}')
                 FROM {rows}.access_restrictions AS rule WHERE rule.tenant_id = isp.tenant_id)
       ) AS facts
  FROM {rows}.tenants AS isp;

GRANT SELECT ON {connections}, {packages}, {profiles}, {isps} TO {reader};
