"""Limits and bad days: what a bot must live with at Telegram, on demand."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import Conflict, NetworkError, RetryAfter, TimedOut

from sandbox.telegram.people import People, Person
from sandbox.telegram.server import LocalTelegram
from tests.sandbox.telegram.conftest import StartBot


@pytest.fixture
async def bot(start_bot: StartBot, rahim: Person) -> Bot:
    await rahim.says("hello")
    application = await start_bot(poll=False)
    bot: Bot = application.bot
    return bot


async def test_too_many_messages_to_one_person_are_refused_until_time_has_passed(
    bot: Bot, people: People, rahim: Person
) -> None:
    await people.weather(floods=True)
    for number in range(3):
        await bot.send_message(rahim.chat_id, f"message {number}")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(rahim.chat_id, "one too many")
    assert refused.value.retry_after == timedelta(seconds=1)
    await people.weather(ahead_seconds=1)
    await bot.send_message(rahim.chat_id, "a second later")
    assert not (await rahim.screen()).find("one too many")


async def test_edits_in_a_group_eat_from_the_groups_minute(
    bot: Bot, people: People, rahim: Person
) -> None:
    room = await rahim.founds("Staff")
    await room.invites_bot()
    await people.weather(floods=True)
    sent = await bot.send_message(room.chat_id, "load 0")
    for number in range(1, 20):
        await sent.edit_text(f"load {number}")
    with pytest.raises(RetryAfter):
        await bot.send_message(room.chat_id, "an alert that cannot wait")


async def test_a_lost_answer_leaves_the_message_sent(
    bot: Bot, people: People, rahim: Person
) -> None:
    await people.weather(fault={"kind": "lost", "method": "sendMessage"})
    with pytest.raises(NetworkError):
        await bot.send_message(rahim.chat_id, "Receipt 7")
    await rahim.sees("Receipt 7")


async def test_a_dropped_call_has_no_effect(bot: Bot, people: People, rahim: Person) -> None:
    await people.weather(fault={"kind": "dropped", "method": "sendMessage"})
    with pytest.raises(NetworkError):
        await bot.send_message(rahim.chat_id, "Receipt 7")
    assert not (await rahim.screen()).find("Receipt 7")


async def test_silence_lasts_until_the_bot_gives_up(
    bot: Bot, people: People, rahim: Person
) -> None:
    await people.weather(fault={"kind": "silent", "method": "sendMessage", "seconds": 30})
    with pytest.raises(TimedOut):
        await bot.send_message(rahim.chat_id, "Receipt 7", read_timeout=0.05)
    assert not (await rahim.screen()).find("Receipt 7")


async def test_a_storm_lasts_until_it_is_lifted(bot: Bot, people: People, rahim: Person) -> None:
    await people.weather(fault={"kind": "refused", "status": 502, "times": 0})
    for _ in range(3):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.send_message(rahim.chat_id, "hello")
    await people.weather(lift=True)
    await bot.send_message(rahim.chat_id, "hello")


async def test_of_two_that_poll_the_first_is_ended(
    telegram: LocalTelegram, bot: Bot, rahim: Person
) -> None:
    [hello] = await bot.get_updates()
    await bot.get_updates(offset=hello.update_id + 1)
    async with Bot(bot.token, base_url=telegram.base_url) as other:
        polls = {asyncio.ensure_future(one.get_updates(timeout=20)) for one in (bot, other)}
        ended, going_on = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            ended.pop().result()
        await rahim.says("to the second one")
        [update] = await going_on.pop()
    assert update.message and update.message.text == "to the second one"


async def test_an_update_that_comes_twice_has_the_same_number(
    bot: Bot, people: People, rahim: Person
) -> None:
    await rahim.says("pay 800")
    first = (await bot.get_updates())[-1]
    await bot.get_updates(offset=first.update_id + 1)
    await people.weather(again=True)
    assert [one.update_id for one in await bot.get_updates()] == [first.update_id]
