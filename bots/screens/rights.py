"""What each role and each person may do, as this ISP changed it; and who tried to get in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.screens.confirming import done
from bots.screens.screen import Deed, Screen
from bots.screens.staff import MANAGES, ROLES, role_name
from bots.views import Answer, Button, Style, View, rows
from bots.words import Html
from storage.actors import Permission
from tenancy.login_attempts import Attempt, SubjectKind, recent_attempts
from tenancy.permissions import (
    role_overrides,
    set_role_permission,
    set_staff_permission,
    staff_overrides,
)
from tenancy.roles import PERMISSIONS, Role, StaffId
from tenancy.staff import get_staff, list_staff, staff_actor

PERMITTED = tuple(Permission)
CHOICES = (True, False, None)  # allowed, denied, as everywhere


def permission_name(permission: Permission, caller: Caller) -> str:
    return caller.words.plain(f"permission-{permission.replace('_', '-')}")


def open_rights(session: Session, caller: Caller, staff_id: int) -> View:
    return _rights(session, caller, StaffId(staff_id))


def _rights(session: Session, caller: Caller, staff_id: StaffId, note: Html | None = None) -> View:
    member = get_staff(session, caller.tenant_id, staff_id)
    may = staff_actor(session, caller.tenant_id, staff_id, origin="").permissions
    own = staff_overrides(session, caller.tenant_id, staff_id)
    text = caller.words.say("rights", name=member.name, role=role_name(member.role, caller))
    back = (caller.to("member", "to-member", staff_id), caller.to("home", "to-home"))
    choices = [
        _choice(caller, "right", staff_id, number, permission in may, permission in own)
        for number, permission in enumerate(PERMITTED)
    ]
    return View(
        Html("\n\n".join(part for part in (note, text) if part)), rows(*_in_twos(choices), back)
    )


def _choice(
    caller: Caller, route: str, of: int, number: int, allowed: bool, changed: bool
) -> Button:
    mark = ("✅" if allowed else "🚫") + ("✎" if changed else "")
    name = permission_name(PERMITTED[number], caller)
    return caller.to(route, "right-line", of, number, mark=mark, permission=name)


def _in_twos(buttons: list[Button]) -> list[tuple[Button, ...]]:
    return [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]


def open_right(session: Session, caller: Caller, staff_id: int, number: int) -> View:
    """One permission of a person: allow, deny, or as their role."""
    member = get_staff(session, caller.tenant_id, StaffId(staff_id))
    permission = _permission(number)
    name = permission_name(permission, caller)
    text = caller.words.say("right", name=member.name, permission=name)
    payload: dict[str, object] = {"staff_id": staff_id, "permission": permission}
    back = (caller.to("rights", "cancel", staff_id),)
    return View(text, rows(*_three(session, caller, "right", payload), back))


def _permission(number: int) -> Permission:
    return PERMITTED[min(number, len(PERMITTED) - 1)]


def _three(
    session: Session, caller: Caller, effect: str, payload: dict[str, object]
) -> list[tuple[Button, ...]]:
    keys = ("right-allow", "right-deny", f"{effect.replace('_', '-')}-as-before")
    styles = (Style.GOOD, Style.DANGER, Style.PLAIN)
    return [
        (caller.does(session, effect, key, {**payload, "allowed": allowed}, style=style),)
        for allowed, key, style in zip(CHOICES, keys, styles, strict=True)
    ]


def set_right(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    staff_id, permission = StaffId(pinned["staff_id"]), Permission(pinned["permission"])
    set_staff_permission(
        session,
        caller.tenant_id,
        staff_id,
        permission=permission,
        allowed=pinned["allowed"],
        actor=caller.actor,
    )
    return Answer(_rights(session, caller, staff_id, done(session, caller, "right-done")))


def open_roles(session: Session, caller: Caller) -> View:
    choices = [
        (caller.to("role_rights", "role-choice", number, role=role_name(role, caller)),)
        for number, role in enumerate(ROLES)
        if role is not Role.OWNER
    ]
    del session
    back = (caller.to("staff", "to-staff"), caller.to("home", "to-home"))
    return View(caller.words.say("roles", isp=caller.isp.name), rows(*choices, back))


def open_role_rights(session: Session, caller: Caller, role_number: int) -> View:
    return _role_rights(session, caller, _role(role_number))


def _role(number: int) -> Role:
    return ROLES[min(number, len(ROLES) - 1)]


def _role_rights(session: Session, caller: Caller, role: Role, note: Html | None = None) -> View:
    own = role_overrides(session, caller.tenant_id, role)
    text = caller.words.say("role-rights", role=role_name(role, caller))
    of = ROLES.index(role)
    choices = [
        _choice(
            caller,
            "role_right",
            of,
            number,
            own.get(permission, permission in PERMISSIONS[role]),
            permission in own,
        )
        for number, permission in enumerate(PERMITTED)
    ]
    back = (caller.to("roles", "to-roles"), caller.to("home", "to-home"))
    return View(
        Html("\n\n".join(part for part in (note, text) if part)), rows(*_in_twos(choices), back)
    )


def open_role_right(session: Session, caller: Caller, role_number: int, number: int) -> View:
    role, permission = _role(role_number), _permission(number)
    name = permission_name(permission, caller)
    text = caller.words.say("right", name=role_name(role, caller), permission=name)
    payload: dict[str, object] = {"role": role, "permission": permission}
    back = (caller.to("role_rights", "cancel", role_number),)
    return View(text, rows(*_three(session, caller, "role_right", payload), back))


def set_role_right(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    role = Role(pinned["role"])
    set_role_permission(
        session,
        caller.tenant_id,
        role=role,
        permission=Permission(pinned["permission"]),
        allowed=pinned["allowed"],
        actor=caller.actor,
    )
    return Answer(_role_rights(session, caller, role, done(session, caller, "right-done")))


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt, and who it was, where that is known."""

    attempt: Attempt
    name: str | None


def _attempts(session: Session, caller: Caller) -> tuple[Tried, ...]:
    names = {one.staff_id: one.name for one in list_staff(session, caller.tenant_id)}
    found = recent_attempts(session, caller.tenant_id, actor=caller.actor)
    return tuple(Tried(one, _name(one, names)) for one in found)


def _name(attempt: Attempt, names: Mapping[StaffId, str]) -> str | None:
    trier = attempt.trier
    if trier.kind is SubjectKind.STAFF and trier.subject_id is not None:
        return names.get(StaffId(trier.subject_id))
    return None


def _who(tried: Tried, caller: Caller) -> str:
    trier = tried.attempt.trier
    if tried.name is not None:
        return tried.name
    number = str(trier.subject_id or "")
    return caller.words.plain(f"attempt-{trier.kind}", number=number)


def _attempt_line(tried: Tried, caller: Caller) -> Html:
    attempt = tried.attempt
    return caller.words.say(
        "attempt-line",
        mark="✅" if attempt.succeeded else "🚫",
        at=caller.words.moment(attempt.attempted_at),
        who=_who(tried, caller),
        origin=attempt.trier.origin,
        browser=attempt.trier.browser or "–",
    )


def _below_attempts(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return ((caller.to("staff", "to-staff"), caller.to("home", "to-home")),)


ATTEMPTS = Listing(
    route="attempts",
    title="attempts",
    read=_attempts,
    line=_attempt_line,
    needs=MANAGES,
    below=_below_attempts,
    columns=(
        Column("column-at", lambda one, _: one.attempt.attempted_at.isoformat(timespec="seconds")),
        Column("column-who", _who),
        Column("column-door", lambda one, _: one.attempt.trier.door.value),
        Column("column-from", lambda one, _: one.attempt.trier.origin),
        Column("column-browser", lambda one, _: one.attempt.trier.browser or ""),
        Column("column-succeeded", lambda one, _: "yes" if one.attempt.succeeded else "no"),
    ),
)
SCREENS = (
    Screen("rights", open_rights, MANAGES),
    Screen("right", open_right, MANAGES),
    Screen("roles", open_roles, MANAGES),
    Screen("role_rights", open_role_rights, MANAGES),
    Screen("role_right", open_role_right, MANAGES),
    *ATTEMPTS.screens(),
)
DEEDS = (
    Deed("right", set_right, MANAGES, guarded=True),
    Deed("role_right", set_role_right, MANAGES, guarded=True),
)
