"""Files that people send: what came, and its bytes when the door wants them."""

from __future__ import annotations

import logging

from telegram import Document, Message, PhotoSize
from telegram.error import TelegramError

from bots.callers import Received

FETCHED_BYTES_MAX = 5_000_000  # a picture or a list of clients; Telegram hands out up to 20 MB
log = logging.getLogger(__name__)


def received(message: Message) -> Received | None:
    """What came with a message; of a picture the largest size that is not too large."""
    if message.photo:
        fitting = [one for one in message.photo if (one.file_size or 0) <= FETCHED_BYTES_MAX]
        largest = (fitting or message.photo)[-1]
        return Received("photo.jpg", largest.file_size or 0, picture=True)
    document = message.document
    if document is None:
        return None
    kind = document.mime_type or ""
    name = document.file_name or "file"
    return Received(name, document.file_size or 0, picture=kind.startswith("image/"))


async def fetch(message: Message) -> bytes | None:
    """Its bytes; None where they are too many, or Telegram does not give them now."""
    wanted: Document | PhotoSize | None = message.document
    if message.photo:
        sizes = [one for one in message.photo if (one.file_size or 0) <= FETCHED_BYTES_MAX]
        wanted = sizes[-1] if sizes else None
    if wanted is None or (wanted.file_size or 0) > FETCHED_BYTES_MAX:
        return None
    try:
        file = await wanted.get_file()
        return bytes(await file.download_as_bytearray())
    except TelegramError as error:
        log.info("Telegram: a file: %s", error)
        return None
