"""The pay-bill API as a bank meets it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from yarl import URL

from billing.clients import set_client_status
from billing.ledger import balance_of
from billing.payments import payments_of, reverse_payment
from billing.proof import prove
from policy.facts import ClientId, Status
from storage.actors import SYSTEM
from storage.database import Database
from tenancy.api_keys import ApiKeyDetails, ApiScope, make_api_key
from tests.fixtures.isps import NOON, World
from webhooks.application import API, api
from webhooks.strangers import KNOCKS_MAX

Client = TestClient[web.Request, web.Application]
BILL = "/api/paybill/v1"
PAYMENTS = "/api/paybill/v1/payments"


@dataclass
class Bank:
    """A program with a key."""

    client: Client
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, **said: Any) -> tuple[int, Any]:
        headers = {"X-API-Key": self.key} | self.headers | said.pop("headers", {})
        answer = await self.client.request(method, path, headers=headers, **said)
        return answer.status, json.loads(await answer.text())

    async def asks(self, **query: str) -> tuple[int, Any]:
        return await self.call("GET", BILL, params=query)

    async def pays(self, **said: object) -> tuple[int, Any]:
        body = {"phone": "01711000000", "amount": "800.00", "transaction_id": "CB-17", **said}
        return await self.call("POST", PAYMENTS, json=body)


@pytest.fixture
async def served(database: Database, aiohttp_client: Callable[..., Awaitable[Client]]) -> Client:
    root = web.Application()
    root.add_subapp(API, api(database, clock=lambda: NOON))
    return await aiohttp_client(root)


@pytest.fixture
def bank(isp: World, served: Client) -> Bank:
    return Bank(served, key(isp, *ApiScope))


def key(isp: World, *scopes: ApiScope, **said: object) -> str:
    shape: dict[str, object] = {"name": "City Bank", "scopes": frozenset(scopes), **said}
    shape = {"per_minute": 6000} | shape
    with isp.transaction() as session:
        details = ApiKeyDetails(**shape)  # type: ignore[arg-type]
        return str(make_api_key(session, isp.tenant_id, details, now=NOON, actor=SYSTEM).secret)


@pytest.fixture
def debtor(isp: World) -> ClientId:
    client_id = isp.client(phone="01711000000").client_id
    package = isp.package("Home 20")
    isp.connection("rahim", client_id=client_id, package_id=package.package_id)
    isp.invoice(client_id, total_minor=80_000)
    return client_id


def paid(isp: World, client_id: ClientId) -> list[tuple[int, str | None]]:
    """Amounts and transactions, the newest first; the books agree."""
    with isp.transaction() as session:
        assert prove(session, isp.tenant_id).holds
        payments = payments_of(session, isp.tenant_id, client_id)
    return [(payment.amount_minor, payment.transaction_ref) for payment in payments]


@pytest.mark.parametrize(
    "said",
    [
        {"phone": "01711000000"},
        {"phone": "+880 1711-000000"},
        {"phone": "০১৭১১০০০০০০"},
        {"username": "rahim"},
        {"client_number": "1"},
        {"phone": "01711000000", "username": "rahim", "client_number": "1"},
    ],
)
async def test_a_bank_learns_what_a_client_owes(
    bank: Bank, debtor: ClientId, said: dict[str, str]
) -> None:
    assert await bank.asks(**said) == (
        200,
        {
            "client_number": 1,
            "client_name": "Rahim Uddin",
            "due_amount": "800.00",
            "currency": "BDT",
            "package": "Home 20",
            "status": "active",
        },
    )


async def test_what_a_client_has_is_taken_off_and_staffs_stop_is_told(
    bank: Bank, isp: World, debtor: ClientId
) -> None:
    isp.pay(debtor, 100_000)
    with isp.transaction() as session:
        set_client_status(session, isp.tenant_id, debtor, Status.SUSPENDED, actor=SYSTEM)
    _status, bill = await bank.asks(username="rahim")
    assert (bill["due_amount"], bill["status"]) == ("0.00", "suspended")


@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ({}, 400, "nobody_named"),
        ({"phone": "", "username": " "}, 400, "nobody_named"),
        ({"phone": "01999999999"}, 404, "client_not_found"),
        ({"phone": "01711000000", "username": "somebody"}, 404, "client_not_found"),
        ({"client_number": "0x1"}, 404, "client_not_found"),
        ({"client_number": "9" * 30}, 404, "client_not_found"),
        ({"username": "rah%"}, 404, "client_not_found"),
        ({"phone": "' OR 1=1 --"}, 404, "client_not_found"),
    ],
)
async def test_who_is_nobody_is_told_as_such(
    bank: Bank, debtor: ClientId, said: dict[str, str], status: int, error: str
) -> None:
    answered, body = await bank.asks(**said)
    assert (answered, body["error"]) == (status, error)
    assert body["message"].endswith(".")


async def test_a_phone_that_clients_share_needs_more(
    bank: Bank, isp: World, debtor: ClientId
) -> None:
    isp.client("Salma", phone="01711000000")
    status, body = await bank.asks(phone="01711000000")
    assert (status, body["error"]) == (409, "several_named")
    assert (await bank.pays())[0] == 409
    assert (await bank.asks(phone="01711000000", username="rahim"))[0] == 200


async def test_another_isps_client_is_nobody(bank: Bank, other_isp: World) -> None:
    other_isp.connection("karim", client_id=other_isp.client(phone="01811000000").client_id)
    assert (await bank.asks(username="karim"))[0] == 404
    assert (await bank.pays(phone="01811000000"))[0] == 404


async def test_a_payment_is_credited_and_told_again_is_the_same(
    bank: Bank, isp: World, debtor: ClientId
) -> None:
    status, first = await bank.pays()
    assert (status, first["amount"], first["status"]) == (201, "800.00", "received")
    assert await bank.pays(transaction_id="cb-17") == (200, first), "whatever its case"
    assert await bank.call("GET", f"{PAYMENTS}/CB-17") == (200, first)
    assert paid(isp, debtor) == [(80_000, "CB-17")]
    with isp.transaction() as session:
        assert balance_of(session, isp.tenant_id, debtor).due_minor == 0
        row = session.execute(text("SELECT actor_name FROM payments")).scalar_one()
    assert row == "City Bank"


async def test_fifty_at_once_are_one_payment(bank: Bank, isp: World, debtor: ClientId) -> None:
    answers = await asyncio.gather(*(bank.pays() for _ in range(50)))
    assert sorted(status for status, _body in answers) == [200] * 49 + [201]
    assert paid(isp, debtor) == [(80_000, "CB-17")]


async def test_the_same_transaction_about_something_else_is_refused(
    bank: Bank, isp: World, debtor: ClientId
) -> None:
    isp.client("Salma", phone="01811000000")
    await bank.pays()
    for other in ({"amount": "700"}, {"phone": "01811000000"}):
        status, body = await bank.pays(**other)
        assert (status, body["error"]) == (409, "transaction_known")
    assert paid(isp, debtor) == [(80_000, "CB-17")]


async def test_a_payment_that_was_taken_back_does_not_come_again(
    bank: Bank, isp: World, debtor: ClientId
) -> None:
    await bank.pays()
    with isp.transaction() as session:
        [payment] = payments_of(session, isp.tenant_id, debtor)
        reverse_payment(
            session, isp.tenant_id, payment.payment_id, reason="bounced", now=NOON, actor=SYSTEM
        )
    assert (await bank.pays())[0] == 409
    _status, body = await bank.call("GET", f"{PAYMENTS}/CB-17")
    assert body["status"] == "reversed"


async def test_more_than_is_due_and_less_is_taken(bank: Bank, isp: World, debtor: ClientId) -> None:
    await bank.pays(amount=300, transaction_id="A")
    await bank.pays(amount="900.5", transaction_id="B")
    assert [amount for amount, _ref in paid(isp, debtor)] == [90_050, 30_000]
    _status, bill = await bank.asks(username="rahim")
    assert bill["due_amount"] == "0.00"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        *(
            ({"amount": amount}, "bad_amount")
            for amount in ("0", "-5", "", "1e9", "1e999999", "NaN", "8OO", "0.001", "9" * 30, None,
                           [800], {"of": 1}, True, "800,00", " ", "8 00", "৮০০")
        ),
        *(
            ({"transaction_id": said}, "bad_transaction")
            for said in ("", "two words", "x" * 101, None, [], "\n", "টাকা", "\ud800")
        ),
    ],
)  # fmt: skip
async def test_what_is_no_payment_is_refused(
    bank: Bank, isp: World, debtor: ClientId, said: dict[str, object], error: str
) -> None:
    status, body = await bank.pays(**said)
    assert (status, body["error"]) == (422, error)
    assert paid(isp, debtor) == []


async def test_a_form_does_as_well(bank: Bank, isp: World, debtor: ClientId) -> None:
    said = {"username": "rahim", "amount": "800", "transaction_id": "F-1"}
    assert (await bank.call("POST", PAYMENTS, data=said))[0] == 201
    assert paid(isp, debtor) == [(80_000, "F-1")]


async def test_a_key_may_what_its_scope_says(isp: World, served: Client, debtor: ClientId) -> None:
    reads = Bank(served, key(isp, ApiScope.BILLS))
    assert (await reads.asks(username="rahim"))[0] == 200
    assert (await reads.pays())[0] == 403
    takes = Bank(served, key(isp, ApiScope.PAYMENTS))
    assert (await takes.asks(username="rahim"))[0] == 403
    assert (await takes.pays())[0] == 201


async def test_the_key_may_stand_in_any_of_its_places(
    isp: World, served: Client, debtor: ClientId
) -> None:
    secret = key(isp, ApiScope.BILLS)
    for headers in ({"X-API-Key": secret}, {"API-KEY": secret.upper()},
                    {"Authorization": f"Bearer {secret}"}):  # fmt: skip
        answer = await served.get(f"{BILL}?username=rahim", headers=headers)
        assert answer.status == 200
    assert (await served.get(f"{BILL}/{secret}?username=rahim")).status == 200


async def test_without_a_good_key_nothing_is_told(
    isp: World, served: Client, debtor: ClientId
) -> None:
    nobody = Bank(served, "")
    assert (await nobody.asks(username="rahim"))[1]["error"] == "key_missing"
    elsewhere = Bank(served, key(isp, ApiScope.BILLS, networks=("203.0.113.0/24",)))
    assert (await elsewhere.asks(username="rahim"))[1]["error"] == "not_from_here"
    guesser = Bank(served, "a" * 32)
    assert (await guesser.asks(username="rahim"))[1]["error"] == "key_unknown"
    answers = [(await guesser.asks(username="rahim"))[0] for _ in range(KNOCKS_MAX)]
    assert answers[-1] == 429, "who guesses on is not even looked up"


async def test_a_key_that_comes_too_often_is_told_how_long_to_wait(
    isp: World, served: Client, debtor: ClientId
) -> None:
    headers = {"X-API-Key": key(isp, ApiScope.BILLS, per_minute=1)}
    await served.get(f"{BILL}?username=rahim", headers=headers)
    answer = await served.get(f"{BILL}?username=rahim", headers=headers)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "61")


async def test_every_answer_is_json_that_nobody_keeps_and_nobody_signs(bank: Bank) -> None:
    for method, path, status in (
        ("GET", f"{BILL}/nowhere/at/all", 404),
        ("DELETE", BILL, 405),
        ("PUT", PAYMENTS, 405),
    ):
        answer = await bank.client.request(method, path)
        assert (answer.status, answer.content_type) == (status, "application/json")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers


async def test_without_a_database_it_is_told_to_come_again(
    aiohttp_client: Callable[..., Awaitable[Client]],
) -> None:
    root = web.Application()
    root.add_subapp(API, api(Database("host=/nowhere dbname=none")))
    answer = await (await aiohttp_client(root)).get(BILL, headers={"X-API-Key": "a" * 32})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


WORDS = st.text(max_size=40) | st.sampled_from(
    ["rahim", "01711000000", "1", "CB-17", "800.00", "1e9999", "\0", "\ud800", "-0", "Infinity"]
)
FIELDS = st.sampled_from(["phone", "username", "client_number", "amount", "transaction_id", "x"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=6,
)
BODIES = (
    st.binary(max_size=200)
    | st.dictionaries(FIELDS, ANYTHING, max_size=6).map(lambda said: json.dumps(said).encode())
    | ANYTHING.map(lambda said: json.dumps(said).encode())
    | st.just(b"[" * 5_000)
    | st.just(b"--x\r\nContent-Disposition: form-data; name=amount\r\n\r\n8\r\n--x--")
)
KINDS = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "multipart/form-data", "text/plain; charset=nonsense", "x"]
)  # fmt: skip
PATHS = st.sampled_from([BILL, PAYMENTS, f"{PAYMENTS}/%00", f"{PAYMENTS}/%ED%A0%80", f"{BILL}/%2F"])


@settings(
    max_examples=150,
    deadline=timedelta(seconds=20),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=st.sampled_from(["GET", "POST"]), path=PATHS, body=BODIES, kind=KINDS,
    query=st.dictionaries(FIELDS, st.text(max_size=20), max_size=4),
)  # fmt: skip
def test_whatever_is_sent_it_is_never_our_fault(
    fuzzed: Callable[..., int], method: str, path: str, body: bytes, kind: str,
    query: dict[str, str],
) -> None:  # fmt: skip
    assert fuzzed(method, path, body, kind, query) < 500


@pytest.fixture
def fuzzed(isp: World, debtor: ClientId) -> Any:
    """Send something to the API on a loop of its own; the status of the answer."""
    secret = key(isp, *ApiScope)
    loop = asyncio.new_event_loop()

    async def serve() -> tuple[web.AppRunner, str, aiohttp.ClientSession]:
        root = web.Application()
        root.add_subapp(API, api(isp.database, clock=lambda: NOON))
        runner = web.AppRunner(root)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner, address, aiohttp.ClientSession()

    runner, address, http = loop.run_until_complete(serve())

    async def send(method: str, path: str, body: bytes, kind: str, query: dict[str, str]) -> int:
        asked = URL(f"{address}{path}?{urlencode(query, errors='replace')}", encoded=True)
        headers = {"X-API-Key": secret, "Content-Type": kind}
        async with http.request(method, asked, data=body, headers=headers) as answer:
            assert answer.content_type == "application/json"
            return answer.status

    yield lambda *said: loop.run_until_complete(send(*said))
    loop.run_until_complete(http.close())
    loop.run_until_complete(runner.cleanup())
    loop.close()
