"""Attributes to and from policy's words. Pure; every value is checked before FreeRADIUS sees it.

rlm_python3 3.2.1 takes exact `int`, `dict`, `tuple` and `str`. It attaches a value it cannot parse
as zero, looks an unparsable address up in the DNS, and leaves out a pair of any other shape: each
of these would put a client online without a limit. So a value that is not certain raises here.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network

from policy.decision import Reply
from policy.facts import Burst, Service, Speed

REJECT, FAIL, OK, HANDLED, NOTFOUND = 0, 1, 2, 3, 6  # rlm_rcode_t of FreeRADIUS 3.2

Pair = tuple[str, str, str]
Pairs = tuple[Pair, ...]
Answer = tuple[int, dict[str, Pairs]]

MIKROTIK = "mikrotik"
UINT32_MAX = 4_294_967_295
TEXT_BYTES_MAX = 247  # of 253 in an attribute, 6 are the vendor's header (RFC 2865, 5.26)
SESSION_SECONDS_MAX = 2_147_483_647  # RouterOS and others hold it in 31 bits
WISPR_BPS_MAX = UINT32_MAX

NO_ANSWER: Answer = (HANDLED, {"config": (("Response-Packet-Type", ":=", "Do-Not-Respond"),)})


class NotSayable(Exception):
    """A value that must not be sent: empty, too long, out of range or misshapen."""

    def __init__(self, attribute: str, value: object) -> None:
        super().__init__(f"{attribute} cannot carry {value!r}")
        self.attribute = attribute


def escaped(text: str) -> str:
    """`text` as rlm_python3 reads it: as if between double quotes, so \\ begins an escape.

    Always an exact str: of a subclass, rlm_python3 makes nothing.
    """
    return text.replace("\\", "\\\\") if "\\" in text else str(text)


@lru_cache(maxsize=65_536)
def text_pair(attribute: str, value: str) -> Pair:
    """A string attribute, 1 to 247 bytes of UTF-8 without control characters."""
    if not value or not value.isprintable() or len(value.encode()) > TEXT_BYTES_MAX:
        raise NotSayable(attribute, value)
    return (attribute, ":=", escaped(value))


def number_pair(attribute: str, value: int, maximum: int = UINT32_MAX) -> Pair:
    """An integer attribute, 1 to `maximum`: zero means "no limit" to most routers."""
    if type(value) is not int or not 0 < value <= maximum:
        raise NotSayable(attribute, value)
    return (attribute, ":=", str(value))


@lru_cache(maxsize=65_536)
def address_pair(attribute: str, value: str) -> Pair:
    """An IPv4 address (RFC 2865, 5.8)."""
    try:
        return (attribute, ":=", str(IPv4Address(value)))
    except ValueError:
        raise NotSayable(attribute, value) from None


@lru_cache(maxsize=65_536)
def prefix_pair(attribute: str, value: str) -> Pair:
    """An IPv6 prefix (RFC 3162, 2.3; RFC 4818, 3)."""
    try:
        return (attribute, ":=", str(IPv6Network(value)))
    except ValueError:
        raise NotSayable(attribute, value) from None


def _rate(kbps: int) -> str:
    if type(kbps) is not int or not 0 < kbps <= UINT32_MAX:
        raise NotSayable("Mikrotik-Rate-Limit", kbps)
    return f"{kbps // 1000}M" if kbps % 1000 == 0 else f"{kbps}k"


@lru_cache(maxsize=4_096)
def rate_limit(speed: Speed, burst: Burst | None, priority: int) -> str:
    """Mikrotik-Rate-Limit: `rx/tx [burst [threshold [seconds [priority]]]]`, rx being the upload.

    Source: MikroTik manual, "RADIUS Client"; k is 1000, M is 1000000 bit/s.
    """
    base = f"{_rate(speed.up_kbps)}/{_rate(speed.down_kbps)}"
    if not 1 <= priority <= 8:
        raise NotSayable("Mikrotik-Rate-Limit", priority)
    if burst is None:
        return base if priority == 8 else f"{base} 0/0 0/0 0/0 {priority}"
    if not 0 < burst.seconds < 3600:
        raise NotSayable("Mikrotik-Rate-Limit", burst.seconds)
    return (
        f"{base} {_rate(burst.up_kbps)}/{_rate(burst.down_kbps)}"
        f" {_rate(burst.threshold_up_kbps)}/{_rate(burst.threshold_down_kbps)}"
        f" {burst.seconds}/{burst.seconds} {priority}"
    )


def _mikrotik(reply: Reply) -> list[Pair]:
    rate = rate_limit(reply.speed, reply.burst, reply.priority)
    pairs: list[Pair] = [("Mikrotik-Rate-Limit", ":=", rate)]
    if reply.router_profile is not None:
        pairs.append(text_pair("Mikrotik-Group", reply.router_profile))
    if reply.address_list is not None:
        pairs.append(text_pair("Mikrotik-Address-List", reply.address_list))
    if reply.delegated_ipv6_pool is not None:
        pairs.append(text_pair("Mikrotik-Delegated-IPv6-Pool", reply.delegated_ipv6_pool))
    return pairs


def _rfc(reply: Reply) -> list[Pair]:
    """For NASes that are not MikroTik: the speed as WISPr says it, and by the name of a filter."""
    down, up = reply.speed.down_kbps * 1000, reply.speed.up_kbps * 1000
    pairs = [
        number_pair("WISPr-Bandwidth-Max-Down", min(down, WISPR_BPS_MAX)),
        number_pair("WISPr-Bandwidth-Max-Up", min(up, WISPR_BPS_MAX)),
    ]
    name = reply.address_list or reply.router_profile
    if name is not None:
        pairs.append(text_pair("Filter-Id", name))
    if reply.delegated_ipv6_pool is not None:
        pairs.append(text_pair("Delegated-IPv6-Prefix-Pool", reply.delegated_ipv6_pool))
    return pairs


VOCABULARIES = {MIKROTIK: _mikrotik, "rfc": _rfc}


def reply_pairs(reply: Reply, kind: str, service: Service) -> Pairs:
    """What a NAS of `kind` is told, but for Class. Only hotspots heed a Port-Limit.

    Raises NotSayable where a value cannot be sent as it is meant, and then nothing may be sent.
    """
    pairs = VOCABULARIES[kind](reply)
    if reply.ipv4_address is not None:
        pairs.append(address_pair("Framed-IP-Address", reply.ipv4_address))
    elif reply.pool is not None:
        pairs.append(text_pair("Framed-Pool", reply.pool))
    if reply.ipv6_prefix is not None:
        pairs.append(prefix_pair("Framed-IPv6-Prefix", reply.ipv6_prefix))
    elif reply.ipv6_pool is not None:
        pairs.append(text_pair("Framed-IPv6-Pool", reply.ipv6_pool))
    if reply.delegated_ipv6_prefix is not None:
        pairs.append(prefix_pair("Delegated-IPv6-Prefix", reply.delegated_ipv6_prefix))
    if reply.session_seconds is not None:
        pairs.append(session_pair(reply.session_seconds))
    if reply.idle_timeout_seconds is not None:
        pairs.append(number_pair("Idle-Timeout", reply.idle_timeout_seconds))
    if reply.session_limit is not None and service is Service.HOTSPOT:
        pairs.append(number_pair("Port-Limit", reply.session_limit))
    pairs.append(number_pair("Acct-Interim-Interval", reply.interim_seconds))
    return tuple(pairs)


def session_pair(seconds: int) -> Pair:
    """Session-Timeout, from 1 on; what is too long to say is cut to what can be said."""
    return number_pair("Session-Timeout", min(seconds, SESSION_SECONDS_MAX))


def accept(pairs: Pairs, password: str | None) -> Answer:
    """Let the stock modules compare with `password`; None where the device itself was the proof.

    Empty is no password at all: nothing equals it, not even an empty one.
    """
    if password is None:
        return (OK, {"reply": pairs, "config": (("Auth-Type", ":=", "Accept"),)})
    if not password:
        return (OK, {"reply": pairs, "config": (("Auth-Type", ":=", "Reject"),)})
    return (OK, {"reply": pairs, "config": (("Cleartext-Password", ":=", escaped(password)),)})


def reject(message: str) -> Answer:
    """Refuse, and mark it as our decision, so that nobody takes it for a wrong password."""
    return (
        REJECT,
        {
            "reply": (("Reply-Message", ":=", escaped(message)),),
            "config": (("SkyLink-Decided", ":=", "reject"),),
        },
    )


def connection_of(value: str) -> tuple[int, int] | None:
    """(tenant_id, connection_id) of a Class, as rlm_python3 shows it. None where it is not ours."""
    try:
        ours = class_parts(bytes.fromhex(value[2:]))
    except ValueError:
        return None
    return None if ours is None else ours[:2]


def class_parts(value: bytes) -> tuple[int, int, str] | None:
    """Tenant, connection and grant of a Class `sl:tenant:connection:login:grant`.

    The grant is "" in a Class from before there were grants. None where the Class is not ours.
    """
    try:
        mark, tenant_id, connection_id, _, *grant = value.decode("ascii").split(":")
        if mark != "sl" or len(grant) > 1:
            return None
        return (int(tenant_id), int(connection_id), "".join(grant))
    except ValueError:
        return None
