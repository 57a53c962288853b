"""Who is at the other end: which staff member of which ISP, what they may, in which language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bots import codec, effects
from bots.views import Button, Style
from bots.words import Words
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.secrets import KeyRing
from tenancy.links import LinkedIsp
from tenancy.roles import StaffId
from tenancy.staff import staff_actor

PROOF_LASTS = timedelta(minutes=5)  # for what is dangerous


@dataclass(frozen=True, slots=True)
class Received:
    """A file that somebody sent; `data` once it was fetched."""

    name: str
    size_bytes: int
    picture: bool
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """A linked staff member, as of this moment. `proved`: a second factor was given lately.

    `received`: what came with the text that they answer by.
    """

    isp: LinkedIsp
    actor: Actor
    account_id: int
    proved: bool
    elsewhere: tuple[LinkedIsp, ...]  # other ISPs where they are staff
    currency: str
    words: Words
    keys: KeyRing
    now: datetime
    verified_at: datetime | None = None
    received: Received | None = None
    bot: str = ""  # its username, for links

    @property
    def tenant_id(self) -> TenantId:
        return self.isp.tenant_id

    @property
    def staff_id(self) -> StaffId:
        return self.isp.staff_id

    def speaking(self, words: Words) -> Caller:
        """The same person, in another language."""
        return replace(self, words=words)

    def may(self, permission: Permission | None) -> bool:
        return permission is None or permission in self.actor.permissions

    @property
    def sure(self) -> bool:
        """Whether a code was given so lately that dangerous things need no other."""
        return self.verified_at is not None and self.now < self.verified_at + PROOF_LASTS

    def to(
        self, route: str, key: str, *numbers: int, style: Style = Style.PLAIN, **said: object
    ) -> Button:
        """A button that leads to a screen of this ISP."""
        data = codec.written(codec.Visit(self.tenant_id, route, numbers))
        return Button(self.words.plain(key, **said), data, style)

    def enters(self, isp: LinkedIsp) -> Button:
        """A button that leads to another ISP where they work."""
        data = codec.written(codec.Visit(isp.tenant_id, "enter"))
        return Button(self.words.plain("enter", isp=isp.name), data)

    def does(
        self,
        session: Session,
        effect: str,
        key: str,
        payload: dict[str, object],
        *,
        style: Style = Style.MAIN,
        undo: bool = False,
        **said: object,
    ) -> Button:
        """A button that does something, once."""
        life = effects.UNDO_LIFE if undo else effects.LIFE
        token = effects.pin(
            session, self.tenant_id, self.staff_id, effect, payload, now=self.now, life=life
        )
        data = codec.written(codec.Press(self.tenant_id, token))
        return Button(self.words.plain(key, **said), data, style)


def find_caller(
    session: Session,
    isp: LinkedIsp,
    account_id: int,
    *,
    elsewhere: tuple[LinkedIsp, ...],
    keys: KeyRing,
    now: datetime,
) -> Caller:
    """In the scope of the ISP. Raises StaffNotFound, StaffInactive."""
    actor = staff_actor(session, isp.tenant_id, isp.staff_id, origin=f"telegram:{account_id}")
    return Caller(
        isp,
        actor,
        account_id,
        proved=not isp.asks_code(now),
        elsewhere=elsewhere,
        currency=isp.currency,
        words=Words(
            isp.language,
            ZoneInfo(isp.time_zone),
            bangla_digits=isp.bangla_digits,
            lakhs=isp.lakhs,
        ),
        keys=keys,
        now=now,
        verified_at=isp.verified_at,
    )
