"""What was decided can be read later; unknown names cost little and are not held against anyone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from statistics import median

from billing.access import RecordedDecision, recent_decisions
from network.nas import Nas
from tests.fixtures.databases import Connection as Database
from tests.fixtures.isps import NAS_SECRET, PASSWORD, World
from tests.fixtures.radius import new_address
from tests.radius import packets
from tests.radius.packets import CALLING_STATION_ID
from tests.radius.server import Radius, Router, of_each, together, until

RIGHT = PASSWORD.encode()
LONG_AGO = date(2026, 1, 5)
MAC = (CALLING_STATION_ID, b"aa-bb-cc-00-00-01")


def recorded(isp: World, username: str) -> tuple[RecordedDecision, ...]:
    with isp.transaction() as session:
        return recent_decisions(session, isp.tenant_id, username)


def reasons(isp: World, username: str) -> list[str]:
    return [str(each.reason) for each in recorded(isp, username)]


def nas_of(isp: World, radius: Radius) -> tuple[Nas, Router]:
    nas = isp.nas(new_address())
    return nas, Router(radius, str(nas.details.address), str(NAS_SECRET))


def test_the_last_decisions_tell_when_where_from_and_why(radius: Radius, isp: World) -> None:
    nas, router = nas_of(isp, radius)
    line = isp.connection()
    username = line.details.username
    radius.caught_up()
    assert router.raw(username.encode(), RIGHT, MAC) == "Access-Accept"
    until(lambda: reasons(isp, username) == ["current"], lambda: recorded(isp, username))
    assert router.raw(username.encode(), b"guess", MAC) == "Access-Reject"
    until(lambda: "wrong_password" in reasons(isp, username), lambda: recorded(isp, username))
    isp.invoice(line.client_id, due_on=LONG_AGO)
    radius.caught_up()
    assert router.raw(username.encode(), RIGHT, MAC) == "Access-Accept"
    until(lambda: reasons(isp, username)[0] == "dues", lambda: recorded(isp, username))
    latest = recorded(isp, username)[0]
    assert (latest.verdict, latest.nas_name) == ("walled", nas.details.name)
    assert (latest.node, latest.mac) == (radius.home.name, "AABBCC000001")
    assert abs(latest.decided_at.timestamp() - time.time()) < 30


def test_an_unknown_name_is_recorded_under_itself(
    radius: Radius, router: Router, isp: World
) -> None:
    radius.caught_up()
    odd = "রহিম' -- \\"
    assert router.raw(odd.encode(), RIGHT) == "Access-Reject"
    until(lambda: reasons(isp, odd) == ["unknown"], lambda: recorded(isp, odd))


def test_a_flood_of_unknown_names_leaves_few_traces(
    radius: Radius, router: Router, isp: World, admin: Database
) -> None:
    radius.caught_up()
    names = [f"nobody-{number}".encode() for number in range(600)]
    for start in range(0, len(names), 300):
        of_each(names[start : start + 300], lambda each: router.raw(each, RIGHT))
    radius.caught_up()
    with admin.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM access_decisions WHERE tenant_id = %s", (isp.tenant_id,)
        )
        (kept,) = cursor.fetchone() or (None,)
    assert kept is not None
    assert kept < len(names)


def test_a_connection_made_a_moment_ago_gets_in_at_once(
    radius: Radius, router: Router, isp: World
) -> None:
    client, package, profile = isp.client(), isp.package(), isp.profile()
    radius.caught_up()
    until(lambda: router.raw(b"warm-up", RIGHT), lambda: radius)
    asked_at_once = []
    for number in range(3):
        line = isp.connection(
            f"fresh-{number}",
            client_id=client.client_id,
            package_id=package.package_id,
            profile_id=profile.profile_id,
        )
        asked_at_once.append(router.raw(line.details.username.encode(), RIGHT, wait_seconds=1.5))
    assert asked_at_once == ["Access-Accept"] * 3


def test_a_name_that_was_unknown_is_known_as_soon_as_it_exists(
    radius: Radius, router: Router, isp: World
) -> None:
    radius.caught_up()
    assert router.raw(b"late", RIGHT) == "Access-Reject"
    isp.connection("late")
    radius.caught_up()
    assert router.raw(b"late", RIGHT) == "Access-Accept"


def test_a_flood_of_unknown_names_does_not_slow_the_known(
    radius: Radius, router: Router, isp: World
) -> None:
    name = isp.connection().details.username.encode()
    radius.caught_up()

    def taken(times: int) -> list[float]:
        took = []
        for _ in range(times):
            began = time.monotonic()
            assert router.raw(name, RIGHT) == "Access-Accept"
            took.append(time.monotonic() - began)
        return took

    alone = median(taken(50))
    flood = [f"flood-{number}".encode() for number in range(100)]
    known: list[float] = []
    together(
        lambda: known.extend(taken(50)),
        lambda: of_each(flood, lambda each: router.raw(each, RIGHT)) and None,
    )
    assert median(known) < max(20 * alone, 0.05), (alone, median(known))


def test_a_node_reports_itself(radius: Radius, router: Router, admin: Database) -> None:
    radius.caught_up()
    assert router.raw(b"nobody", RIGHT) == "Access-Reject"

    def report() -> dict[str, object]:
        with admin.cursor() as cursor:
            cursor.execute(
                "SELECT counters || jsonb_build_object('age', extract(epoch from now() - facts_at))"
                " FROM radius_nodes WHERE node = %s",
                (radius.home.name,),
            )
            row = cursor.fetchone()
        return dict(row[0]) if row and row[0] else {}

    until(lambda: int(str(report().get("logins", 0))) > 0, report)
    said = report()
    assert said["facts_from"] == "database"
    assert float(str(said["age"])) < 20


def test_the_operator_may_ask_for_any_isp_and_nobody_else_may(
    radius: Radius, isp: World, other_isp: World
) -> None:
    isp.connection("rahim")
    radius.caught_up()
    request = packets.access_request("not-the-operators", RIGHT, (packets.USER_NAME, b"rahim"), MAC)
    port = radius.operator_port
    asks: list[Callable[[], object]] = [
        lambda: radius.decision(isp.slug, "rahim", PASSWORD),
        lambda: radius.decision(other_isp.slug, "rahim", PASSWORD),
        lambda: radius.decision("no-such-isp", "rahim", PASSWORD),
        lambda: packets.sent(request, source="127.0.0.1", port=port, wait_seconds=1),
        lambda: packets.sent(request, source="127.0.0.9", port=port, wait_seconds=1),
    ]
    assert together(*asks) == [
        ("Access-Accept", "verdict=accept reason=current"),
        ("Access-Reject", "verdict=reject reason=unknown"),
        ("none", ""),
        None,
        None,
    ]
