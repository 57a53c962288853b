"""Who works here: taken on, invited, given a role, unlinked, dismissed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.qr import qr
from bots.screens.confirming import confirm, done
from bots.screens.screen import Deed, Screen
from bots.views import Answer, Button, Style, View, rows
from bots.words import Html
from storage.actors import Permission
from tenancy.errors import LinkNotFound
from tenancy.links import INVITATION_LIFE, Link, get_link, invite_staff, unlink_staff
from tenancy.permissions import staff_overrides
from tenancy.roles import Role, StaffId
from tenancy.second_factor import reset_second_factor
from tenancy.staff import (
    StaffMember,
    deactivate_staff,
    get_staff,
    list_staff,
    reinstate_staff,
    set_role,
)

ROLES = tuple(Role)


def role_name(role: Role, caller: Caller) -> str:
    return caller.words.plain(f"role-{role.replace('_', '-')}")


def _members(session: Session, caller: Caller) -> tuple[StaffMember, ...]:
    return list_staff(session, caller.tenant_id)


def _member_button(member: StaffMember, caller: Caller) -> Button:
    mark = "👤" if member.active else "✖"
    role = role_name(member.role, caller)
    return caller.to(
        "member", "staff-line", member.staff_id, mark=mark, name=member.name, role=role
    )


def _below(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return (
        (caller.to("add_staff", "staff-add", style=Style.GOOD),),
        (caller.to("roles", "staff-roles"), caller.to("attempts", "staff-attempts")),
        (caller.to("home", "to-home"),),
    )


STAFF = Listing(
    route="staff",
    title="staff",
    read=_members,
    leads=_member_button,
    needs=Permission.MANAGE_STAFF,
    below=_below,
    columns=(
        Column("column-name", lambda member, _: member.name),
        Column("column-role", lambda member, caller: role_name(member.role, caller)),
        Column(
            "column-state",
            lambda member, caller: caller.words.plain(
                "staff-works" if member.active else "staff-left"
            ),
        ),
    ),
)


def open_member(session: Session, caller: Caller, staff_id: int) -> View:
    return show(session, caller, StaffId(staff_id))


def show(
    session: Session,
    caller: Caller,
    staff_id: StaffId,
    note: Html | None = None,
    undo: Button | None = None,
) -> View:
    words = caller.words
    member = get_staff(session, caller.tenant_id, staff_id)
    changed = len(staff_overrides(session, caller.tenant_id, staff_id))
    link = _link(session, caller, staff_id)
    text = words.say(
        "member",
        isp=caller.isp.name,
        name=member.name,
        role=role_name(member.role, caller),
        state=words.plain("staff-works" if member.active else "staff-left"),
        linked=words.plain("member-linked", at=_proved(link, caller)) if link
        else words.plain("member-not-linked"),
        changed=words.number(changed),
        phone=member.phone or "–",
    )  # fmt: skip
    buttons = _of_active(caller, member, link) if member.active else _of_former(caller, member)
    back = (caller.to("staff", "to-staff"), caller.to("home", "to-home"))
    return View(
        Html("\n\n".join(part for part in (note, text) if part)), rows((undo,), *buttons, back)
    )


def _link(session: Session, caller: Caller, staff_id: StaffId) -> Link | None:
    try:
        return get_link(session, caller.tenant_id, staff_id)
    except LinkNotFound:
        return None


def _proved(link: Link, caller: Caller) -> str:
    at: datetime | None = link.verified_at
    return caller.words.moment(at) if at else "–"


def _of_active(caller: Caller, member: StaffMember, link: Link | None) -> tuple[Buttons, ...]:
    of = member.staff_id
    owner = member.role is Role.OWNER
    return (
        (caller.to("invite", "member-invite", of, style=Style.MAIN),),
        (
            caller.to("role", "member-role", of),
            None if owner else caller.to("rights", "member-rights", of),
        ),
        (caller.to("add_phone", "member-phone", of),),
        (
            caller.to("unlink", "member-unlink", of) if link else None,
            caller.to("reset", "member-reset", of) if link else None,
        ),
        (caller.to("dismiss", "member-dismiss", of, style=Style.DANGER),),
    )


def _of_former(caller: Caller, member: StaffMember) -> tuple[Buttons, ...]:
    return ((caller.to("rehire", "member-rehire", member.staff_id, style=Style.GOOD),),)


def open_invite(session: Session, caller: Caller, staff_id: int) -> View:
    return _confirm(session, caller, staff_id, "invite", Style.MAIN)


def open_unlink(session: Session, caller: Caller, staff_id: int) -> View:
    return _confirm(session, caller, staff_id, "unlink", Style.DANGER)


def open_reset(session: Session, caller: Caller, staff_id: int) -> View:
    return _confirm(session, caller, staff_id, "reset", Style.DANGER)


def open_dismiss(session: Session, caller: Caller, staff_id: int) -> View:
    return _confirm(session, caller, staff_id, "dismiss", Style.DANGER)


def open_rehire(session: Session, caller: Caller, staff_id: int) -> View:
    return _confirm(session, caller, staff_id, "rehire", Style.GOOD)


def _confirm(session: Session, caller: Caller, staff_id: int, effect: str, style: Style) -> View:
    """Each effect has its texts: EFFECT-confirm, EFFECT-do, EFFECT-done."""
    member = get_staff(session, caller.tenant_id, StaffId(staff_id))
    role = role_name(member.role, caller)
    text = caller.words.say(f"{effect}-confirm", name=member.name, role=role)
    back = caller.to("member", "cancel", staff_id)
    payload: dict[str, object] = {"staff_id": staff_id}
    return confirm(
        session, caller, text, effect, payload, key=f"{effect}-do", back=back, style=style
    )


def open_role(session: Session, caller: Caller, staff_id: int) -> View:
    """Which other role."""
    member = get_staff(session, caller.tenant_id, StaffId(staff_id))
    text = caller.words.say("role-ask", name=member.name, role=role_name(member.role, caller))
    choices = [
        (caller.to("role_set", "role-choice", staff_id, number, role=role_name(role, caller)),)
        for number, role in enumerate(ROLES)
        if role is not member.role
    ]
    return View(text, rows(*choices, (caller.to("member", "cancel", staff_id),)))


def open_role_set(session: Session, caller: Caller, staff_id: int, number: int) -> View:
    role = ROLES[min(number, len(ROLES) - 1)]
    member = get_staff(session, caller.tenant_id, StaffId(staff_id))
    said = {"was": role_name(member.role, caller), "role": role_name(role, caller)}
    text = caller.words.say("role-confirm", name=member.name, **said)
    payload: dict[str, object] = {"staff_id": staff_id, "role": role}
    back = caller.to("member", "cancel", staff_id)
    return confirm(session, caller, text, "role", payload, key="role-do", back=back)


def invite(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    """The code beside the screen, as a QR code and as text, until it no longer works."""
    staff_id, words = StaffId(pinned["staff_id"]), caller.words
    made = invite_staff(session, caller.tenant_id, staff_id, now=caller.now, actor=caller.actor)
    member = get_staff(session, caller.tenant_id, staff_id)
    link = f"https://t.me/{caller.bot}?start={made.code}"
    text = words.say("invite-code", name=member.name, isp=caller.isp.name, code=made.code)
    aside = View(
        text,
        rows((Button(words.plain("invite-copy-link"), copies=link),),
             (Button(words.plain("invite-copy"), copies=str(made.code)),)),
        lasts=INVITATION_LIFE,
        file=qr(link),
    )  # fmt: skip
    note = done(session, caller, "invite-done", name=member.name)
    return Answer(show(session, caller, staff_id, note), aside=aside)


def unlink(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    staff_id = StaffId(pinned["staff_id"])
    unlink_staff(session, caller.tenant_id, staff_id, actor=caller.actor)
    return Answer(show(session, caller, staff_id, done(session, caller, "unlink-done")))


def reset(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    staff_id = StaffId(pinned["staff_id"])
    reset_second_factor(session, caller.tenant_id, staff_id, actor=caller.actor)
    return Answer(show(session, caller, staff_id, done(session, caller, "reset-done")))


def dismiss(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    staff_id = StaffId(pinned["staff_id"])
    deactivate_staff(session, caller.tenant_id, staff_id, actor=caller.actor)
    payload: dict[str, object] = {"staff_id": staff_id}
    undo = caller.does(session, "rehire", "undo", payload, style=Style.PLAIN, undo=True)
    return Answer(show(session, caller, staff_id, done(session, caller, "dismiss-done"), undo))


def rehire(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    staff_id = StaffId(pinned["staff_id"])
    reinstate_staff(session, caller.tenant_id, staff_id, actor=caller.actor)
    return Answer(show(session, caller, staff_id, done(session, caller, "rehire-done")))


def change_role(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    staff_id, role = StaffId(pinned["staff_id"]), Role(pinned["role"])
    before = get_staff(session, caller.tenant_id, staff_id).role
    set_role(session, caller.tenant_id, staff_id, role, actor=caller.actor)
    note = done(session, caller, "role-done", role=role_name(role, caller))
    back: dict[str, object] = {"staff_id": staff_id, "role": before}
    undo = caller.does(session, "role", "undo", back, style=Style.PLAIN, undo=True)
    return Answer(show(session, caller, staff_id, note, undo))


MANAGES = Permission.MANAGE_STAFF
SCREENS = (
    *STAFF.screens(),
    Screen("member", open_member, MANAGES),
    Screen("invite", open_invite, MANAGES),
    Screen("unlink", open_unlink, MANAGES),
    Screen("reset", open_reset, MANAGES),
    Screen("dismiss", open_dismiss, MANAGES),
    Screen("rehire", open_rehire, MANAGES),
    Screen("role", open_role, MANAGES),
    Screen("role_set", open_role_set, MANAGES),
)
DEEDS = (
    Deed("invite", invite, MANAGES, guarded=True),
    Deed("unlink", unlink, MANAGES, guarded=True),
    Deed("reset", reset, MANAGES, guarded=True),
    Deed("dismiss", dismiss, MANAGES, guarded=True),
    Deed("rehire", rehire, MANAGES, guarded=True),
    Deed("role", change_role, MANAGES, guarded=True),
)
