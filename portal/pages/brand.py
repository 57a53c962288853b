"""What makes pages look like the ISP's own: colours, logo, icons, manifest; and files of ours."""

from __future__ import annotations

import asyncio

from aiohttp import web

from portal.colours import palette
from portal.doors import Asked
from portal.icons import SIZES, head_logo, icon
from portal.rendering import FOR_EVER, PREFIX, files
from portal.visits import Visit
from tenancy.letterheads import get_logo

SHORTLY = "public, max-age=3600"
PNG, WEBP = "image/png", "image/webp"


async def static(asked: Asked) -> web.StreamResponse:
    file = files().get(asked.request.match_info["name"])
    if file is None:
        raise web.HTTPNotFound
    return kept(file.body, file.kind, FOR_EVER)


async def worker(_asked: Asked) -> web.StreamResponse:
    """At the root of what it looks after; browsers ask for it anew at each visit."""
    file = files()["worker.js"]
    return kept(file.body, file.kind, "no-cache")


async def colours(asked: Asked) -> web.StreamResponse:
    colour = asked.visit.portal.colour
    light, dark = (palette(colour, dark=is_dark) for is_dark in (False, True))
    sheet = (
        ":root{--brand:%s;--ink:%s;--link:%s}@media(prefers-color-scheme:dark){:root{--link:%s}}"
    )
    text = sheet % (light.brand, light.ink, light.link, dark.link)
    return kept(text.encode(), "text/css", SHORTLY)


async def logo(asked: Asked) -> web.StreamResponse:
    picture = await asked.run(get_logo, asked.visit.tenant_id)
    if picture is None:
        raise web.HTTPNotFound
    return kept(await asyncio.to_thread(head_logo, picture), WEBP, FOR_EVER)


async def launcher_icon(asked: Asked) -> web.StreamResponse:
    size = int(asked.request.match_info["size"])
    if size not in SIZES:
        raise web.HTTPNotFound
    picture = await asked.run(get_logo, asked.visit.tenant_id)
    made = await asyncio.to_thread(icon, asked.visit.portal.colour, picture, size)
    return kept(made, PNG, SHORTLY)


async def manifest(asked: Asked) -> web.StreamResponse:
    visit = asked.visit
    name = visit.brand.called(visit.words.language)
    icons = [
        {
            "src": icon_address(visit, size),
            "sizes": f"{size}x{size}",
            "type": PNG,
            "purpose": purpose,
        }
        for size in SIZES
        for purpose in ("any", "maskable")
    ]
    said = {
        "id": f"{PREFIX}/",
        "name": name,
        "short_name": name[:24],
        "lang": visit.words.language,
        "start_url": f"{PREFIX}/",
        "scope": f"{PREFIX}/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": visit.portal.colour,
        "icons": icons,
    }
    response = web.json_response(said, content_type="application/manifest+json")
    response.headers["Cache-Control"] = SHORTLY
    return response


def icon_address(visit: Visit, size: int) -> str:
    """Another one when its looks change."""
    return f"{PREFIX}/brand/icon-{size}.png?v={visit.portal.colour[1:]}{visit.brand.logo or ''}"


def kept(body: bytes, kind: str, how_long: str) -> web.Response:
    """What a browser keeps, and a proxy on the way may."""
    response = web.Response(body=body, content_type=kind, headers={"Cache-Control": how_long})
    if kind.startswith("text/"):
        response.charset = "utf-8"
        response.enable_compression()
    return response
