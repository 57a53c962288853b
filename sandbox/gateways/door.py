"""What is the same at each local gateway: reading a call, meeting a fault, sending people back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp
from aiohttp import web

from sandbox.gateways.box import Box, Kind, Order

BOX = web.AppKey("box", Box)
TOKENS = web.AppKey("tokens", set[str])  # granted, and good yet
CLIENT = web.AppKey("client", aiohttp.ClientSession)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{gateway} (sandbox)</title>
<style>body{{font:18px system-ui;margin:2rem auto;max-width:24rem;padding:0 1rem}}
button{{font:inherit;display:block;width:100%;padding:.8rem;margin:.6rem 0}}</style>
<h1>{gateway}</h1><p>A sandbox: no money moves.</p>
<p>To <b>{merchant}</b>: <b>{amount} {currency}</b></p>
<form method="post">{buttons}</form></html>
"""


def api(gateway: str, name: str, handler: Handler) -> Handler:
    """A call that merchants make, with the faults that it may meet."""

    async def handle(request: web.Request) -> web.StreamResponse:
        kind = request.app[BOX].meet(gateway, name)
        if kind in {Kind.DROPPED, Kind.BROKEN, Kind.EMPTY, Kind.NOTHING}:
            return without_effect(request, kind)
        response = await handler(request)
        if kind is Kind.LOST:
            return without_effect(request, Kind.DROPPED)
        if kind is Kind.WRONG_AMOUNT:
            return a_taka_less(response)
        return response

    return handle


def without_effect(request: web.Request, kind: Kind | None) -> web.StreamResponse:
    if kind is Kind.BROKEN:
        return web.Response(status=502, text="<h1>502 Bad Gateway</h1>", content_type="text/html")
    if kind is Kind.EMPTY:
        return web.json_response({})
    if kind is Kind.DROPPED and request.transport is not None:
        request.transport.abort()
    return web.Response(text="")


def a_taka_less(response: web.StreamResponse) -> web.Response:
    """The same answer, but about another amount."""
    assert isinstance(response, web.Response)
    said = json.loads(response.text or "{}")
    for part in said if isinstance(said, list) else [said]:
        for name in part.keys() & {"amount", "currency_amount", "amount_bdt", "recived_amount"}:
            part[name] = f"{float(part[name]) - 1:.2f}"
    return web.json_response(said)


async def said_in(request: web.Request) -> dict[str, str]:
    """What a form or an object of JSON holds, as text."""
    if "json" in request.content_type:
        try:
            body = await request.json()
        except ValueError:
            return {}
        return {name: str(value) for name, value in body.items()} if isinstance(body, dict) else {}
    return {name: str(value) for name, value in (await request.post()).items()}


def pay_page(order: Order, merchant: str, choices: Mapping[str, str]) -> web.Response:
    """What the client sees; `choices`: what a button sends, to what it says."""
    buttons = "".join(
        f'<button name="choice" value="{escape(value)}">{escape(word)}</button>'
        for value, word in choices.items()
    )
    text = PAGE.format(
        gateway=escape(order.gateway),
        merchant=escape(merchant),
        amount=order.amount,
        currency=escape(order.currency),
        buttons=buttons,
    )
    return web.Response(text=text, content_type="text/html")


def with_query(address: str, **more: str) -> str:
    """`address` with parameters after those that it has."""
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query))


def post_back(address: str, fields: Mapping[str, str]) -> web.Response:
    """A page that posts itself to the merchant, as hosted pages do."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    text = (
        '<!doctype html><meta charset="utf-8"><title>Going back</title>'
        f'<form method="post" action="{escape(address)}">{inputs}<button>Go back</button></form>'
        "<script>document.forms[0].submit()</script>"
    )
    return web.Response(text=text, content_type="text/html")


async def notify(request: web.Request, address: str, fields: Mapping[str, str]) -> list[int]:
    """Tell the merchant's server, as often as the box says; what it answered each time."""
    http, times = request.app[CLIENT], request.app[BOX].deliveries

    async def once() -> int:
        try:
            async with http.post(address, data=dict(fields), allow_redirects=False) as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0

    return list(await asyncio.gather(*(once() for _ in range(times))))
