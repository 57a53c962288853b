"""How what is typed becomes a value, or is refused with what to type instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Any

import phonenumbers
from sqlalchemy.orm import Session

from billing.connections import find_connection
from bots.amounts import read_amount
from bots.callers import Caller
from bots.drafts import Answers
from bots.forms.form import Choice, NotAccepted, Reads, Value
from tenancy.isps import local_date

REGION = "BD"  # of a phone that is written without its country
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,60}")
NID_DIGITS = (10, 13, 17)  # services.nidw.gov.bd: the smart card's, and the former ones'
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._-]{0,62}")
DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
YEARS_AHEAD = 10


def plain(text: str) -> str:
    """One line, NFC, digits of any script as ASCII."""
    joined = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in joined)


def words_of(at_most: int) -> Reads:
    """Any words; digits stay as they are written."""

    def read(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
        said = unicodedata.normalize("NFC", " ".join(text.split()))
        if not 0 < len(said) <= at_most:
            raise NotAccepted("field-words", most=at_most)
        return said

    return read


def phone(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
    """Any way a phone is written, as +8801711000001."""
    try:
        number = phonenumbers.parse(plain(text), REGION)
    except phonenumbers.NumberParseException:
        raise NotAccepted("field-phone-wrong") from None
    if not phonenumbers.is_valid_number(number):
        raise NotAccepted("field-phone-wrong")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
    said = text.strip()
    if not EMAIL.fullmatch(said):
        raise NotAccepted("field-email-wrong")
    return said


def nid(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
    digits = re.sub(r"[\s-]", "", plain(text))
    if not digits.isdigit() or len(digits) not in NID_DIGITS:
        raise NotAccepted("field-nid-wrong")
    return digits


def new_username(session: Session, caller: Caller, _answers: Answers, text: str) -> Value:
    """One that nobody of the ISP has."""
    said = plain(text)
    if not USERNAME.fullmatch(said):
        raise NotAccepted("field-username-wrong")
    if find_connection(session, caller.tenant_id, said) is not None:
        raise NotAccepted("field-username-taken", username=said)
    return said


def secret_of(at_least: int, at_most: int) -> Reads:
    """A password or shared secret, as it is typed."""

    def read(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
        if not at_least <= len(text) <= at_most or not text.isprintable() or " " in text:
            raise NotAccepted("field-secret-wrong", least=at_least, most=at_most)
        return text

    return read


def amount(_session: Session, caller: Caller, _answers: Answers, text: str) -> Value:
    minor = read_amount(text, caller.currency)
    if minor is None:
        raise NotAccepted("pay-bad-amount")
    return minor


def whole(least: int, most: int) -> Reads:
    """A whole number between two, both included."""

    def read(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
        digits = plain(text)
        if not digits.isdigit() or len(digits) > len(str(most)) or not least <= int(digits) <= most:
            raise NotAccepted("field-number-wrong", least=least, most=most)
        return int(digits)

    return read


def address(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
    try:
        return str(ip_address(plain(text)))
    except ValueError:
        raise NotAccepted("field-address-wrong") from None


def day(session: Session, caller: Caller, _answers: Answers, text: str) -> Value:
    """A day from today on, as ISO has it or as day.month.year."""
    said = plain(text)
    try:
        if match := DAY.fullmatch(said):
            on = date(int(match[3]), int(match[2]), int(match[1]))
        else:
            on = date.fromisoformat(said)
    except ValueError:
        raise NotAccepted("field-day-wrong") from None
    today = local_date(session, caller.tenant_id, caller.now)
    if not today <= on <= today + timedelta(days=366 * YEARS_AHEAD):
        raise NotAccepted("field-day-wrong")
    return on.isoformat()


def show_amount(value: Any, caller: Caller) -> str:
    return caller.words.amount(int(value), caller.currency)


def show_day(value: Any, caller: Caller) -> str:
    return caller.words.day(date.fromisoformat(str(value)))


def show_number(value: Any, caller: Caller) -> str:
    return caller.words.number(int(value))


def one_of(kinds: type[StrEnum], prefix: str) -> Callable[..., Sequence[Choice]]:
    """The members of an enum, each by the text PREFIX-member; `member_of` is its opposite."""

    def choices(_session: Session, caller: Caller, _answers: Answers) -> Sequence[Choice]:
        return tuple(
            Choice(number, caller.words.plain(f"{prefix}-{kind.value.replace('_', '-')}"))
            for number, kind in enumerate(kinds)
        )

    return choices
