"""Take somebody on; say where they are sent codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.drafts import Answers
from bots.forms import fields
from bots.forms.form import Choice, Field, Form
from bots.screens import staff
from bots.screens.confirming import done
from bots.views import Answer
from storage.actors import Permission
from tenancy.roles import Role, StaffId
from tenancy.staff import add_staff, get_staff, set_phone

ROLES = tuple(Role)


def _save(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    role = ROLES[answers["role"]]
    member = add_staff(
        session,
        caller.tenant_id,
        name=answers["name"],
        role=role,
        phone=answers.get("phone"),
        actor=caller.actor,
    )
    note = done(session, caller, "staff-added")
    return Answer(staff.show(session, caller, member.staff_id, note))


def _this_member(session: Session, caller: Caller, answers: Answers) -> Sequence[Choice]:
    """Whom the form is about: given by where it was opened."""
    if "member" not in answers:
        return ()
    member = get_staff(session, caller.tenant_id, StaffId(answers["member"]))
    return (Choice(member.staff_id, member.name),)


def _save_phone(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    staff_id = StaffId(answers["member"])
    set_phone(session, caller.tenant_id, staff_id, answers.get("phone"), actor=caller.actor)
    return Answer(staff.show(session, caller, staff_id, done(session, caller, "phone-done")))


PHONE = Field(name="phone", read=fields.phone, optional=True)
FORMS = (
    Form(
        name="staff",
        needs=Permission.MANAGE_STAFF,
        save=_save,
        guarded=True,
        fields=(
            Field(name="name", read=fields.words_of(60)),
            Field(name="role", choices=fields.one_of(Role, "role")),
            PHONE,
        ),
    ),
    Form(
        name="phone",
        needs=Permission.MANAGE_STAFF,
        save=_save_phone,
        guarded=True,
        fields=(Field(name="member", choices=_this_member, given=True), PHONE),
    ),
)
