"""The table of contents: each gateway that we speak to, and what its driver offers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from billing.errors import GatewayOff
from billing.gateways.drivers import aamarpay, bkash, sslcommerz
from billing.gateways.wire import Line
from billing.gateways.words import (
    Answer,
    Attempt,
    Gateway,
    GatewayAccount,
    Grant,
    Hint,
    Opened,
    Order,
    RefundAnswer,
    RefundOrder,
)

RefundAsk = Callable[[Line, GatewayAccount, Attempt, RefundOrder], Awaitable[RefundAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What a gateway is asked. All raise NoAnswer; `grant` and `open_page` also GatewayUnwell.

    `read_return`: what its page or its notice says, of the fields of a query, form or JSON.
    `is_signed`: whether these fields can be its own; where it signs none, anybody's may be.
    """

    needs: tuple[str, ...]  # names of credentials
    open_page: Callable[[Line, GatewayAccount, Order], Awaitable[Opened]]
    ask_about: Callable[[Line, GatewayAccount, Attempt], Awaitable[Answer]]
    read_return: Callable[[Mapping[str, str]], Hint]
    posts_back: bool = False  # its page sends people back by a form; else only notices are posted
    is_signed: Callable[[GatewayAccount, Mapping[str, str]], bool] | None = None
    grant: Callable[[Line, GatewayAccount], Awaitable[Grant]] | None = None
    capture: Callable[[Line, GatewayAccount, Attempt], Awaitable[Answer]] | None = None
    refund: RefundAsk | None = None
    ask_refund: RefundAsk | None = None


DRIVERS: Mapping[Gateway, Driver] = MappingProxyType(
    {
        Gateway.BKASH: Driver(
            needs=bkash.NEEDS,
            open_page=bkash.open_page,
            ask_about=bkash.ask_about,
            read_return=bkash.read_return,
            grant=bkash.grant,
            capture=bkash.capture,
            refund=bkash.refund,
            ask_refund=bkash.ask_refund,
        ),
        Gateway.SSLCOMMERZ: Driver(
            needs=sslcommerz.NEEDS,
            open_page=sslcommerz.open_page,
            ask_about=sslcommerz.ask_about,
            read_return=sslcommerz.read_return,
            posts_back=True,
            is_signed=sslcommerz.is_signed,
            refund=sslcommerz.refund,
            ask_refund=sslcommerz.ask_refund,
        ),
        Gateway.AAMARPAY: Driver(
            needs=aamarpay.NEEDS,
            open_page=aamarpay.open_page,
            ask_about=aamarpay.ask_about,
            read_return=aamarpay.read_return,
            posts_back=True,
        ),
    }
)


def driver_of(gateway: Gateway) -> Driver:
    """Raises GatewayOff where we do not speak its language."""
    driver = DRIVERS.get(gateway)
    if driver is None:
        raise GatewayOff(gateway)
    return driver
