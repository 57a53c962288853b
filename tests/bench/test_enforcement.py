"""The enforcement bench's instruments: what it counts is what routers were told."""

from __future__ import annotations

import socket
import time
from contextlib import closing

import pytest

from bench.enforcement import Change, Committed, percentile, waits
from bench.online import Online
from bench.routers import (
    COA_REQUEST,
    DISCONNECT_REQUEST,
    KEY,
    Routers,
    Told,
    address_of,
    most_in_a_second,
)
from network.coa import Answer, CoaClient, Means, Outcome, Peer
from policy.facts import ClientId, Reason
from storage.secrets import Secret
from tests.radius.server import until


def ask(routers: Routers, router: int, means: Means, username: str, secret: Secret = KEY) -> Answer:
    with closing(CoaClient(timeout_seconds=0.5)) as client:
        peer = Peer(address_of(router), routers.ports[router], secret)
        client.send(username, peer, means, {"Acct-Session-Id": "81000001", "User-Name": username})
        heard: list[Outcome] = []
        until(lambda: heard.extend(client.outcomes()) or heard, lambda: routers.told)
    return heard[0].answer


def test_each_router_says_yes_and_what_it_was_told_is_known() -> None:
    with Routers(2) as routers:
        began = time.time()
        assert ask(routers, 0, Means.COA, "rahim") is Answer.ACK
        assert ask(routers, 1, Means.DISCONNECT, "করিম") is Answer.ACK
        until(lambda: len(routers.told) == 2, lambda: routers.told)
        first, second = routers.told
    assert (first.router, first.code, first.username) == (0, COA_REQUEST, "rahim")
    assert (second.router, second.code, second.username) == (1, DISCONNECT_REQUEST, "করিম")
    assert began - 1 < first.at < second.at < time.time() + 1


def test_what_somebody_without_the_secret_says_is_counted_and_not_answered() -> None:
    with Routers(1) as routers:
        assert ask(routers, 0, Means.COA, "rahim", Secret("a guess")) is Answer.SILENCE
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"three", (address_of(0), routers.ports[0]))
        until(lambda: routers.strangers == 2, lambda: routers.told)
        assert routers.told == []


def told(*times: float, router: int = 0) -> list[Told]:
    return [Told(at, router, COA_REQUEST, "rahim") for at in times]


@pytest.mark.parametrize(
    ("heard", "most"),
    [
        ([], 0),
        (told(0.0, 0.5, 0.99), 3),
        (told(0.0, 0.5, 1.0), 2),  # a second later is another second
        (told(0.0, 0.9, 1.1, 1.8), 3),  # wherever it begins
        (told(0.0, 0.1) + told(0.0, 0.1, 0.2, router=1), 3),
        (told(0.2, 0.0, 0.1), 3),
    ],
)
def test_the_most_that_one_router_was_told_in_a_second(heard: list[Told], most: int) -> None:
    assert most_in_a_second(heard, 1.0) == most


def committed(username: str, at: float, *, is_payment: bool = True) -> Committed:
    return Committed(Change(Online(username, ClientId(1), Reason.DUES, "a"), is_payment), at)


def test_a_change_waits_from_its_commit_to_the_first_disconnect_of_its_client() -> None:
    made = [committed("rahim", 10.0), committed("karim", 10.0, is_payment=False)]
    made.append(committed("salma", 10.0))  # nobody was told of her: she is lost, not quick
    heard = [
        Told(10.0, 0, COA_REQUEST, "rahim"),  # of something else
        Told(10.25, 0, DISCONNECT_REQUEST, "rahim"),
        Told(10.5, 0, DISCONNECT_REQUEST, "karim"),
        Told(10.75, 0, DISCONNECT_REQUEST, "karim"),
    ]
    assert waits(made, heard) == [250, 500]
    assert waits(made, heard, is_payment=False) == [500]


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [
        ([], 99, None),
        ([7], 99, 7),
        (range(1, 101), 99, 99),
        (range(1, 102), 99, 100),
        ([3, 1, 2], 50, 2),
    ],
)
def test_a_percentile_is_one_of_the_values(
    values: range | list[float], part: int, expected: float | None
) -> None:
    assert percentile(list(values), part) == expected
