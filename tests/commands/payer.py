"""A client with a browser: logs in to the portal, chooses a gateway, and pays on its page."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import aiohttp

from tests.portal.browsers import FormReader


async def pay_on_portal(portal: str, username: str, password: str, gateway: str) -> str:
    """The page that the client ends up on. `portal` is its address, with a slash at the end."""
    jar = aiohttp.CookieJar(unsafe=True)  # also of an address without a name
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        await _fill(http, f"{portal}login", name=username, proof=password)
        _address, page = await _fill(http, f"{portal}pay", gateway=gateway)
        leads_on = re.search(r'0;url=([^"]+)"', page)
        assert leads_on is not None, page
        return await _approve(http, unescape(leads_on[1]))


async def _fill(http: aiohttp.ClientSession, address: str, **typed: str) -> tuple[str, str]:
    """Fill in the form of a page that asks for that, and press its button; where that leads."""
    async with http.get(address) as answer:
        reader = FormReader()
        reader.feed(await answer.text())
    form = next(one for one in reader.forms if {*typed} <= {*one.fields, *one.choices})
    there = urljoin(address, form.action)
    async with http.post(there, data={**form.fields, **typed}) as answer:
        return str(answer.url), await answer.text()


async def _approve(http: aiohttp.ClientSession, address: str) -> str:
    """Press "pay", and go back the way that the gateway sends people."""
    async with http.post(address, data={"choice": "success"}) as answer:
        page = await answer.text()
    posted = re.search(r'<form method="post" action="([^"]+)"', page)
    if posted is None or "hidden" not in page or "Going back" not in page:
        return page
    fields = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)
    said = {unescape(name): unescape(value) for name, value in fields}
    async with http.post(unescape(posted[1]), data=said) as answer:
        return await answer.text()
