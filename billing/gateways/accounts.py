"""An ISP's accounts at gateways: which there are, which are on, and what is secret of them."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.errors import GatewayOff
from billing.gateways.rows import GatewayAccountRow
from billing.gateways.words import Environment, Gateway, GatewayAccount
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import write
from storage.secrets import KeyRing, Secret, gateway_credentials


def enabled_gateways(session: Session, tenant_id: TenantId) -> tuple[Gateway, ...]:
    """In the order in which clients are shown them."""
    rows = session.scalars(
        select(GatewayAccountRow.gateway).where(
            GatewayAccountRow.tenant_id == tenant_id, GatewayAccountRow.enabled
        )
    )
    on = set(rows)
    return tuple(gateway for gateway in Gateway if gateway in on)


def set_gateway(
    session: Session, tenant_id: TenantId, details: GatewayAccount, *, keys: KeyRing, actor: Actor
) -> None:
    """Replace all that is said of one. Raises NotPermitted, ValueRefused."""
    actor.require(Permission.MANAGE_ISP)
    row = session.get(GatewayAccountRow, (tenant_id, details.gateway), with_for_update=True)
    if row is None:
        row = GatewayAccountRow(tenant_id=tenant_id, gateway=details.gateway)
        session.add(row)
    row.environment, row.enabled = details.environment, details.enabled
    row.address = details.address
    context = gateway_credentials(tenant_id, details.gateway)
    row.sealed_credentials = keys.seal(json.dumps(dict(details.credentials)).encode(), context)
    write(session)
    after = {
        "gateway": details.gateway,
        "environment": details.environment,
        "enabled": details.enabled,
        "address": details.address,
    }
    record(session, actor, "isp.gateway_set", Subject(tenant_id, "isp", tenant_id), after=after)


def gateway_environment(session: Session, tenant_id: TenantId, gateway: Gateway) -> Environment:
    """Whether money moves there. Raises GatewayOff."""
    row = session.get(GatewayAccountRow, (tenant_id, gateway))
    if row is None:
        raise GatewayOff(gateway)
    return Environment(row.environment)


def gateway_account(
    session: Session, tenant_id: TenantId, gateway: Gateway, *, keys: KeyRing
) -> GatewayAccount:
    """With its secrets, also where it is switched off: what was begun is asked about to the end.

    Raises GatewayOff where there is none.
    """
    row = session.get(GatewayAccountRow, (tenant_id, gateway))
    if row is None:
        raise GatewayOff(gateway)
    said = json.loads(keys.open(row.sealed_credentials, gateway_credentials(tenant_id, gateway)))
    return GatewayAccount(
        gateway,
        Environment(row.environment),
        row.address,
        {name: Secret(value) for name, value in said.items()},
        row.enabled,
    )
