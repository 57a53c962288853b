"""Tells a decision to people, in Bangla or English: why, what was asked, and what would change it.

It is made from a Decision alone, and facts hold no secret, so none can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from policy import figures
from policy.access import decide_access
from policy.decision import Decision, Verdict
from policy.facts import Facts, IspFacts, MacMode, ProfileKind, Reason
from policy.money import Money
from policy.remedies import remedies
from policy.rules import sessions_allowed
from policy.speeds import Source
from policy.standing import dues_at
from policy.words import Words, words_for

PASSED, NOTED, REFUSED, FOLLOWS = "✓", "•", "✗", "→"

_OUTCOMES: Final = frozenset({"restriction", "speed"})  # checks that tell what follows
_OWING: Final = frozenset({Reason.CURRENT, Reason.GRACE, Reason.PROMISE, Reason.NO_CUT_DAY})


def headline(decision: Decision, language: str, words: Words | None = None) -> str:
    """One sentence: the verdict and why. `language` is "bn" or "en"; any other is English.

    `words`: that language with figures written otherwise than usual.
    """
    words = words or words_for(language)
    return words.sentence.format(
        verdict=words.verdicts[decision.verdict],
        reason=words.headlines[_headline_case(decision)].format_map(_figures(decision, words)),
    )


def explain(decision: Decision, language: str, words: Words | None = None) -> str:
    """Several lines: the headline, each rule and what it saw, until when, what would change it.

    Dates and times are on the ISP's clock.
    """
    words = words or words_for(language)
    lines = [headline(decision, language, words), "", *_chain_lines(decision, words), ""]
    lines += _until_lines(decision, language, words)
    lines += ["", words.to_change, *_remedy_lines(decision, words)]
    return "\n".join(lines)


def _headline_case(decision: Decision) -> str:
    """Which headline: the reason, or a closer case of it."""
    facts = decision.facts
    if facts is None:
        return decision.reason
    if decision.reason is Reason.EXPIRED and facts.connection.expires_at is None:
        return "expired_unpaid"
    if decision.reason is not Reason.CURRENT:
        return decision.reason
    if facts.connection.due_on is not None:
        return "current_due" if _cut_at(decision) else "current_unenforced"
    return "current_valid" if facts.profile.kind is ProfileKind.DAILY else "current"


def _remedy_case(decision: Decision) -> str:
    """Which remedy: the reason, or a closer case of it."""
    facts = decision.facts
    if facts is None:
        return decision.reason
    if decision.reason is Reason.WRONG_DEVICE:
        if decision.request.mac is None:
            return "wrong_device_unseen"
        learns = facts.connection.mac_mode is MacMode.LEARN
        return "wrong_device" if learns else "wrong_device_enforced"
    if decision.reason in _OWING and facts.connection.due_on and _cut_at(decision) is None:
        return "current_unenforced"
    return _headline_case(decision) if decision.reason is Reason.CURRENT else decision.reason


def _cut_at(decision: Decision) -> datetime | None:
    owed = dues_at(decision.facts, decision.now) if decision.facts else None
    return owed.cut_at if owed else None


def _figures(decision: Decision, words: Words) -> dict[str, str]:
    """What the templates name in braces."""
    facts, now = decision.facts, decision.now
    if facts is None:
        return {}
    connection = facts.connection
    owed = dues_at(facts, now)

    def told(instant: datetime | None) -> str:
        return figures.moment(instant, facts.isp.zone, words) if instant else words.never

    mac = decision.request.mac
    return {
        "amount": figures.amount(Money(connection.due_minor, facts.isp.currency), words),
        "due_on": figures.day(connection.due_on, words) if connection.due_on else words.never,
        "phase_until": told(owed.phase_until if owed else None),
        "cut_at": told(owed.cut_at if owed else None),
        "expires_at": told(connection.expires_at),
        "cycle_until": told(connection.cycle_until),
        "session_limit": figures.digits(str(sessions_allowed(facts)), words),
        "mac": figures.device(mac) if mac else words.answers["none"],
    }


def _chain_lines(decision: Decision, words: Words) -> list[str]:
    chain = decision.chain
    asked = [check for check in chain if check.rule not in _OUTCOMES]
    lines = []
    for check in chain:
        if check.rule in _OUTCOMES:
            mark = FOLLOWS
        elif check is asked[-1] and decision.verdict is not Verdict.ACCEPT:
            mark = REFUSED
        else:
            mark = NOTED if check.matched else PASSED
        saw = ", ".join(_seen(name, value, decision, words) for name, value in check.saw)
        lines.append(f"{mark} {words.rules[check.rule]}: {saw}")
    return lines


def _seen(name: str, value: str, decision: Decision, words: Words) -> str:
    return f"{words.keys[name]}: {_shown(name, value, decision.facts, words)}"


def _shown(name: str, value: str, facts: Facts | None, words: Words) -> str:
    """A value of the chain as people write it; its name says by its ending what it is."""
    word = words.values.get(name, {}).get(value) or words.answers.get(value)
    if word is not None or facts is None:
        return word or value
    write = _WRITERS.get(name.rpartition("_")[2], _digits)
    return write(value, facts.isp, words)


def _digits(value: str, _isp: IspFacts, words: Words) -> str:
    return figures.digits(value, words)


def _day(value: str, _isp: IspFacts, words: Words) -> str:
    return figures.day(date.fromisoformat(value), words)


def _moment(value: str, isp: IspFacts, words: Words) -> str:
    return figures.moment(datetime.fromisoformat(value), isp.zone, words)


def _amount(value: str, isp: IspFacts, words: Words) -> str:
    return figures.amount(Money(int(value), isp.currency), words)


def _volume(value: str, _isp: IspFacts, words: Words) -> str:
    return figures.volume(int(value), words)


def _speed(value: str, _isp: IspFacts, words: Words) -> str:
    return figures.speed(int(value), words)


def _devices(value: str, _isp: IspFacts, _words: Words) -> str:
    return " ".join(figures.device(mac) for mac in value.split())


_WRITERS: Final[Mapping[str, Callable[[str, IspFacts, Words], str]]] = {
    "on": _day,
    "at": _moment,
    "until": _moment,
    "minor": _amount,
    "bytes": _volume,
    "kbps": _speed,
    "mac": _devices,
    "macs": _devices,
}


def _until_lines(decision: Decision, language: str, words: Words) -> list[str]:
    facts, changes_at = decision.facts, decision.changes_at
    if facts is None or changes_at is None:
        return [words.holds]
    until = figures.moment(changes_at, facts.isp.zone, words)
    lines = [words.holds_until.format(until=until)]
    after = decide_access(facts, decision.request, changes_at)
    told = headline(after, language, words)
    if told != headline(decision, language, words):
        lines.append(words.then.format(headline=told))
    elif after.reply is not None:
        down, up = after.reply.speed.down_kbps, after.reply.speed.up_kbps
        down_text, up_text = figures.speed(down, words), figures.speed(up, words)
        lines.append(words.then_speed.format(down=down_text, up=up_text))
    return lines


def _remedy_lines(decision: Decision, words: Words) -> list[str]:
    ways = remedies(decision) or (decision,)
    lines = [words.remedies[_remedy_case(way)].format_map(_figures(way, words)) for way in ways]
    if len(lines) > 1:  # each is needed, in this order
        lines = [f"{figures.digits(str(n), words)}. {line}" for n, line in enumerate(lines, 1)]
    if decision.verdict is Verdict.ACCEPT:
        if ("speed_source", Source.FAIR_USE) in decision.chain[-1].saw:
            lines.append(words.remedies["throttled"].format_map(_figures(decision, words)))
    elif decision.facts is not None and decision.changes_at is not None:
        after = decide_access(decision.facts, decision.request, decision.changes_at)
        if after.verdict is Verdict.ACCEPT:
            until = figures.moment(decision.changes_at, decision.facts.isp.zone, words)
            lines.append(words.wait.format(until=until))
    return lines
