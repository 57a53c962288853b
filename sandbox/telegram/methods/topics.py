"""Forum topics: a thread is named by the message that opened it."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.parameters import Call
from sandbox.telegram.posting import chat_changed, reachable, remove, service
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import ADMIN, Chat, Topic, World

Json = dict[str, Any]


def forum(world: World, call: Call) -> Chat:
    chat = reachable(world, call.required("chat_id"))
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if chat.members.get(world.bot_id) not in ADMIN:
        raise bad_request("not enough rights to manage topics")
    return chat


def forum_topic(world: World, call: Call) -> tuple[Chat, Topic]:
    chat = forum(world, call)
    topic = chat.topics.get(call.required("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    return chat, topic


def checked_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= limits.TOPIC_NAME_MAX:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name.strip() else "TOPIC_TITLE_TOO_LONG")
    return name.strip()


def open_topic(world: World, chat: Chat, name: str, by: int) -> Topic:
    opened = service(world, chat, by, {})
    topic = Topic(opened.id, name)
    chat.topics[topic.thread_id] = topic
    opened.thread_id = topic.thread_id
    opened.content = {"forum_topic_created": {"name": name, "icon_color": topic.icon_color}}
    chat_changed(world, chat)
    return topic


def create_topic(world: World, call: Call) -> Json:
    chat = forum(world, call)
    return open_topic(world, chat, checked_name(call.text("name")), world.bot_id).wire()


def edit_topic(world: World, call: Call) -> bool:
    chat, topic = forum_topic(world, call)
    name = call.text("name")
    if name and name == topic.name:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name = checked_name(name) if name else topic.name
    edited = {"forum_topic_edited": {"name": topic.name}}
    service(world, chat, world.bot_id, edited, thread_id=topic.thread_id)
    chat_changed(world, chat)
    return True


def shut(world: World, call: Call, *, closed: bool) -> bool:
    chat, topic = forum_topic(world, call)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    kind = "forum_topic_closed" if closed else "forum_topic_reopened"
    service(world, chat, world.bot_id, {kind: {}}, thread_id=topic.thread_id)
    chat_changed(world, chat)
    return True


def close_topic(world: World, call: Call) -> bool:
    return shut(world, call, closed=True)


def reopen_topic(world: World, call: Call) -> bool:
    return shut(world, call, closed=False)


def delete_topic(world: World, call: Call) -> bool:
    """All its messages go with it."""
    chat, topic = forum_topic(world, call)
    gone = [one.id for one in chat.messages.values() if one.thread_id == topic.thread_id]
    for message_id in gone:
        remove(world, chat, message_id)
    del chat.topics[topic.thread_id]
    chat_changed(world, chat)
    return True


METHODS = {
    "createforumtopic": create_topic,
    "editforumtopic": edit_topic,
    "closeforumtopic": close_topic,
    "reopenforumtopic": reopen_topic,
    "deleteforumtopic": delete_topic,
}
