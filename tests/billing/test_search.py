"""Finding clients among others of their ISP, whatever the spelling."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.clients import ClientDetails, change_client, set_client_status
from billing.connections import connections_of, set_connection_status, set_expiry
from billing.search import ClientPage, ClientState, ClientsWanted, PageKey, find_clients
from billing.zones import add_zone
from policy.facts import ProfileKind, Status
from storage.actors import SYSTEM
from tests.fixtures.databases import Connection
from tests.fixtures.isps import NOON, World

DAY = timedelta(days=1)


def page(
    isp: World, *, after: PageKey | None = None, limit: int = 20, **wanted: object
) -> ClientPage:
    with isp.transaction() as session:
        sought = ClientsWanted(**wanted)  # type: ignore[arg-type]
        return find_clients(session, isp.tenant_id, sought, now=NOON, after=after, limit=limit)


def names(isp: World, words: str, **wanted: object) -> list[str]:
    return [found.name for found in page(isp, words=words, **wanted).clients]


@pytest.fixture
def town(isp: World) -> World:
    """Six people of one ISP, numbered from 1 on."""
    for name, name_bn, phone in (
        ("Md. Rahim Uddin", "মোঃ রহিম উদ্দিন", "01711000001"),
        ("Karim Hossain", None, "+8801711000002"),
        ("Salma Chowdhury", "সালমা চৌধুরী", None),
        ("Mizanur Rahman", None, "8801911000004"),
        ("শফিকুল ইসলাম", None, "01811000005"),
        ("100% Fashion_House", None, None),
    ):
        isp.client(name, name_bn=name_bn, phone=phone)
    return isp


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Rahim", "Md. Rahim Uddin"),
        ("রহিম", "Md. Rahim Uddin"),
        ("RAHEEM udin", "Md. Rahim Uddin"),
        ("Mohammad Rohim", "Md. Rahim Uddin"),
        ("uddin rahim", "Md. Rahim Uddin"),
        ("করিম", "Karim Hossain"),
        ("হোসেন", "Karim Hossain"),
        ("Choudhuri", "Salma Chowdhury"),
        ("chodhury", "Salma Chowdhury"),
        ("মিজানুর", "Mizanur Rahman"),
        ("Mizaur", "Mizanur Rahman"),  # a letter is missing
        ("Mijanur Rehmaan", "Mizanur Rahman"),
        ("Shafiqul", "শফিকুল ইসলাম"),
        ("safikul islm", "শফিকুল ইসলাম"),
        ("sal", "Salma Chowdhury"),
        ("100%", "100% Fashion_House"),
        ("fashion_h", "100% Fashion_House"),
    ],
)
def test_a_name_is_found_in_either_script_however_it_is_spelt(
    words: str, found: str, town: World
) -> None:
    assert names(town, words)[:1] == [found]


@pytest.mark.parametrize(
    "phone",
    ["01711000002", "8801711000002", "+880 1711-000002", "008801711000002", "1711000002",
     "০১৭১১০০০০০২"],
)  # fmt: skip
def test_a_phone_is_found_in_any_form(phone: str, town: World) -> None:
    [found] = page(town, words=phone).clients
    assert (found.name, found.exactly) == ("Karim Hossain", True)


def test_a_part_of_a_phone_is_enough_but_not_exact(town: World) -> None:
    [found] = page(town, words="1000005").clients
    assert (found.name, found.exactly) == ("শফিকুল ইসলাম", False)


@pytest.mark.parametrize("number", ["2", "#2", "২", " 2 "])
def test_a_client_number_is_found(number: str, town: World) -> None:
    assert names(town, number) == ["Karim Hossain"]


def test_exact_hits_come_before_alike_names(town: World) -> None:
    owner = page(town, words="salma").clients[0]
    town.connection("Rahim", client_id=owner.client_id)
    town.connection("rahim.home", client_id=town.client("Jamal").client_id)
    found = page(town, words="rahim").clients
    assert [client.name for client in found] == ["Salma Chowdhury", "Jamal", "Md. Rahim Uddin"]
    assert [client.exactly for client in found] == [True, False, False]


@pytest.mark.parametrize("word", ["ad%", "a_b", "xx\\", "50%_"])
def test_signs_of_patterns_stand_for_themselves_in_usernames(word: str, isp: World) -> None:
    isp.connection("adb50xx")
    assert names(isp, word) == []
    isp.connection(f"pre{word}post")
    assert usernames(page(isp, words=word)) == [f"pre{word}post"]


@pytest.mark.parametrize(
    "words",
    ["'; DROP TABLE clients; --", "\0", "%", "_", "\\", "🙂", "9" * 300, "क", "((((", "+", "#"],
)
def test_any_words_are_answered(words: str, town: World) -> None:
    assert page(town, words=words).total <= 6


def test_another_isps_clients_are_never_found(town: World, other_isp: World) -> None:
    other_isp.connection(
        "karim", client_id=other_isp.client("Karim", phone="01711000002").client_id
    )
    for words in ("karim", "01711000002", "1"):
        assert page(town, words=words).total == 1
        assert page(other_isp, words=words).total == 1


def test_a_new_name_is_found_and_the_former_is_not(town: World) -> None:
    karim = page(town, words="karim").clients[0].client_id
    with town.transaction() as session:
        change_client(session, town.tenant_id, karim, ClientDetails(name="Nobin"), actor=SYSTEM)
    assert (names(town, "নবীন"), names(town, "karim hossain")) == (["Nobin"], [])
    assert names(town, "01711000002") == []


def test_pages_follow_one_another_without_a_gap_or_a_double(isp: World) -> None:
    made = [isp.client("Rahim").client_number for _ in range(7)]
    seen, key = [], None
    while True:
        part = page(isp, words="rahim", limit=3, after=key)
        seen += [found.client_number for found in part.clients]
        assert part.total == 7
        if part.next_key is None:
            break
        key = part.next_key
    assert seen == made


def test_without_words_everybody_is_listed_by_number(town: World) -> None:
    listed = page(town)
    assert [found.client_number for found in listed.clients] == [1, 2, 3, 4, 5, 6]
    assert (listed.total, listed.next_key) == (6, None)


def test_a_line_of_the_list_tells_what_is_owed_and_what_is_used(town: World) -> None:
    client = page(town, words="salma").clients[0].client_id
    package = town.package("Home 20")
    town.connection("salma", client_id=client, package_id=package.package_id)
    for _ in range(2):
        town.invoice(client, total_minor=50_000)
    [line] = page(town, words="salma").clients
    assert (line.usernames, line.packages) == (("salma",), ("Home 20",))
    assert (line.unpaid_invoices, line.due_minor, line.state) == (2, 100_000, ClientState.ACTIVE)


def daily(isp: World, username: str, expires_at: datetime | None) -> None:
    profile = isp.profile(ProfileKind.DAILY)
    isp.connection(username, profile_id=profile.profile_id, expires_at=expires_at)


def usernames(found: ClientPage) -> list[str]:
    return [name for client in found.clients for name in client.usernames]


def test_each_client_is_under_one_tab(isp: World) -> None:
    daily(isp, "paid", NOON + DAY)
    daily(isp, "expired", NOON)  # the end is exclusive: at noon it is over
    daily(isp, "never paid", None)
    closed, held = isp.connection("closed"), isp.connection("held")
    with isp.transaction() as session:
        set_connection_status(
            session, isp.tenant_id, closed.connection_id, Status.INACTIVE, actor=SYSTEM
        )
        set_client_status(session, isp.tenant_id, held.client_id, Status.SUSPENDED, actor=SYSTEM)
    tabs = {state: usernames(page(isp, state=state)) for state in ClientState}
    assert tabs == {
        ClientState.ACTIVE: ["paid"],
        ClientState.EXPIRED: ["expired", "never paid"],
        ClientState.INACTIVE: ["closed"],
        ClientState.SUSPENDED: ["held"],
    }
    assert usernames(page(isp, words="paid", state=ClientState.EXPIRED)) == ["never paid"]


def test_expiry_today_and_this_week_are_days_of_the_isps_clock(isp: World) -> None:
    """NOON is 18:00 in Dhaka, so today began at 18:00 UTC of the day before."""
    for username, expires_at in (
        ("yesterday", datetime(2026, 3, 9, 17, 59, tzinfo=UTC)),
        ("this morning", datetime(2026, 3, 9, 18, tzinfo=UTC)),
        ("tonight", datetime(2026, 3, 10, 17, 59, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 3, 10, 18, tzinfo=UTC)),
        ("in a week", datetime(2026, 3, 16, 18, tzinfo=UTC)),
    ):
        daily(isp, username, expires_at)
    assert usernames(page(isp, expiry_days=1)) == ["this morning", "tonight"]
    assert usernames(page(isp, expiry_days=7)) == ["this morning", "tonight", "tomorrow"]


def test_zone_and_package_narrow_the_list(isp: World) -> None:
    with isp.transaction() as session:
        zone = add_zone(session, isp.tenant_id, "Mirpur", actor=SYSTEM)
    package = isp.package()
    there = isp.client("Rahim", zone_id=zone.zone_id)
    isp.connection("rahim", client_id=there.client_id, package_id=package.package_id)
    isp.connection("other", client_id=isp.client("Rahim").client_id)
    assert usernames(page(isp, words="rahim", zone_id=zone.zone_id)) == ["rahim"]
    assert usernames(page(isp, package_id=package.package_id)) == ["rahim"]
    assert page(isp, zone_id=zone.zone_id, package_id=0).total == 0


def test_a_moved_expiry_moves_the_client_to_another_tab(isp: World) -> None:
    daily(isp, "late", NOON - DAY)
    line = page(isp, words="late").clients[0]
    assert line.state is ClientState.EXPIRED
    with isp.transaction() as session:
        connection_id = connections_of(session, isp.tenant_id, line.client_id)[0].connection_id
        set_expiry(session, isp.tenant_id, connection_id, NOON + DAY, reason="paid", actor=SYSTEM)
    assert page(isp, words="late").clients[0].state is ClientState.ACTIVE


def test_the_isp_comes_first_in_the_indexes_of_trigrams(admin: Connection) -> None:
    with admin.cursor() as cursor:
        cursor.execute(
            """SELECT indexrelid::regclass::text, attname FROM pg_index
                 JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
                WHERE indexrelid IN ('client_keys_by_text'::regclass,
                                     'connections_by_username'::regclass)"""
        )
        assert {first for _index, first in cursor.fetchall()} == {"tenant_id"}
