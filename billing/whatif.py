"""What-if: a changed rule, price or day, tried on every client before it is made. Writes nothing.

The same functions decide and price as at a login and in a bill run; what they are told differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from billing.access import ANY_DEVICE, facts_of, profile_facts
from billing.bill_facts import Account, Catalogue, next_clients, read_accounts, read_catalogue
from billing.drafts import draft, monthly
from billing.errors import PackageNotFound, ProfileNotFound
from billing.run_previews import CLIENTS_OF_CHUNK
from policy.access import Verdict, decide_access
from policy.facts import (
    ClientId,
    ConnectionId,
    IspFacts,
    PackageId,
    ProfileFacts,
    ProfileId,
    Reason,
    TenantId,
)
from policy.periods import next_month
from storage.actors import Actor, Permission
from storage.errors import ValueRefused
from tenancy.isps import local_date

MOVED_MAX = 500  # connections named of those who gain, and of those who lose
GRACE_DAYS_MAX = 365
ISO_WEEKDAYS = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """What is supposed to be otherwise; all else stays as it is.

    `moved`: all of one profile are billed and cut by another. `at`: access is looked at then, with
    what is known now: nobody has paid or been billed since.
    """

    price_minor: Mapping[PackageId, int] = field(default_factory=dict)  # of a whole cycle
    grace_days: Mapping[ProfileId, int] = field(default_factory=dict)
    moved: Mapping[ProfileId, ProfileId] = field(default_factory=dict)
    no_cut_weekdays: frozenset[int] | None = None  # ISO: Monday 1 .. Sunday 7
    no_cut_dates: frozenset[date] = frozenset()  # besides those there are
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A connection that gains or loses access, with the rule that decides now and would then."""

    client_id: ClientId
    username: str
    now: Reason
    then: Reason


@dataclass(frozen=True, slots=True)
class Bills:
    """What a bill run asks, tax and rounding included."""

    invoices: int = 0
    total_minor: int = 0

    def __add__(self, other: Bills) -> Bills:
        return Bills(self.invoices + other.invoices, self.total_minor + other.total_minor)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`gained` and `lost` count connections, of which at most MOVED_MAX each are named.

    `bills_now` and `bills_then` are what the run of `month_on` asks, the next month's.
    """

    connections: int
    gained: int
    lost: int
    gaining: tuple[Moved, ...]
    losing: tuple[Moved, ...]
    month_on: date
    bills_now: Bills
    bills_then: Bills


def try_out(
    session: Session, tenant_id: TenantId, supposed: Supposition, *, now: datetime, actor: Actor
) -> Outcome:
    """Who would gain or lose access, and what next month's bills would become. All are read.

    Locks nothing. Raises NotPermitted, PackageNotFound, ProfileNotFound, ValueRefused.
    """
    actor.require(Permission.VIEW_ALL_CLIENTS)
    trial = _Trial(session, tenant_id, supposed, now)
    after = 0
    while ids := next_clients(session, tenant_id, after, CLIENTS_OF_CHUNK, lock=False):
        accounts = list(read_accounts(session, tenant_id, ids, trial.month_on))
        trial.bill(accounts)
        trial.look([line.connection_id for one in accounts for line in one.connections])
        after = ids[-1]
    return trial.outcome()


class _Trial:
    """One what-if under way: both worlds, and what was found so far."""

    def __init__(
        self, session: Session, tenant_id: TenantId, supposed: Supposition, now: datetime
    ) -> None:
        self.session, self.tenant_id, self.supposed, self.now = session, tenant_id, supposed, now
        self.month_on = next_month(local_date(session, tenant_id, now).replace(day=1))
        self.catalogue = read_catalogue(session, tenant_id)
        self.catalogue_then = _supposed_catalogue(self.catalogue, supposed)
        self.profiles = _supposed_profiles(profile_facts(session, tenant_id), supposed)
        self.bills_now = self.bills_then = Bills()
        self.connections = 0
        self.counts = Counter({True: 0, False: 0})  # by whether access is gained
        self.named: dict[bool, list[Moved]] = {True: [], False: []}

    def bill(self, accounts: Sequence[Account]) -> None:
        """Draft their bills in both worlds."""
        now = then = _asked(accounts, self.catalogue, self.month_on)
        if self.catalogue_then != self.catalogue:
            then = _asked(accounts, self.catalogue_then, self.month_on)
        self.bills_now, self.bills_then = self.bills_now + now, self.bills_then + then

    def look(self, connection_ids: Sequence[ConnectionId]) -> None:
        """Decide on them in both worlds."""
        then_at = self.supposed.at or self.now
        isp: IspFacts | None = None
        for facts in facts_of(self.session, self.tenant_id, connection_ids):
            isp = isp or _supposed_isp(facts.isp, self.supposed)
            profile = self.profiles[facts.profile.profile_id]
            was = decide_access(facts, ANY_DEVICE, self.now)
            then = decide_access(replace(facts, isp=isp, profile=profile), ANY_DEVICE, then_at)
            had, has = (one.verdict is Verdict.ACCEPT for one in (was, then))
            self.connections += 1
            if had != has:
                self.counts[has] += 1
                if len(self.named[has]) < MOVED_MAX:
                    line = facts.connection
                    moved = Moved(line.client_id, line.username, was.reason, then.reason)
                    self.named[has].append(moved)

    def outcome(self) -> Outcome:
        """What it came to."""
        return Outcome(
            self.connections,
            self.counts[True],
            self.counts[False],
            tuple(self.named[True]),
            tuple(self.named[False]),
            self.month_on,
            self.bills_now,
            self.bills_then,
        )


def _asked(accounts: Iterable[Account], catalogue: Catalogue, month_on: date) -> Bills:
    """What the month's bills of those clients ask."""
    drafts = (
        draft(account, catalogue, monthly(month_on), month_on=month_on, issued_on=month_on)
        for account in accounts
    )
    asked = [bill.total_minor for bill in drafts if bill is not None and bill.asks]
    return Bills(len(asked), sum(asked))


def _supposed_catalogue(catalogue: Catalogue, supposed: Supposition) -> Catalogue:
    """Raises PackageNotFound, ProfileNotFound, ValueRefused."""
    packages, profiles = dict(catalogue.packages), dict(catalogue.profiles)
    for package_id, price in supposed.price_minor.items():
        if package_id not in packages:
            raise PackageNotFound(package_id)
        if not isinstance(price, int) or price < 0:
            raise ValueRefused("packages_price_minor_check")
        packages[package_id] = replace(packages[package_id], price_minor=price)
    for pair in supposed.moved.items():
        for profile_id in pair:
            if profile_id not in profiles:
                raise ProfileNotFound(profile_id)
        profiles[pair[0]] = catalogue.profiles[pair[1]]
    return replace(catalogue, packages=packages, profiles=profiles)


def _supposed_profiles(
    profiles: Mapping[ProfileId, ProfileFacts], supposed: Supposition
) -> Mapping[ProfileId, ProfileFacts]:
    """Raises ProfileNotFound, ValueRefused."""
    changed = dict(profiles)
    for profile_id, days in supposed.grace_days.items():
        if profile_id not in profiles:
            raise ProfileNotFound(profile_id)
        if not 0 <= days <= GRACE_DAYS_MAX:
            raise ValueRefused("profiles_grace_days_check")
        changed[profile_id] = replace(profiles[profile_id], grace_days=days)
    return changed | {was: changed[becomes] for was, becomes in supposed.moved.items()}


def _supposed_isp(isp: IspFacts, supposed: Supposition) -> IspFacts:
    """Raises ValueRefused."""
    weekdays = supposed.no_cut_weekdays
    if weekdays is None:
        weekdays = isp.no_cut_weekdays
    elif not weekdays <= ISO_WEEKDAYS:
        raise ValueRefused("weekdays_check")
    return replace(
        isp, no_cut_weekdays=weekdays, no_cut_dates=isp.no_cut_dates | supposed.no_cut_dates
    )
