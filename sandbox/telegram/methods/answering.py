"""Answers to what a person did: a tap on a button, or words typed after the bot's name."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.content import caption_content, text_content
from sandbox.telegram.keyboards import checked_markup
from sandbox.telegram.parameters import Call
from sandbox.telegram.refusals import TOO_OLD, bad_request
from sandbox.telegram.world import World

Json = dict[str, Any]


def answer_callback_query(world: World, call: Call) -> bool:
    """Once, and soon: the person sees a spinner until then."""
    tap = world.callbacks.get(call.text("callback_query_id"))
    if tap is None or tap["answer"] or world.now() - tap["at"] > limits.CALLBACK_SECONDS:
        raise bad_request(TOO_OLD)
    text = call.text("text")
    if len(text) > limits.CALLBACK_ANSWER_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    tap["answer"] = {"text": text, "alert": call.flag("show_alert"), "url": call.text("url")}
    world.changes.tell(
        "answer",
        person_id=tap["person_id"],
        chat_id=tap["chat_id"],
        message_id=tap["message_id"],
        **tap["answer"],
    )
    if tap["chat_id"] in world.chats:
        world.chats[tap["chat_id"]].version += 1
    return True


def answer_inline_query(world: World, call: Call) -> bool:
    query = world.inline_queries.get(call.text("inline_query_id"))
    if query is None or query["answer"] or world.now() - query["at"] > limits.INLINE_SECONDS:
        raise bad_request(TOO_OLD)
    results = call.objects("results")
    if len(results) > limits.INLINE_RESULTS_MAX:
        raise bad_request("RESULTS_TOO_MUCH")
    next_offset = call.text("next_offset")
    if len(next_offset.encode()) > limits.INLINE_OFFSET_BYTES_MAX:
        raise bad_request("NEXT_OFFSET_INVALID")
    answer = {
        "results": [checked_result(result) for result in results],
        "next_offset": next_offset,
        "button": call.json("button"),
    }
    ids = [result["id"] for result in answer["results"]]
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    query["answer"] = answer
    keep_in_cache(world, call, query)
    world.changes.tell("inline", person_id=query["person_id"], query_id=query["id"])
    return True


def keep_in_cache(world: World, call: Call, query: Json) -> None:
    """Without is_personal, Telegram gives one person's results to whoever asks the same next."""
    seconds = call.number("cache_time", limits.INLINE_CACHE_SECONDS) or 0
    if seconds > 0:
        whose = query["person_id"] if call.flag("is_personal") else 0
        key = cache_key(whose, query["query"], query["offset"])
        for old in [key for key, kept in world.inline_cache.items() if kept["until"] < world.now()]:
            del world.inline_cache[old]
        world.inline_cache[key] = {"until": world.now() + seconds, "answer": query["answer"]}


def cache_key(whose: int, query: str, offset: str) -> str:
    return f"{whose}\n{query}\n{offset}"


def checked_result(result: Json) -> Json:
    """A result whose text is parsed already, so that choosing it cannot fail."""
    result = dict(result)
    if not 1 <= len(str(result.get("id", "")).encode()) <= limits.INLINE_ID_BYTES_MAX:
        raise bad_request("RESULT_ID_INVALID")
    if result.get("type") == "article" and not result.get("title"):
        raise bad_request("can't parse inline query result: title must be non-empty")
    said = result.pop("input_message_content", None)
    mode = str(result.get("parse_mode") or "")
    if isinstance(said, dict) and "message_text" in said:
        result["content"] = text_content(
            said["message_text"], str(said.get("parse_mode") or ""), said.get("entities")
        )
    elif isinstance(said, dict) and "phone_number" in said:
        result["content"] = {"contact": said}
    elif isinstance(said, dict) and "latitude" in said:
        result["content"] = {"location": said}
    elif result.get("type") == "article":
        raise bad_request("can't parse inline query result: message text must be specified")
    else:
        result["caption_content"] = caption_content(
            str(result.get("caption") or ""), mode, result.get("caption_entities")
        )
    result["reply_markup"] = checked_markup(result.get("reply_markup"), private=False)
    return result


def answer_web_app_query(world: World, call: Call) -> Json:
    del world, call
    raise bad_request(TOO_OLD)  # no page opens one here, so every id is of none


METHODS = {
    "answercallbackquery": answer_callback_query,
    "answerinlinequery": answer_inline_query,
    "answerwebappquery": answer_web_app_query,
}
