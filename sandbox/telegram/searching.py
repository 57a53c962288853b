"""Inline mode: a person types after the bot's name in any chat, and picks what it offers."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.methods.answering import cache_key
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.storing import described
from sandbox.telegram.talking import writes
from sandbox.telegram.world import Chat, Person, World

Json = dict[str, Any]

QUERIES_KEPT = 1000
QUERIES_FROM = 5_000_000_000_000_000_001


def types(world: World, person: Person, chat: Chat, *, query: str, offset: str = "") -> Json:
    """Asks the bot what fits `query`; its answer comes later, unless Telegram had kept it."""
    if not world.settings.inline:
        raise bad_request("the bot has no inline mode")
    query = query[: limits.INLINE_QUERY_MAX]
    query_id = str(world.next("inline", first=QUERIES_FROM))
    asked: Json = {
        "id": query_id,
        "person_id": person.id,
        "query": query,
        "offset": offset,
        "at": world.now(),
        "answer": None,
    }
    world.inline_queries[query_id] = asked
    if len(world.inline_queries) > QUERIES_KEPT:
        del world.inline_queries[next(iter(world.inline_queries))]
    for whose in (person.id, 0):
        kept = world.inline_cache.get(cache_key(whose, query, offset))
        if kept and kept["until"] > world.now():
            asked["answer"] = kept["answer"]
            return {"query_id": query_id}
    kind = "sender" if chat.id == person.id else chat.kind
    update = {
        "id": query_id,
        "from": person.wire(),
        "query": query,
        "offset": offset,
        "chat_type": kind,
    }
    world.updates.push("inline_query", update, world.now())
    return {"query_id": query_id}


def picks(
    world: World,
    person: Person,
    chat: Chat,
    *,
    query_id: str,
    result_id: str,
    thread_id: int | None = None,
) -> Json:
    """Sends a result as the person's own message, via the bot; the bot hears of both."""
    query = world.inline_queries.get(query_id)
    results = query["answer"]["results"] if query and query["answer"] else []
    result = next((one for one in results if one["id"] == result_id), None)
    if query is None or result is None:
        raise bad_request("the bot offered no such result")
    markup = result["reply_markup"]
    inline_id = f"inline-{world.next('inline_message')}" if markup else None
    chosen = {"result_id": result_id, "from": person.wire(), "query": query["query"]}
    if inline_id:
        chosen["inline_message_id"] = inline_id
    more = {"markup": markup, "via_bot": True, "inline_id": inline_id, "thread_id": thread_id}
    content = result.get("content") or media_of(world, result)
    sent = writes(world, person, chat, content, **more)
    world.updates.push("chosen_inline_result", chosen, world.now())
    return sent


def media_of(world: World, result: Json) -> Json:
    kind = str(result["type"])
    file_id = result.get(f"{kind}_file_id", "")
    return {kind: described(kind, world.file(file_id)), **result["caption_content"]}
