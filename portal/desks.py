"""The portal's desk: where attempts to pay are told to gateways, over connections it keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from billing.gateways.desk import Desk
from portal.doors import OFFICE

DESK = web.AppKey("desk", Desk)


async def open_desk(application: web.Application) -> AsyncIterator[None]:
    """For as long as the application runs."""
    office = application[OFFICE]
    async with aiohttp.ClientSession() as http:
        application[DESK] = Desk(office.database, office.keys, http, office.clock)
        yield
