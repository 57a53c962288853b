"""What `./skylink client` shows of clients: a line of a list, or all of one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from billing.clients import get_client
from billing.connections import Connection, connections_of
from billing.invoices import Invoice, InvoiceStatus, invoices_of
from billing.packages import list_packages
from billing.profiles import list_profiles
from billing.search import FoundClient
from commands.scope import Scope
from policy.figures import amount
from policy.money import Money
from policy.words import ENGLISH
from tenancy.isps import IspDetails

INVOICES_SHOWN = 6
SAID = {"father_name": "Father", "email": "E-mail", "nid": "NID", "address": "Address"}


def found_line(found: FoundClient, isp: IspDetails) -> str:
    """One client on one line."""
    told = [
        f"{found.client_number:>6}  {_both_names(found)}",
        found.phone or "",
        found.state.value,
        ", ".join(found.usernames),
        ", ".join(found.packages),
        f"until {_clock(found.expires_at, isp)}" if found.expires_at else "",
        f"due {_money(found.due_minor, isp)}" if found.due_minor else "",
    ]
    return "  ".join(part for part in told if part)


def screen(scope: Scope, found: FoundClient) -> list[str]:
    """All of one client, a line a fact."""
    session, tenant_id, isp = scope.session, scope.tenant_id, scope.isp
    details = get_client(session, tenant_id, found.client_id).details
    lines = [f"Client {found.client_number}: {_both_names(found)}, {found.state.value}"]
    lines.append(f"  Phone      {found.phone or 'not known'}")
    lines += [f"  Zone       {found.zone}"] if found.zone else []
    for name, label in SAID.items():
        if value := getattr(details, name):
            lines.append(f"  {label:<10} {value}")
    lines.append(f"  Due        {_due(found, isp)}")
    packages = {one.package_id: one.details.name for one in list_packages(session, tenant_id)}
    profiles = {one.profile_id: one.details.name for one in list_profiles(session, tenant_id)}
    for line in connections_of(session, tenant_id, found.client_id):
        sold = f"{packages[line.details.package_id]}, {profiles[line.details.profile_id]}"
        lines.append(f"  Connection {line.details.username}: {sold}{_standing(line, isp)}")
    for invoice in invoices_of(session, tenant_id, found.client_id, limit=INVOICES_SHOWN):
        lines.append(f"  Invoice    {_invoice(invoice)}")
    return lines


def as_object(scope: Scope, found: FoundClient) -> dict[str, Any]:
    """The same for programs: amounts in minor units."""
    session, tenant_id = scope.session, scope.tenant_id
    invoices = invoices_of(session, tenant_id, found.client_id, limit=INVOICES_SHOWN)
    told: dict[str, Any] = plain(
        {
            **asdict(found),
            "details": asdict(get_client(session, tenant_id, found.client_id).details),
            "connections": [
                asdict(line) for line in connections_of(session, tenant_id, found.client_id)
            ],
            "invoices": [
                asdict(invoice) | {"due_minor": invoice.due_minor} for invoice in invoices
            ],
        }
    )
    return told


def plain(value: Any) -> Any:
    """As JSON has it: dates and instants as text."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value if value is None or isinstance(value, int | str) else str(value)


def _both_names(found: FoundClient) -> str:
    return f"{found.name} ({found.name_bn})" if found.name_bn else found.name


def _due(found: FoundClient, isp: IspDetails) -> str:
    if not found.unpaid_invoices:
        return "nothing"
    bills = "1 invoice" if found.unpaid_invoices == 1 else f"{found.unpaid_invoices} invoices"
    return f"{_money(found.due_minor, isp)} on {bills}"


def _standing(line: Connection, isp: IspDetails) -> str:
    told = [line.status.value]
    told += ["VIP"] if line.vip else []
    told += [f"until {_clock(line.expires_at, isp)}"] if line.expires_at else []
    return f", {', '.join(told)}"


def _invoice(invoice: Invoice) -> str:
    asked = amount(Money(invoice.total_minor, invoice.currency), ENGLISH)
    told = f"{invoice.invoice_number or 'draft'} of {invoice.issued_on}: {asked}, {invoice.status}"
    if invoice.status is InvoiceStatus.PARTIAL:
        told += f", {amount(Money(invoice.due_minor, invoice.currency), ENGLISH)} left"
    return f"{told}, due {invoice.due_on}" if invoice.due_minor else told


def _money(minor: int, isp: IspDetails) -> str:
    return amount(Money(minor, isp.currency), ENGLISH)


def _clock(moment: datetime, isp: IspDetails) -> str:
    return moment.astimezone(ZoneInfo(isp.time_zone)).strftime("%Y-%m-%d %H:%M")
