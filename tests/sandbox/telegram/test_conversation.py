"""A real python-telegram-bot application cannot tell that this is not Telegram."""

from __future__ import annotations

import io
from typing import Any

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from sandbox.telegram.people import Impossible, NotSeen, People, Person
from tests.sandbox.telegram.conftest import StartBot
from tests.sandbox.telegram.pictures import a_picture

PAY = InlineKeyboardMarkup([[InlineKeyboardButton("Pay ৳800", callback_data="pay")]])


async def welcome(update: Update, context: Any) -> None:
    del context
    assert update.message and update.message.text
    payload = update.message.text.partition(" ")[2]
    await update.message.reply_text(f"Welcome {payload}".strip(), reply_markup=PAY)


async def pay(update: Update, context: Any) -> None:
    del context
    query = update.callback_query
    assert query
    await query.answer("Taken")
    await query.edit_message_text("Paid <b>৳800</b>", parse_mode="HTML")


START = CommandHandler("start", welcome)
TAP = CallbackQueryHandler(pay)


async def test_a_tap_changes_the_message_where_it_stands(
    start_bot: StartBot, rahim: Person
) -> None:
    await start_bot(START, TAP)
    await rahim.starts("invite-7")
    first = await rahim.sees("Welcome invite-7")
    tap = await rahim.taps("Pay")
    assert await tap.answer() == "Taken"
    after = await rahim.sees("Paid ৳800")
    assert (after.id, after.edited, after.buttons) == (first.id, True, ())
    assert {"type": "bold", "offset": 5, "length": 4} in after.raw["entities"]


async def test_people_do_not_see_each_others_chats(
    start_bot: StartBot, people: People, rahim: Person
) -> None:
    await start_bot(START)
    karim = await people.add("Karim")
    await rahim.says("/start")
    await rahim.sees("Welcome")
    assert not (await karim.screen()).messages
    with pytest.raises(Impossible, match="not in this chat"):
        await karim.in_chat(rahim.id).screen()


async def test_what_never_comes_is_told_with_the_chat_as_it_stands(rahim: Person) -> None:
    await rahim.says("anybody?")
    with pytest.raises(NotSeen, match="> anybody"):
        await rahim.sees("yes", seconds=0.05)


async def test_a_contact_and_a_place_are_shared_from_the_keyboard_below(
    start_bot: StartBot, rahim: Person
) -> None:
    async def ask(update: Update, context: Any) -> None:
        del context
        assert update.message
        rows = [
            [KeyboardButton("My phone", request_contact=True)],
            [KeyboardButton("Here", request_location=True)],
        ]
        await update.message.reply_text("Who, where?", reply_markup=ReplyKeyboardMarkup(rows))

    async def take(update: Update, context: Any) -> None:
        del context
        assert update.message
        contact, place = update.message.contact, update.message.location
        told = f"{contact.phone_number} {contact.user_id}" if contact else f"{place}"
        await update.message.reply_text(f"Got {told}")

    await start_bot(
        CommandHandler("start", ask), MessageHandler(filters.CONTACT | filters.LOCATION, take)
    )
    await rahim.says("/start")
    await rahim.sees("Who, where?")
    await rahim.taps("My phone")
    await rahim.sees(f"Got +8801711000001 {rahim.id}")
    await rahim.taps("Here")
    await rahim.sees("23.81")


async def test_a_file_goes_both_ways_unchanged(start_bot: StartBot, rahim: Person) -> None:
    async def echo(update: Update, context: Any) -> None:
        del context
        assert update.message and update.message.document
        got = await (await update.message.document.get_file()).download_as_bytearray()
        await update.message.reply_document(
            io.BytesIO(bytes(got) + b"!"), filename="ফেরত.csv", caption="Here it is"
        )

    await start_bot(MessageHandler(filters.Document.ALL, echo))
    await rahim.sends_file("clients.csv", b"name,phone\n", caption="import")
    shown = await rahim.sees("Here it is")
    assert shown.raw["document"]["file_name"] == "ফেরত.csv"
    assert await rahim.receives(shown) == b"name,phone\n!"


async def test_a_photo_is_replaced_in_place_and_albums_come_together(
    start_bot: StartBot, rahim: Person
) -> None:
    async def chart(update: Update, context: Any) -> None:
        del context
        assert update.message
        sent = await update.message.reply_photo(a_picture(), caption="July", has_spoiler=True)
        await sent.edit_media(InputMediaPhoto(a_picture(), caption="August"))
        both = [InputMediaPhoto(a_picture(), caption="album"), InputMediaPhoto(a_picture())]
        await update.message.reply_media_group(both)

    await start_bot(CommandHandler("chart", chart))
    await rahim.says("/chart")
    await rahim.sees("album")
    screen = await rahim.until(lambda seen: len(seen.messages) == 4, "four messages")
    texts = [message.text for message in screen.messages]
    assert texts == ["/chart", "August", "album", ""]
    groups = [message.raw.get("media_group_id") for message in screen.messages]
    assert groups[0] is groups[1] is None
    assert groups[2] == groups[3] is not None


async def test_inline_mode_searches_as_one_types_and_sends_what_is_picked(
    start_bot: StartBot, rahim: Person
) -> None:
    chosen: list[str] = []

    async def search(update: Update, context: Any) -> None:
        del context
        assert update.inline_query
        said = InputTextMessageContent("/c 1042")
        results = [InlineQueryResultArticle(f"c{n}", f"Client {n}", said) for n in (1, 2)]
        wanted = results if update.inline_query.query else []
        await update.inline_query.answer(wanted, cache_time=0, is_personal=True)

    async def picked(update: Update, context: Any) -> None:
        del context
        assert update.chosen_inline_result
        chosen.append(update.chosen_inline_result.result_id)

    await start_bot(
        InlineQueryHandler(search), ChosenInlineResultHandler(picked), CommandHandler("c", welcome)
    )
    assert (await rahim.types("")).results == []
    offer = await rahim.types("rah")
    assert offer.titles == ["Client 1", "Client 2"]
    await offer.picks("Client 2")
    await rahim.sees("Welcome 1042")
    assert chosen == ["c2"]


async def test_results_that_are_not_personal_are_given_to_the_next_who_asks(
    start_bot: StartBot, people: People, rahim: Person
) -> None:
    asked: list[int] = []

    async def search(update: Update, context: Any) -> None:
        del context
        assert update.inline_query
        asked.append(update.inline_query.from_user.id)
        said = InputTextMessageContent("secret")
        await update.inline_query.answer([InlineQueryResultArticle("1", "Secret", said)])

    await start_bot(InlineQueryHandler(search))
    karim = await people.add("Karim")
    await rahim.types("rah")
    assert (await karim.types("rah")).titles == ["Secret"]
    assert asked == [rahim.id]


async def test_a_topic_of_a_forum_keeps_its_own_conversation(
    start_bot: StartBot, rahim: Person
) -> None:
    bot = await start_bot(START)
    room = await rahim.founds("Staff", forum=True)
    await room.invites_bot(as_admin=True)
    topic = await bot.bot.create_forum_topic(room.chat_id, "Network")
    there = room.in_chat(room.chat_id, topic.message_thread_id)
    await there.says("/start")
    await there.sees("Welcome")
    general = room.in_chat(room.chat_id, 0)
    assert not (await general.screen()).find("Welcome")


async def test_a_group_that_grew_is_told_by_its_new_id(start_bot: StartBot, rahim: Person) -> None:
    moved: list[tuple[int, int]] = []

    async def note(update: Update, context: Any) -> None:
        del context
        assert update.message
        if update.message.migrate_to_chat_id:
            moved.append((update.message.chat_id, update.message.migrate_to_chat_id))

    bot = await start_bot(MessageHandler(filters.StatusUpdate.MIGRATE, note))
    room = await rahim.founds("Staff")
    await room.invites_bot()
    grown = await room.act("upgrades")
    sent = await bot.bot.send_message(grown["chat_id"], "still here")
    await room.in_chat(grown["chat_id"]).sees("still here")
    assert sent.chat.type == "supergroup"
    assert moved == [(room.chat_id, grown["chat_id"])]


async def test_who_blocks_and_who_joins_is_told(
    start_bot: StartBot, people: People, rahim: Person
) -> None:
    seen: list[tuple[str, str]] = []

    async def note(update: Update, context: Any) -> None:
        changed = update.my_chat_member or update.chat_member
        assert changed
        seen.append((changed.new_chat_member.user.first_name, changed.new_chat_member.status))
        await context.bot.send_message(people_id, "noted")

    people_id = (karim := await people.add("Karim")).id
    await karim.says("hello")
    await start_bot(ChatMemberHandler(note, ChatMemberHandler.ANY_CHAT_MEMBER))
    await rahim.says("hello")
    await rahim.act("blocks")
    await karim.sees("noted")
    room = await rahim.founds("Staff")
    await room.invites_bot(as_admin=True)
    await room.act("invites", user_id=karim.id)
    await karim.until(lambda now: len(now.messages) == 5, "four notes")
    assert seen == [
        *(("SkyLink", "kicked"), ("SkyLink", "member")),
        *(("SkyLink", "administrator"), ("Karim", "member")),
    ]


async def test_commands_are_listed_for_whom_they_are_meant(
    start_bot: StartBot, people: People, rahim: Person
) -> None:
    bot = await start_bot()
    karim = await people.add("Karim")
    await rahim.says("hello")
    await bot.bot.set_my_commands([BotCommand("help", "What can be asked")])
    mine = BotCommandScopeChat(rahim.chat_id)
    await bot.bot.set_my_commands([BotCommand("pay", "Take a payment")], scope=mine)
    assert (await rahim.screen()).commands == ("pay",)
    assert (await karim.screen()).commands == ("help",)


async def test_a_forced_reply_names_what_it_answers(start_bot: StartBot, rahim: Person) -> None:
    async def talk(update: Update, context: Any) -> None:
        del context
        assert update.message
        if update.message.reply_to_message:
            await update.message.reply_text(f"to: {update.message.reply_to_message.text}")
        else:
            await update.message.reply_text("Your name?", reply_markup=ForceReply())

    await start_bot(MessageHandler(filters.TEXT, talk))
    await rahim.says("hello")
    asked = await rahim.sees("Your name?")
    await rahim.says("Rahim", reply_to=asked.id)
    await rahim.sees("to: Your name?")


async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(
    start_bot: StartBot, rahim: Person
) -> None:
    heard: list[str] = []

    async def note(update: Update, context: Any) -> None:
        del context
        assert update.message and update.message.text
        heard.append(update.message.text)
        await update.message.reply_text(f"heard {update.message.text}")

    await start_bot(MessageHandler(filters.TEXT, note))
    room = await rahim.founds("Staff")
    await room.invites_bot()
    for said in ("gossip", "/start@another_bot", "/home@skylink_sandbox_bot", "/home"):
        await room.says(said)
    reply = await room.sees("heard /home")
    await room.says("thank you", reply_to=reply.id)
    await room.sees("heard thank you")
    assert heard == ["/home@skylink_sandbox_bot", "/home", "thank you"]
