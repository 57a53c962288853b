"""Reply markup: what Telegram accepts of it. Bots that pass here pass there."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.telegram import limits
from sandbox.telegram.refusals import Refusal, bad_request

Markup = dict[str, Any]

INLINE_KINDS: Final = {
    "callback_data",
    "url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "web_app",
    "login_url",
    "callback_game",
    "pay",
}
KINDS: Final = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
STYLES: Final = {None, "primary", "success", "danger"}


def checked_markup(markup: Any, *, private: bool) -> Markup | None:
    """`markup` if Telegram would take it, None for none; raises Refusal in Telegram's words."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict) or not any(kind in markup for kind in KINDS):
        raise bad_request("can't parse reply keyboard markup JSON object")
    for kind, check in (("inline_keyboard", inline_button), ("keyboard", reply_button)):
        if kind in markup:
            rows = checked_rows(markup[kind], kind)
            buttons = [check(button, private=private) for row in rows for button in row]
            if not buttons and kind == "inline_keyboard":
                return None
    return markup


def checked_rows(rows: Any, kind: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'object expected as "{kind}"')
    if sum(map(len, rows)) > limits.BUTTONS_MAX or any(
        len(row) > limits.BUTTONS_A_ROW_MAX for row in rows
    ):
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return rows


def inline_button(button: Any, *, private: bool) -> None:
    if not isinstance(button, dict):
        raise bad_request(
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    if not str(button.get("text", "")).strip():
        raise unparsable('Field "text" must be of type String')
    if button.get("style") not in STYLES:
        raise unparsable("invalid button style specified")
    kinds = [kind for kind in INLINE_KINDS if kind in button]
    if not kinds:
        raise unparsable("Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    check_inline_kind(kinds[0], button[kinds[0]], private=private)


def unparsable(fact: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {fact}")


def check_inline_kind(kind: str, value: Any, *, private: bool) -> None:
    if kind == "callback_data":
        size = len(str(value).encode())
        if not 1 <= size <= limits.CALLBACK_DATA_BYTES_MAX:
            raise bad_request("BUTTON_DATA_INVALID")
    elif kind == "url":
        check_url(str(value))
    elif kind == "web_app":
        if not private:
            raise bad_request("BUTTON_TYPE_INVALID")
        url = str(value.get("url", "")) if isinstance(value, dict) else ""
        if not url.startswith("https://"):
            raise bad_request(
                f"inline keyboard button web app URL '{url}' is invalid: "
                "Only HTTPS links are allowed"
            )
    elif kind == "copy_text":
        text = str(value.get("text", "")) if isinstance(value, dict) else ""
        if not 1 <= len(text) <= limits.COPY_TEXT_MAX:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def check_url(url: str) -> None:
    if url.startswith("tg://"):
        return
    host = urlsplit(url if "://" in url else f"http://{url}").hostname
    if not host or ("." not in host and host != "localhost"):
        fact = "Wrong HTTP URL" if host else "URL host is empty"
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {fact}")
    if host == "localhost":  # what Telegram answers; a portal at home needs another name
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def reply_button(button: Any, *, private: bool) -> None:
    if isinstance(button, str):
        return
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    if button.get("style") not in STYLES:
        raise bad_request("can't parse keyboard button: invalid button style specified")
    if private:
        return
    if button.get("request_contact"):
        raise bad_request("phone number can be requested in private chats only")
    if button.get("request_location"):
        raise bad_request("location can be requested in private chats only")


def buttons(markup: Markup | None) -> list[dict[str, Any]]:
    """All buttons of either keyboard, as objects, row by row."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    flat = [button for row in rows for button in row]
    return [{"text": button} if isinstance(button, str) else button for button in flat]
