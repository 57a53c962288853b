"""Pages from templates: what each template can say, and the headers that each page leaves with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.forms import TOKEN_FIELD, form_token
from portal.visits import Visit, cookie_name

HERE = Path(__file__).parent
PREFIX = "/portal"  # where the application is mounted
FILES = {
    "app.css": "text/css",
    "app.js": "text/javascript",
    "worker.js": "text/javascript",
}
FOR_EVER = "public, max-age=31536000, immutable"
COOKIE_SECONDS = 180 * 24 * 3600
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ALL_HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of ours that browsers keep; its address changes with its content."""

    body: bytes
    kind: str
    address: str


@cache
def files() -> dict[str, File]:
    """By name."""
    found = {}
    for name, kind in FILES.items():
        body = (HERE / "static" / name).read_bytes()
        digest = hashlib.sha256(body).hexdigest()[:12]
        found[name] = File(body, kind, f"{PREFIX}/static/{name}?v={digest}")
    return found


@cache
def templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "prefix": PREFIX,
        "files": {name: file.address for name, file in files().items()},
    }
    return made


def fragment(visit: Visit, template: str, **said: Any) -> web.Response:
    """A part of a page; `said` is what the template names beside what is always there."""
    words = visit.words
    text = (
        templates()
        .get_template(template)
        .render(
            visit=visit,
            words=words,
            t=words.say,
            brand=visit.brand.called(words.language),
            token_field=TOKEN_FIELD,
            form_token=form_token(visit),
            **said,
        )
    )
    response = web.Response(text=text, content_type="text/html", headers=PAGE_HEADERS)
    response.enable_compression()
    return response


def page(
    visit: Visit, template: str, *, secure: bool, status: int = 200, **said: Any
) -> web.Response:
    """A whole page. It leaves the cookie that ties forms to a browser that is not logged in."""
    response = fragment(visit, template, **said)
    response.set_status(status)
    if visit.client is None:
        keep(response, "visitor", str(visit.stranger), secure=secure)
    return response


def keep(response: web.StreamResponse, name: str, value: str, *, secure: bool) -> None:
    """A cookie that scripts do not read and other sites' forms do not send."""
    response.set_cookie(
        cookie_name(name, secure=secure),
        value,
        max_age=COOKIE_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def drop(response: web.StreamResponse, name: str, *, secure: bool) -> None:
    response.del_cookie(
        cookie_name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="Lax"
    )


def go(path: str) -> web.Response:
    """To another page of ours, by GET."""
    return web.Response(status=303, headers={"Location": f"{PREFIX}{path}", **PAGE_HEADERS})
