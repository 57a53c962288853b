"""The door: what somebody did becomes one answer. Synchronous, and knows no Telegram library.

Closed unless opened: who is not linked, not active or has not proved who they are gets no further,
and whatever goes wrong on the way ends here or above as an answer that shows nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from inspect import signature

from sqlalchemy.orm import Session

from bots import codec, prompts
from bots.callers import Caller, Received, find_caller
from bots.contents import COMMANDS, QUESTIONS, SCREENS
from bots.offers import Offers, offer_clients
from bots.presses import AGAIN, press, prove_again
from bots.proof import invitation_in, prove, stranger
from bots.refusals import refused
from bots.screens import clients, sent_codes, typed
from bots.views import Answer, View
from bots.words import LANGUAGES, Words
from storage.database import Database, enter_scope
from storage.errors import SkyLinkError
from storage.secrets import KeyRing
from tenancy.agents import scope_of
from tenancy.errors import StaffInactive, StaffNotFound, TenancyError
from tenancy.links import (
    Link,
    LinkedIsp,
    choose_isp,
    choose_language,
    linked_isps,
    redeem_invitation,
)
from tenancy.staff import staff_actor

TEXT_HEARD_MAX = 256  # more is no search, code or amount
STRANGER_ANSWERS = 5  # within a minute; then silence
STRANGERS_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody did in their private chat: tapped `data`, or wrote `text`, or sent a file."""

    account_id: int
    language: str
    data: str | None = None
    text: str | None = None
    received: Received | None = None
    bot: str = ""


class Door:
    """Answers everybody; each answer is made in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._strangers: OrderedDict[int, list[datetime]] = OrderedDict()

    def answer(self, heard: Heard) -> Answer:
        """One answer, whose effects are committed when it is returned."""
        now, caller = self._clock(), None
        tap = codec.read(heard.data) if heard.data else None
        code = invitation_in(heard.text) if heard.text else None
        try:
            with self._database.transaction(None) as session:
                isps = linked_isps(session, heard.account_id)
                joins = code is not None and (not isps or heard.text != code)
                isp = None if joins else _meant(isps, tap)
                caller = self._caller(session, isp, isps, heard, now) if isp else None
                if caller is not None:
                    enter_scope(session, scope_of(caller.tenant_id, caller.actor))
                    return _serve(session, caller, heard, tap)
        except SkyLinkError as error:
            if caller is None:
                raise
            return refused(error, caller, tapped=heard.data is not None)
        if code is not None and joins:
            return self._link(heard, code, now)
        return self._strange(heard, now)

    def offer(self, heard: Heard, after: str) -> Offers:
        """What fits what is being typed after the bot's name; nothing for who is not let in."""
        with self._database.transaction(None) as session:
            isps = linked_isps(session, heard.account_id)
            caller = self._caller(session, isps[0], isps, heard, self._clock()) if isps else None
            if caller is None or not caller.proved:
                return Offers()
            enter_scope(session, scope_of(caller.tenant_id, caller.actor))
            return offer_clients(session, caller, (heard.text or "")[:TEXT_HEARD_MAX], after)

    def _caller(
        self,
        session: Session,
        isp: LinkedIsp,
        isps: tuple[LinkedIsp, ...],
        heard: Heard,
        now: datetime,
    ) -> Caller | None:
        """Who it is, read in the scope of the ISP, which the transaction is left in."""
        others = tuple(one for one in isps if one.tenant_id != isp.tenant_id)
        enter_scope(session, isp.tenant_id)
        try:
            return find_caller(
                session, isp, heard.account_id, elsewhere=others, keys=self._keys, now=now
            )
        except (StaffNotFound, StaffInactive):
            return None  # dismissed a moment ago

    def _link(self, heard: Heard, code: str, now: datetime) -> Answer:
        """Make the account a staff member's, and ask for a second factor."""
        try:
            with self._database.transaction(None) as session:
                link = redeem_invitation(session, code, account_id=heard.account_id, now=now)
            tenant_id = link.tenant_id
        except TenancyError:
            answer = self._strange(heard, now, "invitation-invalid")
            return Answer(answer.view, forget=True)
        self._settle_in(link, heard.language, now)
        with self._database.transaction(None) as session:
            isps = linked_isps(session, heard.account_id)
            isp = next(one for one in isps if one.tenant_id == tenant_id)
            caller = self._caller(session, isp, isps, heard, now)
            if caller is None:
                return self._strange(heard, now)
            asked = prove(session, caller, None)
        return Answer(asked.view, forget=True)

    def _settle_in(self, link: Link, language: str, now: datetime) -> None:
        """What they type from now on is meant for this ISP; in their language, if we know it."""
        with self._database.transaction(link.tenant_id) as session:
            me = staff_actor(session, link.tenant_id, link.staff_id, origin="telegram")
            choose_isp(session, link.tenant_id, me, now=now)
            if language in LANGUAGES:
                choose_language(session, link.tenant_id, me, language)

    def _strange(self, heard: Heard, now: datetime, key: str = "stranger") -> Answer:
        """A few times a minute; nothing after that, so that nobody can make us flood ourselves."""
        times = self._strangers.pop(heard.account_id, [])
        times = [at for at in times if now - at < timedelta(minutes=1)]
        if len(times) >= STRANGER_ANSWERS:
            self._strangers[heard.account_id] = times
            return Answer()
        self._strangers[heard.account_id] = [*times, now]
        while len(self._strangers) > STRANGERS_KNOWN:
            self._strangers.popitem(last=False)
        return stranger(Words(heard.language, UTC), key)


def _meant(isps: tuple[LinkedIsp, ...], tap: codec.Visit | codec.Press | None) -> LinkedIsp | None:
    """The ISP that a button names; of what is typed, the one chosen last."""
    if tap is None:
        return isps[0] if isps else None
    return next((isp for isp in isps if isp.tenant_id == tap.tenant_id), None)


def _serve(
    session: Session, caller: Caller, heard: Heard, tap: codec.Visit | codec.Press | None
) -> Answer:
    caller = replace(caller, received=heard.received, bot=heard.bot)
    if not caller.proved:
        if isinstance(tap, codec.Visit) and tap.route == sent_codes.ROUTE:
            return Answer(sent_codes.open_by_sms(session, caller))
        return prove(session, caller, heard.text)
    if heard.data is None:
        return _typed(session, caller, _said(heard.text or ""))
    if isinstance(tap, codec.Visit):
        return _visited(session, caller, tap)
    if isinstance(tap, codec.Press):
        return press(session, caller, tap.token)
    return _outdated(session, caller)


def _said(text: str) -> str:
    """As far as anything is looked at; without what no database and no person reads."""
    return "".join(c for c in text[:TEXT_HEARD_MAX] if c.isprintable() or c.isspace()).strip()


def _visited(session: Session, caller: Caller, tap: codec.Visit) -> Answer:
    screen = SCREENS.get(tap.route)
    if screen is None or not _takes(screen.open, len(tap.numbers)):
        return _outdated(session, caller)
    if screen.needs is not None:
        caller.actor.require(screen.needs)
    return Answer(screen.open(session, caller, *tap.numbers))


def _typed(session: Session, caller: Caller, text: str) -> Answer:
    """A command, the answer to what was asked, or somebody to be found."""
    if text.startswith("/"):
        name, _, rest = text[1:].partition(" ")
        screen = SCREENS[COMMANDS.get(name.partition("@")[0].lower(), "home")]
        if screen.needs is not None:
            caller.actor.require(screen.needs)
        if screen.route == "search" and rest.strip():
            return Answer(clients.search(session, caller, {}, rest.strip()))
        return Answer(screen.open(session, caller))
    asked = prompts.asked(session, caller.tenant_id, caller.staff_id, now=caller.now)
    if asked is not None and asked.name == AGAIN:
        return prove_again(session, caller, asked.payload, text)
    question = QUESTIONS.get(asked.name) if asked else None
    if asked is None or question is None or asked.name == clients.SEARCH:
        return Answer(typed.open_typed(session, caller, text))
    heard = question.hear(session, caller, asked.payload, text)
    return heard if isinstance(heard, Answer) else Answer(heard)


def _outdated(session: Session, caller: Caller) -> Answer:
    """A button of an older version, or one that we never made."""
    home = SCREENS["home"].open(session, caller)
    return Answer(home, toast=caller.words.plain("outdated"))


def _takes(opens: Callable[..., View], count: int) -> bool:
    try:
        signature(opens).bind(None, None, *range(count))
    except TypeError:
        return False
    return True
