"""The simulated MikroTik: at our FreeRADIUS, at a deaf server, and told by a real radclient."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from sandbox.background import Background
from sandbox.nas.changes import Kind, Manner
from sandbox.nas.router import Refused, Router, Setup, Unanswered
from sandbox.nas.sessions import Dial, Service, Session, Use
from sandbox.nas.wire import Patience
from tests.fixtures.isps import NAS_SECRET, PASSWORD, World
from tests.fixtures.radius import new_address
from tests.radius.server import Answer, Radius, until

GIGAWORD = 1 << 32
SOON = Patience(timeout_seconds=0.05, tries=3)
NEW_SPEED = 'Mikrotik-Rate-Limit = "1M/1M"'


def dial(username: str, **said: object) -> Dial:
    return Dial(username, str(PASSWORD), **said)  # type: ignore[arg-type]


@pytest.fixture
def username(isp: World, radius: Radius) -> str:
    """A client who may log in, known to the node."""
    name = str(isp.connection().details.username)
    radius.caught_up()
    return name


@pytest.fixture
def online(background: Background, mikrotik: Router, username: str) -> Session:
    """A live session of that client."""
    return background.do(mikrotik.dial(dial(username)))


@pytest.fixture
def tell(radius: Radius, mikrotik: Router, online: Session) -> Callable[..., Answer]:
    """Send what a billing server would, with radclient: tell("coa", "...", name="...")."""

    def send(kind: str, change: str = "", *, name: str = "", secret: str = "") -> Answer:
        told = [
            f'User-Name = "{name or online.dial.username}"',
            f'Acct-Session-Id = "{online.session_id}"',
            f"Framed-IP-Address = {online.address}",
            f"NAS-IP-Address = {mikrotik.setup.address}",
            *filter(None, [change]),
        ]
        port = f"{mikrotik.setup.address}:{mikrotik.coa_port}"
        return radius.ask(
            kind, ", ".join(told), port, secret=secret or str(NAS_SECRET), wait_seconds=0.5
        )

    return send


def journal_of(radius: Radius, session: Session) -> list[dict[str, str]]:
    """The session's records in the journal of the node, in order."""
    text = "".join(path.read_text() for path in sorted((radius.home / "journal").iterdir()))
    records = [dict(re.findall(r"^\t(\S+) = (.*)$", part, re.M)) for part in text.split("\n\n")]
    return [
        record
        for record in records
        if record.get("User-Name") == f'"{session.dial.username}"'
        and record["Acct-Session-Id"] == f'"{session.session_id}"'
    ]


# --- at our FreeRADIUS ---------------------------------------------------------------------------


@pytest.mark.parametrize("chap", [False, True], ids=["pap", "chap"])
def test_a_client_is_let_in_at_the_speed_radius_says(
    background: Background, mikrotik: Router, username: str, *, chap: bool
) -> None:
    session = background.do(mikrotik.dial(dial(username, chap=chap)))
    assert session.rate_limit == "10M/10M"
    assert session.class_ is not None
    assert mikrotik.session_of(username) is session
    assert [(login.username, login.accepted) for login in mikrotik.logins] == [(username, True)]


def test_a_wrong_password_is_refused(
    background: Background, mikrotik: Router, username: str
) -> None:
    with pytest.raises(Refused):
        background.do(mikrotik.dial(Dial(username, "wrong")))
    assert (mikrotik.live, mikrotik.logins[0].accepted) == ([], False)


def test_a_hotspot_user_says_what_a_hotspot_says(
    background: Background, mikrotik: Router, username: str, radius: Radius
) -> None:
    session = background.do(mikrotik.dial(dial(username, service=Service.HOTSPOT, chap=True)))
    (start,) = journal_of(radius, session)
    assert start["NAS-Port-Type"] == "Wireless-802.11"
    assert "Service-Type" not in start


def test_records_tell_cumulative_octets_with_their_high_words(
    background: Background, mikrotik: Router, online: Session, radius: Radius
) -> None:
    online.carry(upload_bytes=1_000, download_bytes=GIGAWORD - 1)
    assert background.do(mikrotik.interim(online))
    online.carry(download_bytes=2)
    assert background.do(mikrotik.hang_up(online))
    start, interim, stop = journal_of(radius, online)
    assert start["Acct-Status-Type"] == "Start"
    assert "Acct-Input-Octets" not in start
    assert (interim["Acct-Output-Octets"], interim["Acct-Output-Gigawords"]) == ("4294967295", "0")
    assert (stop["Acct-Output-Octets"], stop["Acct-Output-Gigawords"]) == ("1", "1")
    assert (stop["Acct-Input-Octets"], stop["Acct-Terminate-Cause"]) == ("1000", "User-Request")
    assert {record["Class"] for record in (start, interim, stop)} == {
        f"0x{(online.class_ or b'').hex()}"
    }
    assert online.acknowledged == Use(1_000, GIGAWORD + 1)
    assert (online.is_live, online.stop_acknowledged) == (False, True)


def test_a_router_that_lost_power_says_so_and_counts_its_sessions_anew(
    background: Background, mikrotik: Router, online: Session, username: str
) -> None:
    mikrotik.lose_power()
    assert background.do(mikrotik.boot())
    again = background.do(mikrotik.dial(dial(username)))
    assert (online.is_live, online.stop_acknowledged, mikrotik.live) == (False, False, [again])
    assert again.session_id != online.session_id


# --- at a deaf server -----------------------------------------------------------------------------


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    """A server that hears and never answers."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as wire:
        wire.bind(("127.0.0.1", 0))
        wire.settimeout(5)
        yield wire


def at(deaf: socket.socket, **said: object) -> Router:
    port = deaf.getsockname()[1]
    return Router(Setup(new_address(), "a secret", port, port, **said))  # type: ignore[arg-type]


def test_a_router_repeats_the_same_datagram_a_few_times_and_drops_the_login(
    background: Background, deaf: socket.socket
) -> None:
    router = at(deaf, patience=SOON)
    background.do(router.open())
    with pytest.raises(Unanswered):
        background.do(router.dial(Dial("salma", "pw")))
    background.do(router.close())
    heard = [deaf.recv(4096) for _ in range(router.datagrams_sent)]
    assert len(heard) == SOON.tries
    assert len(set(heard)) == 1
    assert router.logins[0].accepted is None


def test_after_its_tries_a_record_gets_a_new_identifier_and_tells_its_delay(
    background: Background, deaf: socket.socket
) -> None:
    router = at(deaf, stop_patience=Patience(timeout_seconds=0.3, tries=2, rounds=3))
    background.do(router.open())
    assert not background.do(router.boot())
    background.do(router.close())
    heard = [deaf.recv(4096) for _ in range(6)]
    assert [heard.count(each) for each in heard] == [2] * 6
    assert len({each[1] for each in heard}) == 3
    delay = re.compile(rb"\x29\x06(....)", re.S)
    delays = [int.from_bytes(delay.search(each[20:])[1], "big") for each in heard]  # type: ignore[index]
    assert delays == sorted(delays)
    assert delays[-1] >= 1


def test_a_server_that_is_not_there_is_as_silent_as_a_deaf_one(
    background: Background, deaf: socket.socket
) -> None:
    router = at(deaf, patience=SOON)
    deaf.close()
    background.do(router.open())
    with pytest.raises(Unanswered):
        background.do(router.dial(Dial("salma", "pw")))
    background.do(router.close())


# --- told from outside ----------------------------------------------------------------------------


def test_a_coa_changes_the_speed_of_the_session(
    mikrotik: Router, online: Session, tell: Callable[..., Answer]
) -> None:
    assert tell("coa", NEW_SPEED).code == "CoA-ACK"
    assert online.rate_limit == "1M/1M"
    (heard,) = mikrotik.heard
    assert (heard.kind, heard.session, heard.answer) == (Kind.COA, online, "ack")
    assert heard.attributes["Mikrotik-Rate-Limit"] == ["1M/1M"]


def test_a_disconnect_ends_the_session_with_a_stop_and_the_modem_dials_again(
    background: Background, mikrotik: Router, username: str, radius: Radius
) -> None:
    first = background.do(mikrotik.dial(dial(username, redial_seconds=0.01)))
    first.carry(download_bytes=7)
    request = f'User-Name = "{username}", Framed-IP-Address = {first.address}'
    where = f"{mikrotik.setup.address}:{mikrotik.coa_port}"
    assert radius.ask("disconnect", request, where, secret=str(NAS_SECRET)).code == "Disconnect-ACK"
    until(lambda: first.stop_acknowledged and mikrotik.session_of(username), lambda: mikrotik.live)
    assert journal_of(radius, first)[-1]["Acct-Terminate-Cause"] == "Admin-Reset"
    assert first.acknowledged == Use(0, 7)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        pytest.param('Framed-Pool = "garden"', "Unsupported-Attribute", id="not changeable"),
        pytest.param('NAS-Identifier = "x"', "NAS-Identification-Mismatch", id="another router"),
        pytest.param('Calling-Station-Id = "x"', "Session-Context-Not-Found", id="another device"),
    ],
)
def test_what_a_router_cannot_do_it_refuses(
    online: Session, tell: Callable[..., Answer], change: str, cause: str
) -> None:
    answer = tell("coa", f"{change}, {NEW_SPEED}")
    assert (answer.code, answer["Error-Cause"]) == ("CoA-NAK", cause)
    assert online.rate_limit == "10M/10M"


def test_a_name_alone_does_not_tell_a_session(radius: Radius, mikrotik: Router) -> None:
    where = f"{mikrotik.setup.address}:{mikrotik.coa_port}"
    answer = radius.ask("coa", f'User-Name = "a", {NEW_SPEED}', where, secret=str(NAS_SECRET))
    assert (answer.code, answer["Error-Cause"]) == ("CoA-NAK", "Missing-Attribute")


def test_a_router_may_know_fewer_attributes(
    background: Background, new_mikrotik: Callable[..., Router], username: str, radius: Radius
) -> None:
    router = new_mikrotik(refuses=frozenset({"Mikrotik-Address-List"}))
    session = background.do(router.dial(dial(username)))
    request = f'User-Name = "{username}", Framed-IP-Address = {session.address}'
    moved = f'{request}, Mikrotik-Address-List = "expired"'
    answer = radius.ask(
        "coa", moved, f"{router.setup.address}:{router.coa_port}", secret=str(NAS_SECRET)
    )
    assert answer["Error-Cause"] == "Unsupported-Attribute"


@pytest.mark.parametrize(
    ("manner", "code", "noted"),
    [
        (Manner.NAK, "CoA-NAK", "nak 504"),
        (Manner.SILENT, "none", "nothing"),
        (Manner.NO_EFFECT, "CoA-ACK", "ack"),
        (Manner.FORGED, "none", "forged"),
    ],
)
def test_a_router_may_answer_in_other_ways_and_change_nothing(
    background: Background,
    mikrotik: Router,
    online: Session,
    tell: Callable[..., Answer],
    manner: Manner,
    code: str,
    noted: str,
) -> None:
    background.do(mikrotik.answer_changes(manner, error_cause=504))
    assert tell("coa", NEW_SPEED).code == code
    assert online.rate_limit == "10M/10M"
    assert mikrotik.heard[-1].answer == noted


def test_a_closed_port_can_be_opened_again(
    background: Background, mikrotik: Router, online: Session, tell: Callable[..., Answer]
) -> None:
    background.do(mikrotik.answer_changes(Manner.CLOSED))
    assert tell("coa", NEW_SPEED).code == "none"
    background.do(mikrotik.answer_changes(Manner.ACK))
    assert tell("coa", NEW_SPEED).code == "CoA-ACK"


def test_who_does_not_know_the_secret_is_not_heard(
    mikrotik: Router, online: Session, tell: Callable[..., Answer]
) -> None:
    assert tell("disconnect", secret="guessed").code == "none"
    assert online.is_live
    assert mikrotik.heard == []
