"""The demo ISP's accounts at local gateways, so that a newcomer can pay a bill; no money moves."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import closing

from billing.errors import GatewayOff
from billing.gateways.accounts import gateway_account, set_gateway
from billing.gateways.contents import DRIVERS
from billing.gateways.words import Environment, Gateway, GatewayAccount
from commands.demo import DEMO_SLUG
from commands.settings import Settings
from policy.facts import TenantId
from storage.actors import operator
from storage.database import Database
from storage.secrets import KeyRing, Secret
from tenancy.isps import list_isps

PROCESS = "gateways"
HOST = "127.0.0.1"
OURS = f"http://{HOST}:"  # an account at another address is somebody's own, and stays


def are_wanted(settings: Settings) -> bool:
    """While the demo ISP is the one that commands mean."""
    return settings.isp == DEMO_SLUG


def free_port() -> int:
    """Another at each start: copies of SkyLink on one machine do not meet."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wire_gateways(database: Database, keys: KeyRing, port: int) -> None:
    """Give the demo ISP, where it is, an account at each local gateway that we can speak to."""
    with database.transaction(None) as session:
        found = [isp.tenant_id for isp in list_isps(session) if isp.slug == DEMO_SLUG]
    for tenant_id in found:
        for name, said in offered().items():
            if name in set(DRIVERS):
                secrets = {key: Secret(value) for key, value in said.items()}
                address = f"{OURS}{port}/{name}"
                account = GatewayAccount(Gateway(name), Environment.SANDBOX, address, secrets)
                _wire(database, tenant_id, account, keys)


def offered() -> dict[str, dict[str, str]]:
    """What the local gateways give to a merchant, by their names."""
    command = [sys.executable, "-m", "sandbox.gateways", "--credentials"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {str(name): dict(words) for name, words in json.loads(said).items()}


def _wire(database: Database, tenant_id: TenantId, account: GatewayAccount, keys: KeyRing) -> None:
    with database.transaction(tenant_id) as session:
        try:
            known = gateway_account(session, tenant_id, account.gateway, keys=keys)
        except GatewayOff:
            known = account
        if known.address.startswith(OURS):
            set_gateway(session, tenant_id, account, keys=keys, actor=operator("demo"))
