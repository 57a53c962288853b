"""Whatever is sent to a callback: an answer that is meant, and no trace of what is forged."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from billing.gateways.words import AttemptState, Gateway
from tests.webhooks.conftest import DUE_MINOR, Shop
from webhooks.application import PREFIX, routes
from webhooks.strangers import KNOCKS_MAX, WITHIN_SECONDS, Strangers

PATHS = sorted({route.path for route in routes()})
TRACES = ("payments", "suspended_money", "gateway_traffic", "ledger_entries", "audit_log")
MEANT = {200, 303, 404, 413, 429}
NAMES = st.sampled_from(
    [
        *("attempt", "paymentID", "status", "tran_id", "val_id", "amount", "verify_key"),
        *("verify_sign", "mer_txnid", "pay_status", "order_id", "payment_ref_id", "store_id"),
    ]
)
WORDS = st.one_of(
    st.text(max_size=60), st.sampled_from(["success", "VALID", "Successful", "0" * 24])
)
FIELDS = st.dictionaries(st.one_of(NAMES, st.text(max_size=20)), WORDS, max_size=8)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
TYPES = st.sampled_from(
    [
        *("application/json", "application/x-www-form-urlencoded", "text/plain; charset=nonsense"),
        *("multipart/form-data; boundary=x", "multipart/form-data", "", "application/xml"),
    ]
)


def bodies() -> st.SearchStrategy[bytes]:
    deep = st.just(b"[" * 5000)
    said = st.one_of(JSON, FIELDS).map(lambda value: json.dumps(value).encode())
    return st.one_of(
        st.binary(max_size=300), said, deep, st.just(b"--x\r\n\r\n"), st.just(b"a=%00")
    )


async def send(shop: Shop, path: str, query: dict[str, str], kind: str, body: bytes) -> int:
    headers = {"Content-Type": kind} if kind else {}
    url = URL(f"{shop.root}{PREFIX}{path}").with_query(query)
    method = "POST" if body else "GET"
    async with shop.http.request(
        method, url, data=body or None, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status


async def test_nothing_that_is_sent_is_an_error_or_leaves_a_trace(shop: Shop) -> None:
    before = [shop.count(table) for table in TRACES]
    loop = asyncio.get_running_loop()

    @settings(max_examples=120, deadline=None)
    @given(st.sampled_from(PATHS), FIELDS, TYPES, bodies())
    def each(path: str, query: dict[str, str], kind: str, body: bytes) -> None:
        sent = send(shop, path, query, kind, body)
        assert asyncio.run_coroutine_threadsafe(sent, loop).result() in MEANT

    await asyncio.to_thread(each)
    assert [shop.count(table) for table in TRACES] == before


async def test_a_forged_notice_leaves_a_log_line_alone(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = await shop.begin(Gateway.SSLCOMMERZ)
    before = [shop.count(table) for table in TRACES]
    lie = {"tran_id": attempt.reference, "status": "VALID", "val_id": "V1", "amount": "800.00"}
    with caplog.at_level(logging.WARNING):
        async with shop.http.post(f"{shop.root}{PREFIX}/ssl/ipn", data=lie) as answer:
            assert answer.status == 404
    assert [record.getMessage() for record in caplog.records] == [
        "A callback of sslcommerz from 127.0.0.1 fits no signature."
    ]
    assert [shop.count(table) for table in TRACES] == before
    assert shop.state(attempt) == attempt
    assert (await shop.pay(attempt)).state is AttemptState.PAID
    assert shop.paid() == [(DUE_MINOR, "sslcommerz")]


async def test_who_knocks_too_often_with_nothing_is_turned_away(shop: Shop) -> None:
    statuses = []
    for _knock in range(KNOCKS_MAX + 1):
        async with shop.http.post(f"{shop.root}{PREFIX}/ssl/ipn", data={"tran_id": "x"}) as answer:
            statuses.append(answer.status)
    assert statuses == [404] * KNOCKS_MAX + [429]


def test_who_waits_may_knock_again_and_a_neighbour_always_may() -> None:
    now = [0.0]
    strangers = Strangers(lambda: now[0])
    for _knock in range(KNOCKS_MAX):
        strangers.note("2001:db8::1")
    assert strangers.is_barred("2001:db8::2"), "of the same network"
    assert not strangers.is_barred("2001:db8:0:1::1")
    now[0] = WITHIN_SECONDS
    assert not strangers.is_barred("2001:db8::1")
