"""What is served beside pages: health, metrics, and what is written down of requests."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from commands.web_application import AccessLog, web_application
from storage.database import Database
from storage.secrets import KeyRing
from tests.fixtures.isps import World
from tests.fixtures.journals import Book

LOOPBACK = frozenset({"127.0.0.1"})
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(
    database: Database, keys: KeyRing, aiohttp_client: Callable[..., Awaitable[Client]]
) -> Client:
    application = web_application(database, keys, proxies=LOOPBACK)
    return await aiohttp_client(application)


async def test_it_is_well_while_the_database_answers(client: Client) -> None:
    answer = await client.get("/health")
    assert (answer.status, await answer.text()) == (200, "well\n")


async def test_it_is_unwell_without_a_database(
    keys: KeyRing, aiohttp_client: Callable[..., Awaitable[Client]]
) -> None:
    nowhere = Database("host=/nowhere dbname=none")
    client = await aiohttp_client(web_application(nowhere, keys))
    answer = await client.get("/health")
    assert (answer.status, await answer.text()) == (503, "unwell\n")
    page = await client.get("/portal/login")
    assert page.status == 503
    assert "try again in a moment" in await page.text()


async def test_metrics_count_by_route_and_never_by_path(client: Client) -> None:
    await client.get("/health")
    await client.get("/portal/usage/4711/live", allow_redirects=False)
    await client.get("/portal/token-that-is-secret")
    told = await (await client.get("/metrics")).text()
    assert 'web_requests_total{method="GET",route="/health",status="200"} 1.0' in told
    assert 'web_request_seconds_count{route="/health"} 1.0' in told
    assert "4711" not in told
    assert "secret" not in told


async def test_metrics_are_for_this_machine_alone(client: Client) -> None:
    assert (await client.get("/metrics")).status == 200
    passed_on = await client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert passed_on.status == 404


async def test_the_log_holds_no_path_no_query_and_no_cookie(
    database: Database, keys: KeyRing, caplog: pytest.LogCaptureFixture
) -> None:
    server = TestServer(web_application(database, keys))
    await server.start_server(access_log_class=AccessLog)
    caplog.set_level(logging.INFO, "aiohttp.access")
    async with TestClient(server) as client:
        await client.get("/portal/usage/4711/live?code=123456", headers={"Cookie": "client=abc"})
    lines = [record.getMessage() for record in caplog.records if record.name == "aiohttp.access"]
    assert len(lines) == 1
    assert " GET /portal/usage/" in lines[0]
    for secret in ("4711", "123456", "abc"):
        assert secret not in lines[0]


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("{device}", True),
        ("203.0.113.7, {device}", True),
        ("{device}, 127.0.0.1", True),
        ("{device}, 203.0.113.7", False),
        ("nonsense", False),
        ("", False),
    ],
)
async def test_a_proxy_is_believed_about_the_last_step_alone(
    client: Client, isp: World, other_isp: World, book: Book, said: str, known: bool
) -> None:
    assert other_isp
    isp.invoice(isp.connection("salma").client_id)
    device = f"100.65.{isp.tenant_id >> 8 & 255}.{isp.tenant_id & 255}"
    book.bring(book("start", ipv4=device))
    headers = {"X-Forwarded-For": said.format(device=device), "Host": "example.com"}
    answer = await client.get("/anything", headers=headers, allow_redirects=False)
    assert answer.status == (302 if known else 404)


async def test_nobody_else_is_believed(
    database: Database, keys: KeyRing, isp: World, book: Book,
    aiohttp_client: Callable[..., Awaitable[Client]],
) -> None:  # fmt: skip
    client = await aiohttp_client(web_application(database, keys, proxies=frozenset()))
    isp.connection("salma")
    device = f"100.66.{isp.tenant_id >> 8 & 255}.{isp.tenant_id & 255}"
    book.bring(book("start", ipv4=device))
    headers = {"X-Forwarded-For": device, "Host": "example.com"}
    answer = await client.get("/anything", headers=headers, allow_redirects=False)
    assert answer.status == 404
