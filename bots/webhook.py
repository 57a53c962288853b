"""Updates that Telegram brings instead of being asked: each taken once, in force when it is 200.

A proxy with a certificate stands before it, and passes on what comes for the URL's path.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from telegram import Update
from telegram.ext import Application

from bots.rows import UpdateRow
from storage.database import Database
from storage.secrets import Secret

ADDRESS = "127.0.0.1"
BODY_BYTES_MAX = 1 << 20
KEPT = timedelta(days=2)  # Telegram gives an update up after a day
HEADER = "X-Telegram-Bot-Api-Secret-Token"  # core.telegram.org/bots/api#setwebhook
Bot = Application[Any, Any, Any, Any, Any, Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hook:
    """`url`: as Telegram knows it; `port`: where we listen, on loopback."""

    url: str
    port: int


def hook_secret(token: Secret) -> Secret:
    """What Telegram shows with each update: known to who knows the token, and kept nowhere."""
    return Secret(hmac.new(str(token).encode(), b"webhook", hashlib.sha256).hexdigest())


def is_new(session: Session, bot_id: int, update_id: int, now: datetime) -> bool:
    """Whether it was not taken before; from now on it was."""
    session.execute(delete(UpdateRow).where(UpdateRow.taken_at < now - KEPT))
    taken = session.execute(
        insert(UpdateRow)
        .values(bot_id=bot_id, update_id=update_id, taken_at=now)
        .on_conflict_do_nothing()
        .returning(UpdateRow.update_id)
    )
    return taken.first() is not None


class Taking:
    """The one page of the webhook."""

    def __init__(self, bot: Bot, database: Database, secret: Secret) -> None:
        self._bot = bot
        self._database = database
        self._secret = secret

    async def take(self, request: web.Request) -> web.Response:
        """401: not from Telegram. 400: no update. 5xx, also by an exception: bring it again."""
        shown = request.headers.get(HEADER, "")
        if not hmac.compare_digest(shown.encode(), str(self._secret).encode()):
            return web.Response(status=401)
        try:
            said = json.loads(await request.read())
            update_id = int(said["update_id"])
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400)
        bot_id, now = self._bot.bot.id, datetime.now(UTC)
        if await self._database.run(None, is_new, bot_id, update_id, now):
            await self._bot.update_queue.put(Update.de_json(said, self._bot.bot))
        return web.Response()


@asynccontextmanager
async def listening(
    hook: Hook, bot: Bot, database: Database, secret: Secret
) -> AsyncIterator[None]:
    """Takes updates as long as the block lasts."""
    application = web.Application(client_max_size=BODY_BYTES_MAX)
    path = urlsplit(hook.url).path or "/"
    application.router.add_post(path, Taking(bot, database, secret).take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, ADDRESS, hook.port).start()
    log.info("The webhook listens on %s port %s.", ADDRESS, hook.port)
    try:
        yield
    finally:
        await runner.cleanup()
