"""What a button sends: where it leads, or the token of what it does. At most 64 bytes.

A screen of one ISP stays that ISP's, whichever its reader works for meanwhile, so its buttons say
whose they are. Ids alone: no name, phone or username ever stands in them. What comes back may be
anything (old screens, modified apps), so reading is strict, and rights are asked anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy.facts import TenantId

DATA_BYTES_MAX = 64  # core.telegram.org/bots/api#inlinekeyboardbutton
NUMBER_MAX = 2**63 - 1  # what a bigint holds
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
ROUTE = re.compile(r"[a-z_]{1,16}")
NUMBER = re.compile(r"[0-9a-z]{1,13}")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Visit:
    """A screen to go to, and the whole numbers that say which: ids, pages, amounts."""

    tenant_id: TenantId
    route: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A thing to do, by its token."""

    tenant_id: TenantId
    token: str


def written(tap: Visit | Press) -> str:
    """As callback data. Numbers are not negative."""
    if isinstance(tap, Press):
        parts = ["d", _base36(tap.tenant_id), tap.token]
    else:
        parts = ["v", _base36(tap.tenant_id), tap.route, *map(_base36, tap.numbers)]
    data = ".".join(parts)
    assert len(data) <= DATA_BYTES_MAX, "our own routes and ids fit"
    return data


def read(data: str) -> Visit | Press | None:
    """What was written; None for anything else."""
    kind, *parts = data.split(".")
    if len(parts) < 2 or not NUMBER.fullmatch(parts[0]):
        return None
    tenant_id = TenantId(int(parts[0], 36))
    if kind == "d" and len(parts) == 2 and TOKEN.fullmatch(parts[1]):
        return Press(tenant_id, parts[1])
    numbers = parts[2:]
    if kind != "v" or not ROUTE.fullmatch(parts[1]) or not all(map(NUMBER.fullmatch, numbers)):
        return None
    values = tuple(int(number, 36) for number in numbers)
    if max((tenant_id, *values)) > NUMBER_MAX:
        return None
    return Visit(tenant_id, parts[1], values)


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"
