"""CoA on the wire: what is sent is genuine, and what comes back is believed only if it is."""

from __future__ import annotations

import hashlib
import hmac
import select
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from network.coa import IDENTIFIERS, Answer, CoaClient, Means, NoRoom, Outcome, Peer
from storage.secrets import Secret
from tests.network.responder import Answers, Responder, answer

SECRET = Secret("Jamuna-Shared-7")
KEY = SECRET.encode()
COA_REQUEST, COA_ACK, COA_NAK = 43, 44, 45
DISCONNECT_REQUEST, DISCONNECT_ACK, DISCONNECT_NAK = 40, 41, 42
NO_SUCH_SESSION = b"\x65\x06" + (503).to_bytes(4, "big")
WHO = {"User-Name": "rahim", "Acct-Session-Id": "81000001"}

MakeNas = Callable[[Answers], Peer]


@pytest.fixture
def nas() -> Iterator[MakeNas]:
    """Make NAS devices that answer as they are told."""
    made: list[Responder] = []

    def make(answers: Answers) -> Peer:
        made.append(Responder("127.0.0.1", answers))
        return Peer("127.0.0.1", made[-1].port, SECRET)

    yield make
    for each in made:
        each.close()


@pytest.fixture
def client() -> Iterator[CoaClient]:
    opened = CoaClient(timeout_seconds=0.4)
    yield opened
    opened.close()


def outcomes(client: CoaClient, number: int = 1) -> list[Outcome]:
    """The next outcomes, waited for as a loop would."""
    found: list[Outcome] = []
    deadline = time.monotonic() + 20
    while len(found) < number and time.monotonic() < deadline:
        select.select([client], [], [], client.next_expiry_in())
        found += client.outcomes()
    return found


def acks(request: bytes) -> list[bytes]:
    return [answer(request, request[0] + 1, KEY)]


@pytest.mark.parametrize("means", Means)
def test_an_acknowledgement_is_told_under_the_key_of_its_request(
    client: CoaClient, nas: MakeNas, means: Means
) -> None:
    client.send("one", nas(acks), means, WHO)
    assert outcomes(client) == [Outcome("one", Answer.ACK)]
    assert client.next_expiry_in() is None


def test_a_refusal_tells_its_error_cause(client: CoaClient, nas: MakeNas) -> None:
    refuses = nas(lambda request: [answer(request, COA_NAK, KEY, NO_SUCH_SESSION)])
    client.send(1, refuses, Means.COA, WHO)
    assert outcomes(client) == [Outcome(1, Answer.NAK, 503)]


@pytest.mark.parametrize("said", [b"", b"\x65\x04\x01\x02", b"\x12\x04no"])
def test_a_refusal_without_a_cause_is_a_refusal(
    client: CoaClient, nas: MakeNas, said: bytes
) -> None:
    client.send(1, nas(lambda request: [answer(request, COA_NAK, KEY, said)]), Means.COA, WHO)
    assert outcomes(client) == [Outcome(1, Answer.NAK, None)]


def test_a_request_is_signed_twice_over_and_says_when_it_was_made(
    client: CoaClient, nas: MakeNas
) -> None:
    heard: list[bytes] = []

    def listen(request: bytes) -> list[bytes]:
        heard.append(request)
        return acks(request)

    client.send(1, nas(listen), Means.COA, {**WHO, "Mikrotik-Rate-Limit": "5M/10M"})
    outcomes(client)
    packet = heard[0]
    assert packet[0] == COA_REQUEST
    proof = hashlib.md5(packet[:4] + bytes(16) + packet[20:] + KEY, usedforsecurity=False)
    assert packet[4:20] == proof.digest()
    at = packet.index(b"\x50\x12")
    unsigned = packet[:4] + bytes(16) + packet[20 : at + 2] + bytes(16) + packet[at + 18 :]
    assert packet[at + 2 : at + 18] == hmac.new(KEY, unsigned, "md5").digest()
    said = packet[packet.index(b"\x37\x06") + 2 :][:4]
    assert abs(int.from_bytes(said, "big") - time.time()) < 60
    assert b"\x1a\x0e\x00\x00\x3a\x8c\x08\x085M/10M" in packet  # vendor 14988, attribute 8


FORGERIES: dict[str, Answers] = {
    "another secret": lambda request: [answer(request, COA_ACK, b"a guess")],
    "an authenticator of zeros": lambda request: [answer(request, COA_ACK, KEY)[:4] + bytes(16)],
    "the request sent back": lambda request: [request],
    "an answer to another request": lambda request: [
        answer(request[:4] + bytes(16) + request[20:], COA_ACK, KEY)
    ],
    "an identifier not in flight": lambda request: [
        answer(bytes([request[0], request[1] ^ 1]) + request[2:], COA_ACK, KEY)
    ],
    "an answer of another kind": lambda request: [answer(request, DISCONNECT_ACK, KEY)],
    "an access-accept": lambda request: [answer(request, 2, KEY)],
    "a wrong signature": lambda request: [answer(request, COA_ACK, KEY, b"\x50\x12" + bytes(16))],
    "nothing": lambda _: [b""],
    "three bytes": lambda request: [request[:3]],
    "a wrong length": lambda request: [answer(request, COA_ACK, KEY)[:2] + b"\xff\xff" + bytes(30)],
    "an attribute of no length": lambda request: [answer(request, COA_NAK, KEY, b"\x65\x00")],
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_what_is_not_genuine_is_counted_and_changes_nothing(
    client: CoaClient, nas: MakeNas, forgery: Answers
) -> None:
    peer = nas(lambda request: [*forgery(request), *acks(request)])
    client.send(1, peer, Means.COA, WHO)
    assert outcomes(client) == [Outcome(1, Answer.ACK)]
    assert client.disbelieved == 1
    client.send(2, nas(forgery), Means.COA, WHO)
    assert outcomes(client) == [Outcome(2, Answer.SILENCE)]


def test_an_answer_from_elsewhere_never_reaches_us(client: CoaClient, nas: MakeNas) -> None:
    source: list[tuple[str, int]] = []
    peer = nas(lambda _: [])
    client.send(1, peer, Means.COA, WHO)
    line = client._lines[peer.address, peer.port]
    source.append(line.wire.getsockname())
    request = line.in_flight[0][0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
        forger.bind(("127.0.0.2", 0))
        forger.sendto(answer(request.RequestPacket(), COA_ACK, KEY), source[0])
    assert outcomes(client) == [Outcome(1, Answer.SILENCE)]
    assert client.disbelieved == 0


def test_an_answer_twice_is_one_outcome(client: CoaClient, nas: MakeNas) -> None:
    client.send(1, nas(lambda request: acks(request) * 2), Means.COA, WHO)
    found = outcomes(client)
    select.select([client], [], [], 0.2)
    assert [*found, *client.outcomes()] == [Outcome(1, Answer.ACK)]


def test_a_closed_port_is_told_at_once_where_the_system_says_so(client: CoaClient) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        peer = Peer("127.0.0.1", gone.getsockname()[1], SECRET)
    client.send(1, peer, Means.DISCONNECT, WHO)
    assert outcomes(client) == [Outcome(1, Answer.CLOSED)]


def test_no_answer_is_silence_when_the_time_is_up(client: CoaClient, nas: MakeNas) -> None:
    client.send(1, nas(lambda _: []), Means.COA, WHO)
    assert list(client.outcomes()) == []
    assert outcomes(client) == [Outcome(1, Answer.SILENCE)]


def test_many_are_in_flight_at_once_and_one_more_finds_no_room(
    client: CoaClient, nas: MakeNas
) -> None:
    silent, quick = nas(lambda _: []), nas(acks)
    for number in range(IDENTIFIERS):
        client.send(number, silent, Means.COA, WHO)
    with pytest.raises(NoRoom):
        client.send("too many", silent, Means.COA, WHO)
    client.send("elsewhere", quick, Means.COA, WHO)
    assert outcomes(client)[0] == Outcome("elsewhere", Answer.ACK)
    assert len(outcomes(client, IDENTIFIERS)) == IDENTIFIERS


def test_an_address_that_cannot_be_reached_is_no_room_rather_than_a_crash() -> None:
    client = CoaClient("192.0.2.1")  # no address of this machine (RFC 5737)
    with pytest.raises(NoRoom):
        client.send(1, Peer("127.0.0.1", 3799, SECRET), Means.COA, WHO)
    client.close()
