"""What a call asks to be said: text, or media with a caption; checked as Telegram does."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.keyboards import checked_markup
from sandbox.telegram.parameters import Call
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.storing import described, sent_file
from sandbox.telegram.text import read_text, units
from sandbox.telegram.world import Chat, Message, World

Json = dict[str, Any]

MEDIA = ("photo", "document", "animation", "video", "audio", "voice", "sticker")
SPOILED = {"photo", "animation", "video"}


def text_content(raw: str, parse_mode: str, entities: Any) -> Json:
    text, found = read_text(raw, parse_mode, entities)
    if not text:
        raise bad_request("message text is empty")
    if units(text) > limits.TEXT_MAX:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": found} if found else {})}


def caption_content(raw: str, parse_mode: str, entities: Any) -> Json:
    text, found = read_text(raw, parse_mode, entities)
    if units(text) > limits.CAPTION_MAX:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text, **({"caption_entities": found} if found else {})}


def called_text(call: Call) -> Json:
    return text_content(call.text("text"), call.text("parse_mode"), call.json("entities"))


def called_caption(call: Call) -> Json:
    entities = call.json("caption_entities")
    return caption_content(call.text("caption"), call.text("parse_mode"), entities)


def called_media(world: World, call: Call, kind: str) -> Json:
    """The content of sendPhoto and its like."""
    file = sent_file(world, call, kind, call.text(kind), kind)
    caption = {} if kind == "sticker" else called_caption(call)
    return media_content(kind, described(kind, file), caption, spoiler=call.flag("has_spoiler"))


def input_media(world: World, call: Call, item: Json) -> Json:
    """The content of one InputMedia object, whose file may be attached to the call."""
    kind = str(item.get("type", ""))
    if kind not in MEDIA:
        raise bad_request("can't parse InputMedia: type of media must be specified")
    file = sent_file(world, call, kind, item.get("media", ""), "")
    caption = caption_content(
        str(item.get("caption") or ""),
        str(item.get("parse_mode") or ""),
        item.get("caption_entities"),
    )
    return media_content(
        kind, described(kind, file), caption, spoiler=bool(item.get("has_spoiler"))
    )


def media_content(kind: str, media: Json | list[Json], caption: Json, *, spoiler: bool) -> Json:
    content: Json = {kind: media, **caption}
    if kind == "animation":
        content["document"] = media  # as Telegram, for clients older than animations
    if spoiler and kind in SPOILED:
        content["has_media_spoiler"] = True
    return content


def called_markup(call: Call, chat: Chat) -> Json | None:
    return checked_markup(call.json("reply_markup"), private=chat.is_private)


def called_thread(call: Call, chat: Chat) -> int | None:
    """The topic a message goes to; None for a chat without them, and for the general one."""
    thread_id = call.number("message_thread_id")
    if thread_id is None or (thread_id == 1 and chat.is_forum):
        return None
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed:
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def called_reply(call: Call, chat: Chat) -> Message | None:
    """The message that is replied to; one that is gone is a refusal unless the call forgives it."""
    parameters = call.json("reply_parameters") or {}
    message_id = parameters.get("message_id", call.number("reply_to_message_id"))
    if message_id is None:
        return None
    found = chat.messages.get(int(message_id))
    forgiving = parameters.get("allow_sending_without_reply") or call.flag(
        "allow_sending_without_reply"
    )
    if found is None and not forgiving:
        raise bad_request("message to be replied not found")
    return found
