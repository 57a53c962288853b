"""radload: what it sends, what it believes, what it counts."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.figures import BenchError
from bench.load import Load, Radload
from tests.bench.responder import REJECT, SECRET, Request, Responder, md5, reply

COUNT = 300
ACCOUNTING_RESPONSE = 5
STATUS, SESSION = 40, 44  # Acct-Status-Type, Acct-Session-Id
START, STOP, INTERIM = 1, 2, 3


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("radload")


@pytest.fixture(scope="module")
def radload(scratch: Path) -> Iterator[Radload]:
    yield Radload(scratch)


def ask(radload: Radload, responder: Responder, **options: object) -> Load:
    """One closed run of COUNT requests by 100 users."""
    given: dict[str, object] = {"users": 100, "count": COUNT, "warmup": 0, "timeout_ms": 300}
    return radload.closed(responder.port, window=16, seconds=20, **{**given, **options})


def test_requests_are_what_a_router_sends_for_pppoe_with_pap(radload: Radload) -> None:
    with Responder() as responder:
        ask(radload, responder)
    first = responder.asked[0]
    present = {1, 2, 4, 5, 6, 7, 30, 31, 32, 44, 61, 80, 87}  # by RADIUS number
    assert set(first.attributes) == present
    assert all(request.is_signed for request in responder.asked)
    assert {request.password for request in responder.asked} == {
        f"pw{request.username.removeprefix('user')}" for request in responder.asked
    }


def test_users_come_from_the_range_in_an_order_the_seed_decides(radload: Radload) -> None:
    orders = []
    for seed in (1, 1, 2):
        with Responder() as responder:
            ask(radload, responder, users=100, first=501, count=100, seed=seed)
        orders.append([request.username for request in responder.asked])
    wanted = {f"user{number}" for number in range(501, 601)}
    assert set(orders[0]) == wanted
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


def test_each_answer_is_counted_once(radload: Radload) -> None:
    with Responder() as responder:
        load = ask(radload, responder)
    said = load.said
    assert len(responder.asked) == said["sent"] == said["accepts"] == said["samples"] == COUNT
    assert said["rejects"] == said["lost"] == said["late"] == said["forged"] == said["odd"] == 0
    assert 0 < load.p50_ms <= load.p99_ms <= said["max_ms"]
    load.refuse_wrong("the responder")


def test_a_refused_user_fails_the_run(radload: Radload) -> None:
    def answers(request: Request) -> list[bytes]:
        return [reply(request, REJECT if request.username == "user7" else 2)]

    with Responder(answers) as responder:
        load = ask(radload, responder)
    assert load.said["rejects"] == COUNT // 100
    with pytest.raises(BenchError, match="rejects"):
        load.refuse_wrong("the responder")


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda request: reply(request, secret=b"another"), id="another secret"),
        pytest.param(lambda request: reply(request, signed=False), id="no Message-Authenticator"),
        pytest.param(lambda request: reply(request)[:-1] + b"\0", id="a changed signature"),
        pytest.param(
            lambda request: bytes([REJECT]) + reply(request)[1:], id="an accept made a reject"
        ),
        pytest.param(
            lambda request: reply(Request.parse(request.raw[:4] + bytes(16) + request.raw[20:])),
            id="an answer to another request",
        ),
    ],
)
def test_a_forged_reply_is_not_believed(radload: Radload, forged: object) -> None:
    def answers(request: Request) -> list[bytes]:
        assert callable(forged)
        wrong = [forged(request)] if request.username == "user7" else []
        return [*wrong, reply(request)]

    with Responder(answers) as responder:
        load = ask(radload, responder)
    assert load.said["forged"] == COUNT // 100
    assert load.said["accepts"] == COUNT
    with pytest.raises(BenchError, match="forged"):
        load.refuse_wrong("the responder")


def test_a_reply_of_the_wrong_length_is_told_apart(radload: Radload) -> None:
    with Responder(lambda request: [reply(request) + b"\0", reply(request)]) as responder:
        load = ask(radload, responder)
    assert load.said["odd"] == COUNT


def test_what_is_never_answered_is_lost_and_counts_with_its_whole_wait(radload: Radload) -> None:
    def answers(request: Request) -> list[bytes]:
        return [] if request.username == "user7" else [reply(request)]

    with Responder(answers) as responder:
        load = ask(radload, responder)
    assert load.said["lost"] == COUNT // 100
    assert load.said["samples"] == COUNT
    assert load.said["max_ms"] >= 300


def test_an_open_load_leaves_by_the_clock_though_nobody_answers(radload: Radload) -> None:
    with Responder(lambda _: []) as responder:
        load = radload.open(responder.port, rate=500, seconds=1, warmup=0, timeout_ms=100)
    assert len(responder.asked) == load.said["sent"] == 500
    assert load.said["lost"] == 500


def whole(request: Request, low: int, high: int) -> int:
    """A counter of a record, its high word included."""
    words = [int.from_bytes(request.attributes.get(kind, b""), "big") for kind in (high, low)]
    return words[0] << 32 | words[1]


def account(radload: Radload, responder: Responder, **options: object) -> Load:
    """Three turns of 50 users after the one that begins their sessions."""
    given: dict[str, object] = {"users": 50, "count": 200, "cycle": 4, "class": "sl:1:{n}"}
    return ask(radload, responder, records=True, **{**given, **options})


def acknowledging(request: Request) -> list[bytes]:
    return [reply(request, ACCOUNTING_RESPONSE, signed=False)]


def test_records_are_what_a_router_sends_for_pppoe(radload: Radload) -> None:
    with Responder(acknowledging) as responder:
        load = account(radload, responder)
    assert load.said["accepts"] == 200
    who = {1, 4, 5, 6, 7, 8, 25, 30, 31, 32, 40, 41, 44, 45, 55, 61, 87}  # by RADIUS number
    counters = {42, 43, 46, 47, 48, 52, 53}
    present = {START: who, INTERIM: who | counters, STOP: who | counters | {49}}
    for record in responder.asked:
        assert set(record.attributes) == present[record.attributes[STATUS][3]]
        assert record.attributes[25].decode() == f"sl:1:{record.username.removeprefix('user')}"
        head, blank = record.raw[:4], bytes(16)
        assert record.authenticator == md5(head + blank + record.raw[20:] + SECRET)


def test_the_octets_of_each_session_grow_and_their_sum_is_told(radload: Radload) -> None:
    with Responder(acknowledging) as responder:
        load = account(radload, responder, count=500)
    told: dict[tuple[str, bytes], list[int]] = {}
    for record in responder.asked:
        octets = whole(record, 42, 52) + whole(record, 43, 53)
        told.setdefault((record.username, record.attributes[SESSION]), []).append(octets)
    assert all(session == sorted(session) for session in told.values())
    assert sum(max(session) for session in told.values()) == load.said["octets"]
    assert max(max(session) for session in told.values()) > 0


def test_every_stretch_of_records_has_the_same_mix(radload: Radload) -> None:
    with Responder(acknowledging) as responder:
        load = account(radload, responder, users=40, count=200)
    kinds = [record.attributes[STATUS][3] for record in responder.asked]
    assert kinds[:40] == [START] * 40
    for turn in range(1, 5):
        mix = Counter(kinds[40 * turn : 40 * (turn + 1)])
        assert mix == {START: 10, INTERIM: 20, STOP: 10}
    assert load.said["stops"] == 40


def test_runs_with_other_serials_have_other_sessions(radload: Radload) -> None:
    sessions = []
    for serial in (0, 1_000):
        with Responder(acknowledging) as responder:
            account(radload, responder, serial=serial)
        sessions.append({record.attributes[SESSION] for record in responder.asked})
    assert not sessions[0] & sessions[1]


def test_a_record_that_is_not_acknowledged_counts_for_nothing(radload: Radload) -> None:
    def deaf_to_interims(request: Request) -> list[bytes]:
        return [] if request.attributes[STATUS][3] == INTERIM else acknowledging(request)

    with Responder(deaf_to_interims) as responder:
        load = account(radload, responder, users=20, count=40, cycle=4)
    assert load.said["interims"] == 0
    assert load.said["lost"] == 10


def test_an_acceptance_is_no_answer_to_a_record(radload: Radload) -> None:
    with Responder() as responder:
        load = account(radload, responder, count=20)
    assert load.said["odd"] == 20


def test_many_sockets_share_the_load(radload: Radload) -> None:
    with Responder() as responder:
        ask(radload, responder, users=1024, count=1024, sockets=4)
    assert sorted(responder.sources.values()) == [256, 256, 256, 256]


def test_the_same_packet_never_follows_itself_under_one_identifier(radload: Radload) -> None:
    with Responder() as responder:
        ask(radload, responder, users=10, count=1024, sockets=1)
    last: dict[int, bytes] = {}
    for request in responder.asked:  # a server would repeat its answer instead of deciding
        assert last.get(request.raw[1]) != request.raw
        last[request.raw[1]] = request.raw


def test_a_storm_brings_everybody_online_and_says_when(radload: Radload) -> None:
    with Responder() as responder:
        load = radload.storm(responder.port, users=600, seconds=20)
    said = load.said
    assert said["online"] == 600
    assert {request.username for request in responder.asked} == {f"user{n}" for n in range(1, 601)}
    times = [said[f"online_{part}_s"] for part in (50, 90, 99, 100)]
    assert times == sorted(times)
    assert load.online_part == 1


def test_in_a_storm_a_router_sends_the_same_packet_again(radload: Radload) -> None:
    heard: Counter[bytes] = Counter()

    def answers(request: Request) -> list[bytes]:
        heard[request.raw] += 1
        return [reply(request)] if heard[request.raw] == 2 else []

    with Responder(answers) as responder:
        load = radload.storm(responder.port, users=50, seconds=20, timeout_ms=1000, tries=3)
    assert load.said["retransmits"] == 50
    assert load.said["redials"] == 0
    assert set(heard.values()) == {2}


def test_after_its_tries_a_client_dials_anew_with_another_packet(radload: Radload) -> None:
    heard: dict[str, list[bytes]] = {}

    def answers(request: Request) -> list[bytes]:
        packets = heard.setdefault(request.username, [])
        packets.append(request.raw)
        return [reply(request)] if len(set(packets)) == 2 else []

    with Responder(answers) as responder:
        load = radload.storm(
            responder.port, users=50, seconds=20, timeout_ms=30, tries=2, redial_ms=60
        )
    assert load.said["redials"] == 50
    assert {len(packets) for packets in heard.values()} == {3}


def test_a_storm_that_is_not_answered_ends_and_says_so(radload: Radload) -> None:
    with Responder(lambda _: []) as responder:
        load = radload.storm(responder.port, users=10, seconds=0.3, timeout_ms=50)
    assert load.online_99_s is None
    assert load.online_part == 0


@pytest.mark.parametrize("address", ["10.0.0.1", "128.0.0.1", "::", "2001:db8::1", "localhost"])
def test_no_address_but_loopback_is_sent_to(scratch: Path, radload: Radload, address: str) -> None:
    done = subprocess.run(
        [str(scratch / "radload"), "closed", "--port=1812", f"--address={address}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "loopback" in done.stderr


def test_a_server_that_is_not_there_is_told(radload: Radload) -> None:
    with Responder() as responder:
        port = responder.port
    load = radload.closed(port, window=4, seconds=0.2, warmup=0, timeout_ms=50)
    assert load.said["refused"] > 0
    with pytest.raises(BenchError, match="nobody in"):
        load.refuse_wrong("the server")
