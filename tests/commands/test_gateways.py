"""`./skylink gateways`: a statement is compared; what only the gateway has is given to a client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from billing.gateways.accounts import set_gateway
from billing.gateways.suspense import suspended_money
from billing.gateways.words import Environment, Gateway, GatewayAccount
from billing.payments import payments_of
from commands.gateways import COMMAND, GatewaysRefused
from storage.actors import SYSTEM
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world

DAYS = ("--gateway", "bkash", "--from", "2026-03-10", "--to", "2026-03-10")

Gateways = Callable[..., str]


@pytest.fixture
def isp(home: Home) -> World:
    isp = create_world(home.database, home.keys())
    account = GatewayAccount(Gateway.BKASH, Environment.LIVE, "https://bkash.example")
    with isp.transaction() as session:
        set_gateway(session, isp.tenant_id, account, keys=isp.keys, actor=SYSTEM)
    return isp


@pytest.fixture
def gateways(home: Home, isp: World) -> Gateways:
    """What `./skylink gateways ...` prints."""

    def run(*words: str) -> str:
        said = home.run(COMMAND, *words, "--isp", isp.slug)
        assert said.exit_code == 0, said.output
        return said.output

    return run


def test_a_statement_is_compared_and_its_money_given_to_whom_it_belongs(
    isp: World, gateways: Gateways, tmp_path: Path
) -> None:
    file = tmp_path / "march.csv"
    file.write_text("TrxID,Amount\nQR12345678,500.00\n")
    assert "1 differences" in gateways("statement", str(file), *DAYS)
    with isp.transaction() as session:
        [money] = suspended_money(session, isp.tenant_id)
    assert "QR12345678, only the gateway knows of it" in gateways("show")
    client_id = isp.client().client_id
    gateways("assign", str(money.suspended_id), "--client", str(client_id))
    with isp.transaction() as session:
        [payment] = payments_of(session, isp.tenant_id, client_id)
    assert (payment.amount_minor, payment.method) == (50_000, "bkash")
    assert "Suspense" not in gateways("show")


def test_what_cannot_be_done_is_told_with_what_to_do(gateways: Gateways, tmp_path: Path) -> None:
    with pytest.raises(GatewaysRefused, match="gateways show"):
        gateways("dismiss", "999999", "--reason", "given back")
    (tmp_path / "no.csv").write_text("hello")
    with pytest.raises(GatewaysRefused, match="No table"):
        gateways("statement", str(tmp_path / "no.csv"), *DAYS)
