"""The real bot over a local Telegram, a real database, and staff who chat with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
import pytest

from bots.process import BotSettings, run
from bots.webhook import Hook
from sandbox.telegram.people import People, Person, Screen, Shown
from sandbox.telegram.server import LocalTelegram
from storage.actors import SYSTEM
from storage.secrets import Secret
from tenancy.links import invite_staff
from tenancy.roles import Role, StaffId
from tenancy.staff import add_staff
from tests.fixtures.isps import World, new_account

FIRST_ACCOUNT = 7_000_000


@dataclass(frozen=True)
class Member:
    """A staff member with their phone and their authenticator."""

    isp: World
    staff_id: StaffId
    chat: Person
    totp: pyotp.TOTP


@pytest.fixture(autouse=True)
def _spans_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram() as running:
        yield running


@pytest.fixture
async def people(telegram: LocalTelegram) -> AsyncIterator[People]:
    async with People(telegram.address) as people:
        yield people


class Running:
    """The bot, as its process runs it."""

    def __init__(self, telegram: LocalTelegram, isp: World, hook: Hook | None = None) -> None:
        self._settings = BotSettings(Secret(telegram.token), telegram.address, hook=hook)
        self._isp = isp

    def start(self) -> None:
        self._stop = asyncio.Event()
        work = run(self._settings, self._isp.database, self._isp.keys, self._stop)
        self._running = asyncio.ensure_future(work)

    async def stop(self) -> None:
        self._stop.set()
        await self._running

    async def restart(self) -> None:
        await self.stop()
        self.start()


@pytest.fixture
async def bot(telegram: LocalTelegram, isp: World) -> AsyncIterator[Running]:
    running = Running(telegram, isp)
    running.start()
    yield running
    await running.stop()


def hired(isp: World, role: Role, name: str = "Nadia") -> StaffId:
    with isp.transaction() as session:
        return add_staff(session, isp.tenant_id, name=name, role=role, actor=SYSTEM).staff_id


def invited(isp: World, staff_id: StaffId) -> Secret:
    with isp.transaction() as session:
        now = datetime.now(UTC)
        return invite_staff(session, isp.tenant_id, staff_id, now=now, actor=SYSTEM).code


async def newcomer(people: People, name: str = "Nadia", language: str = "en") -> Person:
    """Somebody with a phone whom the bot does not know."""
    account = FIRST_ACCOUNT + new_account()
    return await people.add(name, language_code=language, person_id=account)


async def prove(chat: Person) -> pyotp.TOTP:
    """Set the authenticator up that was offered last; the home screen follows."""
    offer = await chat.until(_offer, "the key of an authenticator")
    totp = pyotp.TOTP((await chat.taps("📋", _offer(offer))).copied)
    await chat.says(totp.now())
    await chat.until(lambda seen: seen.find("🟢"), "the home screen")
    return totp


def _offer(seen: Screen) -> Shown | None:
    return seen.find("authenticator app") or seen.find("অথেনটিকেটর অ্যাপে")


async def hears(chat: Person, said: str, words: str) -> Shown:
    """What the bot says to that: a message after it that holds the words."""
    sent = await chat.says(said)

    def answer(seen: Screen) -> Shown | None:
        later = (one for one in seen.messages if one.id > sent and not one.mine)
        return next((one for one in later if words in one.text), None)

    shown = answer(await chat.until(answer, f"{words!r} to {said!r}"))
    assert shown, "it was there a moment ago"
    return shown


async def shows(chat: Person, words: str) -> Shown:
    """The last message of the bot, once it holds the words."""
    seen = await chat.until(lambda seen: words in seen.text, f"{words!r} on the last message")
    return seen.last


NewMember = Callable[..., Awaitable[Member]]


@pytest.fixture
def join(bot: Running, people: People, isp: World) -> NewMember:
    """Hire somebody, who links their account and proves who they are, all in chat."""
    del bot

    async def join(
        role: Role = Role.OWNER, *, at: World = isp, language: str = "en", name: str = "Nadia"
    ) -> Member:
        staff_id = hired(at, role, name)
        chat = await newcomer(people, name, language)
        await chat.starts(invited(at, staff_id))
        totp = await prove(chat)
        return Member(at, staff_id, chat, totp)

    return join
