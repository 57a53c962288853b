"""A router asks; billing state answers. Real packets through a real FreeRADIUS."""

from __future__ import annotations

from datetime import date

import pytest

from policy.facts import Speed
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import Radius, Router

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
