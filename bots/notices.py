"""What staff are told of their own accord, out of the outbox: each of those whom it concerns, once.

A claim is committed before anything is sent. Where it is not known whether a message arrived it
counts as sent; where Telegram wants patience it is claimed again when its claim has ended.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import RetryAfter

from bots.callers import Caller, find_caller
from bots.sending import Sending
from bots.views import View, rows
from policy.facts import TenantId
from storage.actors import Permission
from storage.database import Database
from storage.outbox import (
    Event,
    Message,
    Outcome,
    RecipientKind,
    claim,
    isps_with_staff_to_tell,
    settle,
)
from storage.secrets import KeyRing
from tenancy.errors import TenancyError
from tenancy.links import linked_isps, links_of
from tenancy.roles import StaffId
from tenancy.staff import get_staff

LOOKS_EACH_SECONDS = 5
# Whom it concerns: who may do something about it.
CONCERNS = MappingProxyType(
    {
        Event.STAFF_LOCKED: Permission.MANAGE_STAFF,
        Event.BILL_RUN_WAITING: Permission.MAKE_INVOICES,
        Event.JOB_FAILED: Permission.MANAGE_ISP,
        Event.PROOF_FAILED: Permission.MANAGE_ISP,
    }
)
WAYS = MappingProxyType(
    {
        Event.STAFF_LOCKED: ("attempts", "staff-attempts"),
        Event.BILL_RUN_WAITING: ("runs", "home-runs"),
    }
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    account_id: int
    view: View


class Notices:
    """One task, as long as the bot runs."""

    def __init__(self, database: Database, keys: KeyRing, sending: Sending) -> None:
        self._database = database
        self._keys = keys
        self._sending = sending
        self._task: asyncio.Task[None] | None = None

    def start(self, bot: Bot) -> None:
        self._task = asyncio.ensure_future(self._run(bot))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, bot: Bot) -> None:
        while True:
            try:
                await self._look(bot)
            except Exception:
                log.exception("Notices to staff wait for the next look.")
            await asyncio.sleep(LOOKS_EACH_SECONDS)

    async def _look(self, bot: Bot) -> None:
        for tenant_id in await self._database.run(None, isps_with_staff_to_tell):
            for message in await self._database.run(tenant_id, _claimed, tenant_id):
                await self._tell(bot, tenant_id, message)

    async def _tell(self, bot: Bot, tenant_id: TenantId, message: Message) -> None:
        notices = await asyncio.to_thread(self._notices, tenant_id, message, datetime.now(UTC))
        told = False
        for notice in notices:
            try:
                told |= await self._sending.tell(bot, notice.account_id, notice.view)
            except RetryAfter:
                return  # and so claimed again, later
        outcome = Outcome.SENT if told else Outcome.UNDELIVERABLE
        await self._database.run(tenant_id, _settled, tenant_id, message, outcome)

    def _notices(self, tenant_id: TenantId, message: Message, now: datetime) -> list[Notice]:
        """In each one's language; what is theirs alone is told to nobody else."""
        with self._database.transaction(tenant_id) as session:
            accounts = [link.account_id for link in links_of(session, tenant_id)]
        notices = []
        for account_id in accounts:
            with self._database.transaction(None) as session:
                isps = linked_isps(session, account_id)
            mine = next((isp for isp in isps if isp.tenant_id == tenant_id), None)
            if mine is None:
                continue
            with self._database.transaction(tenant_id) as session:
                caller = find_caller(
                    session, mine, account_id, elsewhere=(), keys=self._keys, now=now
                )
                if caller.may(CONCERNS[message.event]):
                    notices.append(Notice(account_id, _view(session, caller, message)))
        return notices


def _claimed(session: Session, tenant_id: TenantId) -> tuple[Message, ...]:
    now = datetime.now(UTC)
    return claim(session, tenant_id, now=now, kind=RecipientKind.STAFF, events=CONCERNS)


def _settled(session: Session, tenant_id: TenantId, message: Message, outcome: Outcome) -> None:
    settle(session, tenant_id, [message.message_id], outcome, now=datetime.now(UTC))


def _view(session: Session, caller: Caller, message: Message) -> View:
    payload, words = message.payload, caller.words
    total = payload.get("total_minor")
    text = words.say(
        f"notice-{message.event.replace('.', '-').replace('_', '-')}",
        isp=caller.isp.name,
        person=_person(session, caller, message.about),
        month=str(payload.get("month", "")),
        total=words.amount(int(total), caller.currency) if total else "",
        job=str(payload.get("job", message.about)),
        count=words.number(int(payload.get("differences") or 0)),
    )
    way = WAYS.get(message.event)
    return View(text, rows((caller.to(*way) if way else None, caller.to("home", "to-home"))))


def _person(session: Session, caller: Caller, about: str) -> str:
    """Of "staff:7:...": who that is."""
    kind, _, rest = about.partition(":")
    number = rest.partition(":")[0]
    if kind != "staff" or not number.isdecimal():
        return ""
    try:
        return get_staff(session, caller.tenant_id, StaffId(int(number))).name
    except TenancyError:
        return number
