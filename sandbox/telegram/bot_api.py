"""The bot's door: /bot<token>/<method> and /file/bot<token>/<path>, as at Telegram."""

from __future__ import annotations

import asyncio
import inspect
import json
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.telegram.faults import Fault, Kind
from sandbox.telegram.methods import METHODS
from sandbox.telegram.parameters import Call, read_call
from sandbox.telegram.refusals import Refusal
from sandbox.telegram.storing import at_path, downloadable
from sandbox.telegram.world import World

WORLD = web.AppKey("world", World)

routes = web.RouteTableDef()


def answered(body: dict[str, Any], status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    headers = {}
    if "parameters" in body and "retry_after" in body["parameters"]:
        headers["Retry-After"] = str(body["parameters"]["retry_after"])
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def check_token(request: web.Request) -> None:
    if request.match_info["token"] != request.app[WORLD].settings.token:
        raise Refusal(401, "Unauthorized")


@routes.route("*", "/bot{token}/{method}")
async def call_method(request: web.Request) -> web.StreamResponse:
    """Every answer is JSON with `ok`; a bad day may keep it from coming at all."""
    world = request.app[WORLD]
    fault: Fault | None = None
    try:
        check_token(request)
        call = await read_call(request, request.match_info["method"])
        fault = world.faults.meet(call.method)
        if fault:
            await suffer(request, fault)
        result = await run(world, call)
    except Refusal as refusal:
        return answered(refusal.body(), refusal.status)
    if fault and fault.kind is Kind.LOST:
        hang_up(request)
    return answered({"ok": True, "result": result})


async def run(world: World, call: Call) -> Any:
    method = METHODS.get(call.method)
    if method is None:
        raise Refusal(404, "Not Found: method not found")
    chat_id = call.text("chat_id")
    if chat_id.lstrip("-").isdigit():
        world.floods.admit(call.method, int(chat_id), world.now())
    result = method(world, call)
    return await result if inspect.isawaitable(result) else result


async def suffer(request: web.Request, fault: Fault) -> None:
    if fault.kind in {Kind.REFUSED, Kind.FLOODED}:
        raise fault.refusal()
    if fault.kind in {Kind.SLOW, Kind.SILENT}:
        await asyncio.sleep(fault.seconds)
    if fault.kind in {Kind.SILENT, Kind.DROPPED}:
        hang_up(request)


def hang_up(request: web.Request) -> None:
    """Ends the connection; what is answered after this goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError


@routes.get("/file/bot{token}/{path:.+}")
async def download(request: web.Request) -> web.Response:
    try:
        check_token(request)
        file = downloadable(at_path(request.app[WORLD], request.match_info["path"]))
    except Refusal as refusal:
        return answered(refusal.body(), refusal.status)
    return as_file(file.data, file.name, "application/octet-stream")


def as_file(data: bytes, name: str, mime: str, *, shown: bool = False) -> web.Response:
    kind = "inline" if shown else "attachment"
    disposition = f"{kind}; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return web.Response(body=data, content_type=mime, headers=headers)
