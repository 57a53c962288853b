"""The people's door: what the page and the test client ask, and how they hear of changes.

This is no part of Telegram. Whoever reaches it may be anybody, so it answers loopback only, and
only pages of its own: another site's cannot name our host, and cannot post across origins.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientConnectionResetError, web

from sandbox.telegram import gathering, limits, searching, talking
from sandbox.telegram.bot_api import WORLD, answered, as_file
from sandbox.telegram.changes import events
from sandbox.telegram.faults import Fault, Kind
from sandbox.telegram.looking import MESSAGES_MAX, chat_seen, chats_of, everything
from sandbox.telegram.parameters import Upload
from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.storing import keep
from sandbox.telegram.world import Chat, Person, World

PAGE = Path(__file__).parent / "page"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WAIT_SECONDS_MAX = 25.0
ALIVE_SECONDS = 15.0
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Act = Callable[..., dict[str, Any]]
ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        *(talking.says, talking.rewrites, talking.taps, talking.forges, talking.shares_contact),
        *(talking.shares_location, talking.sends_file, talking.forwards, talking.deletes),
        *(talking.reacts, talking.blocks, talking.unblocks),
        *(searching.types, searching.picks),
        *(gathering.founds, gathering.invites, gathering.removes, gathering.appoints),
        *(gathering.opens_topic, gathering.upgrades),
    )
}
OF_NO_CHAT = {"founds"}

routes = web.RouteTableDef()


@web.middleware
async def our_own_pages_only(
    request: web.Request, handler: Callable[[web.Request], Any]
) -> web.StreamResponse:
    origin = request.headers.get("Origin")
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK or (
        origin and urlsplit(origin).netloc != request.host
    ):
        raise web.HTTPForbidden(text="The sandbox answers pages of its own only.")
    try:
        answer: web.StreamResponse = await handler(request)
    except Refusal as refusal:
        answer = answered(refusal.body(), refusal.status)
    if not answer.prepared:
        answer.headers.update(HEADERS)
    return answer


def asked_person(request: web.Request) -> tuple[World, Person]:
    world = request.app[WORLD]
    return world, world.person(number(request, "person"))


def asked_chat(request: web.Request) -> tuple[World, Person, Chat]:
    world, person = asked_person(request)
    return world, person, world.chat(number(request, "chat"))


def number(request: web.Request, name: str) -> int:
    try:
        return int(request.match_info[name])
    except ValueError:
        raise bad_request(f"{name} is a number") from None


async def sent(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise bad_request("the body is no JSON") from None
    if request.content_type != "application/json" or not isinstance(body, dict):
        raise bad_request("the body is no JSON object")
    return body


@routes.get("/")
async def page(request: web.Request) -> web.FileResponse:
    del request
    return web.FileResponse(PAGE / "index.html")


@routes.get("/people")
async def people(request: web.Request) -> web.Response:
    return answered(everything(request.app[WORLD]))


@routes.post("/people")
async def add_person(request: web.Request) -> web.Response:
    asked = await sent(request)
    named = {"first_name", "last_name", "username", "phone", "language_code", "person_id"}
    if not named.issuperset(asked) or "first_name" not in asked:
        raise bad_request(f"a person has: {', '.join(sorted(named))}")
    return answered(gathering.arrive(request.app[WORLD], **asked).wire())


@routes.get("/people/{person}/chats")
async def chats(request: web.Request) -> web.Response:
    return answered({"chats": chats_of(*asked_person(request))})


@routes.get("/people/{person}/chats/{chat}")
async def chat(request: web.Request) -> web.Response:
    """The chat as it stands; with ?after=VERSION once it is newer, or after a while anyhow."""
    world, person, looked_at = asked_chat(request)
    after = int(request.query.get("after", -1))
    seconds = min(float(request.query.get("wait", WAIT_SECONDS_MAX)), WAIT_SECONDS_MAX)
    ends = world.clock() + seconds
    while looked_at.version <= after and (left := ends - world.clock()) > 0:
        await world.changes.next(left)
    thread = request.query.get("thread")
    limit = int(request.query.get("limit", MESSAGES_MAX))
    thread_id = int(thread) if thread else None
    return answered(chat_seen(world, person, looked_at, limit=limit, thread_id=thread_id))


@routes.post("/people/{person}/chats/{chat}/{act}")
async def act_in_chat(request: web.Request) -> web.Response:
    return answered(perform(request, *asked_chat(request), asked=await sent(request)))


@routes.post("/people/{person}/{act}")
async def act_alone(request: web.Request) -> web.Response:
    return answered(perform(request, *asked_person(request), asked=await sent(request)))


def perform(request: web.Request, *who: Any, asked: dict[str, Any]) -> dict[str, Any]:
    name = request.match_info["act"]
    act = ACTS.get(name)
    if act is None or (name in OF_NO_CHAT) != (len(who) == 2):
        raise Refusal(404, f"Not Found: nobody can do {name} there")
    try:
        inspect.signature(act).bind(*who, **asked)
    except TypeError as fault:
        raise bad_request(f"{name}: {fault}") from None
    return act(*who, **asked)


@routes.get("/people/{person}/queries/{query}")
async def query(request: web.Request) -> web.Response:
    """What the bot offers for words typed after its name; waits for its answer."""
    world, _ = asked_person(request)
    asked = world.inline_queries.get(request.match_info["query"])
    if asked is None:
        raise bad_request("there is no such query")
    ends = world.clock() + limits.INLINE_SECONDS
    while asked["answer"] is None and (left := ends - world.clock()) > 0:
        await world.changes.next(left)
    return answered({"answer": asked["answer"]})


@routes.post("/files")
async def hand_in(request: web.Request) -> web.Response:
    """The body is the file; its name and kind stand in the query."""
    data = await request.read()
    upload = Upload(request.query.get("name", "file"), request.content_type, data)
    kind = request.query.get("kind", "document")
    return answered({"file_id": keep(request.app[WORLD], kind, upload).id})


@routes.get("/files/{file_id}")
async def file(request: web.Request) -> web.Response:
    found = request.app[WORLD].file(request.match_info["file_id"])
    shown = found.mime in SHOWN
    mime = found.mime if shown else "application/octet-stream"
    return as_file(found.data, found.name, mime, shown=shown)


@routes.post("/weather")
async def weather(request: web.Request) -> web.Response:
    """Limits on or off, faults to come or lifted, the clock moved on, the last update again."""
    world, asked = request.app[WORLD], await sent(request)
    world.floods.on = bool(asked.get("floods", world.floods.on))
    world.ahead_seconds += float(asked.get("ahead_seconds", 0))
    if asked.get("lift"):
        world.faults.lift()
    if "fault" in asked:
        try:
            given = {**asked["fault"], "kind": Kind(asked["fault"]["kind"])}
            world.faults.add(Fault(**given))
        except (KeyError, TypeError, ValueError):
            raise bad_request(f"a fault has a kind, one of {', '.join(Kind)}") from None
    if asked.get("again"):
        world.updates.push_again(world.now())
    world.changes.tell("people")
    return answered(everything(world))


@routes.get("/events")
async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: each change as JSON; a comment now and then, so that a dead end shows."""
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    await response.prepare(request)
    with request.app[WORLD].changes.stream() as queue:
        try:
            await response.write(f"data: {json.dumps({'kind': 'anew'})}\n\n".encode())
            async for event in events(queue, ALIVE_SECONDS):
                await response.write(f"data: {event}\n\n".encode() if event else b": alive\n\n")
        except ClientConnectionResetError:
            return response
    return response


routes.static("/page", PAGE)
