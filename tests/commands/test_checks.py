"""What is looked at before a start: ports and addresses, home and disk."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from commands.checks import AddressNotHere, DiskFull, PortTaken, check_home, check_ports
from commands.settings import Settings
from storage.secrets import Secret

PORTS = {
    "SKYLINK_RADIUS_AUTH_PORT": "radius_auth_port",
    "SKYLINK_RADIUS_ACCT_PORT": "radius_acct_port",
    "SKYLINK_RADIUS_OPERATOR_PORT": "radius_operator_port",
}


@pytest.fixture
def held() -> Iterator[int]:
    """A UDP port of loopback that this process holds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


def settings(**changed: object) -> Settings:
    """Whose ports the system would choose, so that they are always free."""
    ports = dict.fromkeys([*PORTS.values(), "web_port", "telegram_port"], 0)
    return replace(Settings.from_environ({}), **(ports | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("variable", PORTS)
def test_a_taken_port_is_named_with_who_holds_it_and_how_to_move(held: int, variable: str) -> None:
    with pytest.raises(PortTaken) as refused:
        check_ports(settings(**{PORTS[variable]: held}))
    words = str(refused.value)
    assert f"UDP port {held} is taken by " in words
    assert f"(process {os.getpid()})" in words
    assert f"set {variable} to a free port" in words


def test_a_port_that_another_web_server_has_is_told_with_who_has_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = int(holder.getsockname()[1])
        with pytest.raises(PortTaken) as refused:
            check_ports(settings(web_address="127.0.0.1", web_port=port))
    words = str(refused.value)
    assert f"TCP port {port} is taken by " in words
    assert "set SKYLINK_WEB_PORT to a free port" in words


def test_only_a_local_telegram_needs_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = int(holder.getsockname()[1])
        with pytest.raises(PortTaken, match="set SKYLINK_TELEGRAM_PORT to a free port"):
            check_ports(settings(telegram_port=port))
        check_ports(settings(telegram_port=port, telegram_token=Secret("1:a")))


def test_free_ports_are_left_free() -> None:
    check_ports(settings())
    check_ports(settings(radius_address="127.0.0.1"))
    check_ports(settings(radius_address="::1"))


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(AddressNotHere, match=r"192\.0\.2\.1 is no address of this machine"):
        check_ports(settings(radius_address="192.0.2.1"))


def test_a_disk_with_just_enough_left_is_enough(tmp_path: Path) -> None:
    check_home(settings(home=tmp_path / "home", minimum_free_mb=0))
    with pytest.raises(DiskFull, match="MB left and SkyLink wants"):
        check_home(settings(home=tmp_path / "home", minimum_free_mb=1 << 40))
