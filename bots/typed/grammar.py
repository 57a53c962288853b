"""A text as one command: what is meant, and of whom, how much, by which way. Pure; does nothing.

Each word is looked up; which meaning that is, is told by the first rule whose signs are all there.
What is in no table is whom it is about: a name in either script, a username or a phone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from billing.payments import PaymentMethod
from bots.typed.lexicon import CASH_OR_NAGAD, METHOD_OF, SIGNS, Sign

NEAREST = 3
PHONE_DIGITS = 10  # as many and more are a phone, not an amount
OVER = re.compile(r"(?<=\w)\s*(?:>=|>)\s*(?=\w)")
SPLIT = re.compile(r"[\s,;:?!।]+")
AMOUNT = re.compile(r"(?:৳|tk\.?)?(\d+(?:\.\d{1,2})?)(tk|taka|/-|/=|টাকা)?")
REF = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{3,64}")


class Meaning(StrEnum):
    """What can be meant; each opens one screen."""

    PAY = "pay"
    SUSPEND = "suspend"
    RESUME = "resume"
    KICK = "kick"
    WHY = "why"
    CARD = "card"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    LEDGER = "ledger"
    USE = "use"
    PASSWORD = "password"  # noqa: S105  # a screen, not one
    PROMISE = "promise"
    EXPIRY = "expiry"
    CHANGE = "change"
    MAKE_BILL = "make_bill"
    SUSPEND_MANY = "suspend_many"
    RESUME_MANY = "resume_many"
    NEW_CLIENT = "new_client"
    NEW_PACKAGE = "new_package"
    NEW_ROUTER = "new_router"
    NEW_STAFF = "new_staff"
    ENDING = "ending"
    OFFLINE = "offline"
    ONLINE = "online"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ACTIVE = "active"
    CLIENTS = "clients"
    PROBLEMS = "problems"
    ROUTERS = "routers"
    PACKAGES = "packages"
    ZONES = "zones"
    STAFF = "staff"
    RUNS = "runs"
    TAKINGS = "takings"
    HOME = "home"
    ME = "me"


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it was understood. `amount` as it stands; `days`: within so many, today is 1.

    `months`: what is owed is older than so many.
    """

    meaning: Meaning
    who: str = ""
    amount: str = ""
    method: PaymentMethod | None = None
    ref: str = ""
    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """`whom`: about a client (True), about nobody (False: it does not hold if somebody is named),
    or either (None).
    """

    meaning: Meaning
    signs: frozenset[Sign]
    whom: bool | None


def _rule(meaning: Meaning, *signs: Sign, whom: bool | None) -> Rule:
    return Rule(meaning, frozenset(signs), whom)


# In order: what says more stands before what says less.
RULES = (
    _rule(Meaning.NEW_CLIENT, Sign.NEW, Sign.CLIENT, whom=None),
    _rule(Meaning.NEW_PACKAGE, Sign.NEW, Sign.PACKAGE, whom=None),
    _rule(Meaning.NEW_ROUTER, Sign.NEW, Sign.ROUTER, whom=None),
    _rule(Meaning.NEW_STAFF, Sign.NEW, Sign.STAFF, whom=None),
    _rule(Meaning.CHANGE, Sign.CHANGE, whom=True),
    _rule(Meaning.WHY, Sign.WHY, whom=True),
    _rule(Meaning.SUSPEND_MANY, Sign.SUSPEND, Sign.ZONE, whom=None),
    _rule(Meaning.SUSPEND_MANY, Sign.SUSPEND, Sign.ALL, whom=None),
    _rule(Meaning.SUSPEND_MANY, Sign.SUSPEND, Sign.DUE, Sign.MONTH, whom=None),
    _rule(Meaning.RESUME_MANY, Sign.RESUME, Sign.ZONE, whom=None),
    _rule(Meaning.RESUME_MANY, Sign.RESUME, Sign.ALL, whom=None),
    _rule(Meaning.MAKE_BILL, Sign.MAKE, Sign.BILL, whom=True),
    _rule(Meaning.MAKE_BILL, Sign.MAKE, Sign.INVOICES, whom=True),
    _rule(Meaning.RUNS, Sign.MAKE, Sign.BILL, whom=False),
    _rule(Meaning.RUNS, Sign.MAKE, Sign.INVOICES, whom=False),
    _rule(Meaning.RUNS, Sign.BILL, Sign.ALL, whom=False),
    _rule(Meaning.RUNS, Sign.BILL, Sign.MONTH, whom=False),
    _rule(Meaning.SUSPEND, Sign.SUSPEND, whom=True),
    _rule(Meaning.RESUME, Sign.RESUME, whom=True),
    _rule(Meaning.KICK, Sign.KICK, whom=True),
    _rule(Meaning.PASSWORD, Sign.PASSWORD, whom=True),
    _rule(Meaning.PROMISE, Sign.PROMISE, whom=True),
    _rule(Meaning.CARD, Sign.EXPIRY, Sign.ENDS, whom=True),
    _rule(Meaning.EXPIRY, Sign.EXPIRY, whom=True),
    _rule(Meaning.PAYMENTS, Sign.PAYMENTS, whom=True),
    _rule(Meaning.LEDGER, Sign.LEDGER, whom=True),
    _rule(Meaning.INVOICES, Sign.INVOICES, whom=True),
    _rule(Meaning.USE, Sign.USE, whom=True),
    _rule(Meaning.ENDING, Sign.ENDS, whom=False),
    _rule(Meaning.ENDING, Sign.EXPIRY, whom=False),
    _rule(Meaning.OFFLINE, Sign.OFFLINE, whom=False),
    _rule(Meaning.ONLINE, Sign.ONLINE, whom=False),
    _rule(Meaning.CARD, Sign.DUE, whom=True),
    _rule(Meaning.CARD, Sign.BILL, whom=True),
    _rule(Meaning.CARD, Sign.SHOW, whom=True),
    _rule(Meaning.CARD, Sign.ONLINE, whom=True),
    _rule(Meaning.CARD, Sign.OFFLINE, whom=True),
    _rule(Meaning.CARD, Sign.ENDS, whom=True),
    _rule(Meaning.SUSPENDED, Sign.SUSPENDED, whom=False),
    _rule(Meaning.SUSPENDED, Sign.SUSPEND, Sign.CLIENT, whom=False),
    _rule(Meaning.EXPIRED, Sign.EXPIRED, whom=False),
    _rule(Meaning.ACTIVE, Sign.ACTIVE, whom=False),
    _rule(Meaning.TAKINGS, Sign.TAKINGS, whom=False),
    _rule(Meaning.TAKINGS, Sign.PAYMENTS, Sign.TODAY, whom=False),
    _rule(Meaning.PROBLEMS, Sign.PROBLEM, whom=None),
    _rule(Meaning.ROUTERS, Sign.ROUTER, whom=False),
    _rule(Meaning.PACKAGES, Sign.PACKAGE, whom=False),
    _rule(Meaning.STAFF, Sign.STAFF, whom=False),
    _rule(Meaning.ZONES, Sign.ZONE, whom=False),
    _rule(Meaning.CLIENTS, Sign.CLIENT, whom=False),
    _rule(Meaning.CARD, Sign.CLIENT, whom=True),
    _rule(Meaning.RUNS, Sign.BILL, whom=False),
    _rule(Meaning.HOME, Sign.HOME, whom=False),
    _rule(Meaning.ME, Sign.ME, whom=False),
)


PAYS = _rule(Meaning.PAY, Sign.PAY, whom=True)


@dataclass(slots=True)
class Words:
    """The words of a text, sorted by what they tell."""

    signs: dict[Sign, int]  # with the number that stands before, or 0
    who: list[str]
    numbers: list[str]
    method: PaymentMethod | None = None
    wallet_or_cash: bool = False
    refs: tuple[str, ...] = ()


def read(text: str) -> Said | None:
    """What is meant; None where no word is a command's, so that it is somebody to be found."""
    words = _sorted(tokens(text))
    if _is_payment(words):
        return _payment(words)
    if not words.signs.keys() - {Sign.FILLER, Sign.MONEY, Sign.METHOD}:
        return None
    who = " ".join([*words.who, *words.refs, *words.numbers])
    rule = next((one for one in RULES if _holds(one, words, who)), None)
    if rule is None:
        return None
    if rule.meaning in {Meaning.PROMISE, Meaning.SUSPEND_MANY}:
        who = " ".join([*words.who, *words.refs]) or who
    months = words.signs.get(Sign.MONTH, 0)
    return Said(rule.meaning, who, days=_days(words), months=months)


def tokens(text: str) -> list[str]:
    """Lower case, digits of any script as 0 to 9, without marks that end sentences."""
    plain = unicodedata.normalize("NFC", OVER.sub(" ", text.strip().lower()))
    plain = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in plain)
    bare = (word.strip("\"'()[].").removesuffix("'s") for word in SPLIT.split(plain))
    return [word for word in bare if word]


def _sorted(given: list[str]) -> Words:
    words = Words({}, [], [])
    number = ""
    for word in given:
        sign = SIGNS.get(word)
        amount = AMOUNT.fullmatch(word)
        if word in METHOD_OF or word in CASH_OR_NAGAD:
            words.method = METHOD_OF.get(word)
            words.wallet_or_cash = word in CASH_OR_NAGAD
            words.signs[Sign.METHOD] = 0
        elif amount and len(amount[1]) < PHONE_DIGITS:
            words.numbers.append(amount[1])
            if amount[2] or not word[0].isdigit():
                words.signs[Sign.MONEY] = 0
        elif sign in {Sign.MONTH, Sign.DAY, Sign.WEEK} and number:
            words.signs[sign] = int(float(words.numbers.pop()))
        elif sign:
            words.signs.setdefault(sign, 0)
        elif REF.fullmatch(word) and words.numbers and Sign.METHOD in words.signs:
            words.refs = (*words.refs, word)
        else:
            words.who.append(word)
        number = amount[1] if amount else ""
    return words


def _holds(rule: Rule, words: Words, who: str) -> bool:
    return rule.signs <= words.signs.keys() and (rule.whom is None or rule.whom is bool(who))


PAID_BY = frozenset((Sign.PAY, Sign.METHOD, Sign.MONEY, Sign.PAYMENTS))
NOT_WHILE_PAYING = frozenset((Sign.MAKE, Sign.NEW, Sign.SUSPEND, Sign.CHANGE, Sign.WHY))


def _is_payment(words: Words) -> bool:
    """Somebody and an amount with a word of money; or somebody who is said to pay."""
    if words.signs.keys() & NOT_WHILE_PAYING:
        return False
    somebody = bool(words.who) or len(words.numbers) > 1
    if words.numbers and somebody:
        return bool(words.signs.keys() & PAID_BY)
    return Sign.PAY in words.signs and bool(somebody or words.numbers)


def _payment(words: Words) -> Said:
    """Of two numbers the first is the client's, where no name is given."""
    numbers = list(words.numbers)
    who = list(words.who) or [numbers.pop(0)]
    method = words.method
    if words.wallet_or_cash:
        method = PaymentMethod.NAGAD if words.refs or len(numbers) > 1 else PaymentMethod.CASH
    ref = words.refs[0] if words.refs else (numbers[1] if len(numbers) > 1 else "")
    amount = numbers[0] if numbers else ""
    return Said(Meaning.PAY, " ".join(who), amount, method, ref.upper())


def _days(words: Words) -> int:
    signs = words.signs
    if Sign.TOMORROW in signs:
        return 2
    if Sign.WEEK in signs:
        return 7 * max(1, signs[Sign.WEEK])
    return signs.get(Sign.DAY, 0) or (1 if Sign.TODAY in signs else 0)


def nearest(text: str) -> tuple[tuple[Meaning, str], ...]:
    """The three meanings whose words are most like those of the text, and the text corrected so.

    Of each meaning the word that is nearest to any of the text's takes that one's place.
    """
    given = tokens(text)
    likely: dict[Meaning, tuple[float, str]] = {}
    for word, sign in SIGNS.items():
        rule = next((one for one in (*RULES, PAYS) if one.signs == {sign}), None)
        if rule is None:
            continue
        for place, said in enumerate(given):
            score = fuzz.ratio(word, said)
            if score > likely.get(rule.meaning, (0.0, ""))[0]:
                corrected = " ".join([*given[:place], word, *given[place + 1 :]])
                likely[rule.meaning] = score, corrected
    best = sorted(likely.items(), key=lambda one: -one[1][0])[:NEAREST]
    return tuple((meaning, corrected) for meaning, (_score, corrected) in best)
