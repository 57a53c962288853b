"""What a person does in a chat: writes, taps, shares, sends. The bot hears of it."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.keyboards import buttons
from sandbox.telegram.posting import (
    bot_hears,
    chat_changed,
    post,
    remove,
    set_member,
    show,
)
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.storing import described
from sandbox.telegram.text import read_text
from sandbox.telegram.wire import chat_wire, message_wire
from sandbox.telegram.world import INSIDE, Chat, Message, Person, World

Json = dict[str, Any]

TAPS_KEPT = 100  # a chat; older ones cannot be answered, long before Telegram would forget them
CALLBACKS_FROM = 4_000_000_000_000_000_001


def writes(world: World, person: Person, chat: Chat, content: Json, **more: Any) -> Json:
    """Puts what `person` said into the chat; whoever writes to the bot has started it."""
    if chat.migrated_to is not None:
        chat = world.chats[chat.migrated_to]
    if chat.is_private and chat.id != person.id:
        raise bad_request("this is another person's chat")
    if not chat.is_private and chat.members.get(person.id) not in INSIDE:
        raise bad_request("the person is not in this group")
    topic = chat.topics.get(more.get("thread_id") or 0)
    if topic and topic.closed:
        raise bad_request("TOPIC_CLOSED")
    if chat.is_private:
        if person.blocked:
            unblocks(world, person, chat)
        person.started = True
    message = post(world, chat, person.id, content, **more)
    if chat.keyboard and (chat.keyboard.get("one_time_keyboard") or "force_reply" in chat.keyboard):
        chat.keyboard = None
        chat_changed(world, chat)
    if bot_hears(world, chat, message):
        world.updates.push("message", message_wire(world, message), world.now())
    return {"message_id": message.id, "chat_id": chat.id}


def says(
    world: World,
    person: Person,
    chat: Chat,
    *,
    text: str,
    thread_id: int | None = None,
    reply_to: int | None = None,
) -> Json:
    said, entities = read_text(text, None, None)
    if not said:
        raise bad_request("message text is empty")
    content = {"text": said, **({"entities": entities} if entities else {})}
    return writes(world, person, chat, content, thread_id=thread_id, reply_to=reply_to)


def rewrites(world: World, person: Person, chat: Chat, *, message_id: int, text: str) -> Json:
    """Edits an own message, as people do to correct a typing mistake."""
    message = found(chat, message_id)
    if message.sender_id != person.id or "text" not in message.content:
        raise bad_request("message can't be edited")
    said, entities = read_text(text, None, None)
    message.content = {"text": said, **({"entities": entities} if entities else {})}
    message.edit_date = int(world.now())
    show(world, chat, message)
    if bot_hears(world, chat, message):
        world.updates.push("edited_message", message_wire(world, message), world.now())
    return {"message_id": message.id}


def found(chat: Chat, message_id: int) -> Message:
    if message_id not in chat.messages:
        raise bad_request("message not found")
    return chat.messages[message_id]


def taps(world: World, person: Person, chat: Chat, *, message_id: int, button: int) -> Json:
    """Presses the button of that number, counted row by row from 0, of the inline keyboard."""
    message = found(chat, message_id)
    there = buttons(message.markup)
    if not 0 <= button < len(there):
        raise bad_request("the message has no such button")
    if "callback_data" not in there[button]:
        return {"button": there[button]}
    return {"callback_id": sends_data(world, person, message, there[button]["callback_data"])}


def forges(world: World, person: Person, chat: Chat, *, message_id: int, data: str) -> Json:
    """A tap with data that no button has, as a modified client could send it."""
    return {"callback_id": sends_data(world, person, found(chat, message_id), data)}


def sends_data(world: World, person: Person, message: Message, data: str) -> str:
    callback_id = str(world.next("callback", first=CALLBACKS_FROM))
    world.callbacks[callback_id] = {
        "person_id": person.id,
        "chat_id": message.chat_id,
        "message_id": message.id,
        "at": world.now(),
        "answer": None,
    }
    chat = world.chats[message.chat_id]
    chat.taps.append(callback_id)
    if len(chat.taps) > TAPS_KEPT:
        del world.callbacks[chat.taps.pop(0)]
    update: Json = {
        "id": callback_id,
        "from": person.wire(),
        "chat_instance": str(message.chat_id),
        "data": data,
    }
    if message.inline_id:
        update["inline_message_id"] = message.inline_id
    else:
        update["message"] = message_wire(world, message)
    world.updates.push("callback_query", update, world.now())
    return callback_id


def shares_contact(
    world: World,
    person: Person,
    chat: Chat,
    *,
    phone: str = "",
    name: str = "",
    reply_to: int | None = None,
    thread_id: int | None = None,
) -> Json:
    """The own card, or with `phone` and `name` somebody else's, which carries no user_id."""
    own = not phone or phone == person.phone
    contact: Json = {
        "phone_number": phone or person.phone,
        "first_name": name or person.first_name,
        **({"user_id": person.id} if own else {}),
    }
    if not contact["phone_number"]:
        raise bad_request("the person has no phone number: give one")
    content = {"contact": contact}
    return writes(world, person, chat, content, reply_to=reply_to, thread_id=thread_id)


def shares_location(
    world: World,
    person: Person,
    chat: Chat,
    *,
    latitude: float,
    longitude: float,
    thread_id: int | None = None,
) -> Json:
    at = {"latitude": latitude, "longitude": longitude}
    return writes(world, person, chat, {"location": at}, thread_id=thread_id)


def sends_file(
    world: World,
    person: Person,
    chat: Chat,
    *,
    file_id: str,
    kind: str = "document",
    caption: str = "",
    thread_id: int | None = None,
) -> Json:
    """A file that was handed in before: a photo as such, anything else as a document."""
    if kind not in {"photo", "document"}:
        raise bad_request("a person sends photos and documents")
    content: Json = {kind: described(kind, world.file(file_id))}
    said, entities = read_text(caption, None, None)
    if said:
        content |= {"caption": said, **({"caption_entities": entities} if entities else {})}
    return writes(world, person, chat, content, thread_id=thread_id)


def forwards(
    world: World, person: Person, chat: Chat, *, from_chat_id: int, message_id: int
) -> Json:
    message = found(world.chat(from_chat_id), message_id)
    if message.protected:
        raise bad_request("message can't be forwarded")
    origin = {
        "type": "user",
        "date": message.date,
        "sender_user": world.user(message.sender_id),
    }
    return writes(world, person, chat, {**message.content, "forward_origin": origin})


def deletes(world: World, person: Person, chat: Chat, *, message_id: int) -> Json:
    """Bots are not told."""
    del person
    remove(world, chat, found(chat, message_id).id)
    return {}


def reacts(world: World, person: Person, chat: Chat, *, message_id: int, emoji: str) -> Json:
    message = found(chat, message_id)
    old = message.reactions.pop(str(person.id), "")
    if emoji:
        message.reactions[str(person.id)] = emoji
    show(world, chat, message)
    told = {
        "chat": chat_wire(world, chat),
        "message_id": message.id,
        "user": person.wire(),
        "date": int(world.now()),
        "old_reaction": [{"type": "emoji", "emoji": old}] if old else [],
        "new_reaction": [{"type": "emoji", "emoji": emoji}] if emoji else [],
    }
    world.updates.push("message_reaction", told, world.now())
    return {}


def blocks(world: World, person: Person, chat: Chat) -> Json:
    person.blocked = True
    set_member(world, chat, world.bot_id, "kicked", person.id)
    return {}


def unblocks(world: World, person: Person, chat: Chat) -> Json:
    person.blocked = False
    set_member(world, chat, world.bot_id, "member", person.id)
    return {}
