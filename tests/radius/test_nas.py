"""Routers: added, changed, moved and removed while the server runs; who signs and who must."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from network.nas import NasKind, change_nas, change_nas_secret, remove_nas
from storage.actors import SYSTEM
from storage.secrets import Secret
from tests.fixtures.databases import Connection as Database
from tests.fixtures.isps import NAS_SECRET, PASSWORD, World
from tests.fixtures.radius import new_address
from tests.radius import packets
from tests.radius.packets import PROXY_STATE
from tests.radius.server import Radius, Router, together, until

RIGHT = PASSWORD.encode()
SHORTLY = 0.7
IN_FORCE_SECONDS = 15.0  # raddb/clients.conf says ten; the rest is for a busy machine


@pytest.fixture
def name(isp: World) -> bytes:
    return isp.connection().details.username.encode()


def comes(router: Router, name: bytes, code: str) -> None:
    """Wait until a login from there is answered so."""
    until(
        lambda: router.raw(name, RIGHT, wait_seconds=SHORTLY) == code,
        lambda: router,
        IN_FORCE_SECONDS,
    )


def test_a_new_router_is_known_and_a_removed_one_a_stranger_without_a_restart(
    radius: Radius, isp: World, name: bytes
) -> None:
    address = new_address()
    router = Router(radius, address, str(NAS_SECRET))
    assert router.raw(name, RIGHT, wait_seconds=0.2) == "none"
    nas = isp.nas(address)
    comes(router, name, "Access-Accept")
    with isp.transaction() as session:
        remove_nas(session, isp.tenant_id, nas.nas_id, actor=SYSTEM)
    comes(router, name, "none")


def test_changed_secrets_are_in_force_within_some_seconds(
    radius: Radius, isp: World, name: bytes
) -> None:
    odd = ("\\", "new\\secret", "it's", 'say "so"', "%{User-Name}", "গোপন", " ", "x" * 128)
    made = {isp.nas(new_address()): secret for secret in (*odd, *map(str, range(12)))}
    radius.caught_up()
    before = [Router(radius, str(nas.details.address), str(NAS_SECRET)) for nas in made]
    assert {together(*(lambda at=at: at.raw(name, RIGHT) for at in before))[0]} == {"Access-Accept"}
    with isp.transaction() as session:
        for nas, secret in made.items():
            change_nas_secret(
                session, isp.tenant_id, nas.nas_id, Secret(secret), keys=isp.keys, actor=SYSTEM
            )
    after = [Router(radius, str(nas.details.address), secret) for nas, secret in made.items()]
    together(*(lambda at=at: comes(at, name, "Access-Accept") for at in after))
    answers = together(*(lambda at=at: at.raw(name, RIGHT, wait_seconds=SHORTLY) for at in before))
    assert set(answers) == {"none"}


def test_an_address_that_changes_hands_is_never_taken_for_its_former_isps(
    radius: Radius, isp: World, other_isp: World
) -> None:
    here, there = new_address(), new_address()
    isp.connection("rahim")
    other_isp.connection("karim")
    nas = isp.nas(here)
    at_here, at_there = (Router(radius, each, str(NAS_SECRET)) for each in (here, there))
    comes(at_here, b"rahim", "Access-Accept")
    with isp.transaction() as session:
        moved = replace(nas.details, address=there)
        change_nas(session, isp.tenant_id, nas.nas_id, moved, actor=SYSTEM)
    other_isp.nas(here)
    radius.caught_up()
    assert at_here.raw(b"rahim", RIGHT, wait_seconds=SHORTLY) == "none"
    comes(at_there, b"rahim", "Access-Accept")
    comes(at_here, b"karim", "Access-Accept")


def test_equal_usernames_at_two_isps_never_meet(
    radius: Radius, router: Router, isp: World, other_isp: World
) -> None:
    isp.connection("rahim", password=Secret("ours"))
    other_isp.connection("rahim", password=Secret("theirs"))
    address = str(other_isp.nas(new_address()).details.address)
    other = Router(radius, address, str(NAS_SECRET))
    radius.caught_up()
    answers = together(
        lambda: router.raw(b"rahim", b"ours"),
        lambda: router.raw(b"rahim", b"theirs"),
        lambda: other.raw(b"rahim", b"ours"),
        lambda: other.raw(b"rahim", b"theirs"),
        lambda: radius.decision(isp.slug, "rahim", "ours")[0],
        lambda: radius.decision(other_isp.slug, "rahim", "ours")[0],
    )
    no, yes = "Access-Reject", "Access-Accept"
    assert answers == [yes, no, no, yes, yes, no]


def test_a_router_that_says_it_is_another_isps_is_not_believed(
    radius: Radius, router: Router, isp: World, other_isp: World
) -> None:
    other_isp.connection("karim")
    radius.caught_up()
    said = (packets.NAS_IDENTIFIER, other_isp.slug.encode())
    assert router.raw(b"karim", RIGHT, said) == "Access-Reject"


def test_an_unsigned_request_is_dropped_and_seen_unless_the_router_is_allowed(
    radius: Radius, isp: World, name: bytes, admin: Database
) -> None:
    strict, lax = (
        isp.nas(new_address()),
        isp.nas(new_address(), require_message_authenticator=False),
    )
    at_strict, at_lax = (
        Router(radius, str(each.details.address), str(NAS_SECRET)) for each in (strict, lax)
    )
    radius.caught_up()
    assert at_lax.raw(name, RIGHT, signed=False) == "Access-Accept"
    assert at_strict.raw(name, RIGHT, signed=False, wait_seconds=SHORTLY) == "none"
    assert at_strict.raw(name, RIGHT) == "Access-Accept"
    (said,) = radius.lines(f"NAS {strict.details.address} lack Message-Authenticator")
    assert "require-message-auth" in said

    def seen() -> list[int]:
        with admin.cursor() as cursor:
            cursor.execute(
                "SELECT nas_id FROM nas_sightings"
                " WHERE tenant_id = %s AND unauthenticated_at IS NOT NULL ORDER BY nas_id",
                (isp.tenant_id,),
            )
            return [row[0] for row in cursor.fetchall()]

    until(lambda: seen() == [strict.nas_id, lax.nas_id], seen)


def test_a_request_with_proxy_state_is_dropped_unless_it_is_signed(
    radius: Radius, isp: World, name: bytes
) -> None:
    lax = isp.nas(new_address(), require_message_authenticator=False)
    router = Router(radius, str(lax.details.address), str(NAS_SECRET))
    state = (PROXY_STATE, b"42")
    comes(router, name, "Access-Accept")
    assert router.raw(name, RIGHT, state, signed=False, wait_seconds=SHORTLY) == "none"
    assert router.raw(name, RIGHT, state) == "Access-Accept"


def test_every_reply_is_signed(radius: Radius, router: Router, name: bytes) -> None:
    radius.caught_up()
    username = name.decode()
    answers = together(
        lambda: router.login(username, PASSWORD),
        lambda: router.login(username, PASSWORD, method="CHAP-Password"),
        lambda: router.login(username, "guess"),
        lambda: router.login("nobody", "guess"),
    )
    assert [each.code for each in answers] == ["Access-Accept"] * 2 + ["Access-Reject"] * 2
    assert all("Message-Authenticator" in each for each in answers)


def test_a_router_is_told_that_the_server_is_there_but_not_how_it_is(
    radius: Radius, router: Router
) -> None:
    radius.caught_up()
    answer = router.send(
        "status", f"Packet-Src-IP-Address = {router.address}, Message-Authenticator = 0x00"
    )
    assert answer.code == "Access-Accept"
    (said,) = answer.attributes["Reply-Message"]
    assert said.strip('"').startswith("facts_age_seconds=")
    assert "Message-Authenticator" in answer


def test_the_operator_is_told_how_the_node_is(radius: Radius, router: Router, name: bytes) -> None:
    router.raw(name, RIGHT)
    said = radius.status()
    assert said["facts_from"] == "database"
    assert said["snapshot_file"] == "ok"
    assert int(said["connections"]) > 0
    assert int(said["logins"]) > 0
    assert "hook_p99_us" in said


def test_a_router_may_have_an_ipv6_address(
    new_radius: Callable[..., Radius], isp: World, name: bytes
) -> None:
    isp.nas("::1", kind=NasKind.RFC)
    node = new_radius()
    node.start(SKYLINK_RADIUS_ADDRESS="::")
    request = (
        f'User-Name = "{name.decode()}", User-Password = "{PASSWORD}", Message-Authenticator = 0x00'
    )
    port = f"[::1]:{node.auth_port}"
    answer = node.ask("auth", request, port, secret=str(NAS_SECRET))
    assert answer.code == "Access-Accept"
