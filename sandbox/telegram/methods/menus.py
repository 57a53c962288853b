"""What a person finds before saying anything: commands by scope and language, the menu button."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.parameters import Call
from sandbox.telegram.posting import reachable
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import ADMIN, Chat, Person, World

Json = dict[str, Any]

NAME = re.compile(rf"[a-z0-9_]{{1,{limits.COMMAND_NAME_MAX}}}")
SCOPES: dict[str, tuple[str, ...]] = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def scope_key(scope: Json, language: str) -> str:
    kind = str(scope.get("type", "default"))
    names = SCOPES.get(kind)
    if names is None:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    try:
        ids = [int(scope[name]) for name in names]
    except (KeyError, ValueError):
        raise bad_request("can't parse BotCommandScope: chat_id is empty") from None
    return json.dumps([kind, *ids, language])


def called_scope(world: World, call: Call) -> str:
    scope = call.json("scope") or {"type": "default"}
    key = scope_key(scope, call.text("language_code"))
    if "chat_id" in scope:
        reachable(world, int(scope["chat_id"]))
    return key


def set_commands(world: World, call: Call) -> bool:
    commands = call.objects("commands")
    if len(commands) > limits.COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        if not NAME.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        description = str(command.get("description", ""))
        if not 1 <= len(description) <= limits.COMMAND_DESCRIPTION_MAX:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": description})
    world.commands[called_scope(world, call)] = kept
    world.changes.tell("menu")
    return True


def get_commands(world: World, call: Call) -> list[Json]:
    return world.commands.get(called_scope(world, call), [])


def delete_commands(world: World, call: Call) -> bool:
    world.commands.pop(called_scope(world, call), None)
    world.changes.tell("menu")
    return True


def scopes_of(chat: Chat, person: Person) -> Iterator[Json]:
    """The narrowest first: core.telegram.org/bots/api, Determining list of commands."""
    if chat.is_private:
        yield {"type": "chat", "chat_id": chat.id}
        yield {"type": "all_private_chats"}
    else:
        yield {"type": "chat_member", "chat_id": chat.id, "user_id": person.id}
        if chat.members.get(person.id) in ADMIN:
            yield {"type": "chat_administrators", "chat_id": chat.id}
        yield {"type": "chat", "chat_id": chat.id}
        if chat.members.get(person.id) in ADMIN:
            yield {"type": "all_chat_administrators"}
        yield {"type": "all_group_chats"}
    yield {"type": "default"}


def menu_of(world: World, chat: Chat, person: Person) -> list[Json]:
    """The commands that this person's client lists in this chat."""
    for scope in scopes_of(chat, person):
        for language in (person.language_code, ""):
            found = world.commands.get(scope_key(scope, language))
            if found:
                return found
    return []


def set_menu_button(world: World, call: Call) -> bool:
    button = call.json("menu_button") or {"type": "default"}
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: unsupported type specified")
    world.menu_buttons[call.text("chat_id")] = button
    world.changes.tell("menu")
    return True


def get_menu_button(world: World, call: Call) -> Json:
    buttons = world.menu_buttons
    return buttons.get(call.text("chat_id")) or buttons.get("") or {"type": "commands"}


def set_words(kind: str, longest: int) -> Any:
    def set_one(world: World, call: Call) -> bool:
        if len(call.text(kind)) > longest:
            raise bad_request(f"{kind} is too long")
        if kind == "name" and call.text(kind):
            world.settings.bot_name = call.text(kind)
        world.changes.tell("menu")
        return True

    return set_one


def get_name(world: World, call: Call) -> Json:
    del call
    return {"name": world.settings.bot_name}


METHODS = {
    "setmycommands": set_commands,
    "getmycommands": get_commands,
    "deletemycommands": delete_commands,
    "setchatmenubutton": set_menu_button,
    "getchatmenubutton": get_menu_button,
    "setmyname": set_words("name", 64),
    "getmyname": get_name,
    "setmydescription": set_words("description", 512),
    "setmyshortdescription": set_words("short_description", 120),
}
