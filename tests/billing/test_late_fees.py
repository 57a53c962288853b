from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from billing.clients import set_client_status
from billing.invoices import Invoice, get_invoice, void_invoice
from billing.late_fees import CLIENTS_OF_CHUNK, charge_late_fees
from billing.ledger import Account, Balance, balance_of
from billing.proof import account_balances, prove
from billing.settings import BillingSettings, change_billing_settings
from policy.bills import LineKind
from policy.facts import Status
from storage.actors import SYSTEM
from tests.fixtures.isps import World

DUE = date(2026, 3, 5)
DAY = timedelta(days=1)
NIGHT = datetime(2026, 3, 7, 21, tzinfo=UTC)  # 03:00 in Dhaka, three days after
FIXED = BillingSettings(late_fee_after_days=3, late_fee_minor=5_000)
TWO_PERCENT = BillingSettings(late_fee_after_days=3, late_fee_points=200)


def rule(isp: World, settings: BillingSettings) -> None:
    with isp.transaction() as session:
        change_billing_settings(session, isp.tenant_id, settings, actor=SYSTEM)


def charge(isp: World, now: datetime = NIGHT, limit: int = CLIENTS_OF_CHUNK) -> None:
    charge_late_fees(isp.transaction, isp.tenant_id, now=now, actor=SYSTEM, limit=limit)


def fees(isp: World, invoice: Invoice) -> list[int]:
    with isp.transaction() as session:
        lines = get_invoice(session, isp.tenant_id, invoice.invoice_id).lines
    return [line.amount_minor for line in lines if line.kind is LineKind.LATE_FEE]


def bill(isp: World, total_minor: int = 50_000) -> Invoice:
    return isp.invoice(isp.client().client_id, DUE, total_minor)


def test_an_invoice_is_charged_a_fee_so_many_days_after_it_was_due_and_not_before(
    isp: World,
) -> None:
    rule(isp, FIXED)
    invoice = bill(isp)
    charge(isp, NIGHT - DAY)
    assert fees(isp, invoice) == []
    charge(isp, NIGHT)
    assert fees(isp, invoice) == [5_000]


def test_the_day_is_the_isps_own(isp: World) -> None:
    rule(isp, FIXED)
    invoice = bill(isp)
    midnight = datetime(2026, 3, 7, 18, tzinfo=UTC)
    charge(isp, midnight - timedelta.resolution)
    assert fees(isp, invoice) == []
    charge(isp, midnight)
    assert fees(isp, invoice) == [5_000]


def test_an_invoice_is_charged_once_however_often_and_long_it_is_late(isp: World) -> None:
    rule(isp, FIXED)
    invoice = bill(isp)
    for days in (0, 0, 1, 40):
        charge(isp, NIGHT + days * DAY)
    assert fees(isp, invoice) == [5_000]


def test_a_percentage_is_of_what_is_unpaid(isp: World) -> None:
    rule(isp, TWO_PERCENT)
    invoice = bill(isp)
    isp.pay(invoice.client_id, 20_000)
    charge(isp)
    assert fees(isp, invoice) == [600]


def test_a_fee_is_rounded_as_bills_are_so_that_notes_can_pay_it(isp: World) -> None:
    rule(isp, BillingSettings(late_fee_after_days=3, late_fee_points=200, round_to_minor=100))
    invoice = bill(isp, 83_700)
    charge(isp)
    assert fees(isp, invoice) == [1_700]


def test_a_fee_of_nothing_is_no_line_and_keeps_nobody_waiting(isp: World) -> None:
    rule(isp, BillingSettings(late_fee_after_days=3, late_fee_points=1))
    tiny, usual = bill(isp, 10), bill(isp)
    charge(isp)
    assert (fees(isp, tiny), fees(isp, usual)) == ([], [5])


def test_who_has_paid_or_left_or_was_billed_in_error_is_charged_none(isp: World) -> None:
    rule(isp, FIXED)
    paid, left, wrong = bill(isp), bill(isp), bill(isp)
    isp.settle(paid)
    with isp.transaction() as session:
        set_client_status(session, isp.tenant_id, left.client_id, Status.INACTIVE, actor=SYSTEM)
        void_invoice(session, isp.tenant_id, wrong.invoice_id, now=NIGHT, actor=SYSTEM)
    charge(isp)
    assert [fees(isp, invoice) for invoice in (paid, left, wrong)] == [[], [], []]


def test_an_isp_without_a_rule_charges_none(isp: World) -> None:
    invoice = bill(isp)
    charge(isp)
    assert fees(isp, invoice) == []


def test_a_fee_is_owed_and_booked_as_what_it_is(isp: World) -> None:
    rule(isp, FIXED)
    invoice = bill(isp)
    charge(isp)
    with isp.transaction() as session:
        assert balance_of(session, isp.tenant_id, invoice.client_id) == Balance(55_000, 0)
        assert account_balances(session, isp.tenant_id)[Account.LATE_FEES] == -5_000
        assert prove(session, isp.tenant_id).holds


def test_all_of_many_late_clients_are_charged_each_invoice_of_theirs(isp: World) -> None:
    rule(isp, FIXED)
    late = [bill(isp) for _ in range(5)]
    late += [isp.invoice(late[0].client_id, DUE - 31 * DAY)]
    charge(isp, limit=2)
    assert [fees(isp, invoice) for invoice in late] == [[5_000]] * 6


def test_two_at_once_charge_once(isp: World) -> None:
    rule(isp, FIXED)
    late = [bill(isp) for _ in range(10)]
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(charge, isp) for _ in range(4)]:
            done.result()
    assert [fees(isp, invoice) for invoice in late] == [[5_000]] * 10


def test_nobody_elses_clients_are_charged(isp: World, other_isp: World) -> None:
    rule(isp, FIXED)
    invoice = bill(other_isp)
    charge(isp)
    assert fees(other_isp, invoice) == []
    with isp.transaction() as session:
        lines = session.scalar(text("SELECT count(*) FROM invoice_lines"))
    assert lines == 0
