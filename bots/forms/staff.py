"""Take somebody on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.forms import fields
from bots.forms.form import Field, Form
from bots.screens import staff
from bots.screens.confirming import done
from bots.views import Answer
from storage.actors import Permission
from tenancy.roles import Role
from tenancy.staff import add_staff

ROLES = tuple(Role)


def _save(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    role = ROLES[answers["role"]]
    member = add_staff(
        session, caller.tenant_id, name=answers["name"], role=role, actor=caller.actor
    )
    note = done(session, caller, "staff-added")
    return Answer(staff.show(session, caller, member.staff_id, note))


FORMS = (
    Form(
        name="staff",
        needs=Permission.MANAGE_STAFF,
        save=_save,
        guarded=True,
        fields=(
            Field(name="name", read=fields.words_of(60)),
            Field(name="role", choices=fields.one_of(Role, "role")),
        ),
    ),
)
