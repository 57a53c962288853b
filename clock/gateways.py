"""What gateways are asked by the clock: attempts that are not certain, and once a night all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp

from billing.gateways.attempts import attempts_to_ask
from billing.gateways.comparisons import Comparison
from billing.gateways.desk import Desk
from billing.gateways.refunding import ask_refunds
from billing.gateways.refunds import refunds_to_ask
from billing.gateways.sweeps import sweep
from billing.gateways.traffic import forget_traffic
from clock.jobs import Moment, Place

T = TypeVar("T")

log = logging.getLogger(__name__)


def ask_gateways(place: Place, moment: Moment) -> None:
    """About what is due to be asked; mostly there is nothing."""
    with place.transaction() as session:
        waits = attempts_to_ask(session, place.isp, now=moment.now, limit=1)
        if not waits and not refunds_to_ask(session, place.isp, now=moment.now):
            return

    async def ask(desk: Desk) -> int:
        await ask_refunds(place.server.database, desk, place.isp, now=moment.now)
        return await desk.ask_again(place.isp)

    certain = asyncio.run(_at_a_desk(place, moment, ask))
    if certain:
        log.info("ISP %s: gateways have made %s payments certain.", place.name, certain)


def compare_with_gateways(place: Place, moment: Moment) -> None:
    """The sweep of the night; what differs stands in the log, and in `./skylink gateways`."""

    async def compare(desk: Desk) -> tuple[Comparison, ...]:
        return await sweep(place.server.database, desk, place.isp, now=moment.now)

    for one in asyncio.run(_at_a_desk(place, moment, compare)):
        if one.differences:
            log.warning(
                "ISP %s: %s and our books differ in %s transactions.",
                place.name,
                one.gateway,
                len(one.differences),
            )


def forget_gateway_traffic(place: Place, moment: Moment) -> None:
    with place.transaction() as session:
        forget_traffic(session, place.isp, now=moment.now)


async def _at_a_desk(place: Place, moment: Moment, work: Callable[[Desk], Awaitable[T]]) -> T:
    async with aiohttp.ClientSession() as http:
        desk = Desk(place.server.database, place.server.keys(), http, lambda: moment.now)
        return await work(desk)
