from datetime import timedelta

from billing.access import why
from billing.invoices import mark_paid
from policy.access import Verdict
from policy.facts import ProfileKind, Reason
from storage.actors import SYSTEM
from tests.fixtures.isps import NOON, World

SECOND = timedelta(seconds=1)


def test_a_new_connection_may_log_in(isp: World) -> None:
    isp.connection("rahim")
    with isp.transaction() as session:
        decision = why(session, isp.tenant_id, "rahim", now=NOON)
    assert (decision.verdict, decision.reason) == (Verdict.ACCEPT, Reason.CURRENT)


def test_an_overdue_invoice_walls_until_it_is_paid(isp: World) -> None:
    connection = isp.connection("karim")
    invoice = isp.invoice(connection.client_id)
    with isp.transaction() as session:
        assert why(session, isp.tenant_id, "karim", now=NOON).reason is Reason.DUES
    with isp.transaction() as session:
        mark_paid(session, isp.tenant_id, invoice.invoice_id, actor=SYSTEM)
    with isp.transaction() as session:
        assert why(session, isp.tenant_id, "karim", now=NOON).verdict is Verdict.ACCEPT


def test_paid_validity_ends_exclusively(isp: World) -> None:
    daily = isp.profile(ProfileKind.DAILY)
    isp.connection("nadia", profile_id=daily.profile_id, expires_at=NOON)
    with isp.transaction() as session:
        before = why(session, isp.tenant_id, "nadia", now=NOON - SECOND)
        at = why(session, isp.tenant_id, "nadia", now=NOON)
    assert (before.verdict, at.reason) == (Verdict.ACCEPT, Reason.EXPIRED)


def test_another_isps_username_is_nobodys(isp: World, other_isp: World) -> None:
    isp.connection("rahim")
    with other_isp.transaction() as session:
        assert why(session, other_isp.tenant_id, "rahim", now=NOON).reason is Reason.UNKNOWN
        assert why(session, isp.tenant_id, "rahim", now=NOON).reason is Reason.UNKNOWN
