"""How chats, members and messages look in the Bot API, out of what the world keeps."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.world import ADMIN, Chat, Message, World

Json = dict[str, Any]


def chat_wire(world: World, chat: Chat) -> Json:
    if chat.is_private:
        person = world.people[chat.id]
        names = {"username": person.username, "last_name": person.last_name}
        said = {name: value for name, value in names.items() if value}
        return {"id": chat.id, "type": "private", "first_name": person.first_name, **said}
    forum = {"is_forum": True} if chat.is_forum else {}
    return {"id": chat.id, "type": chat.kind, "title": chat.title, **forum}


def message_wire(world: World, message: Message, *, inner: bool = False) -> Json:
    """`inner`: as the message that another one replies to, which shows no further one."""
    chat = world.chats[message.chat_id]
    said: Json = {
        "message_id": message.id,
        "from": world.user(message.sender_id),
        "chat": chat_wire(world, chat),
        "date": message.date,
        **message.content,
    }
    if message.edit_date is not None:
        said["edit_date"] = message.edit_date
    if message.markup and "inline_keyboard" in message.markup:
        said["reply_markup"] = message.markup
    if message.protected:
        said["has_protected_content"] = True
    if message.via_bot:
        said["via_bot"] = world.bot()
    if message.album:
        said["media_group_id"] = message.album
    if message.thread_id is not None:
        said |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    # In a topic, a message that replies to nothing shows the topic's first one, as Telegram does.
    replied = message.reply_to or message.thread_id
    if replied and not inner and replied in chat.messages and replied != message.id:
        said["reply_to_message"] = message_wire(world, chat.messages[replied], inner=True)
    return said


def member_wire(world: World, chat: Chat, user_id: int) -> Json:
    status = chat.members.get(user_id, "left")
    said: Json = {"user": world.user(user_id), "status": status}
    if status in ADMIN:
        said["is_anonymous"] = False
    if status == "administrator":
        said |= {"can_be_edited": False, **dict.fromkeys(rights(), True)}
        said["can_manage_topics"] = chat.is_forum
    if status == "kicked":
        said["until_date"] = 0
    return said


def rights() -> tuple[str, ...]:
    return (
        *("can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
        *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
        *("can_post_stories", "can_edit_stories", "can_delete_stories", "can_pin_messages"),
    )
