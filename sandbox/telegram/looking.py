"""What a person sees: the chats they are in, and one of them as it stands, edits in place."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.methods.menus import get_menu_button, menu_of
from sandbox.telegram.parameters import Call
from sandbox.telegram.posting import seen
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import chat_wire
from sandbox.telegram.world import INSIDE, Chat, Message, Person, World

Json = dict[str, Any]

MESSAGES_MAX = 60


def everything(world: World) -> Json:
    """Who and what there is, for a page that opens."""
    return {
        "bot": world.bot(),
        "version": world.changes.version,
        "people": [{**person.wire(), "phone": person.phone} for person in world.people.values()],
        "floods": world.floods.on,
        "faults": [fault.kind for fault in world.faults.coming],
    }


def is_in(person: Person, chat: Chat) -> bool:
    return chat.id == person.id if chat.is_private else chat.members.get(person.id) in INSIDE


def chats_of(world: World, person: Person) -> list[Json]:
    """The latest first; one that became a supergroup is not listed."""
    mine = [chat for chat in world.chats.values() if is_in(person, chat) and not chat.migrated_to]
    told = [
        {
            **named(world, chat),
            "last": seen(world, chat.messages[max(chat.messages)]) if chat.messages else None,
        }
        for chat in mine
    ]
    return sorted(told, key=lambda one: -(one["last"] or {"date": 0})["date"])


def named(world: World, chat: Chat) -> Json:
    """As the person sees it: a private chat is called after the bot."""
    title = world.settings.bot_name if chat.is_private else chat.title
    members = [world.user(one) for one, status in chat.members.items() if status in INSIDE]
    return {**chat_wire(world, chat), "title": title, "members": members, "version": chat.version}


def chat_seen(
    world: World, person: Person, chat: Chat, *, limit: int = MESSAGES_MAX, thread_id: int | None
) -> Json:
    if not is_in(person, chat):
        raise bad_request("the person is not in this chat")
    messages = latest(chat, limit, thread_id)
    return {
        **named(world, chat),
        "started": person.started,
        "blocked": person.blocked,
        "messages": [seen(world, message) for message in messages],
        "keyboard": chat.keyboard,
        "topics": [{**topic.wire(), "closed": topic.closed} for topic in chat.topics.values()],
        "pinned": chat.pinned,
        "commands": menu_of(world, chat, person),
        "menu_button": get_menu_button(world, Call("", {"chat_id": str(chat.id)})),
        "statuses": {str(one): status for one, status in chat.members.items()},
        "answers": answers_to(world, person, chat),
    }


def latest(chat: Chat, limit: int, thread_id: int | None) -> list[Message]:
    """`thread_id` 0 is the general topic; None is everything."""
    found: list[Message] = []
    for message in reversed(chat.messages.values()):
        if thread_id is None or (message.thread_id or 0) == thread_id:
            found.append(message)
        if len(found) == limit:
            break
    return found[::-1]


def answers_to(world: World, person: Person, chat: Chat) -> Json:
    """The last taps of this person in this chat: an answer each, or None while it spins."""
    taps = {callback_id: world.callbacks[callback_id] for callback_id in chat.taps}
    mine = [one for one in taps.items() if one[1]["person_id"] == person.id]
    return {callback_id: tap["answer"] for callback_id, tap in mine}
