"""Database rows become connections or one error that names the column."""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.documents import CONNECTION_COLUMNS, BadFacts, connection_from_row
from policy.facts import (
    ClientId,
    ConnectionFacts,
    ConnectionId,
    MacMode,
    PackageId,
    ProfileId,
    Service,
    Status,
    TenantId,
)
from tests.policy.cases import MAC, NOW, OTHER_MAC

FULL = ConnectionFacts(
    tenant_id=TenantId(1),
    connection_id=ConnectionId(11),
    client_id=ClientId(111),
    username="rahim",
    service=Service.HOTSPOT,
    connection_status=Status.ACTIVE,
    client_status=Status.SUSPENDED,
    vip=True,
    profile_id=ProfileId(2),
    package_id=PackageId(3),
    mac_mode=MacMode.LEARN,
    macs=(MAC, OTHER_MAC),
    due_on=date(2025, 11, 18),
    due_minor=50_000,
    promised_until=NOW,
    expires_at=NOW + timedelta(days=1),
    used_bytes=5 * 10**9,
    cycle_until=NOW + timedelta(days=9),
    ipv4_address="203.0.113.7",
    ipv6_prefix="2001:db8::/64",
    delegated_ipv6_prefix="2001:db8:100::/56",
    pool="own",
    session_limit=2,
)
OPTIONAL = {
    "due_on",
    "promised_until",
    "expires_at",
    "cycle_until",
    "ipv4_address",
    "ipv6_prefix",
    "delegated_ipv6_prefix",
    "pool",
    "session_limit",
}


def row(**changes: object) -> list[object]:
    """FULL as psycopg2 gives it: plain str for enums, a list for an array."""
    values = dict(zip(CONNECTION_COLUMNS, astuple(FULL), strict=True)) | {"macs": list(FULL.macs)}
    return [str(v) if isinstance(v, str) else v for v in (values | changes).values()]


def test_the_columns_are_the_fields_in_their_order():
    assert CONNECTION_COLUMNS[:4] == ("tenant_id", "connection_id", "client_id", "username")
    assert CONNECTION_COLUMNS[-1] == "session_limit"
    assert len(CONNECTION_COLUMNS) == 23


@pytest.mark.parametrize("sequence", [list, tuple])
def test_a_row_survives_the_round_trip(sequence):
    connection = connection_from_row(sequence(row()))
    assert connection == FULL
    assert type(connection) is ConnectionFacts
    assert connection.client_status is Status.SUSPENDED


def test_facts_from_a_row_are_as_frozen_as_any():
    connection = connection_from_row(row())
    with pytest.raises(AttributeError):
        connection.vip = False
    assert hash(connection) == hash(FULL)


def test_what_may_be_null_may_be_null():
    connection = connection_from_row(row(**dict.fromkeys(OPTIONAL), macs=[]))
    assert [getattr(connection, column) for column in sorted(OPTIONAL)] == [None] * len(OPTIONAL)
    assert connection.macs == ()


@pytest.mark.parametrize("column", [c for c in CONNECTION_COLUMNS if c not in OPTIONAL])
def test_what_may_not_be_null_is_named(column):
    with pytest.raises(BadFacts) as caught:
        connection_from_row(row(**{column: None}))
    assert (caught.value.kind, caught.value.field) == ("connection", column)


def test_an_instant_of_any_offset_is_the_same_instant():
    dhaka = timezone(timedelta(hours=6))
    connection = connection_from_row(row(promised_until=NOW.astimezone(dhaka)))
    assert connection.promised_until == NOW


def test_a_device_may_be_stored_in_any_way_of_writing_it():
    stored = ["aa:bb:cc:dd:ee:ff", "0011.2233.4455"]
    assert connection_from_row(row(macs=stored)).macs == (MAC, OTHER_MAC)


def test_what_thousands_have_in_common_is_kept_once():
    cycles = [datetime(2026, 1, 1, tzinfo=UTC) for _ in range(2)]
    first, second = (
        connection_from_row(row(cycle_until=cycle, pool="".join(["own", "-pool"])))
        for cycle in cycles
    )
    assert first.cycle_until is second.cycle_until
    assert first.pool is second.pool


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tenant_id", 0),
        ("tenant_id", True),
        ("connection_id", "11"),
        ("client_id", 2**63),
        ("username", ""),
        ("username", b"rahim"),
        ("username", "x" * 1001),
        ("service", "carrier_pigeon"),
        ("connection_status", "expired"),
        ("client_status", []),
        ("vip", 1),
        ("mac_mode", "OFF"),
        ("macs", "AABBCCDDEEFF"),
        ("macs", ["nonsense"]),
        ("macs", [None]),
        ("macs", [MAC] * 65),
        ("due_on", "2025-11-18"),
        ("due_on", NOW),
        ("due_minor", -1),
        ("due_minor", 1.5),
        ("promised_until", NOW.replace(tzinfo=None)),
        ("expires_at", date(2025, 11, 18)),
        ("used_bytes", -1),
        ("cycle_until", 0),
        ("ipv4_address", "203.0.113.7/32"),
        ("ipv4_address", "203.0.113.256"),
        ("ipv4_address", "2001:db8::1"),
        ("ipv4_address", "1.2.3.4\0"),
        ("ipv6_prefix", "2001:db8::1/64"),
        ("ipv6_prefix", "2001:db8::/129"),
        ("ipv6_prefix", "2001:db8::/-1"),
        ("ipv6_prefix", "2001:db8::"),
        ("ipv6_prefix", "203.0.113.0/24"),
        ("delegated_ipv6_prefix", "2001:db8:1::/8"),
        ("pool", ""),
        ("session_limit", 0),
    ],
)
def test_what_is_wrong_is_named(column, value):
    with pytest.raises(BadFacts) as caught:
        connection_from_row(row(**{column: value}))
    assert (caught.value.code, caught.value.kind) == ("bad_facts", "connection")
    assert caught.value.field == column


@pytest.mark.parametrize("wrong", [None, 5, [], [1], [*row(), b"sealed"], {}, "x" * 23])
def test_a_row_of_another_shape_is_named(wrong):
    with pytest.raises(BadFacts) as caught:
        connection_from_row(wrong)
    assert caught.value.kind == "connection"


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.binary(max_size=5),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.text(max_size=17) | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=2),
)


@given(st.dictionaries(st.sampled_from(CONNECTION_COLUMNS), anything, max_size=3))
def test_any_junk_is_facts_or_bad_facts(changes):
    try:
        assert isinstance(connection_from_row(row(**changes)), ConnectionFacts)
    except BadFacts as error:
        assert error.field in changes


@given(st.lists(anything, max_size=25))
def test_any_row_is_facts_or_bad_facts(values):
    with pytest.raises(BadFacts):
        connection_from_row(values)
