"""Commands of money: what a person types, and what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest

from billing.errors import InvoiceSettled, MonthAhead, NothingToBill, SamePerson, TransactionKnown
from billing.settings import BillingSettings, change_billing_settings
from commands.bill import COMMAND as BILL
from commands.bill import NoRunOfMonth
from commands.invoice import COMMAND as INVOICE
from commands.invoice import CannotWrite, NoSuchInvoice
from commands.ledger import COMMAND as LEDGER
from commands.meant import NotAnAmount, NothingNamed
from commands.pay import COMMAND as PAY
from commands.pay import AmountMissing, AmountOfCredit, NumberUnknown
from commands.receipt import COMMAND as RECEIPT
from commands.whatif import COMMAND as WHATIF
from commands.whatif import NotADay, NotAPair, NotGraceDays, NothingSupposed
from policy.facts import ProfileKind
from storage.actors import SYSTEM
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world

Says = Callable[..., str]


@pytest.fixture
def isp(home: Home) -> World:
    return create_world(home.database, home.keys())


@pytest.fixture
def says(home: Home, isp: World) -> Says:
    """What a command prints."""

    def run(command: click.Command, *words: str) -> str:
        said = home.run(command, *words, "--isp", isp.slug)
        assert said.exit_code == 0, said.output
        return said.output

    return run


def owing(isp: World) -> str:
    """A client who owes ৳500; the invoice's number."""
    rahim = isp.client("Rahim")
    return isp.invoice(rahim.client_id).invoice_number or ""


def line_of(isp: World, username: str = "rahim") -> None:
    """A client of a monthly bill over ৳800, from the first of March on."""
    package = isp.package("Home 10")
    profile = isp.profile(ProfileKind.MONTHLY)
    isp.connection(
        username,
        package_id=package.package_id,
        profile_id=profile.profile_id,
        billed_from_on=date(2026, 3, 1),
    )


def test_a_payment_pays_the_oldest_and_the_rest_is_credit(says: Says, isp: World) -> None:
    owing(isp)
    said = says(PAY, "rahim", "--amount", "৮০০")
    assert "৳800 by cash; ৳500 pays invoices, ৳300 is credit." in said
    assert said.endswith("Due ৳0, credit ৳300.\n")


def test_credit_pays_what_is_due(says: Says, isp: World) -> None:
    says(PAY, str(isp.client("Rahim").client_number), "--amount", "300")
    number = isp.invoice(isp.client("Karim").client_id).invoice_number or ""
    says(PAY, "karim", "--amount", "100", "--invoice", number.lower())
    with pytest.raises(AmountOfCredit):
        says(PAY, "rahim", "--method", "balance", "--amount", "5")
    assert says(PAY, "rahim", "--method", "balance") == "Due ৳0, credit ৳300.\n"


def test_a_payment_that_did_not_come_is_reversed_and_owed_again(says: Says, isp: World) -> None:
    owing(isp)
    paid = says(PAY, "rahim", "--amount", "500", "--method", "bkash", "--transaction", "TX9")
    number = paid.split()[1].rstrip(":")
    with pytest.raises(TransactionKnown):
        says(PAY, "rahim", "--amount", "500", "--method", "bkash", "--transaction", "TX9")
    said = says(PAY, "reverse", number, "--reason", "it bounced")
    assert "৳500 by bkash TX9 is reversed." in said
    assert said.endswith("Due ৳500, credit ৳0.\n")


def test_the_ledger_tells_each_movement_and_what_was_due_after_it(says: Says, isp: World) -> None:
    assert says(LEDGER, str(isp.client("Karim").client_number)) == "No money has moved yet.\n"
    owing(isp)
    says(PAY, "rahim", "--amount", "200")
    lines = says(LEDGER, "rahim").splitlines()
    assert "due ৳500, credit ৳0" in lines[0]
    assert "due ৳300, credit ৳0" in lines[-1]
    told = json.loads(says(LEDGER, "rahim", "--json"))
    assert [entry["due_minor"] for entry in told["entries"]][-1] == 30_000


def test_a_month_is_looked_at_billed_once_and_taken_back(says: Says, isp: World) -> None:
    line_of(isp)
    assert says(BILL, "list") == "No run was made yet.\n"
    foreseen = says(BILL, "preview", "--month", "2026-03")
    assert "2026-03: 1 bills, ৳800." in foreseen
    assert json.loads(says(BILL, "preview", "--month", "2026-03", "--json"))["invoices"] == 1
    done = says(BILL, "run", "--month", "2026-03", "--yes")
    assert "done, 1 of 1 bills, ৳800" in done
    assert says(BILL, "run", "--month", "2026-03", "--yes") == done.splitlines()[-1] + "\n"
    [run] = json.loads(says(BILL, "list", "--json"))
    assert (run["state"], run["billed_count"]) == ("done", 1)
    taken_back = says(BILL, "reverse", "--month", "2026-03", "--yes")
    assert "1 bills over ৳800 become void; ৳0 paid for them is credit" in taken_back
    assert "reversed" in taken_back
    with pytest.raises(NoRunOfMonth, match="2026-04 has no run"):
        says(BILL, "approve", "--month", "2026-04", "--yes")


def test_one_client_is_billed_alone(says: Says, isp: World) -> None:
    line_of(isp)
    assert "Total ৳800" in says(BILL, "preview", "rahim")
    assert "৳800, issued, due " in says(BILL, "run", "rahim", "--month", "2026-03")
    with pytest.raises(NothingToBill):
        says(BILL, "run", "rahim", "--month", "2026-03")
    with pytest.raises(MonthAhead):
        says(BILL, "run", "--month", "2099-01", "--yes")


def test_nobody_approves_a_run_they_asked_for(says: Says, isp: World) -> None:
    line_of(isp)
    with isp.transaction() as session:
        settings = BillingSettings(approval_above_minor=100)
        change_billing_settings(session, isp.tenant_id, settings, actor=SYSTEM)
    assert "waits for a second person" in says(BILL, "run", "--month", "2026-03", "--yes")
    with pytest.raises(SamePerson):
        says(BILL, "approve", "--month", "2026-03", "--yes")


def test_what_cannot_be_paid_is_refused_with_what_to_do(says: Says, isp: World) -> None:
    number = owing(isp)
    with pytest.raises(AmountMissing):
        says(PAY, "rahim")
    for said in ("-5", "0", "8.005", "much"):
        with pytest.raises(NotAnAmount):
            says(PAY, "rahim", f"--amount={said}")
    with pytest.raises(NumberUnknown):
        says(PAY, "rahim", "--amount", "5", "--invoice", "INV-0")
    says(PAY, "rahim", "--amount", "500")
    with pytest.raises(InvoiceSettled):
        says(PAY, "rahim", "--amount", "5", "--invoice", number)


def test_a_rule_is_tried_on_everybody_and_nothing_is_written(says: Says, isp: World) -> None:
    line_of(isp)
    said = says(WHATIF, "--price", "home 10=1000")
    assert "Of 1 connections 0 gain access, 0 lose it." in said
    assert "1 over ৳800 become 1 over ৳1,000, a difference of ৳200." in said
    assert json.loads(says(WHATIF, "--no-cut", "friday", "--json"))["connections"] == 1
    assert says(BILL, "list") == "No run was made yet.\n"


def test_what_cannot_be_supposed_is_refused(says: Says, isp: World) -> None:
    line_of(isp)
    with pytest.raises(NothingSupposed):
        says(WHATIF)
    with pytest.raises(NotAPair):
        says(WHATIF, "--price", "1000")
    with pytest.raises(NothingNamed, match="There is no package Gone"):
        says(WHATIF, "--price", "Gone=1000")
    with pytest.raises(NotGraceDays):
        says(WHATIF, "--grace", f"{isp.profile().details.name}=some")
    with pytest.raises(NotADay):
        says(WHATIF, "--no-cut", "someday")


def test_an_invoice_and_its_receipt_are_written_as_papers(
    says: Says, isp: World, tmp_path: Path
) -> None:
    number = owing(isp)
    file = tmp_path / "bill.pdf"
    assert says(INVOICE, number.lower(), "--pdf", str(file), "--language", "en") == f"{file}\n"
    assert file.read_bytes().startswith(b"%PDF-")
    payment = says(PAY, "rahim", "--amount", "500").split()[1].rstrip(":")
    says(RECEIPT, payment, "--width", "58", "--pdf", str(file))
    assert file.read_bytes().startswith(b"%PDF-")
    with pytest.raises(NoSuchInvoice, match="There is no invoice INV-0"):
        says(INVOICE, "INV-0")
    with pytest.raises(CannotWrite, match="Say another with --pdf"):
        says(INVOICE, number, "--pdf", str(tmp_path / "nowhere" / "bill.pdf"))
