"""Where we may be sent by an address that somebody typed: not into this machine, nor our network.

A host name is looked up once, each of its addresses is looked at, and the connection goes to one of
these: a name that leads elsewhere a moment later leads nowhere.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

ADDRESS_LENGTH_MAX = 500

# Addresses that hold another one, which a gateway on the way would go to instead.
TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
TEREDO = ip_network("2001::/32")


class Unreachable(OSError):
    """A name leads to no address where we may go."""


def problem_with(address: str, *, private: bool) -> str | None:
    """Why we do not go there: "address" it is none, "scheme", "private"; None where we do.

    Where `private` is allowed, so is plain http.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "address"
    spaces = any(letter.isspace() or not letter.isprintable() for letter in address)
    if not host or port == 0 or spaces or len(address) > ADDRESS_LENGTH_MAX:
        return "address"
    if parts.username is not None or parts.password is not None or not address.isascii():
        return "address"
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        return "scheme"
    if private:
        return None
    literal = _literal(host)
    if literal is not None:
        return None if is_public(literal) else "private"
    # A name without a dot is our own; one that ends in digits is an address in disguise.
    last = host.rstrip(".").rpartition(".")
    return "private" if not last[1] or last[2].isdigit() or last[2] == "localhost" else None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is somebody's on the internet, and no way to somewhere else."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if inner is not None:
            return is_public(inner)
        if address in TEREDO or any(address in network for network in TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


class PublicResolver(AbstractResolver):
    """Looks names up, and knows only what is public."""

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError, Unreachable."""
        found = await self._names.resolve(host, port, family)
        public = [one for one in found if is_public(ip_address(one["host"].partition("%")[0]))]
        if not public:
            raise Unreachable(f"{host} is not on the internet")
        return public

    async def close(self) -> None:
        await self._names.close()


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
