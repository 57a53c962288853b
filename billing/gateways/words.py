"""What is said of gateways and attempts: frozen values that services, drivers and doors share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from billing.payments import PaymentId
from policy.facts import ClientId, ConnectionId
from storage.secrets import Secret

AttemptId = NewType("AttemptId", int)
Reference = NewType("Reference", str)  # ours; 24 hexadecimal digits that nobody can guess

TOKEN = "token"  # noqa: S105 (the name of a credential)


class Gateway(StrEnum):
    """As `PaymentMethod` and the ledger's accounts call them."""

    BKASH = "bkash"
    NAGAD = "nagad"
    ROCKET = "rocket"
    SSLCOMMERZ = "sslcommerz"
    AAMARPAY = "aamarpay"
    SHURJOPAY = "shurjopay"


class Environment(StrEnum):
    SANDBOX = "sandbox"  # no money moves
    LIVE = "live"


class Purpose(StrEnum):
    """What the money is for; where that cannot be had any more, it is the client's credit."""

    DUES = "dues"
    ADVANCE = "advance"  # months ahead
    RENEWAL = "renewal"  # days for a connection that pays by the day


class AttemptState(StrEnum):
    """Only what the gateway itself answered makes one certain: all from PAID on."""

    NEW = "new"  # the gateway has not been told yet
    WAITING = "waiting"  # with the client, or nobody knows
    PAID = "paid"
    SUSPENSE = "suspense"  # the money is there, and a person must say whose it is
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # never paid, and it cannot be any more

    @property
    def is_certain(self) -> bool:
        return self not in {AttemptState.NEW, AttemptState.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttempt:
    """What a client sets out to pay. `months` of an advance, `connection_id` of a renewal."""

    gateway: Gateway
    amount_minor: int
    purpose: Purpose = Purpose.DUES
    months: int | None = None
    connection_id: ConnectionId | None = None


class Word(StrEnum):
    """What is said of an attempt. Whatever is not understood is UNKNOWN."""

    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`amount_minor` and `currency` are frozen; `page_address` is where the client pays.

    `hint` is what somebody said of it who is not to be believed.
    """

    attempt_id: AttemptId
    reference: Reference
    client_id: ClientId
    gateway: Gateway
    environment: Environment
    amount_minor: int
    currency: str
    purpose: Purpose
    months: int | None
    connection_id: ConnectionId | None
    state: AttemptState
    gateway_ref: str | None
    page_address: str | None
    reason: str | None
    started_at: datetime
    settled_at: datetime | None
    payment_id: PaymentId | None
    hint: Word


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """An ISP's at a gateway. What `credentials` hold is the driver's to say; all are secret."""

    gateway: Gateway
    environment: Environment
    address: str  # where its interface is, without a slash at the end
    credentials: Mapping[str, Secret] = field(default_factory=dict)
    enabled: bool = True

    @property
    def token(self) -> Secret:
        """What the gateway granted; empty where it grants none."""
        return self.credentials.get(TOKEN, Secret(""))

    def with_token(self, token: Secret) -> GatewayAccount:
        return replace(self, credentials={**self.credentials, TOKEN: token})


@dataclass(frozen=True, slots=True)
class Hint:
    """What came back through a client's browser, or as a notice: what to ask about, and no proof.

    It names the attempt by our reference, by the gateway's, or by both.
    """

    word: Word
    reference: str = ""
    gateway_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the gateway itself answered. Of PAID all is known; `reason` is in its own words.

    `untouched`: told to take the money, it would not, and may be told again. `is_risky`: it has the
    money, and warns of it. `is_hearsay`: nobody but the client's browser says so.
    """

    word: Word
    transaction_ref: str = ""
    reference: str = ""
    amount_minor: int = 0
    currency: str = ""
    is_ours: bool = True  # of our merchant account there
    untouched: bool = False
    is_risky: bool = False
    is_hearsay: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, and for how long it is good."""

    token: Secret
    good_seconds: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The gateway knows of the attempt: by what it is asked, and where the client pays."""

    gateway_ref: str | None
    page_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a gateway is told of an attempt. `back`: where it sends the client afterwards; `doors`:
    under which it finds the doors of its own.
    """

    attempt: Attempt
    client_name: str
    client_phone: str
    isp_name: str
    back: str
    doors: str


class RefundWord(StrEnum):
    """What a gateway says of a refund. Whatever is not understood is UNKNOWN."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What is to be given back. `reference` is our word for it, `refund_ref` the gateway's."""

    reference: str
    transaction_ref: str
    amount_minor: int
    currency: str
    reason: str
    refund_ref: str | None


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    word: RefundWord
    refund_ref: str | None = None
    said: str | None = None
