"""New messages of the bot: text, media, albums, places, contacts, copies."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.content import (
    called_caption,
    called_markup,
    called_media,
    called_reply,
    called_text,
    called_thread,
    input_media,
)
from sandbox.telegram.methods.kinds import Method
from sandbox.telegram.parameters import Call
from sandbox.telegram.posting import chat_changed, post, reachable
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import message_wire
from sandbox.telegram.world import Chat, Message, World

Json = dict[str, Any]


def send(world: World, call: Call, content: Json) -> Json:
    chat = reachable(world, call.required("chat_id"))
    return message_wire(world, place(world, call, chat, content))


def place(world: World, call: Call, chat: Chat, content: Json, **more: Any) -> Message:
    markup = called_markup(call, chat)
    replied = called_reply(call, chat)
    thread_id = called_thread(call, chat)
    message = post(
        world,
        chat,
        world.bot_id,
        content,
        markup=markup if markup and "inline_keyboard" in markup else None,
        reply_to=replied.id if replied else None,
        thread_id=thread_id,
        protected=call.flag("protect_content"),
        silent=call.flag("disable_notification"),
        **more,
    )
    set_keyboard(world, chat, markup)
    return message


def set_keyboard(world: World, chat: Chat, markup: Json | None) -> None:
    """A keyboard below the chat stays until another one, or its removal, is sent."""
    if markup is None or "inline_keyboard" in markup:
        return
    chat.keyboard = None if markup.get("remove_keyboard") else markup
    chat_changed(world, chat)


def send_message(world: World, call: Call) -> Json:
    reachable(world, call.required("chat_id"))
    return send(world, call, called_text(call))


def send_media(kind: str) -> Method:
    def send_one(world: World, call: Call) -> Json:
        reachable(world, call.required("chat_id"))
        return send(world, call, called_media(world, call, kind))

    return send_one


def send_media_group(world: World, call: Call) -> list[Json]:
    """All of an album or nothing of it."""
    chat = reachable(world, call.required("chat_id"))
    items = call.objects("media")
    if not limits.MEDIA_GROUP_MIN <= len(items) <= limits.MEDIA_GROUP_MAX:
        raise bad_request(
            "wrong number of media in the album; "
            f"{limits.MEDIA_GROUP_MIN} to {limits.MEDIA_GROUP_MAX} are allowed"
        )
    kinds = {item.get("type") for item in items}
    if len(kinds - {"photo", "video"}) > 0 and len(kinds) > 1:
        raise bad_request(
            "only photos and videos can be mixed in an album; documents and audio can't"
        )
    contents = [input_media(world, call, item) for item in items]
    album = str(world.next("album", first=13000000000000001))
    sent = [place(world, call, chat, content, album=album) for content in contents]
    return [message_wire(world, message) for message in sent]


def send_location(world: World, call: Call) -> Json:
    try:
        at = {name: float(call.text(name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad_request("latitude and longitude must be specified") from None
    if not (-90 <= at["latitude"] <= 90 and -180 <= at["longitude"] <= 180):
        raise bad_request("can't parse location: must be on Earth")
    return send(world, call, {"location": at})


def send_contact(world: World, call: Call) -> Json:
    names = ("phone_number", "first_name", "last_name")
    contact = {name: call.text(name) for name in names if call.text(name)}
    if "phone_number" not in contact or "first_name" not in contact:
        raise bad_request("phone number and first name must be specified")
    return send(world, call, {"contact": contact})


def original(world: World, call: Call) -> Message:
    chat = world.chat(call.required("from_chat_id"))
    found = chat.messages.get(call.required("message_id"))
    if found is None:
        verb = "forward" if call.method == "forwardmessage" else "copy"
        raise bad_request(f"message to {verb} not found")
    if found.protected and call.method == "forwardmessage":
        raise bad_request("message can't be forwarded")
    return found


def forward_message(world: World, call: Call) -> Json:
    """A forwarded message keeps its words and loses its buttons."""
    found = original(world, call)
    origin = {
        "type": "user",
        "date": found.date,
        "sender_user": world.user(found.sender_id),
    }
    return send(world, call, {**found.content, "forward_origin": origin})


def copy_message(world: World, call: Call) -> Json:
    content = dict(original(world, call).content)
    if "caption" in call.values:
        content = {name: said for name, said in content.items() if "caption" not in name}
        content |= called_caption(call)
    return {"message_id": send(world, call, content)["message_id"]}


def send_chat_action(world: World, call: Call) -> bool:
    chat = reachable(world, call.required("chat_id"))
    world.changes.tell("action", chat_id=chat.id, action=call.text("action"))
    return True


METHODS: dict[str, Method] = {
    "sendmessage": send_message,
    **{
        f"send{kind}": send_media(kind)
        for kind in ("photo", "document", "animation", "video", "audio", "voice", "sticker")
    },
    "sendmediagroup": send_media_group,
    "sendlocation": send_location,
    "sendcontact": send_contact,
    "forwardmessage": forward_message,
    "copymessage": copy_message,
    "sendchataction": send_chat_action,
}
