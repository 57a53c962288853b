from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.outbox import (
    CLAIM_SECONDS,
    KEPT_DAYS,
    STAFF,
    Event,
    Outcome,
    Recipient,
    RecipientKind,
    claim,
    forget,
    queue,
    queue_many,
    settle,
    to_client,
)
from tests.fixtures.isps import NOON, World

LATER = NOON + timedelta(hours=1)


def told(
    isp: World, event: Event = Event.INVOICE_ISSUED, about: str = "invoice:1", **more: object
) -> bool:
    said = {"to": to_client(7), "now": NOON, **more}
    with isp.transaction() as session:
        return queue(session, isp.tenant_id, event, about, **said)  # type: ignore[arg-type]


def claimed(isp: World, now: datetime = NOON) -> list[str]:
    with isp.transaction() as session:
        return [message.about for message in claim(session, isp.tenant_id, now=now)]


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("kind", RecipientKind)
def test_every_event_can_be_queued_for_anybody(
    event: Event, kind: RecipientKind, isp: World
) -> None:
    assert told(isp, event, to=Recipient(kind, 7))


def test_what_is_queued_vanishes_with_the_change_it_tells_of(isp: World) -> None:
    with pytest.raises(ZeroDivisionError), isp.transaction() as session:
        queue(session, isp.tenant_id, Event.PAYMENT_RECEIVED, "payment:3", to=STAFF, now=NOON)
        raise ZeroDivisionError
    assert claimed(isp) == []


def test_the_same_event_about_the_same_thing_is_told_once_to_each(
    isp: World, other_isp: World
) -> None:
    assert told(isp)
    assert not told(isp, now=LATER)
    assert told(isp, to=to_client(8))
    assert told(isp, about="invoice:2")
    assert told(isp, about="invoice:1:7-days")
    assert told(isp, Event.INVOICE_DUE)
    assert told(other_isp)
    assert told(isp, Event.JOB_FAILED, to=STAFF)
    assert not told(isp, Event.JOB_FAILED, to=STAFF)


def test_it_arrives_as_it_was_queued(isp: World) -> None:
    payload = {"total_minor": 80_000, "due_on": "2026-03-10", "name": "রহিম"}
    told(isp, payload=payload)
    with isp.transaction() as session:
        [message] = claim(session, isp.tenant_id, now=LATER)
    assert (message.event, message.recipient) == (Event.INVOICE_ISSUED, to_client(7))
    assert (message.about, message.payload) == ("invoice:1", payload)
    assert (message.queued_at, message.attempts) == (NOON, 1)


def test_a_code_goes_before_a_payment_and_a_payment_before_a_thousand_bills(isp: World) -> None:
    told(isp, about="invoice:1")
    told(isp, Event.PAYMENT_RECEIVED, "payment:1")
    told(isp, Event.CODE_SENT, "code:1")
    assert claimed(isp) == ["code:1", "payment:1", "invoice:1"]


def test_two_senders_never_hold_one_message_and_never_wait(isp: World) -> None:
    for number in range(4):
        told(isp, about=f"invoice:{number}")

    def take(session: Session) -> set[str]:
        messages = claim(session, isp.tenant_id, now=NOON, limit=2)
        return {message.about for message in messages}

    with isp.transaction() as one, isp.transaction() as two:
        assert take(one) | take(two) == {f"invoice:{number}" for number in range(4)}
        assert take(one) == take(two) == set()


def test_a_message_whose_sender_died_is_claimed_again(isp: World) -> None:
    told(isp)
    assert claimed(isp) == ["invoice:1"]
    held_until = NOON + timedelta(seconds=CLAIM_SECONDS)
    assert claimed(isp, held_until - timedelta.resolution) == []
    assert claimed(isp, held_until) == ["invoice:1"]


def test_a_settled_message_is_not_sent_again(isp: World) -> None:
    told(isp)
    with isp.transaction() as session:
        ids = [message.message_id for message in claim(session, isp.tenant_id, now=NOON)]
        settle(session, isp.tenant_id, ids, Outcome.SENT, now=NOON)
        settle(session, isp.tenant_id, ids, Outcome.UNDELIVERABLE, now=LATER)
    assert claimed(isp, NOON + timedelta(days=1)) == []
    assert outcomes(isp) == ["sent"]


def test_a_message_is_not_sent_when_its_time_has_passed(isp: World) -> None:
    told(isp, until=LATER)
    told(isp, about="invoice:2", until=LATER + timedelta.resolution)
    assert claimed(isp, LATER) == ["invoice:2"]
    assert outcomes(isp) == ["stale", None]


def test_what_was_told_long_ago_is_forgotten(isp: World, other_isp: World) -> None:
    for world in (isp, other_isp):
        told(world)
        told(world, about="invoice:2", now=NOON + timedelta.resolution)
    with isp.transaction() as session:
        assert forget(session, isp.tenant_id, now=NOON + timedelta(days=KEPT_DAYS)) == 1
    assert claimed(isp) == ["invoice:2"]
    assert claimed(other_isp) == ["invoice:1", "invoice:2"]


@pytest.mark.parametrize(
    "about", ["", "invoice", "invoice:x", "Invoice:1", "invoice:1:", "a:1:" + "x" * 97]
)
def test_what_names_no_thing_is_refused(about: str, isp: World) -> None:
    with pytest.raises(IntegrityError, match="outbox_about_check"):
        told(isp, about=about)


def test_a_message_to_no_client_in_particular_is_refused(isp: World) -> None:
    with pytest.raises(IntegrityError):
        told(isp, to=Recipient(RecipientKind.CLIENT, None))


def test_a_bulk_statement_queues_what_is_not_there_yet(isp: World) -> None:
    told(isp, about="invoice:2")
    many = """
        INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, priority,
                            queued_at)
        SELECT current_tenant(), 'invoice.issued', 'client', 7, 'invoice:' || n, 3, now()
          FROM generate_series(1, 3) AS n
        ON CONFLICT DO NOTHING"""
    with isp.transaction() as session:
        session.execute(text(many))
    assert sorted(claimed(isp)) == ["invoice:1", "invoice:2", "invoice:3"]


def test_many_are_told_in_one_statement_what_they_were_not_told_before(isp: World) -> None:
    told(isp, Event.ACCESS_SUSPENDED, "invoice:2")
    notices = [(7, "invoice:1"), (7, "invoice:2"), (8, "invoice:3")]
    with isp.transaction() as session:
        many = session, isp.tenant_id, Event.ACCESS_SUSPENDED
        assert queue_many(*many, notices, now=NOON) == 2
        assert queue_many(*many, iter(notices), now=NOON) == 0
        assert queue_many(*many, [], now=NOON) == 0
    assert sorted(claimed(isp)) == ["invoice:1", "invoice:2", "invoice:3"]


def outcomes(isp: World) -> list[str | None]:
    with isp.transaction() as session:
        return list(session.scalars(text("SELECT outcome FROM outbox ORDER BY id")))
