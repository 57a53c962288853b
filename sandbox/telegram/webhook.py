"""Delivery to the webhook: in order, again until it answers 2xx, its secret in a header."""

from __future__ import annotations

import asyncio
import json

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.telegram.methods import METHODS
from sandbox.telegram.parameters import Call
from sandbox.telegram.refusals import Refusal
from sandbox.telegram.updates import Hook
from sandbox.telegram.world import World

ANSWER_SECONDS_MAX = 60.0
PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of a header


async def deliver_forever(world: World) -> None:
    """The update stays until it was taken; a new webhook gets what the old one did not take."""
    updates = world.updates
    failures = 0
    async with ClientSession(timeout=ClientTimeout(total=ANSWER_SECONDS_MAX)) as session:
        while True:
            updates.arrived.clear()
            if updates.hook is None or not updates.waiting:
                await updates.arrived.wait()
                continue
            if await deliver(world, session, updates.hook):
                failures = 0
            else:
                pause = PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)]
                failures += 1
                await asyncio.sleep(pause)


async def deliver(world: World, session: ClientSession, hook: Hook) -> bool:
    _, update = world.updates.waiting[0]
    headers = {"Content-Type": "application/json"}
    if hook.secret_token:
        headers[SECRET_HEADER] = hook.secret_token
    try:
        async with session.post(hook.url, data=json.dumps(update), headers=headers) as answer:
            body = await answer.read()
            failed = "" if answer.ok else f"Wrong response from the webhook: {answer.status}"
    except TimeoutError:
        body, failed = b"", "Read timeout expired"
    except ClientError:
        body, failed = b"", "Connection refused"
    if failed:
        hook.last_error, hook.last_error_date = failed, int(world.now())
        return False
    world.updates.drop(update)
    obey(world, body)
    return True


def obey(world: World, body: bytes) -> None:
    """A webhook may answer with one call, whose result it does not learn."""
    try:
        asked = json.loads(body)
    except ValueError:
        return
    if not isinstance(asked, dict) or "method" not in asked:
        return
    name = str(asked.pop("method")).lower()
    if name in METHODS and name != "getupdates":
        try:
            METHODS[name](world, Call(name, asked))
        except Refusal:
            return
