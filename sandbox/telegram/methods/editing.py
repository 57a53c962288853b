"""Messages of the bot changed in place, deleted, pinned, reacted to."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.content import (
    MEDIA,
    called_caption,
    called_markup,
    called_text,
    input_media,
)
from sandbox.telegram.parameters import Call
from sandbox.telegram.posting import chat_changed, reachable, remove, service, show
from sandbox.telegram.refusals import NOT_MODIFIED, bad_request
from sandbox.telegram.wire import message_wire
from sandbox.telegram.world import ADMIN, Chat, Message, World

Json = dict[str, Any]

CAPTIONED = ("photo", "document", "animation", "video", "audio", "voice")


def target(world: World, call: Call) -> tuple[Chat, Message]:
    """The message an edit is about, found by its inline id where it was sent through the bot."""
    if inline_id := call.text("inline_message_id"):
        for chat in world.chats.values():
            for message in chat.messages.values():
                if message.inline_id == inline_id:
                    return chat, message
        raise bad_request("MESSAGE_ID_INVALID")
    chat = reachable(world, call.required("chat_id"))
    found = chat.messages.get(call.required("message_id"))
    if found is None:
        raise bad_request("message to edit not found")
    if found.sender_id != world.bot_id:
        raise bad_request("message can't be edited")
    return chat, found


def change(world: World, call: Call, chat: Chat, message: Message, content: Json) -> Json | bool:
    """An edit without a keyboard takes the keyboard away."""
    markup = called_markup(call, chat)
    if markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    if content == message.content and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    message.content, message.markup = content, markup
    message.edit_date = int(world.now())
    show(world, chat, message)
    return True if message.inline_id else message_wire(world, message)


def edit_text(world: World, call: Call) -> Json | bool:
    chat, message = target(world, call)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return change(world, call, chat, message, called_text(call))


def edit_caption(world: World, call: Call) -> Json | bool:
    chat, message = target(world, call)
    if not any(kind in message.content for kind in CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    kept = {name: said for name, said in message.content.items() if "caption" not in name}
    return change(world, call, chat, message, {**kept, **called_caption(call)})


def edit_media(world: World, call: Call) -> Json | bool:
    """Text may become media; nothing becomes text again."""
    chat, message = target(world, call)
    media = call.json("media")
    if not isinstance(media, dict):
        raise bad_request("can't parse InputMedia: media is not an object")
    if not any(kind in message.content for kind in (*MEDIA, "text")):
        raise bad_request("message can't be edited")
    return change(world, call, chat, message, input_media(world, call, media))


def edit_markup(world: World, call: Call) -> Json | bool:
    chat, message = target(world, call)
    return change(world, call, chat, message, message.content)


def check_deletable(world: World, chat: Chat, message: Message) -> None:
    """The Bot API's rules of deleteMessage: two days, and in a group one's own unless an admin."""
    if world.now() - message.date > limits.DELETE_SECONDS_MAX:
        raise bad_request("message can't be deleted for everyone")
    own = message.sender_id == world.bot_id
    if not own and not chat.is_private and chat.members.get(world.bot_id) not in ADMIN:
        raise bad_request("message can't be deleted")


def delete_message(world: World, call: Call) -> bool:
    chat = world.chat(call.required("chat_id"))
    found = chat.messages.get(call.required("message_id"))
    if found is None:
        raise bad_request("message to delete not found")
    check_deletable(world, chat, found)
    remove(world, chat, found.id)
    return True


def delete_messages(world: World, call: Call) -> bool:
    """What cannot be found is skipped."""
    chat = world.chat(call.required("chat_id"))
    ids = call.numbers("message_ids")
    if not 1 <= len(ids) <= limits.DELETE_MANY_MAX:
        raise bad_request("too many messages to delete" if ids else "message identifiers are empty")
    found = [chat.messages[one] for one in ids if one in chat.messages]
    for message in found:
        check_deletable(world, chat, message)
    for message in found:
        remove(world, chat, message.id)
    return True


def pin_message(world: World, call: Call) -> bool:
    chat = reachable(world, call.required("chat_id"))
    message = chat.messages.get(call.required("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if not chat.is_private and chat.members.get(world.bot_id) not in ADMIN:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    pinned = message_wire(world, message, inner=True)
    service(world, chat, world.bot_id, {"pinned_message": pinned}, thread_id=message.thread_id)
    chat_changed(world, chat)
    return True


def unpin_message(world: World, call: Call) -> bool:
    chat = reachable(world, call.required("chat_id"))
    message_id = call.number("message_id", chat.pinned[-1] if chat.pinned else None)
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
        chat_changed(world, chat)
    return True


def unpin_all(world: World, call: Call) -> bool:
    chat = reachable(world, call.required("chat_id"))
    chat.pinned.clear()
    chat_changed(world, chat)
    return True


def set_reaction(world: World, call: Call) -> bool:
    chat = reachable(world, call.required("chat_id"))
    message = chat.messages.get(call.required("message_id"))
    if message is None:
        raise bad_request("message to react not found")
    given = call.json("reaction") or []
    message.reactions.pop(str(world.bot_id), None)
    if given:
        message.reactions[str(world.bot_id)] = str(given[0].get("emoji", ""))
    show(world, chat, message)
    return True


METHODS = {
    "editmessagetext": edit_text,
    "editmessagecaption": edit_caption,
    "editmessagemedia": edit_media,
    "editmessagereplymarkup": edit_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "pinchatmessage": pin_message,
    "unpinchatmessage": unpin_message,
    "unpinallchatmessages": unpin_all,
    "setmessagereaction": set_reaction,
}
