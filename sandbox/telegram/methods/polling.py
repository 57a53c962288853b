"""How the bot learns what happened: who it is, long polling, and the webhook instead."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram import limits
from sandbox.telegram.parameters import Call
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.updates import Hook
from sandbox.telegram.world import World

Json = dict[str, Any]

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def get_me(world: World, call: Call) -> Json:
    del call
    return {
        **world.bot(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.settings.privacy,
        "supports_inline_queries": world.settings.inline,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(world: World, call: Call) -> list[Json]:
    updates = world.updates
    updates.allow(call.json("allowed_updates"))
    updates.confirm(call.number("offset") or 0, world.now())
    limit = min(max(call.number("limit") or limits.UPDATES_MAX, 1), limits.UPDATES_MAX)
    seconds = min(max(call.number("timeout") or 0, 0), limits.POLL_SECONDS_MAX)
    return await updates.poll(limit, seconds)


def set_webhook(world: World, call: Call) -> bool:
    url = call.text("url")
    if not url:
        return delete_webhook(world, call)
    if urlsplit(url).hostname not in LOOPBACK:
        raise bad_request("bad webhook: the sandbox delivers to this machine only")
    secret = call.text("secret_token")
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{0,{limits.SECRET_TOKEN_MAX}}}", secret):
        raise bad_request("secret token contains unallowed characters")
    world.updates.allow(call.json("allowed_updates"))
    if call.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    connections = call.number("max_connections", 40) or 40
    world.updates.hook = Hook(url, secret, connections)
    world.updates.arrived.set()
    return True


def delete_webhook(world: World, call: Call) -> bool:
    world.updates.hook = None
    if call.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    return True


def get_webhook_info(world: World, call: Call) -> Json:
    del call
    updates, hook = world.updates, world.updates.hook
    told: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates.waiting),
    }
    if hook:
        told["max_connections"] = hook.max_connections
        if hook.last_error_date is not None:
            told["last_error_date"] = hook.last_error_date
            told["last_error_message"] = hook.last_error
    if updates.allowed:
        told["allowed_updates"] = updates.allowed
    return told


def log_out(world: World, call: Call) -> bool:
    del world, call
    return True


METHODS = {
    "getme": get_me,
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "logout": log_out,
    "close": log_out,
}
