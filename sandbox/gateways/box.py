"""What the local gateways keep: orders, the money that moved, and the bad days that are to come."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Standing(StrEnum):
    """Of an order. APPROVED is with the client's PIN and before the money moved."""

    OPEN = "open"
    APPROVED = "approved"
    CANCELLED = "cancelled"
    FAILED = "failed"
    PAID = "paid"


@dataclass(kw_only=True)
class Order:
    """One payment as a gateway has it; `number` is its own, `reference` the merchant's."""

    gateway: str
    number: str
    reference: str
    amount: Decimal
    currency: str
    said: dict[str, str]  # all that the merchant sent
    standing: Standing = Standing.OPEN
    transaction: str = ""
    paid_at: datetime | None = None
    refunded: dict[str, Decimal] = field(default_factory=dict)  # by the refund's number
    asked: list[str] = field(default_factory=list)  # the calls that named it, in order

    def pay(self) -> None:
        self.standing, self.paid_at = Standing.PAID, datetime.now(UTC)
        self.transaction = self.transaction or new_number(10)

    @property
    def kept(self) -> Decimal:
        """What the merchant has of it."""
        if self.standing is not Standing.PAID:
            return Decimal(0)
        return self.amount - sum(self.refunded.values(), Decimal(0))


class Kind(StrEnum):
    """To the merchant LOST looks like DROPPED; but only LOST has its effect."""

    DROPPED = "dropped"  # the connection ends, without effect
    LOST = "lost"  # done, then the connection ends
    BROKEN = "broken"  # a page of HTML that says 502, without effect
    EMPTY = "empty"  # 200 and {}, without effect
    NOTHING = "nothing"  # 200 and no byte, without effect
    WRONG_AMOUNT = "wrong_amount"  # done; the answer names a taka less


@dataclass
class Fault:
    """Meets calls of that name at that gateway, `times` of them; 0 is all until it is lifted."""

    kind: Kind
    gateway: str
    call: str = ""  # any if empty
    times: int = 1
    met: int = 0


@dataclass
class Box:
    """All gateways together. `deliveries` is how often each notice is sent."""

    orders: dict[str, Order] = field(default_factory=dict)  # by the gateway's number
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)  # gateway and name, in order
    deliveries: int = 1
    notices: dict[str, str] = field(default_factory=dict)  # where each gateway's go, if anywhere

    def add(self, order: Order) -> Order:
        self.orders[order.number] = order
        return order

    def of(self, gateway: str) -> list[Order]:
        return [order for order in self.orders.values() if order.gateway == gateway]

    def by_reference(self, gateway: str, reference: str) -> list[Order]:
        return [order for order in self.of(gateway) if order.reference == reference]

    def kept(self, gateway: str) -> Decimal:
        """What the merchant has by the gateway's own ledger."""
        return sum((order.kept for order in self.of(gateway)), Decimal(0))

    def will(self, kind: Kind, gateway: str, call: str = "", *, times: int = 1) -> Fault:
        """A bad day to come."""
        fault = Fault(kind, gateway, call, times)
        self.faults.append(fault)
        return fault

    def meet(self, gateway: str, call: str) -> Kind | None:
        """What this call runs into, the earliest first; counted."""
        self.calls.append((gateway, call))
        for fault in self.faults:
            if fault.gateway == gateway and fault.call in {"", call}:
                fault.met += 1
                if fault.met == fault.times:
                    self.faults.remove(fault)
                return fault.kind
        return None


def new_number(length: int, prefix: str = "") -> str:
    """One that nobody can guess."""
    return prefix + "".join(secrets.choice(SIGNS) for _ in range(length))
