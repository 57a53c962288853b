"""A code by SMS instead of the authenticator's: at the door, and before what is dangerous."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.screens.screen import Screen
from bots.views import Button, View, rows
from tenancy.errors import CodeSentLately, NoPhone
from tenancy.second_factor import SENT_CODE_LIFE, send_code
from tenancy.staff import get_staff

ROUTE = "code_by_sms"
END_SHOWN = 3  # digits of the phone: whose it is knows which, others learn little


def by_sms(session: Session, caller: Caller) -> Button | None:
    """The button, where a phone is kept."""
    member = get_staff(session, caller.tenant_id, caller.staff_id)
    return caller.to(ROUTE, "code-by-sms") if member.phone else None


def open_by_sms(session: Session, caller: Caller) -> View:
    """Send it; what is typed next is taken as a code, as it was before."""
    words = caller.words
    cancel = rows((caller.to("home", "cancel"),)) if caller.proved else ()
    try:
        phone = send_code(
            session, caller.tenant_id, caller.staff_id, keys=caller.keys, now=caller.now
        )
    except NoPhone:
        return View(words.say("code-no-phone", isp=caller.isp.name), cancel)
    except CodeSentLately:
        return View(words.say("code-sent-lately", isp=caller.isp.name), cancel)
    minutes = int(SENT_CODE_LIFE.total_seconds() // 60)
    text = words.say(
        "code-sent",
        isp=caller.isp.name,
        end=phone[-END_SHOWN:],
        minutes=words.number(minutes),
    )
    return View(text, cancel)


SCREENS = (Screen(ROUTE, open_by_sms),)
