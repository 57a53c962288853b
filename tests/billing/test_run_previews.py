"""What a run would bill before it does, and why that differs from the month before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from billing.bill_runs import request_run
from billing.client_terms import ClientTerms, set_client_terms
from billing.departures import end_connection
from billing.extra_charges import add_extra_charge
from billing.package_changes import change_package_of
from billing.packages import change_package, get_package
from billing.run_previews import Cause, RunPreview, preview_bills
from storage.actors import SYSTEM
from tests.fixtures.bills import (
    APRIL,
    APRIL_BEGINS,
    FEBRUARY,
    MARCH,
    MARCH_BEGINS,
    PRICE,
    count,
    line,
    run,
    settings,
)
from tests.fixtures.isps import World


def preview(isp: World, month_on: date = APRIL) -> RunPreview:
    with isp.transaction() as session:
        return preview_bills(session, isp.tenant_id, month_on, now=APRIL_BEGINS, actor=SYSTEM)


def causes(isp: World, month_on: date = APRIL) -> dict[Cause, tuple[int, int]]:
    found = preview(isp, month_on)
    sums = {one.cause: (one.count, one.minor) for one in found.differences}
    assert found.former_minor + sum(minor for _count, minor in sums.values()) == (
        found.before_tax_minor
    )
    return sums


def test_a_preview_tells_what_the_run_then_bills_and_writes_nothing(isp: World) -> None:
    settings(isp, vat_points=500)
    for _ in range(3):
        line(isp)
    before = count(isp, "audit_log")
    foreseen = preview(isp, MARCH)
    assert (foreseen.invoices, foreseen.total_minor) == (3, 3 * 84_000)
    assert (count(isp, "invoices"), count(isp, "audit_log")) == (0, before)
    done = run(isp)
    assert (done.billed_count, done.billed_minor) == (foreseen.invoices, foreseen.total_minor)


def test_a_month_like_the_one_before_differs_by_nothing(isp: World) -> None:
    line(isp)
    run(isp)
    assert causes(isp) == {}


def test_who_came_and_who_left_are_told_apart(isp: World) -> None:
    gone = line(isp)
    run(isp)
    line(isp, since=APRIL)
    with isp.transaction() as session:
        end_connection(session, isp.tenant_id, gone.connection_id, now=APRIL_BEGINS, actor=SYSTEM)
    assert causes(isp) == {Cause.NEW: (1, PRICE), Cause.LEFT: (1, -PRICE)}


def test_price_package_and_discount_are_told_apart(isp: World) -> None:
    dearer, moved, cheaper = line(isp), line(isp), line(isp)
    run(isp)
    bigger = isp.package(price_minor=PRICE + 500).package_id
    with isp.transaction() as session:
        package_id = dearer.details.package_id
        priced = replace(
            get_package(session, isp.tenant_id, package_id).details, price_minor=PRICE + 100
        )
        change_package(session, isp.tenant_id, package_id, priced, actor=SYSTEM)
        change_package_of(
            session, isp.tenant_id, moved.connection_id, bigger, now=APRIL_BEGINS, actor=SYSTEM
        )
        terms = ClientTerms(discount_minor=1_000)
        set_client_terms(session, isp.tenant_id, cheaper.client_id, terms, actor=SYSTEM)
    assert causes(isp) == {
        Cause.PRICE: (1, 100), Cause.PACKAGE: (1, 500), Cause.DISCOUNT: (1, -1_000),
    }  # fmt: skip


def test_a_first_bill_of_more_days_and_extra_charges_are_told(isp: World) -> None:
    early = line(isp, since=date(2026, 2, 15), price_minor=28_000)
    run(isp)
    with isp.transaction() as session:
        add_extra_charge(
            session, isp.tenant_id, early.client_id, description="cable", amount_minor=70,
            actor=SYSTEM,
        )  # fmt: skip
    assert causes(isp) == {Cause.DAYS: (1, -14_000), Cause.EXTRA: (1, 70)}


def test_a_request_tells_what_was_foreseen(isp: World) -> None:
    line(isp, since=FEBRUARY)
    with isp.transaction() as session:
        wanted = request_run(session, isp.tenant_id, MARCH, now=MARCH_BEGINS, actor=SYSTEM)
    assert wanted.foreseen_count == 1
