"""Chats and who is in them, as far as a bot that administers needs."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.parameters import Call
from sandbox.telegram.posting import chat_changed, reachable, service, set_member
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import chat_wire, member_wire, message_wire
from sandbox.telegram.world import ADMIN, INSIDE, Chat, World

Json = dict[str, Any]


def get_chat(world: World, call: Call) -> Json:
    """A private chat the bot was never written from is not known to it."""
    chat = world.chat(call.required("chat_id"))
    if chat.is_private and not world.people[chat.id].started:
        raise bad_request("chat not found")
    if not chat.is_private:
        reachable(world, chat.id)
    told = {**chat_wire(world, chat), "accent_color_id": 0, "max_reaction_count": 11}
    told["accepted_gift_types"] = dict.fromkeys(
        (
            *("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"),
            "gifts_from_channels",
        ),
        False,
    )
    if chat.pinned:
        told["pinned_message"] = message_wire(world, chat.messages[chat.pinned[-1]], inner=True)
    return told


def get_chat_member(world: World, call: Call) -> Json:
    chat = reachable(world, call.required("chat_id"))
    user_id = call.required("user_id")
    if user_id != world.bot_id and user_id not in world.people:
        raise bad_request("invalid user_id specified")
    return member_wire(world, chat, user_id)


def get_administrators(world: World, call: Call) -> list[Json]:
    chat = reachable(world, call.required("chat_id"))
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    admins = [user_id for user_id, status in chat.members.items() if status in ADMIN]
    return [member_wire(world, chat, user_id) for user_id in admins]


def get_member_count(world: World, call: Call) -> int:
    chat = reachable(world, call.required("chat_id"))
    return sum(status in INSIDE for status in chat.members.values())


def leave_chat(world: World, call: Call) -> bool:
    chat = reachable(world, call.required("chat_id"))
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    service(world, chat, world.bot_id, {"left_chat_member": world.bot()})
    set_member(world, chat, world.bot_id, "left", world.bot_id)
    return True


def managed(world: World, call: Call) -> tuple[Chat, int]:
    chat = reachable(world, call.required("chat_id"))
    user_id = call.required("user_id")
    if chat.is_private:
        raise bad_request("can't ban members in private chats")
    if chat.members.get(world.bot_id) not in ADMIN:
        raise bad_request("not enough rights to restrict/unrestrict chat member")
    if chat.members.get(user_id) == "creator":
        raise bad_request("can't remove chat owner")
    world.person(user_id)
    return chat, user_id


def ban_member(world: World, call: Call) -> bool:
    chat, user_id = managed(world, call)
    set_member(world, chat, user_id, "kicked", world.bot_id)
    return True


def unban_member(world: World, call: Call) -> bool:
    chat, user_id = managed(world, call)
    if chat.members.get(user_id) == "kicked" or not call.flag("only_if_banned"):
        set_member(world, chat, user_id, "left", world.bot_id)
    return True


def set_title(world: World, call: Call) -> bool:
    chat = reachable(world, call.required("chat_id"))
    if chat.members.get(world.bot_id) not in ADMIN:
        raise bad_request("not enough rights to change chat title")
    chat.title = call.text("title")
    service(world, chat, world.bot_id, {"new_chat_title": chat.title})
    chat_changed(world, chat)
    return True


METHODS = {
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_administrators,
    "getchatmembercount": get_member_count,
    "leavechat": leave_chat,
    "banchatmember": ban_member,
    "unbanchatmember": unban_member,
    "setchattitle": set_title,
}
