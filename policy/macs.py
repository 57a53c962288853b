"""Device addresses: any way a router writes a MAC, made one."""

from __future__ import annotations

import re

MAC_TEXT_AT_MOST = 32  # longer is no MAC in any of the ways below

_BARE = re.compile(r"[0-9A-F]{12}")
_PAIRS = re.compile(r"[0-9A-F]{2}([:-])[0-9A-F]{2}(?:\1[0-9A-F]{2}){4}")
_QUADS = re.compile(r"[0-9A-F]{4}([.:-])[0-9A-F]{4}\1[0-9A-F]{4}")
# RouterOS sends a DHCP client-id as hardware type 1 (Ethernet) and parts without leading zeros.
_CLIENT_ID = re.compile(r"1(?::[0-9A-F]{1,2}){6}")


def normalise_mac(text: str) -> str | None:
    """The device address in `text` as 12 upper-case hex digits; None if it holds none.

    Takes AA:BB:CC:DD:EE:FF, aa-bb-.., aabb.ccdd.eeff, bare digits, and a DHCP client-id of
    RouterOS (1:a:b:c:d:e:f). A Calling-Station-Id may as well be an IP address or junk.
    """
    if len(text) > MAC_TEXT_AT_MOST or not text.isascii():
        return None
    text = text.strip().upper()
    if found := _PAIRS.fullmatch(text) or _QUADS.fullmatch(text):
        return text.replace(found[1], "")
    if _BARE.fullmatch(text):
        return text
    if _CLIENT_ID.fullmatch(text):
        return "".join(part.zfill(2) for part in text.split(":")[1:])
    return None
