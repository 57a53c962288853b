from datetime import UTC, date, datetime, timedelta

from billing.invoices import InvoiceId, get_invoice
from billing.promises import promise_until
from messaging.access_notices import tell_back, tell_cut
from messaging.broken_promises import tell_broken_promises
from policy.facts import ClientId
from storage.actors import SYSTEM
from storage.outbox import KEPT_DAYS, forget
from tenancy.access_rules import set_no_cut_days
from tests.fixtures.isps import World
from tests.messaging.queued import queued

DUE = date(2026, 3, 10)
CUT = datetime(2026, 3, 12, 18, tzinfo=UTC)  # the 13th begins in Dhaka: two days of grace are over
TICK, DAY = timedelta.resolution, timedelta(days=1)


def owing(isp: World) -> tuple[ClientId, str]:
    """A client of a profile with two days of grace, and what their notices are about."""
    line = isp.connection(profile_id=isp.profile(grace_days=2).profile_id)
    invoice = isp.invoice(line.client_id, due_on=DUE)
    return line.client_id, f"invoice:{invoice.invoice_id}"


def look(isp: World, now: datetime) -> list[tuple[str, str]]:
    """What is said for the first time at an instant."""
    before, on = len(queued(isp)), (now + timedelta(hours=6)).date()
    with isp.transaction() as session:
        tell_cut(session, isp.tenant_id, on=on, now=now)
        tell_back(session, isp.tenant_id, now=now)
        tell_broken_promises(session, isp.tenant_id, on=on, now=now)
    return queued(isp)[before:]


def pay(isp: World, about: str) -> None:
    with isp.transaction() as session:
        invoice = get_invoice(session, isp.tenant_id, InvoiceId(int(about.partition(":")[2])))
    isp.settle(invoice)


def promise(isp: World, client_id: ClientId, until: datetime) -> None:
    with isp.transaction() as session:
        promise_until(session, isp.tenant_id, client_id, until, actor=SYSTEM)


def test_a_client_is_told_of_the_cut_when_it_comes_and_once(isp: World) -> None:
    _client_id, about = owing(isp)
    assert look(isp, CUT - TICK) == []
    assert look(isp, CUT) == [("access.suspended", about)]
    assert look(isp, CUT + DAY) == []


def test_who_stays_cut_for_years_is_told_once_also_when_the_outbox_has_forgotten(
    isp: World,
) -> None:
    owing(isp)
    look(isp, CUT)
    later = CUT + KEPT_DAYS * DAY
    with isp.transaction() as session:
        assert forget(session, isp.tenant_id, now=later) > 0
    assert look(isp, later) == []


def test_the_longest_grace_is_over_while_a_cut_is_still_news(isp: World) -> None:
    line = isp.connection(profile_id=isp.profile(grace_days=365).profile_id)
    isp.invoice(line.client_id, due_on=DUE)
    cut = datetime(2027, 3, 10, 18, tzinfo=UTC)
    assert look(isp, cut - TICK) == []
    assert [event for event, _about in look(isp, cut)] == ["access.suspended"]


def test_who_pays_after_the_cut_is_told_that_access_is_back(isp: World) -> None:
    _client_id, about = owing(isp)
    look(isp, CUT)
    pay(isp, about)
    assert look(isp, CUT + DAY) == [("access.restored", about)]
    assert look(isp, CUT + 2 * DAY) == []


def test_who_pays_one_of_two_unpaid_invoices_is_not_told_that_access_is_back(isp: World) -> None:
    client_id, about = owing(isp)
    second = isp.invoice(client_id, due_on=DUE + DAY)
    look(isp, CUT)
    pay(isp, about)
    assert look(isp, CUT + DAY) == [("access.suspended", f"invoice:{second.invoice_id}")]
    pay(isp, f"invoice:{second.invoice_id}")
    assert sorted(look(isp, CUT + 2 * DAY)) == sorted(
        [("access.restored", about), ("access.restored", f"invoice:{second.invoice_id}")]
    )


def test_a_promise_brings_access_back_and_its_end_is_told_to_the_client_and_to_staff(
    isp: World,
) -> None:
    client_id, about = owing(isp)
    look(isp, CUT)
    until = CUT + 3 * DAY
    promise(isp, client_id, until)
    assert look(isp, CUT + DAY) == [("access.restored", about)]
    broken = ("promise.broken", f"client:{client_id}:{int(until.timestamp())}")
    assert look(isp, until) == [broken, broken]
    assert look(isp, until + DAY) == []


def test_a_kept_promise_is_not_spoken_of(isp: World) -> None:
    client_id, about = owing(isp)
    promise(isp, client_id, CUT)
    pay(isp, about)
    assert look(isp, CUT) == []


def test_nobody_is_told_of_a_cut_on_a_day_on_which_nobody_is_cut(isp: World) -> None:
    _client_id, about = owing(isp)
    with isp.transaction() as session:
        eid = {date(2026, 3, 13): "Eid"}
        set_no_cut_days(session, isp.tenant_id, weekdays=frozenset(), dates=eid, actor=SYSTEM)
    assert look(isp, CUT) == []
    assert look(isp, CUT + DAY) == [("access.suspended", about)]


def test_a_profile_that_never_cuts_tells_of_no_cut(isp: World) -> None:
    line = isp.connection(profile_id=isp.profile(auto_suspend=False).profile_id)
    isp.invoice(line.client_id, due_on=DUE)
    assert look(isp, CUT + 10 * DAY) == []


def test_nobody_elses_clients_are_told(isp: World, other_isp: World) -> None:
    owing(other_isp)
    assert look(isp, CUT) == []
    assert [event for event, _about in queued(other_isp)] == ["invoice.issued"]
