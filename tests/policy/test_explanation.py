"""An explanation says the verdict, the chain, until when, and what would change it."""

from __future__ import annotations

from dataclasses import fields, replace
from string import Formatter

import pytest
from hypothesis import given

from policy.access import Verdict, decide_access
from policy.chain import WITNESSES
from policy.explanation import explain, headline
from policy.facts import (
    AccessRequest,
    FairUseStep,
    MacMode,
    ProfileKind,
    QuotaAction,
    Reason,
    SpeedWindow,
    Status,
)
from policy.remedies import remedies
from policy.rules import RULES
from policy.words import WORDS, Words
from tests.policy.cases import (
    DAY,
    FACTS,
    FRIDAY,
    GARDEN,
    GARDENS,
    GB,
    HOUR,
    MAC,
    MORNING,
    NIGHT,
    NOW,
    OTHER_MAC,
    SLOW,
    at,
    decide,
    facts,
    on,
)
from tests.policy.strategies import situations

REPLY_MESSAGE_BYTES = 253  # RFC 2865, 5.18: one attribute

OWING = {"due_on": on("2025-11-18"), "due_minor": 125_050}
ENDED = on("2025-11-01")
LIMIT = {"data_limit_bytes": 50 * GB}
USED_UP = {"used_bytes": 60 * GB, "cycle_until": at("2025-12-01T00:00")}

CASES = {
    Reason.CURRENT: facts(),
    Reason.GRACE: facts(connection=OWING, profile={"grace_days": 3}),
    Reason.PROMISE: facts(connection={**OWING, "promised_until": NOW + HOUR}),
    Reason.NO_CUT_DAY: facts(
        connection={**OWING, "due_on": on("2025-11-18")},
        isp={"no_cut_weekdays": frozenset({3, 4, FRIDAY})},
    ),
    Reason.VIP: facts(connection={"vip": True}),
    Reason.FREE: facts(profile={"kind": ProfileKind.FREE}),
    Reason.THROTTLED: facts(connection=USED_UP, package=LIMIT),
    Reason.UNKNOWN: None,
    Reason.INACTIVE: facts(connection={"connection_status": Status.INACTIVE}),
    Reason.WRONG_DEVICE: facts(connection={"mac_mode": MacMode.LEARN, "macs": (OTHER_MAC,)}),
    Reason.SUSPENDED: facts(connection={"client_status": Status.SUSPENDED}),
    Reason.DUES: facts(connection={**OWING, "due_on": ENDED}),
    Reason.EXPIRED: facts(
        connection={"expires_at": NOW - DAY}, profile={"kind": ProfileKind.DAILY}
    ),
    Reason.QUOTA: facts(connection=USED_UP, package={**LIMIT, "quota_action": QuotaAction.BLOCK}),
    Reason.SESSION_LIMIT: facts(connection={"session_limit": 2}),
}
REQUEST = AccessRequest(mac=MAC, other_sessions=2)

HEADLINES = {
    Reason.CURRENT: ("Access is on: nothing is overdue.", "সংযোগ চালু: কোনো বকেয়া নেই।"),
    Reason.GRACE: (
        "Access is on: ৳1,250.50 is overdue, with grace until 22 November 2025, 00:00.",
        "সংযোগ চালু: ৳১,২৫০.৫০ বকেয়া, পরিশোধের সময় আছে ২২ নভেম্বর ২০২৫, ০০:০০ পর্যন্ত।",
    ),
    Reason.PROMISE: (
        "Access is on: ৳1,250.50 is overdue, but promised by 19 November 2025, 13:00.",
        "সংযোগ চালু: ৳১,২৫০.৫০ বকেয়া, পরিশোধের কথা আছে ১৯ নভেম্বর ২০২৫, ১৩:০০ এর মধ্যে।",
    ),
    Reason.NO_CUT_DAY: (
        "Access is on: ৳1,250.50 is overdue, but nobody is cut off today.",
        "সংযোগ চালু: ৳১,২৫০.৫০ বকেয়া, তবে আজ কারও সংযোগ বন্ধ করা হয় না।",
    ),
    Reason.VIP: ("Access is on: this is a VIP connection.", "সংযোগ চালু: এটি ভিআইপি সংযোগ।"),
    Reason.FREE: ("Access is on: this is a free connection.", "সংযোগ চালু: এটি ফ্রি সংযোগ।"),
    Reason.THROTTLED: (
        "Access is on: the data limit is used up, so the speed is lower.",
        "সংযোগ চালু: ডেটার সীমা শেষ, তাই গতি কম।",
    ),
    Reason.UNKNOWN: (
        "Access is off: nobody has this username.",
        "সংযোগ বন্ধ: এই ইউজারনেম কারও নেই।",
    ),
    Reason.INACTIVE: (
        "Access is off: the connection is closed.",
        "সংযোগ বন্ধ: সংযোগটি নিষ্ক্রিয় করা আছে।",
    ),
    Reason.WRONG_DEVICE: (
        "Access is off: this device is not bound to the connection.",
        "সংযোগ বন্ধ: এই ডিভাইস এই সংযোগের জন্য নিবন্ধিত নয়।",
    ),
    Reason.SUSPENDED: (
        "Access is off: the operator has suspended it.",
        "সংযোগ বন্ধ: অপারেটর সংযোগটি স্থগিত রেখেছেন।",
    ),
    Reason.DUES: (
        "Access is off: ৳1,250.50 is overdue since 1 November 2025.",
        "সংযোগ বন্ধ: ৳১,২৫০.৫০ বকেয়া, পরিশোধের শেষ তারিখ ছিল ১ নভেম্বর ২০২৫।",
    ),
    Reason.EXPIRED: (
        "Access is off: the validity ended on 18 November 2025, 12:00.",
        "সংযোগ বন্ধ: মেয়াদ শেষ হয়েছে ১৮ নভেম্বর ২০২৫, ১২:০০।",
    ),
    Reason.QUOTA: (
        "Access is off: the data limit is used up.",
        "সংযোগ বন্ধ: ডেটার সীমা শেষ।",
    ),
    Reason.SESSION_LIMIT: (
        "Access is off: at most 2 may be online at once.",
        "সংযোগ বন্ধ: একসঙ্গে সর্বোচ্চ ২টি সংযোগ চালানো যায়।",
    ),
}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_headline_in_both_languages(reason):
    decision = decide(CASES[reason], request=REQUEST)
    assert decision.reason is reason
    assert (headline(decision, "en"), headline(decision, "bn")) == HEADLINES[reason]


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("reason", Reason)
def test_an_explanation_begins_with_the_headline_and_shows_the_whole_chain(reason, language):
    decision = decide(CASES[reason], request=REQUEST)
    lines = explain(decision, language).splitlines()
    assert lines[0] == headline(decision, language)
    chain = lines[2 : 2 + len(decision.chain)]
    for line, check in zip(chain, decision.chain, strict=True):
        assert line[0] in "✓•✗→"
        assert line[2:].startswith(WORDS[language].rules[check.rule])
    refused = [line for line in chain if line.startswith("✗")]
    assert len(refused) == (decision.verdict is not Verdict.ACCEPT)


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (CASES[Reason.DUES], ["Pay ৳1,250.50, or record a promise to pay."]),
        (
            facts(CASES[Reason.DUES], connection={"client_status": Status.SUSPENDED}),
            ["1. Lift the suspension.", "2. Pay ৳1,250.50, or record a promise to pay."],
        ),
        (
            CASES[Reason.QUOTA],
            [
                "Add data or choose a larger package; a new cycle: 1 December 2025, 00:00.",
                "Or wait until 1 December 2025, 00:00.",
            ],
        ),
        (
            CASES[Reason.GRACE],
            ["Pay ৳1,250.50; unpaid, access ends on 22 November 2025, 00:00."],
        ),
        (
            facts(connection={"due_on": on("2025-11-30"), "due_minor": 100}),
            ["Pay ৳1; unpaid, access ends on 1 December 2025, 00:00."],
        ),
        (
            facts(connection=OWING, isp={"no_cut_weekdays": frozenset(range(1, 8))}),
            ["Nothing needs to be done for access; ৳1,250.50 is still to be paid."],
        ),
        (
            facts(connection=OWING, profile={"auto_suspend": False}),
            ["Nothing needs to be done for access; ৳1,250.50 is still to be paid."],
        ),
        (
            facts(connection={"expires_at": NOW + DAY}, profile={"kind": ProfileKind.DAILY}),
            ["Extend the validity before 20 November 2025, 12:00, when access ends."],
        ),
        (
            facts(connection={"mac_mode": MacMode.LEARN, "macs": (OTHER_MAC,)}),
            ["Reset the device; the next one to log in is then kept."],
        ),
        (
            facts(connection={"mac_mode": MacMode.ENFORCE}),
            ["Bind the device AA:BB:CC:DD:EE:FF to the connection."],
        ),
        (
            facts(connection=USED_UP, package={"fair_use": (FairUseStep(GB, SLOW),)}),
            [
                "Nothing needs to be done.",
                "Full speed: more data, a larger package, or a new cycle (1 December 2025, 00:00).",
            ],
        ),
        (facts(), ["Nothing needs to be done."]),
        (None, ["Check how the username is written, or create the connection."]),
    ],
)
def test_the_last_lines_say_what_would_change_it(case, told):
    lines = explain(decide(case, request=AccessRequest(mac=MAC)), "en").splitlines()
    assert lines[lines.index("What would change it:") + 1 :] == told


def test_nobody_is_told_to_wait_for_another_refusal():
    case = facts(CASES[Reason.QUOTA], connection=OWING, profile={"grace_days": 3})
    assert decide(case).reason is Reason.QUOTA
    assert decide(case).changes_at == at("2025-11-22T00:00")
    assert "Or wait" not in explain(decide(case), "en")


def test_a_device_that_the_router_does_not_send_cannot_be_bound():
    decision = decide(facts(connection={"mac_mode": MacMode.ENFORCE}))
    assert "Let the router send the device's address" in explain(decision, "en")


def test_what_was_never_paid_for_is_not_called_ended():
    decision = decide(facts(profile={"kind": ProfileKind.DAILY}))
    assert headline(decision, "en") == "Access is off: nothing has been paid for yet."
    assert headline(decision, "bn") == "সংযোগ বন্ধ: এখনো কোনো মেয়াদ কেনা হয়নি।"


@pytest.mark.parametrize(
    ("case", "now", "told"),
    [
        (facts(), NOW, ["The clock alone does not change this."]),
        (
            facts(CASES[Reason.GRACE], isp={"restrictions": {Reason.DUES: GARDEN}}),
            NOW,
            [
                "Until 22 November 2025, 00:00, if nothing else changes.",
                "Then: Access is restricted: ৳1,250.50 is overdue since 18 November 2025.",
            ],
        ),
        (
            facts(package={"speed_windows": (SpeedWindow(MORNING, SLOW),)}),
            NOW,
            [
                "Until 20 November 2025, 08:00, if nothing else changes.",
                "Then the speed is 1 Mbps down, 512 kbps up.",
            ],
        ),
        (
            facts(CASES[Reason.QUOTA], package={"uncounted_windows": (NIGHT,)}),
            NOW,
            [
                "Until 19 November 2025, 23:00, if nothing else changes.",
                "Then: Access is on: nothing is overdue.",
            ],
        ),
    ],
)
def test_an_explanation_says_until_when_and_what_comes_then(case, now, told):
    lines = explain(decide(case, now), "en").splitlines()
    assert [line for line in lines if line.startswith(("The clock", "Until", "Then"))] == told


def test_a_walled_client_is_told_so():
    decision = decide(facts(CASES[Reason.DUES], isp={"restrictions": GARDENS}))
    assert headline(decision, "bn").startswith("সংযোগ সীমিত: ৳১,২৫০.৫০ বকেয়া")
    assert "→ What happens then: access: walled garden, download: 256 kbps" in explain(
        decision, "en"
    )


def test_the_chain_reads_like_a_checklist():
    lines = explain(decide(CASES[Reason.GRACE]), "en").splitlines()
    assert lines[2:12] == [
        "✓ Username: known: yes",
        "✓ Open or closed: connection: active, client: active",
        "✓ Device: binding: any device",
        "✓ VIP or free: VIP: no, billing: monthly",
        "✓ Suspended by hand: connection: active, client: active",
        (
            "• Dues: oldest unpaid bill due: 18 November 2025, unpaid: ৳1,250.50, "
            "days of grace: 3, promised by: none, cut from: 22 November 2025, 00:00"
        ),
        "✓ Validity: billing: monthly",
        "✓ Data limit: limit: none",
        "✓ Online at once: other sessions: 0, allowed: any number",
        "→ Speed: set by: the package, download: 20 Mbps, upload: 10 Mbps",
    ]


def test_a_language_without_words_is_told_in_english():
    decision = decide(FACTS)
    assert explain(decision, "fr") == explain(decision, "en")


def keys_of(words: Words) -> dict[str, object]:
    """Every key of every table, and the figures that each template names."""
    tables = {f.name: getattr(words, f.name) for f in fields(words)}
    templates = {}
    for name, table in tables.items():
        if isinstance(table, str):
            templates[name] = named_in(table)
        elif hasattr(table, "items"):
            templates[name] = {
                key: named_in(text) if isinstance(text, str) else set(text)
                for key, text in table.items()
            }
    return templates


def named_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_both_languages_have_the_same_words_and_name_the_same_figures():
    assert keys_of(WORDS["bn"]) == keys_of(WORDS["en"])
    assert len(WORDS["bn"].months) == len(WORDS["en"].months) == 12


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_reason_rule_and_verdict_has_words(words):
    assert set(Reason) <= set(words.headlines)
    assert set(Reason) <= set(words.remedies)
    assert set(words.verdicts) == set(Verdict)
    rules = {rule.__name__ for rule in RULES} | {"known", "restriction", "speed"}
    assert set(words.rules) == rules
    assert set(WITNESSES) == set(RULES)


@pytest.mark.parametrize("language", WORDS)
@given(situation=situations())
def test_any_decision_is_explained_and_fits_a_reply_message(language, situation):
    case, request, now = situation
    decision = decide_access(case, request, now)
    text = explain(decision, language)
    assert text.splitlines()[0] == headline(decision, language)
    assert "{" not in text
    assert "none" not in text or language == "en"
    assert "None" not in text
    assert "rahim" not in text
    assert len(headline(decision, language).encode()) <= REPLY_MESSAGE_BYTES


@given(situations())
def test_the_remedies_together_bring_access(situation):
    case, request, now = situation
    decision = decide_access(case, request, now)
    ways = remedies(decision)
    assert (ways == ()) == (decision.verdict is Verdict.ACCEPT)
    assert [way.reason for way in ways] == sorted(
        {way.reason for way in ways}, key=list(Reason).index
    )
    assert all(way.verdict is not Verdict.ACCEPT for way in ways)


def test_one_cure_at_a_time_shows_what_stands_behind():
    case = facts(
        connection={**OWING, **USED_UP, "due_on": ENDED, "session_limit": 1},
        package={**LIMIT, "quota_action": QuotaAction.BLOCK},
    )
    ways = remedies(decide(case, request=replace(REQUEST, other_sessions=1)))
    assert [way.reason for way in ways] == [Reason.DUES, Reason.QUOTA, Reason.SESSION_LIMIT]
