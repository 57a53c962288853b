"""The table of contents: each job, when it is due on the ISP's own clock, and what it does."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from time import monotonic

from sqlalchemy.orm import Session

from billing.bill_runs import run_bills
from billing.client_logins import forget_login_codes
from billing.late_fees import charge_late_fees
from billing.package_changes import apply_package_changes
from billing.portal_sessions import forget_sessions
from billing.proof import prove_and_tell
from billing.run_reversals import finish_runs
from billing.seals import seal_ledger
from clock.gateways import ask_gateways, compare_with_gateways, forget_gateway_traffic
from clock.jobs import Job, Lane, Moment, Place, in_one_transaction
from clock.schedules import Daily, Every, Monthly
from messaging.access_notices import tell_back, tell_cut
from messaging.broken_promises import tell_broken_promises
from messaging.dunning import remind_of_dues
from messaging.expiry import tell_expired, warn_of_expiry
from messaging.webhook_sending import isps_with_webhooks_due, tell_webhooks
from messaging.webhooks import forget_deliveries
from network.session_upkeep import end_silent_sessions, forget_old_sessions, make_months
from policy.facts import TenantId
from storage import outbox
from storage.actors import SYSTEM

log = logging.getLogger(__name__)


def change_packages(place: Place, moment: Moment) -> None:
    """Each on its own day, also after downtime: a bill of then asks for what was had then."""
    changed = 1
    while changed:
        with place.transaction() as session:
            changed = apply_package_changes(
                session, place.isp, now=moment.scheduled_at, actor=SYSTEM
            )


def make_bills(place: Place, moment: Moment) -> None:
    """Of the month in which it was due, also where it is made later."""
    run_bills(place.transaction, place.isp, moment.on, now=moment.now, actor=SYSTEM)


def finish(place: Place, moment: Moment) -> None:
    finish_runs(place.transaction, place.isp, now=moment.now, actor=SYSTEM)


def charge_fees(place: Place, moment: Moment) -> None:
    charge_late_fees(place.transaction, place.isp, now=moment.now, actor=SYSTEM)


def remind(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    """After downtime it says what is true today, not what was on the day that was missed."""
    remind_of_dues(session, tenant_id, on=moment.today, now=moment.now)
    warn_of_expiry(session, tenant_id, on=moment.today, now=moment.now)


def tell_of_access(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    on, now = moment.today, moment.now
    tell_expired(session, tenant_id, now=now)
    tell_broken_promises(session, tenant_id, on=on, now=now)
    tell_cut(session, tenant_id, on=on, now=now)
    tell_back(session, tenant_id, now=now)


def seal(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    seal_ledger(session, tenant_id, now=moment.now)


def prove_books(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    """Its last seal goes into the log: whoever changes the database cannot change that."""
    proof = prove_and_tell(session, tenant_id, on=moment.today, now=moment.now)
    kept = proof.last_seal
    log.info(
        "The books of ISP %s %s; seal %s is %s.",
        tenant_id,
        "agree" if proof.holds else f"DIFFER: {proof.differences}",
        kept.number if kept else 0,
        kept.digest if kept else "none",
    )


def forget_messages(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    outbox.forget(session, tenant_id, now=moment.now)


def forget_visits(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    forget_sessions(session, tenant_id, now=moment.now)
    forget_login_codes(session, tenant_id, now=moment.now)


def tell_outside(place: Place, moment: Moment) -> None:
    """Looks once for all ISPs: most have nothing to tell."""
    server, began = place.server, monotonic()

    def now() -> datetime:
        """What is tried again waits from the end of a try, which may take its time."""
        return moment.now + timedelta(seconds=monotonic() - began)

    with place.transaction() as session:
        due = isps_with_webhooks_due(session, now=moment.now)
    for tenant_id in due:
        tell_webhooks(
            server.database, server.keys(), tenant_id, now, private=server.private_webhooks
        )


def forget_told(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    forget_deliveries(session, tenant_id, now=moment.now)


def end_silent(place: Place, moment: Moment) -> None:
    with place.transaction() as session:
        end_silent_sessions(session, now=moment.now)


def turn_months(place: Place, moment: Moment) -> None:
    with place.transaction() as session:
        make_months(session, now=moment.now)
    with place.transaction() as session:
        forget_old_sessions(session, now=moment.now)


def back_up(place: Place, moment: Moment) -> None:
    place.server.back_up(moment.now)


JOBS = (
    Job(
        name="silent_sessions",
        what="ends sessions of which nothing is heard any more",
        lane=Lane.MINUTE,
        schedule=Every(timedelta(minutes=1)),
        run=end_silent,
        of_server=True,
    ),
    Job(
        name="seals",
        what="seals what was posted to the ledger",
        lane=Lane.MINUTE,
        schedule=Every(timedelta(minutes=1)),
        run=in_one_transaction(seal),
    ),
    Job(
        name="gateways",
        what="asks gateways about payments that are not certain",
        lane=Lane.GATEWAYS,
        schedule=Every(timedelta(seconds=5)),
        run=ask_gateways,
    ),
    Job(
        name="package_changes",
        what="gives packages that were to be had from today on",
        lane=Lane.MONEY,
        schedule=Daily(time(0, 5)),
        run=change_packages,
        each_missed=True,
    ),
    Job(
        name="bills",
        what="makes everybody's bills of the month",
        lane=Lane.MONEY,
        schedule=Monthly(1, time(0, 10)),
        run=make_bills,
        each_missed=True,
    ),
    Job(
        name="bill_runs",
        what="goes on with bill runs that were approved, taken back or cut short",
        lane=Lane.MONEY,
        schedule=Every(timedelta(minutes=5)),
        run=finish,
    ),
    Job(
        name="late_fees",
        what="charges fees for invoices that are paid late",
        lane=Lane.MONEY,
        schedule=Daily(time(3)),
        run=charge_fees,
    ),
    Job(
        name="notices",
        what="tells of cuts, of ended time and of broken promises",
        lane=Lane.MONEY,
        schedule=Every(timedelta(minutes=5)),
        run=in_one_transaction(tell_of_access),
    ),
    Job(
        name="reminders",
        what="reminds of invoices that are due and of time that ends",
        lane=Lane.MONEY,
        schedule=Daily(time(9)),
        run=in_one_transaction(remind),
    ),
    Job(
        name="proof",
        what="proves that the books agree with the ledger, and that nobody touched it",
        lane=Lane.UPKEEP,
        schedule=Daily(time(3, 30)),
        run=in_one_transaction(prove_books),
    ),
    Job(
        name="gateway_comparison",
        what="asks gateways about all payments of three days, and compares them with the books",
        lane=Lane.UPKEEP,
        schedule=Daily(time(5, 30)),
        run=compare_with_gateways,
    ),
    Job(
        name="gateway_traffic",
        what="forgets what was said to gateways long ago",
        lane=Lane.UPKEEP,
        schedule=Daily(time(4, 50)),
        run=forget_gateway_traffic,
    ),
    Job(
        name="backup",
        what="writes an encrypted backup of the database",
        lane=Lane.UPKEEP,
        schedule=Daily(time(2, 30)),
        run=back_up,
        of_server=True,
    ),
    Job(
        name="session_months",
        what="makes room for the sessions of months to come, and forgets those of long ago",
        lane=Lane.UPKEEP,
        schedule=Daily(time(4)),
        run=turn_months,
        of_server=True,
    ),
    Job(
        name="outbox_retention",
        what="forgets messages of long ago",
        lane=Lane.UPKEEP,
        schedule=Daily(time(4, 30)),
        run=in_one_transaction(forget_messages),
    ),
    Job(
        name="webhooks",
        what="tells webhooks of payments and access",
        lane=Lane.WEBHOOKS,
        schedule=Every(timedelta(seconds=5)),
        run=tell_outside,
        of_server=True,
    ),
    Job(
        name="webhook_retention",
        what="forgets what webhooks were told long ago",
        lane=Lane.UPKEEP,
        schedule=Daily(time(4, 35)),
        run=in_one_transaction(forget_told),
    ),
    Job(
        name="portal_retention",
        what="forgets who was logged in to the portal until their time was over",
        lane=Lane.UPKEEP,
        schedule=Daily(time(4, 40)),
        run=in_one_transaction(forget_visits),
    ),
)
