"""Typed commands: what is meant by what people type, and that the filled screen is all they get."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.payments import Payment, PaymentMethod, payments_of
from bots.screens.typed import OPENS, PLACES
from bots.typed.grammar import RULES, Meaning, Said, nearest, read
from bots.typed.lexicon import METHODS, WORDS
from policy.facts import ClientId
from tenancy.roles import Role
from tests.bots.conftest import NewMember, hears, shows
from tests.fixtures.isps import World

TABLE = Path(__file__).with_name("utterances.txt")


def table() -> Iterator[tuple[str, Said]]:
    wanted = None
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            meaning, *pairs = line.strip("[]").split()
            wanted = as_said(meaning, dict(pair.split("=") for pair in pairs))
        elif line and not line.startswith("#"):
            assert wanted, "a heading stands first"
            yield line, wanted


def as_said(meaning: str, told: dict[str, str]) -> Said:
    return Said(
        Meaning(meaning),
        told.get("who", ""),
        told.get("amount", ""),
        PaymentMethod(told["method"]) if "method" in told else None,
        told.get("ref", ""),
        int(told.get("days", 0)),
        int(told.get("months", 0)),
    )


UTTERANCES = tuple(table())


@pytest.mark.parametrize(("text", "wanted"), UTTERANCES, ids=[text for text, _ in UTTERANCES])
def test_what_is_typed_means_what_is_wanted(text: str, wanted: Said) -> None:
    assert read(text) == wanted


def test_the_table_holds_three_hundred_texts_of_all_meanings() -> None:
    texts = [text for text, _ in UTTERANCES]
    assert len(texts) == len(set(texts)) >= 300
    assert {said.meaning for _, said in UTTERANCES} == set(Meaning)


def test_a_word_means_one_thing() -> None:
    given = [*WORDS.values(), *METHODS.values()]
    words = [word for one in given for word in unicodedata.normalize("NFC", one).split()]
    assert sorted(words) == sorted(set(words))


def test_each_meaning_has_a_rule_and_a_screen() -> None:
    assert {rule.meaning for rule in RULES} | {Meaning.PAY} == set(Meaning) == set(OPENS)
    assert {opening.route for opening in OPENS.values()} <= set(PLACES)


@pytest.mark.parametrize(
    "text",
    [
        "rahim",
        "Rahim Uddin",
        "রহিম উদ্দিন",
        "01711000001",
        "1042",
        "rahim.home",
        "দিন ইসলাম",
        "xyzzy",
    ],
)
def test_a_name_a_phone_and_a_number_are_no_commands(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text", ["", " ", "।।", "💸", "/", "'", "% ; --", "৳", "0" * 256, "x" * 256]
)
def test_what_is_no_words_at_all_breaks_nothing(text: str) -> None:
    assert read(text) is None
    nearest(text)


@pytest.mark.parametrize(
    ("text", "meaning", "corrected"),
    [
        ("suspendd rahim", Meaning.SUSPEND, "suspend rahim"),
        ("pasword karim", Meaning.PASSWORD, "password karim"),
        ("chaluu rahim", Meaning.RESUME, "chalu rahim"),
        ("বন্দ রহিম", Meaning.SUSPEND, "বন্ধ রহিম"),
        ("ofline", Meaning.OFFLINE, "offline"),
    ],
)
def test_three_nearest_meanings_are_offered(text: str, meaning: Meaning, corrected: str) -> None:
    near = nearest(text)
    assert len(near) == 3
    assert (meaning, corrected) in near
    assert meaning is getattr(read(corrected), "meaning", None)


def payments(isp: World, client_id: ClientId) -> tuple[Payment, ...]:
    with isp.transaction() as session:
        return payments_of(session, isp.tenant_id, client_id, limit=9)


async def test_a_typed_payment_opens_the_filled_screen_and_takes_nothing(
    join: NewMember, isp: World
) -> None:
    client = isp.client("Rahim Uddin", phone="01711000001")
    isp.connection("rahim", client_id=client.client_id)
    me = await join(Role.OWNER)
    shown = await hears(me.chat, "rahim 800 taka cash", "Rahim Uddin")
    assert "800" in shown.text
    assert payments(isp, client.client_id) == ()
    await me.chat.taps("800", on=shown)
    await shows(me.chat, "audit no.")
    assert [one.amount_minor for one in payments(isp, client.client_id)] == [80_000]


async def test_a_wallet_without_a_good_transaction_is_asked_for_it(
    join: NewMember, isp: World
) -> None:
    client = isp.client("Rahim Uddin")
    isp.connection("rahim", client_id=client.client_id)
    me = await join(Role.OWNER)
    shown = await hears(me.chat, "pay rahim 800 bkash 8KX2AB", "8KX2AB")
    assert "bKash" in shown.text
    await hears(me.chat, "pay rahim 800 bkash TX9", "transaction")


async def test_of_several_rahims_one_is_chosen_for_what_was_meant(
    join: NewMember, isp: World
) -> None:
    for number, name in enumerate(("Rahim Uddin", "Rahim Mia")):
        client = isp.client(name)
        isp.connection(f"user{number}", client_id=client.client_id)
    me = await join(Role.OWNER)
    which = await hears(me.chat, "rahim bondho koro", "Which one?")
    await me.chat.taps("Rahim Mia", on=which)
    await shows(me.chat, "Suspend Rahim Mia")


async def test_a_bangla_ending_does_not_hide_a_name(join: NewMember, isp: World) -> None:
    client = isp.client("Rahim Uddin", name_bn="রহিম উদ্দিন")
    isp.connection("rahim", client_id=client.client_id)
    me = await join(Role.OWNER, language="bn")
    await hears(me.chat, "রহিমের লাইন বন্ধ করো", "রহিম উদ্দিন")


async def test_unknown_words_get_the_three_nearest_meanings(join: NewMember, isp: World) -> None:
    client = isp.client("Karim")
    isp.connection("karim", client_id=client.client_id)
    me = await join(Role.OWNER)
    near = await hears(me.chat, "ofline", "Did you mean")
    assert len(near.buttons) == 4
    await me.chat.taps("Who is offline", on=near)
    await shows(me.chat, "Offline")
    assert "karim" in (await me.chat.screen()).last.buttons[0]


async def test_who_may_not_suspend_is_refused_by_words_as_well(join: NewMember, isp: World) -> None:
    client = isp.client("Rahim Uddin")
    isp.connection("rahim", client_id=client.client_id)
    me = await join(Role.RECHARGE_AGENT)
    await hears(me.chat, "suspend rahim", "may not")


async def test_a_command_after_a_search_is_a_command(join: NewMember, isp: World) -> None:
    client = isp.client("Rahim Uddin")
    isp.connection("rahim", client_id=client.client_id)
    me = await join(Role.OWNER)
    await hears(me.chat, "rahim", "Rahim Uddin")
    await hears(me.chat, "suspend rahim", "Suspend Rahim Uddin")
