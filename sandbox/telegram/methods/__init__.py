"""The Bot API's methods, a module a kind; each exports METHODS, and this lists them all."""

from __future__ import annotations

from sandbox.telegram.methods import (
    answering,
    chats,
    editing,
    files,
    menus,
    polling,
    sending,
    topics,
)
from sandbox.telegram.methods.kinds import Method

METHODS: dict[str, Method] = {
    **polling.METHODS,
    **sending.METHODS,
    **editing.METHODS,
    **answering.METHODS,
    **files.METHODS,
    **chats.METHODS,
    **topics.METHODS,
    **menus.METHODS,
}
