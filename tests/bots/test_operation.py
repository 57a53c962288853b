"""How the bot is run: updates asked for or brought, each taken once; figures as each wants them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from sqlalchemy import text

from bots.webhook import HEADER, Hook, hook_secret
from sandbox.telegram.people import People, Person
from sandbox.telegram.server import LocalTelegram
from storage.secrets import Secret
from tenancy.roles import Role
from tests.bots.conftest import NewMember, Running, hears, hired, invited, newcomer, prove, shows
from tests.fixtures.isps import World


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def hook() -> Hook:
    port = free_port()
    return Hook(f"http://127.0.0.1:{port}/telegram", port)


@pytest.fixture
async def hooked(telegram: LocalTelegram, isp: World, hook: Hook) -> AsyncIterator[Running]:
    """The bot, to which updates are brought. A new local Telegram counts them anew."""
    with isp.database.transaction(None) as session:
        session.execute(text("DELETE FROM chat_updates"))
    running = Running(telegram, isp, hook)
    running.start()
    yield running
    await running.stop()


async def linked(people: People, isp: World) -> Person:
    chat = await newcomer(people)
    await chat.starts(invited(isp, hired(isp, Role.OWNER)))
    await prove(chat)
    return chat


async def test_the_same_conversation_by_webhook(
    hooked: Running, people: People, isp: World
) -> None:
    isp.client("Rahim Uddin")
    chat = await linked(people, isp)
    await hears(chat, "Rahim", "› Rahim Uddin")
    await hooked.restart()
    await hears(chat, "/me", "Backup codes left")


async def test_an_update_that_is_brought_twice_is_taken_once(
    hooked: Running, people: People, telegram: LocalTelegram, isp: World, hook: Hook
) -> None:
    chat = await linked(people, isp)
    said = {"message_id": 99_999, "date": 1, "text": "/me",
            "chat": {"id": chat.id, "type": "private"},
            "from": {"id": chat.id, "is_bot": False, "first_name": "Nadia"}}  # fmt: skip
    update = {"update_id": 2_000_000_000 + chat.id, "message": said}
    right = {HEADER: str(hook_secret(Secret(telegram.token)))}
    async with ClientSession() as session:
        for headers, wanted in ((right, 200), (right, 200), ({HEADER: "guess"}, 401), ({}, 401)):
            async with session.post(hook.url, json=update, headers=headers) as answer:
                assert answer.status == wanted
        async with session.post(hook.url, data=b"[1]", headers=right) as answer:
            assert answer.status == 400
    await chat.sees("Backup codes left")
    await hears(chat, "/home", "to find a client")
    texts = [one.text for one in (await chat.screen()).messages]
    assert len([one for one in texts if "Backup codes left" in one]) == 1


async def test_who_polls_again_takes_the_webhook_away(
    hooked: Running, telegram: LocalTelegram, people: People, isp: World
) -> None:
    chat = await linked(people, isp)
    await hooked.stop()
    await chat.says("/me")
    polling = Running(telegram, isp)
    polling.start()
    await chat.sees("Backup codes left")
    await polling.stop()
    hooked.start()


async def test_figures_are_written_as_each_person_wants(join: NewMember, isp: World) -> None:
    client = isp.client("Rahim Uddin")
    isp.connection("rahim", client_id=client.client_id)
    isp.invoice(client.client_id, total_minor=12_345_600)
    nadia = await join(language="bn")
    await hears(nadia.chat, "rahim", "৳১,২৩,৪৫৬")
    await hears(nadia.chat, "/me", "অঙ্ক: ৳১২,৩৪,৫৬৭")
    await nadia.chat.taps("অন্য অঙ্ক")
    await shows(nadia.chat, "অঙ্ক: ৳12,34,567")
    await nadia.chat.taps("১০০,০০০")
    await shows(nadia.chat, "অঙ্ক: ৳1,234,567")
    card = await hears(nadia.chat, "rahim", "৳123,456")
    assert not set("০১২৩৪৫৬৭৮৯") & set(card.text.partition("ইউজার")[0].replace("১ মিনিট", ""))
