"""A browser without a script: follows links, fills in forms, keeps cookies."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient
from yarl import URL


@dataclass
class Form:
    """As a page shows it. `buttons`: what a press of each adds, by its text."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)


@dataclass
class Shown:
    """A page that the browser shows; `path` is where it ended up."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def text(self) -> str:
        """What people read."""
        visible = re.sub(r"<(script|style|head)\b.*?</\1>", " ", self.html, flags=re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", visible)).split())

    @property
    def forms(self) -> list[Form]:
        reader = FormReader()
        reader.feed(self.html)
        return reader.forms

    @property
    def links(self) -> list[str]:
        return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', self.html)]


class FormReader(HTMLParser):
    """Forms with what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._button: tuple[str, dict[str, str]] | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get")))
        elif tag == "input" and self.forms and "name" in said:
            self._input(said)
        elif tag == "button" and self.forms:
            adds = {said["name"]: said.get("value", "")} if "name" in said else {}
            self._button, self._words = (said.get("formaction", ""), adds), ""

    def _input(self, said: dict[str, str]) -> None:
        form = self.forms[-1]
        if said.get("type") == "radio":
            form.choices.setdefault(said["name"], []).append(said.get("value", ""))
        if said.get("type") not in {"radio", "checkbox"} or "checked" in said:
            form.fields[said["name"]] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None:
            self.forms[-1].buttons[" ".join(self._words.split())] = self._button
            self._button = None


class Browser:
    """One person's, on one portal. `headers` are sent with everything."""

    def __init__(self, client: TestClient[web.Request, web.Application], host: str) -> None:
        self.client = client
        self.headers = {"Host": host, "Accept-Encoding": "gzip"}
        self.shown: Shown | None = None
        self.bytes_loaded = 0

    async def ask(
        self, method: str, path: str, data: Mapping[str, str] | None = None, **headers: str
    ) -> Shown:
        """One request; nothing is followed."""
        sent = {**self.headers, **headers}
        answer = await self.client.request(
            method, path, data=data, headers=sent, allow_redirects=False, auto_decompress=False
        )
        body = await answer.read()
        self.bytes_loaded += len(body)
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Shown(path, answer.status, answer.headers, body)

    async def open(self, path: str) -> Shown:
        """A page, wherever it leads."""
        return await self._follow(await self.ask("GET", path))

    async def press(self, button: str, **typed: str) -> Shown:
        """Fill in the form that has the button, and press it."""
        assert self.shown is not None, "a page is open"
        for form in self.shown.forms:
            for words, (elsewhere, adds) in form.buttons.items():
                if words == button and set(typed) <= {*form.fields, *form.choices}:
                    path = urljoin(self.shown.path, elsewhere or form.action)
                    fields = {**form.fields, **typed, **adds}
                    return await self._follow(await self.ask(form.method.upper(), path, fields))
        raise AssertionError(f"no button {button!r} beside {list(typed)}: {self.shown.text}")

    async def _follow(self, shown: Shown) -> Shown:
        for _ in range(5):
            if "Location" not in shown.headers:
                self.shown = shown
                return shown
            shown = await self.ask("GET", urljoin(shown.path, shown.headers["Location"]))
        raise AssertionError("it leads round and round")

    def cookies(self) -> dict[str, str]:
        jar = self.client.session.cookie_jar
        assert isinstance(jar, aiohttp.CookieJar)
        cookies = jar.filter_cookies(URL(str(self.client.make_url("/portal/"))))
        return {name: morsel.value for name, morsel in cookies.items()}
