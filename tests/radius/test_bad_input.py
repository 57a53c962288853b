"""What no router should send: the right answer, a clear line in the log, no undue accept."""

from __future__ import annotations

import os

import pytest

from billing.connections import Connection
from policy.facts import Service
from storage.secrets import Secret
from tests.fixtures.isps import NAS_SECRET, PASSWORD, World
from tests.radius import packets
from tests.radius.packets import (
    CALLED_STATION_ID,
    CALLING_STATION_ID,
    NAS_IDENTIFIER,
    PROXY_STATE,
    USER_NAME,
)
from tests.radius.server import Radius, Router, of_each, together, until

RIGHT = PASSWORD.encode()
SHORTLY = 0.7  # how long silence is listened to, where the log or a later answer proves the rest
NOT_UTF8 = b"\xff\xfe\xc3("
SURROGATE = b"\xed\xa0\x80"  # what UTF-8 must not hold (RFC 3629, 3)


@pytest.fixture
def line(isp: World, radius: Radius, router: Router) -> Connection:
    """A connection that may log in, known to the node, as its router is."""
    made = isp.connection()
    radius.caught_up()
    return made


@pytest.fixture
def name(line: Connection) -> bytes:
    return line.details.username.encode()


def lines(isp: World, names: list[str], passwords: list[str]) -> list[tuple[str, str]]:
    """Connections of one client with these names and passwords, in pairs."""
    client_id = isp.client().client_id
    package_id, profile_id = isp.package().package_id, isp.profile().profile_id
    for username, password in zip(names, passwords, strict=True):
        isp.connection(
            username,
            client_id=client_id,
            package_id=package_id,
            profile_id=profile_id,
            password=Secret(password),
        )
    return list(zip(names, passwords, strict=True))


def test_a_name_with_a_nul_is_not_the_name_before_it(
    radius: Radius, router: Router, name: bytes
) -> None:
    spoilt = [name + b"\0", name + b"\0x", b"\0" + name, b"\0"]
    answers = of_each(spoilt, lambda each: router.raw(each, RIGHT))
    assert answers == dict.fromkeys(spoilt, "Access-Reject")
    assert router.raw(name, RIGHT) == "Access-Accept"
    assert len(radius.lines(f"NAS {router.address} sent a login without a User-Name")) == 1


def test_a_name_that_is_not_utf8_is_refused(radius: Radius, router: Router, name: bytes) -> None:
    spoilt = [NOT_UTF8, name + NOT_UTF8, name + b"\x80", "রহিম".encode()[:-1], name + SURROGATE]
    answers = of_each(spoilt, lambda each: router.raw(each, RIGHT))
    assert answers == dict.fromkeys(spoilt, "Access-Reject")
    assert len(radius.lines(f"NAS {router.address} sent a login without a User-Name")) == 1


def test_what_only_describes_the_router_or_the_device_keeps_nobody_out(
    router: Router, name: bytes
) -> None:
    kinds = NAS_IDENTIFIER, CALLED_STATION_ID, CALLING_STATION_ID
    junk = [
        ((kind, value),)
        for kind in kinds
        for value in (NOT_UTF8, SURROGATE, b"AA:BB\0\xff", bytes(9), b"x" * 253)
    ]
    said = [*junk, tuple((kind, NOT_UTF8) for kind in kinds)]
    answers = of_each(said, lambda attributes: router.raw(name, RIGHT, *attributes))
    assert answers == dict.fromkeys(said, "Access-Accept")


def test_names_that_mean_something_elsewhere_are_just_unknown(
    radius: Radius, router: Router, name: bytes
) -> None:
    names = [
        b"' OR '1'='1",
        b"x'; DROP TABLE connections; --",
        b"%{User-Password}",
        b"%{exec:/bin/true}",
        b"`id`",
        b"${confdir}",
        b"\\",
        b'"',
        "রহিম উদ্দিন".encode(),
        b"\xc2\x85\xe2\x80\xa8",  # line ends of Unicode
        b"a\nskylink: all is well",
        b"n" * 253,
        b"AA:BB:CC:00:00:01",
    ]
    answers = of_each(names, lambda each: router.raw(each, RIGHT))
    assert answers == dict.fromkeys(names, "Access-Reject")
    assert not radius.lines("all is well")
    assert router.raw(name, RIGHT) == "Access-Accept"


def test_a_connection_may_have_any_such_name(radius: Radius, router: Router, isp: World) -> None:
    names = [
        "o'brien",
        'say "hello"',
        "back\\slash\\",
        "%{User-Password}",
        "রহিম উদ্দিন",
        "rahim@padma.net",
        " spaces ",
        "a" * 253,
    ]
    made = lines(isp, names, [PASSWORD] * len(names))
    radius.caught_up()
    answers = of_each(made, lambda line: router.raw(line[0].encode(), RIGHT))
    assert answers == dict.fromkeys(made, "Access-Accept")


def test_a_login_without_a_name_or_without_a_password_is_refused(
    router: Router, name: bytes
) -> None:
    answers = together(
        lambda: router.raw(None, RIGHT),
        lambda: router.raw(b"", RIGHT),
        lambda: router.raw(name, b""),
        lambda: router.raw(name, None),
    )
    assert answers[0] == answers[2] == answers[3] == "Access-Reject"
    assert answers[1] != "Access-Accept"  # an attribute without a value is malformed already


def test_a_connection_without_a_password_is_let_in_by_none(
    radius: Radius, router: Router, isp: World
) -> None:
    made = isp.connection(password=None, service=Service.HOTSPOT)
    radius.caught_up()
    username = made.details.username.encode()
    answers = together(
        lambda: router.raw(username, b""),
        lambda: router.raw(username, RIGHT),
        lambda: router.raw(username, None),
    )
    assert answers == ["Access-Reject"] * 3


def test_packets_that_are_not_radius_are_ignored_and_do_not_stop_the_server(
    radius: Radius, router: Router, name: bytes
) -> None:
    good = packets.access_request(str(NAS_SECRET), RIGHT, (USER_NAME, name))
    malformed = [
        b"",
        b"\x01",
        good[:19],
        good[:-1],
        good[:2] + b"\xff\xff" + good[4:],
        good[:2] + b"\x00\x05" + good[4:],
        good[:20] + b"\x01\x00" + good[22:],
        good[:20] + b"\x01\xff" + good[22:],
        bytes([255]) + good[1:],
        bytes([2]) + good[1:],
        good[:2] + (4096 + 50).to_bytes(2, "big") + good[4:] + bytes(4096 + 50 - len(good)),
        os.urandom(len(good)),
        b"GET / HTTP/1.1\r\n\r\n",
    ]
    answers = together(
        *(lambda each=each: router.datagram(each, wait_seconds=SHORTLY) for each in malformed)
    )
    assert answers == ["none"] * len(malformed)
    assert router.raw(name, RIGHT) == "Access-Accept"


def test_a_packet_with_more_attributes_than_anybody_sends_is_ignored(
    router: Router, name: bytes
) -> None:
    many = [(PROXY_STATE, b"x")] * 300
    assert router.raw(name, RIGHT, *many, wait_seconds=SHORTLY) == "none"


def test_an_address_that_is_no_router_is_ignored_with_one_clear_line(
    radius: Radius, router: Router, name: bytes
) -> None:
    stranger = Router(radius, "127.200.1.1", str(NAS_SECRET))
    assert stranger.raw(name, RIGHT, wait_seconds=SHORTLY) == "none"
    (said,) = radius.lines("127.200.1.1")
    assert "unknown client" in said


def test_a_wrong_secret_is_never_answered_with_an_accept(
    radius: Radius, router: Router, isp: World, name: bytes
) -> None:
    guessing = Router(radius, router.address, "not-the-secret")
    assert guessing.raw(name, RIGHT, wait_seconds=SHORTLY) == "none"
    assert any("Message-Authenticator" in each for each in radius.lines(router.address))


def test_passwords_of_clients_are_in_no_log_line(
    radius: Radius, router: Router, isp: World, name: bytes
) -> None:
    guess = f"guess-{isp.slug}"
    together(
        lambda: router.raw(name, guess.encode()),
        lambda: router.raw(name + b"\xff", guess.encode()),
        lambda: router.raw(guess.encode() + b"\0", guess.encode()),
    )
    assert str(PASSWORD) not in radius.log()
    assert str(NAS_SECRET) not in radius.log()
    assert guess not in radius.log()


def test_accounting_with_junk_is_kept_and_acknowledged(
    radius: Radius, router: Router, name: bytes
) -> None:
    record = packets.accounting_request(
        router.secret,
        (packets.ACCT_STATUS_TYPE, (1).to_bytes(4, "big")),
        (packets.ACCT_SESSION_ID, b"junk-1"),
        (USER_NAME, name + NOT_UTF8),
        (CALLED_STATION_ID, NOT_UTF8),
    )
    code = packets.sent(record, source=router.address, port=radius.acct_port)
    assert code == packets.ACCOUNTING_RESPONSE
    journal = b"".join(each.read_bytes() for each in (radius.home / "journal").iterdir())
    assert b"junk-1" in journal
    assert b"Called-Station-Id" in journal.partition(b"junk-1")[2]


def test_any_password_is_compared_as_it_is(radius: Radius, router: Router, isp: World) -> None:
    passwords = [
        "back\\slash",
        "trailing\\",
        "\\\\server\\share",
        "\\x41\\101\\n",
        'double"quote',
        "single'quote",
        "`tick`",
        "%{User-Name}",
        "%%",
        "${confdir}",
        "{clear}x",
        "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=",
        "0x4142",
        "পাসওয়ার্ড",
        " lead and trail ",
        "#comment",
    ]
    made = lines(isp, [f"user-{number}" for number in range(len(passwords))], passwords)
    radius.caught_up()
    by_pap = of_each(made, lambda line: router.raw(line[0].encode(), line[1].encode()))
    by_chap = of_each(made, lambda line: router.raw(line[0].encode(), line[1].encode(), chap=True))
    assert by_pap == by_chap == dict.fromkeys(made, "Access-Accept")
    near = of_each(made, lambda line: router.raw(line[0].encode(), line[1][:-1].encode()))
    assert near == dict.fromkeys(made, "Access-Reject")


def test_a_password_as_long_as_a_protocol_can_carry_is_compared_whole(
    radius: Radius, router: Router, isp: World
) -> None:
    pap = isp.connection(password=Secret("\\" * 128))  # RFC 2865, 5.2: 128 bytes
    chap = isp.connection(password=Secret("\\" * 253))
    radius.caught_up()
    answers = together(
        lambda: router.raw(pap.details.username.encode(), b"\\" * 128),
        lambda: router.raw(pap.details.username.encode(), b"\\" * 127),
        lambda: router.raw(chap.details.username.encode(), b"\\" * 253, chap=True),
        lambda: router.raw(chap.details.username.encode(), b"\\" * 252, chap=True),
    )
    assert answers == ["Access-Accept", "Access-Reject"] * 2


def test_no_hook_fails_on_any_of_it(radius: Radius) -> None:
    until(radius.status, lambda: radius)
    for trouble in ("Traceback", "RLM_MODULE_FAIL", "UnicodeDecodeError", "failed:"):
        assert not radius.lines(trouble), radius
