"""Proving who one is: an invitation links the account, a second factor opens the door."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.qr import qr
from bots.screens import home
from bots.screens.sent_codes import by_sms
from bots.views import Answer, Button, View, rows
from bots.words import Html, Words
from tenancy.errors import SecondFactorMissing, SecondFactorThere
from tenancy.second_factor import (
    CodeCheck,
    backup_codes_left,
    check_code,
    make_backup_codes,
    offer_totp,
)

INVITATION = re.compile(r"(?:/start\s+)?((?:[A-Za-z2-7][ -]*){16})")
CODE = re.compile(r"(?:\d[ -]*){6}|(?:[A-Za-z2-7][ -]*){8}")  # \d: of any script
SETTING_UP = timedelta(minutes=10)


def invitation_in(text: str) -> str | None:
    """The code of an invitation, typed or brought by a link; None where the text is none."""
    match = INVITATION.fullmatch(text.strip())
    return match[1].strip() if match else None


def prove(session: Session, caller: Caller, text: str | None) -> Answer:
    """Ask for a code, or take the one that was typed, whose message is then deleted.

    A wrong one is no error, so that the attempt is committed.
    """
    if text is None or text.startswith("/") or not CODE.fullmatch(text.strip()):
        return Answer(_ask(session, caller))
    try:
        found = check_code(
            session,
            caller.tenant_id,
            caller.staff_id,
            text,
            keys=caller.keys,
            now=caller.now,
            origin=caller.actor.origin or "",
        )
    except SecondFactorMissing:
        return Answer(_ask(session, caller))
    if found is not CodeCheck.RIGHT:
        return Answer(View(caller.words.say(f"code-{found}")), forget=True)
    return Answer(home.open_home(session, caller), _backup_codes(session, caller), forget=True)


def _ask(session: Session, caller: Caller) -> View:
    """For a code; of somebody who has proved nothing yet, to set an authenticator up."""
    words = caller.words
    try:
        offer = offer_totp(
            session, caller.tenant_id, caller.actor, isp_name=caller.isp.name, keys=caller.keys
        )
    except SecondFactorThere:
        return View(words.say("code-ask", isp=caller.isp.name), rows((by_sms(session, caller),)))
    copy = Button(words.plain("totp-copy"), copies=str(offer.secret))
    text = words.say("totp-offer", isp=caller.isp.name, secret=_in_fours(offer.secret))
    buttons = rows((copy,), (by_sms(session, caller),))
    return View(text, buttons, lasts=SETTING_UP, file=qr(offer.uri))


def _backup_codes(session: Session, caller: Caller) -> View | None:
    """Told once, to somebody who has none."""
    if backup_codes_left(session, caller.tenant_id, caller.staff_id):
        return None
    codes = make_backup_codes(session, caller.tenant_id, caller.actor)
    return View(caller.words.say("backup-codes", codes="\n".join(codes)), lasts=SETTING_UP)


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def stranger(words: Words, key: str = "stranger") -> Answer:
    """The same for everybody; nothing about any ISP."""
    text: Html = words.say(key)
    return Answer(View(text))
