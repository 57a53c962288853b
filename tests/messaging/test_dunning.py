from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from billing.clients import set_client_status
from billing.invoices import Invoice
from messaging.dunning import OVERDUE_DAYS_MAX, remind_of_dues
from messaging.reminder_settings import ReminderSettings, set_reminder_settings
from policy.facts import ClientId, Status
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from storage.outbox import Event, Message, claim
from tests.fixtures.isps import NOON, World
from tests.messaging.queued import queued

DUE = date(2026, 3, 20)
DAY = timedelta(days=1)


def bill(isp: World, due_on: date = DUE) -> Invoice:
    """Issued on the first of its month."""
    return isp.invoice(isp.client().client_id, due_on=due_on)


def remind(isp: World, on: date) -> list[str]:
    """What is said for the first time on a day, without the invoice's number."""
    before = len(queued(isp))
    with isp.transaction() as session:
        remind_of_dues(session, isp.tenant_id, on=on, now=NOON + (on - date(2026, 3, 10)))
    return [
        f"{event}:{about.partition(':')[2].partition(':')[2]}"
        for event, about in queued(isp)[before:]
    ]


def reminders(messages: Iterable[Message]) -> list[Message]:
    """Without the bill itself, which is sent as well."""
    return [message for message in messages if message.event is not Event.INVOICE_ISSUED]


def test_an_unpaid_invoice_is_reminded_of_seven_three_and_one_day_before_and_when_due_has_passed(
    isp: World,
) -> None:
    bill(isp)
    said = {
        on.day: words for day in range(1, 31) if (words := remind(isp, on := date(2026, 3, day)))
    }
    assert said == {
        13: ["invoice.due:7"],
        17: ["invoice.due:3"],
        19: ["invoice.due:1"],
        21: ["invoice.overdue:"],
    }


def test_it_is_said_once_however_often_the_job_runs(isp: World) -> None:
    bill(isp)
    assert remind(isp, DUE - 7 * DAY) == ["invoice.due:7"]
    assert remind(isp, DUE - 7 * DAY) == []


def test_a_missed_day_is_made_up_for_and_two_missed_days_are_one_reminder(isp: World) -> None:
    bill(isp)
    assert remind(isp, DUE - 5 * DAY) == ["invoice.due:7"]
    assert remind(isp, DUE) == ["invoice.due:1"]


def test_a_client_is_told_how_many_days_are_left_and_how_much_is_owed(isp: World) -> None:
    invoice = bill(isp)
    remind(isp, DUE - 5 * DAY)
    with isp.transaction() as session:
        [message] = reminders(claim(session, isp.tenant_id, now=NOON))
    assert message.recipient.id == invoice.client_id
    assert message.payload == {
        "invoice_number": invoice.invoice_number,
        "due_on": "2026-03-20",
        "due_minor": 50_000,
        "currency": "BDT",
        "days_left": 5,
    }


def test_a_reminder_is_not_sent_after_the_due_day(isp: World) -> None:
    bill(isp)
    remind(isp, DUE - DAY)
    end_of_day = NOON.replace(day=20, hour=18)  # midnight in Dhaka
    with isp.transaction() as session:
        assert reminders(claim(session, isp.tenant_id, now=end_of_day)) == []


def test_a_bill_that_is_due_soon_after_it_was_made_is_not_reminded_of_at_once(isp: World) -> None:
    bill(isp, due_on=date(2026, 3, 5))
    assert remind(isp, date(2026, 3, 1)) == []
    assert remind(isp, date(2026, 3, 2)) == ["invoice.due:3"]


def test_who_has_paid_or_left_is_not_reminded(isp: World) -> None:
    paid, left = bill(isp), bill(isp)
    isp.settle(paid)
    with isp.transaction() as session:
        client_id = ClientId(left.client_id)
        set_client_status(session, isp.tenant_id, client_id, Status.INACTIVE, actor=SYSTEM)
    assert remind(isp, DUE - DAY) == []
    assert remind(isp, DUE + DAY) == []


def test_old_debts_are_not_told_of_as_news(isp: World) -> None:
    bill(isp)
    assert remind(isp, DUE + (OVERDUE_DAYS_MAX + 1) * DAY) == []
    assert remind(isp, DUE + OVERDUE_DAYS_MAX * DAY) == ["invoice.overdue:"]


def test_an_isp_chooses_its_days_or_none(isp: World) -> None:
    bill(isp)
    chosen = ReminderSettings(before_due_days=frozenset({10, 0}))
    none = ReminderSettings(before_due_days=frozenset())
    with isp.transaction() as session:
        set_reminder_settings(session, isp.tenant_id, chosen, actor=SYSTEM)
    assert remind(isp, DUE - 10 * DAY) == ["invoice.due:10"]
    assert remind(isp, DUE - DAY) == []
    assert remind(isp, DUE) == ["invoice.due:0"]
    bill(isp)
    with isp.transaction() as session:
        set_reminder_settings(session, isp.tenant_id, none, actor=SYSTEM)
    assert remind(isp, DUE) == []


@pytest.mark.parametrize("days", [{-1}, {61}, set(range(11))], ids=str)
def test_days_that_are_none_are_refused(days: set[int], isp: World) -> None:
    settings = ReminderSettings(before_expiry_days=frozenset(days))
    with pytest.raises(ValueRefused), isp.transaction() as session:
        set_reminder_settings(session, isp.tenant_id, settings, actor=SYSTEM)


def test_nobody_elses_clients_are_reminded(isp: World, other_isp: World) -> None:
    bill(other_isp)
    assert remind(isp, DUE - DAY) == []
    assert [event for event, _about in queued(other_isp)] == ["invoice.issued"]
