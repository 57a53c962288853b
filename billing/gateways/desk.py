"""The desk at which attempts are opened and asked about: services inside, a gateway outside."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy.orm import Session

from billing.clients import get_client
from billing.errors import GatewayOff, GatewayUnwell
from billing.gateways.accounts import gateway_account
from billing.gateways.attempts import (
    Capture,
    attempt_opened,
    attempt_state,
    attempts_to_ask,
    begin_capture,
    release_capture,
)
from billing.gateways.calls import Ask, Caller
from billing.gateways.contents import driver_of
from billing.gateways.settlement import settle
from billing.gateways.wire import Line, NoAnswer, TokenRefused
from billing.gateways.words import Answer, Attempt, Gateway, GatewayAccount, Order, Word
from policy.facts import TenantId
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.isps import get_isp

T = TypeVar("T")

log = logging.getLogger(__name__)

NO_PHONE = "01700000000"  # a field that gateways want filled in
AT_ONCE = 8  # questions, of one ISP
SILENCES_MAX = 3  # of a gateway in one round; then it is left alone until the next
DOORS = "/portal/payment"
SILENCE = Answer(word=Word.UNKNOWN)


async def in_a_round(
    attempts: Iterable[Attempt], look: Callable[[Attempt], Awaitable[T | None]]
) -> list[T]:
    """What comes of looking at each, some at once; None is silence.

    A gateway that is silent SILENCES_MAX times is left alone for the rest of the round.
    """
    turn, silences = asyncio.Semaphore(AT_ONCE), Counter[Gateway]()

    async def one(attempt: Attempt) -> T | None:
        async with turn:
            if silences[attempt.gateway] >= SILENCES_MAX:
                return None
            found = await look(attempt)
        silences[attempt.gateway] += found is None
        return found

    found = await asyncio.gather(*(one(attempt) for attempt in attempts))
    return [each for each in found if each is not None]


class Desk:
    """`clock` tells the instant of what is written down."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        http: aiohttp.ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._caller = Caller(database, keys, http, clock)

    async def open(self, tenant_id: TenantId, attempt: Attempt, back: str) -> Attempt:
        """Tell the gateway, and learn where the client pays; `back`: where it sends them after.

        Raises GatewayOff, GatewayUnwell, NoAnswer. What the gateway may have taken all the same is
        asked about later.
        """
        driver = driver_of(attempt.gateway)
        account, order = await self._database.run(tenant_id, self._order, tenant_id, attempt, back)
        opened = await self._caller.ask(
            tenant_id,
            account,
            attempt.reference,
            lambda line, known: driver.open_page(line, known, order),
        )
        if not opened.page_address.startswith(("https://", "http://")):
            raise GatewayUnwell(attempt.gateway, "no page")
        return await self._database.run(
            tenant_id, attempt_opened, tenant_id, attempt.reference, opened, now=self._clock()
        )

    async def come_back(self, tenant_id: TenantId, reference: str) -> Attempt:
        """Ask the gateway about an attempt, and take its answer; one that is settled is not asked.

        Where it waits to be told to take the money, it is told so if somebody says that the client
        agreed; nothing else that is said is believed. Raises AttemptNotFound.
        """
        attempt, _answer = await self._look(tenant_id, reference)
        return attempt

    async def ask_again(self, tenant_id: TenantId) -> int:
        """Ask about all whose time has come; returns how many became certain."""
        due = await self._database.run(tenant_id, attempts_to_ask, tenant_id, now=self._clock())

        async def look(attempt: Attempt) -> Attempt | None:
            after, answer = await self._look(tenant_id, attempt.reference)
            return None if answer is SILENCE else after

        heard = await in_a_round(due, look)
        return sum(after.state.is_certain for after in heard)

    async def ask(self, tenant_id: TenantId, attempt: Attempt) -> Answer | None:
        """What the gateway says of it, settled or not; nothing is done. None where it is silent."""
        driver = driver_of(attempt.gateway)
        return await self.call(
            tenant_id, attempt, lambda line, known: driver.ask_about(line, known, attempt)
        )

    async def call(self, tenant_id: TenantId, attempt: Attempt, ask: Ask[T]) -> T | None:
        """What comes of one question about an attempt; None where the gateway is silent."""
        try:
            account = await self._database.run(tenant_id, self._account, tenant_id, attempt.gateway)
            if account.environment is not attempt.environment:
                return None
            return await self._caller.ask(tenant_id, account, attempt.reference, ask)
        except (NoAnswer, GatewayUnwell, GatewayOff) as silence:
            log.warning("%s says nothing of %s: %s", attempt.gateway, attempt.reference, silence)
            return None

    async def _look(self, tenant_id: TenantId, reference: str) -> tuple[Attempt, Answer | None]:
        attempt, account = await self._database.run(tenant_id, self._known, tenant_id, reference)
        if attempt.settled_at is not None:
            return attempt, None
        answer = await self._answer(tenant_id, attempt, account)
        if answer is None:
            return attempt, None
        after = await self._database.run(
            tenant_id, settle, tenant_id, reference, answer, now=self._clock()
        )
        return after, answer

    async def _answer(
        self, tenant_id: TenantId, attempt: Attempt, account: GatewayAccount | None
    ) -> Answer | None:
        """None where another is being answered just now."""
        if account is None:
            return SILENCE
        try:
            if account.environment is not attempt.environment:
                log.warning("%s is of the %s.", attempt.reference, attempt.environment)
                return Answer(word=Word.UNKNOWN, reason="asked in another environment")
            ask = self._question(tenant_id, attempt)
            answer = await self._caller.ask(tenant_id, account, attempt.reference, ask)
        except (NoAnswer, GatewayUnwell, GatewayOff) as silence:
            log.warning("%s says nothing of %s: %s", attempt.gateway, attempt.reference, silence)
            return SILENCE
        if answer is None or answer.word is not Word.UNKNOWN:
            return answer
        if attempt.hint in {Word.CANCELLED, Word.FAILED}:
            takes_none = driver_of(attempt.gateway).capture is not None  # without our word
            return Answer(word=attempt.hint, is_hearsay=not takes_none)
        return answer

    def _question(self, tenant_id: TenantId, attempt: Attempt) -> Ask[Answer | None]:
        """How it stands; or, where that is for us to say and our turn, that the money be taken."""
        driver, whose = driver_of(attempt.gateway), (tenant_id, attempt.reference)

        async def ask(line: Line, known: GatewayAccount) -> Answer | None:
            if driver.capture is None:
                return await driver.ask_about(line, known, attempt)
            turn = await self._database.run(tenant_id, begin_capture, *whose, now=self._clock())
            if turn is Capture.IN_FLIGHT:
                return None
            if turn is Capture.ASK:
                return await driver.ask_about(line, known, attempt)
            try:
                return await driver.capture(line, known, attempt)
            except TokenRefused:
                await self._database.run(tenant_id, release_capture, *whose)
                raise

        return ask

    def _order(
        self, session: Session, tenant_id: TenantId, attempt: Attempt, back: str
    ) -> tuple[GatewayAccount, Order]:
        client = get_client(session, tenant_id, attempt.client_id).details
        came_from = urlsplit(back)
        order = Order(
            attempt=attempt,
            client_name=client.name,
            client_phone=client.phone or NO_PHONE,
            isp_name=get_isp(session, tenant_id).details.name,
            back=back,
            doors=f"{came_from.scheme}://{came_from.netloc}{DOORS}",
        )
        return self._account(session, tenant_id, attempt.gateway), order

    def _known(
        self, session: Session, tenant_id: TenantId, reference: str
    ) -> tuple[Attempt, GatewayAccount | None]:
        """How an attempt stands, and the account that it is asked about by, if there is one yet."""
        attempt = attempt_state(session, tenant_id, reference)
        try:
            return attempt, self._account(session, tenant_id, attempt.gateway)
        except GatewayOff:
            return attempt, None

    def _account(self, session: Session, tenant_id: TenantId, gateway: Gateway) -> GatewayAccount:
        return gateway_account(session, tenant_id, gateway, keys=self._keys)
