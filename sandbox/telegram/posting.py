"""How a message comes to stand in a chat, changes and goes, and who is told."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.refusals import bad_request, forbidden
from sandbox.telegram.wire import chat_wire, member_wire, message_wire
from sandbox.telegram.world import ADMIN, INSIDE, Chat, Message, World

Json = dict[str, Any]

SERVICE = {
    *("new_chat_members", "left_chat_member", "new_chat_title", "group_chat_created"),
    *("supergroup_chat_created", "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message"),
    *("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"),
}


def post(world: World, chat: Chat, sender_id: int, content: Json, **more: Any) -> Message:
    """Puts a message into `chat`; `more` are further fields of Message."""
    message_id = world.next_message_id(chat)
    message = Message(chat.id, message_id, sender_id, int(world.now()), content, **more)
    chat.messages[message_id] = message
    show(world, chat, message)
    return message


def show(world: World, chat: Chat, message: Message) -> None:
    chat.version += 1
    world.changes.tell("message", chat_id=chat.id, message=seen(world, message))


def seen(world: World, message: Message) -> Json:
    """A message as a person's page shows it: the API's form, and what only clients know."""
    said = message_wire(world, message)
    said["silent"] = message.silent
    if message.reactions:
        said["reactions"] = sorted(message.reactions.values())
    return said


def remove(world: World, chat: Chat, message_id: int) -> None:
    chat.messages.pop(message_id)
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
    chat.version += 1
    world.changes.tell("gone", chat_id=chat.id, message_id=message_id)


def chat_changed(world: World, chat: Chat) -> None:
    """Members, topics, pins or the reply keyboard: pages read the chat anew."""
    chat.version += 1
    world.changes.tell("chat", chat_id=chat.id)


def service(world: World, chat: Chat, sender_id: int, content: Json, **more: Any) -> Message:
    """A message that nobody wrote; bots hear all of those."""
    message = post(world, chat, sender_id, content, **more)
    if sender_id != world.bot_id and chat.members.get(world.bot_id) in INSIDE:
        world.updates.push("message", message_wire(world, message), world.now())
    return message


def bot_hears(world: World, chat: Chat, message: Message) -> bool:
    """Whether Telegram would show the bot what a person wrote.

    In a group with privacy mode on, only what is meant for it: core.telegram.org/bots/features,
    section Privacy mode.
    """
    if chat.is_private:
        return True
    status = chat.members.get(world.bot_id)
    if status not in INSIDE:
        return False
    if status in ADMIN or not world.settings.privacy or message.via_bot:
        return True
    replied = chat.messages.get(message.reply_to or 0)
    if replied and replied.sender_id == world.bot_id:
        return True
    return is_commanded(world, message)


def is_commanded(world: World, message: Message) -> bool:
    """A command that names this bot; one that names none is for all bots, so for this one."""
    text = str(message.content.get("text", ""))
    for entity in message.content.get("entities", ()):
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            _, _, name = text[: entity["length"]].partition("@")
            return name.lower() in {"", world.settings.username.lower()}
    return False


def reachable(world: World, chat_id: int) -> Chat:
    """The chat, if the bot may write there; raises what Telegram answers otherwise."""
    chat = world.chat(chat_id)
    if chat.migrated_to is not None:
        raise bad_request(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
        )
    if chat.is_private:
        person = world.people[chat.id]
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        return chat
    status = chat.members.get(world.bot_id)
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if status not in INSIDE:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def set_member(world: World, chat: Chat, user_id: int, status: str, by: int) -> None:
    """Changes who is in a chat, and tells the bot: of itself always, of others where it asked."""
    before = member_wire(world, chat, user_id)
    chat.members[user_id] = status
    after = member_wire(world, chat, user_id)
    if before == after:
        return
    told = {
        "chat": chat_wire(world, chat),
        "from": world.user(by),
        "date": int(world.now()),
        "old_chat_member": before,
        "new_chat_member": after,
    }
    if user_id == world.bot_id:
        world.updates.push("my_chat_member", told, world.now())
    elif chat.members.get(world.bot_id) in ADMIN:
        world.updates.push("chat_member", told, world.now())
    chat_changed(world, chat)
