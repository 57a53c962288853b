"""Notices of the end of paid time, for connections whose access ends with it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.reminder_settings import get_reminder_settings
from policy.facts import TenantId

PASSED_MAX = timedelta(days=3)  # what ended longer ago is no news

# As policy says: the end of paid time decides for daily profiles alone, and never for VIPs. An
# expiry that was moved is another one, of which is told anew.
ENDING = """
    WITH ending AS (
        SELECT connection.client_id, connection.expires_at,
               (connection.expires_at AT TIME ZONE isp.time_zone)::date AS ends_on,
               format('connection:%s:%s', connection.id,
                      floor(extract(epoch FROM connection.expires_at))) AS about,
               jsonb_build_object('username', connection.username, 'package', package.name,
                                  'expires_at', connection.expires_at) AS payload
          FROM connections AS connection
          JOIN tenants AS isp USING (tenant_id)
          JOIN profiles AS profile
            ON profile.tenant_id = connection.tenant_id AND profile.id = connection.profile_id
          JOIN packages AS package
            ON package.tenant_id = connection.tenant_id AND package.id = connection.package_id
          JOIN clients AS client
            ON client.tenant_id = connection.tenant_id AND client.id = connection.client_id
         WHERE connection.tenant_id = :tenant_id AND profile.kind = 'daily'
           AND NOT connection.vip AND connection.status = 'active' AND client.status = 'active')"""

WARN = text(f"""{ENDING}
    INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload, priority,
                        queued_at, send_until)
    SELECT :tenant_id, 'expiry.warning', 'client', client_id, about || ':' || step.days,
           payload || jsonb_build_object('days_left', ends_on - :on), 3, :now, expires_at
      FROM ending
      CROSS JOIN LATERAL (
           SELECT min(days) AS days FROM unnest(CAST(:steps AS integer[])) AS days
            WHERE days >= ends_on - :on) AS step
     WHERE expires_at > :now AND step.days IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING id""")

TELL_PASSED = text(f"""{ENDING}
    INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload, priority,
                        queued_at)
    SELECT :tenant_id, 'expiry.passed', 'client', client_id, about, payload, 2, :now
      FROM ending WHERE expires_at <= :now AND expires_at > :since
    ON CONFLICT DO NOTHING
    RETURNING id""")


def warn_of_expiry(session: Session, tenant_id: TenantId, *, on: date, now: datetime) -> int:
    """Queue warnings of what ends within the ISP's days from `on` on; returns how many."""
    steps = sorted(get_reminder_settings(session, tenant_id).before_expiry_days)
    said = {"tenant_id": tenant_id, "on": on, "now": now, "steps": steps}
    return len(session.execute(WARN, said).all())


def tell_expired(session: Session, tenant_id: TenantId, *, now: datetime) -> int:
    """Queue what is to be said of paid time that ended; returns how many."""
    said = {"tenant_id": tenant_id, "now": now, "since": now - PASSED_MAX}
    return len(session.execute(TELL_PASSED, said).all())
