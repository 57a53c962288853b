"""A router asks; billing state answers. Real packets through a real FreeRADIUS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from policy.facts import Service, Speed
from storage.secrets import KeyRing
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import Radius, Router, until

LONG_AGO = date(2026, 1, 5)


@pytest.mark.parametrize("method", ["User-Password", "CHAP-Password", "MS-CHAP-Password"])
def test_a_client_in_good_standing_gets_what_was_sold(
    router: Router, isp: World, radius: Radius, method: str
) -> None:
    package = isp.package(speed=Speed(20_000, 10_000), pool="home")
    line = isp.connection(package_id=package.package_id)
    radius.caught_up()
    answer = router.login(line.details.username, PASSWORD, method=method)
    assert answer.code == "Access-Accept", answer
    assert answer["Mikrotik-Rate-Limit"] == "10M/20M"
    assert answer["Framed-Pool"] == "home"
    assert "Message-Authenticator" in answer


@pytest.mark.parametrize("method", ["User-Password", "CHAP-Password", "MS-CHAP-Password"])
def test_a_wrong_password_is_refused(
    router: Router, isp: World, radius: Radius, method: str
) -> None:
    line = isp.connection()
    radius.caught_up()
    answer = router.login(line.details.username, "guess", method=method)
    assert answer.code == "Access-Reject"
    assert "Mikrotik-Rate-Limit" not in answer


@pytest.mark.parametrize("method", ["User-Password", "CHAP-Password", "MS-CHAP-Password"])
def test_who_has_no_password_is_not_let_in_with_an_empty_one(
    router: Router, isp: World, radius: Radius, method: str
) -> None:
    line = isp.connection(password=None, service=Service.HOTSPOT)
    radius.caught_up()
    assert router.login(line.details.username, "", method=method).code == "Access-Reject"


def test_a_password_under_a_key_made_meanwhile_is_opened(
    isp: World, new_radius: Callable[..., Radius], new_router: Callable[..., Router]
) -> None:
    node = new_radius()
    node.start()
    router = new_router(node)
    with node.keys_file.open("a", encoding="ascii") as lines:
        lines.write(KeyRing.new_line(2))
    newer = replace(isp, keys=KeyRing.from_text(node.keys_file.read_text(encoding="ascii")))
    line = newer.connection()
    node.caught_up()
    until(
        lambda: router.login(line.details.username, PASSWORD).code == "Access-Accept",
        lambda: node,
    )
