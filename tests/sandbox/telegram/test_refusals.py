"""What Telegram refuses is refused here, in its words: a bot that passes here passes there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
)
from telegram.error import BadRequest, Forbidden, InvalidToken

from sandbox.telegram.people import People, Person
from sandbox.telegram.server import LocalTelegram
from tests.sandbox.telegram.conftest import StartBot
from tests.sandbox.telegram.pictures import a_picture

Asks = Callable[[Bot, int], Awaitable[object]]


def says(text: str, parse_mode: str | None = None) -> Asks:
    return lambda bot, chat: bot.send_message(chat, text, parse_mode=parse_mode)


def with_buttons(*rows: list[InlineKeyboardButton]) -> Asks:
    return lambda bot, chat: bot.send_message(
        chat, "choose", reply_markup=InlineKeyboardMarkup(rows)
    )


def button(data: str = "x") -> InlineKeyboardButton:
    return InlineKeyboardButton("b", callback_data=data)


@pytest.fixture
async def bot(start_bot: StartBot, rahim: Person) -> Bot:
    await rahim.says("hello")
    application = await start_bot(poll=False)
    bot: Bot = application.bot
    return bot


REFUSED = {
    "empty": (says("  "), "Message text is empty"),
    "too long": (says("ক" * 4097), "Message is too long"),
    "open tag": (says("<b>due", "HTML"), 'find end tag corresponding to start tag "b"'),
    "tag unknown": (says("<h1>due</h1>", "HTML"), 'unsupported start tag "h1" at byte offset 0'),
    "a lone less-than": (says("due < 500 & <b>", "HTML"), "unsupported start tag"),
    "crossed tags": (says("<b><i>due</b></i>", "HTML"), 'expected "</i>", found "</b>"'),
    "unescaped dot": (says("due 8.50", "MarkdownV2"), "character '.' is reserved"),
    "open bold": (says("*due", "MarkdownV2"), "find end of bold entity at byte offset 0"),
    "open bold, in bytes": (says("বকেয়া *due", "MarkdownV2"), "bold entity at byte offset 19"),
    "no such mode": (says("due", "Latex"), "Unsupported parse_mode"),
    "long data": (with_buttons([button("x" * 65)]), "(?i)button_data_invalid"),
    "long data in bytes": (with_buttons([button("ক" * 22)]), "(?i)button_data_invalid"),
    "long copied text": (
        with_buttons([InlineKeyboardButton("c", copy_text=CopyTextButton("9" * 257))]),
        "(?i)copy",
    ),
    "nobody": (lambda bot, chat: bot.send_message(chat + 999, "hello"), "Chat not found"),
    "not there": (
        lambda bot, chat: bot.edit_message_text("new", chat, 987654),
        "Message to edit not found",
    ),
    "not there either": (
        lambda bot, chat: bot.delete_message(chat, 987654),
        "Message to delete not found",
    ),
    "somebody else's": (
        lambda bot, chat: bot.edit_message_text("new", chat, 1),
        "Message can't be edited",
    ),
    "no answer to a tap": (
        lambda bot, _: bot.answer_callback_query("12345", "late"),
        "Query is too old",
    ),
    "one picture is no album": (
        lambda bot, chat: bot.send_media_group(chat, [InputMediaPhoto(a_picture())]),
        "(?i)wrong number of media",
    ),
}


@pytest.mark.parametrize(("asks", "words"), REFUSED.values(), ids=REFUSED)
async def test_refused_in_telegrams_words(bot: Bot, rahim: Person, asks: Asks, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await asks(bot, rahim.chat_id)


async def test_the_same_content_again_is_not_modified(bot: Bot, rahim: Person) -> None:
    sent = await bot.send_message(rahim.chat_id, "<b>due</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("<b>due</b>", parse_mode="HTML")
    await sent.edit_text("due")  # the same words, but no longer bold


async def test_the_longest_text_is_counted_after_parsing(bot: Bot, rahim: Person) -> None:
    sent = await bot.send_message(rahim.chat_id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert sent.text == "x" * 4096
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(rahim.chat_id, "😀" * 2049)  # two units each


async def test_a_caption_is_shorter_than_a_text(bot: Bot, rahim: Person) -> None:
    await bot.send_photo(rahim.chat_id, a_picture(), caption="x" * 1024)
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(rahim.chat_id, a_picture(), caption="x" * 1025)


async def test_who_never_said_start_and_who_blocked_cannot_be_written_to(
    bot: Bot, people: People, rahim: Person
) -> None:
    karim = await people.add("Karim")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(karim.chat_id, "hello")
    await rahim.act("blocks")
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(rahim.chat_id, "hello")


async def test_another_token_is_nobodys(telegram: LocalTelegram) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=telegram.base_url):
            pass
