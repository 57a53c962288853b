from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from policy.facts import Speed, Status
from storage.actors import SYSTEM, Actor, ActorKind, Permission
from storage.audit import Subject, record
from storage.errors import NotPermitted
from tests.fixtures.isps import NOON, World

LAST = text("SELECT before, after FROM audit_log ORDER BY id DESC LIMIT 1")


@dataclass(frozen=True)
class Shop:
    name: str
    speed: Speed
    opened_on: date


def recorded(isp: World, before: object, after: object) -> tuple[object, object]:
    with isp.transaction() as session:
        subject = Subject(isp.tenant_id, "shop", 3)
        record(session, SYSTEM, "shop.changed", subject, before=before, after=after)
    with isp.transaction() as session:
        row = session.execute(LAST).one()
        return row.before, row.after


def test_of_two_values_only_what_differs_is_kept(isp: World) -> None:
    opened_on = date(2026, 3, 1)
    before = Shop("Old", Speed(1, 2), opened_on)
    after = Shop("New", Speed(1, 2), opened_on)
    assert recorded(isp, before, after) == ({"name": "Old"}, {"name": "New"})


def test_values_are_kept_as_people_read_them(isp: World) -> None:
    after = {Status.ACTIVE: [NOON, None, True, frozenset({3, 1})]}
    kept = {"active": ["2026-03-10T12:00:00+00:00", None, True, [1, 3]]}
    assert recorded(isp, None, after) == (None, kept)


@pytest.mark.parametrize("value", [b"bytes", 1.5, object(), {"at": ZoneInfo("UTC")}])
def test_what_has_no_plain_form_is_a_mistake_of_ours(value: object, isp: World) -> None:
    with pytest.raises(TypeError), isp.transaction() as session:
        record(session, SYSTEM, "shop.changed", Subject(isp.tenant_id, "shop"), after=value)


def test_an_action_is_a_noun_and_a_verb(isp: World) -> None:
    with pytest.raises(Exception, match="audit_log_action_check"), isp.transaction() as session:
        record(session, SYSTEM, "Changed it", Subject(isp.tenant_id, "shop"))


def test_who_from_where_and_when_are_kept(isp: World) -> None:
    actor = Actor(ActorKind.STAFF, "Nadia", id=5, origin="chat 42")
    with isp.transaction() as session:
        record(session, actor, "shop.changed", Subject(isp.tenant_id, "shop", 3))
        row = session.execute(
            text("""SELECT actor_kind, actor_id, actor_name, origin, subject_kind, subject_id,
                           recorded_at FROM audit_log ORDER BY id DESC LIMIT 1""")
        ).one()
    assert tuple(row[:6]) == ("staff", 5, "Nadia", "chat 42", "shop", 3)
    assert isinstance(row[6], datetime)


def test_an_actor_may_do_what_its_permissions_say_and_no_more() -> None:
    actor = Actor(ActorKind.STAFF, "Nadia", id=5, permissions=frozenset({Permission.EDIT_CLIENTS}))
    actor.require(Permission.EDIT_CLIENTS)
    with pytest.raises(NotPermitted) as refusal:
        actor.require(Permission.MANAGE_ISP)
    assert refusal.value.permission == "manage_isp"
