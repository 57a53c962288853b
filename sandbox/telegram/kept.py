"""The world in a file, so that a restart of the sandbox finds the chats as they were."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.telegram.updates import Hook
from sandbox.telegram.world import Chat, File, Message, Person, Topic, World

Json = dict[str, Any]

FORM = 1
PAUSE_SECONDS = 1.0


def packed(world: World) -> Json:
    """All but what is in flight: taps and inline queries not answered yet are forgotten."""
    updates = world.updates
    return {
        "form": FORM,
        "people": [asdict(person) for person in world.people.values()],
        "chats": [packed_chat(chat) for chat in world.chats.values()],
        "files": [
            {**asdict(file), "data": b64encode(file.data).decode()} for file in world.files.values()
        ],
        "commands": world.commands,
        "menu_buttons": world.menu_buttons,
        "counters": world.counters,
        "updates": {
            "last_id": updates.last_id,
            "allowed": updates.allowed,
            "waiting": list(updates.waiting),
            "hook": asdict(updates.hook) if updates.hook else None,
        },
    }


def packed_chat(chat: Chat) -> Json:
    messages = [asdict(message) for message in chat.messages.values()]
    topics = [asdict(topic) for topic in chat.topics.values()]
    return {**vars(chat), "messages": messages, "topics": topics, "taps": []}


def unpack(world: World, kept: Json) -> None:
    world.people = {one["id"]: Person(**one) for one in kept["people"]}
    world.chats = {one["id"]: unpacked_chat(one) for one in kept["chats"]}
    for one in kept["files"]:
        world.files[one["id"]] = File(**{**one, "data": b64decode(one["data"])})
    world.commands = kept["commands"]
    world.menu_buttons = kept["menu_buttons"]
    world.counters = kept["counters"]
    updates = kept["updates"]
    world.updates.last_id = updates["last_id"]
    world.updates.allowed = updates["allowed"]
    world.updates.waiting.extend((at, update) for at, update in updates["waiting"])
    world.updates.hook = Hook(**updates["hook"]) if updates["hook"] else None


def unpacked_chat(kept: Json) -> Chat:
    """JSON names everything by text; people are numbers."""
    return Chat(
        **{
            **kept,
            "members": {int(one): status for one, status in kept["members"].items()},
            "messages": {one["id"]: Message(**one) for one in kept["messages"]},
            "topics": {one["thread_id"]: Topic(**one) for one in kept["topics"]},
        }
    )


def read_file(world: World, path: Path) -> None:
    with suppress(FileNotFoundError):
        unpack(world, json.loads(path.read_text()))


def write_file(world: World, path: Path) -> None:
    """Whole or not at all."""
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(json.dumps(packed(world), ensure_ascii=False))
    new.chmod(0o600)
    new.replace(path)


async def keep_forever(world: World, path: Path) -> None:
    """Writes soon after a change, once for many; at the end, once more."""
    written = world.changes.version
    try:
        while True:
            await world.changes.next(3600)
            await asyncio.sleep(PAUSE_SECONDS)
            write_file(world, path)
            written = world.changes.version
    finally:
        if written != world.changes.version:
            write_file(world, path)
