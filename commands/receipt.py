"""`./skylink receipt`: a receipt as a PDF for a thermal printer."""

from __future__ import annotations

from pathlib import Path

import click

from billing.papers.contents import receipt_paper
from billing.papers.receipt_slip import Roll, draw_receipt
from billing.payments import PaymentId
from commands.invoice import IN, OF_ISP, TO, write_paper
from commands.scope import isp_scope


@click.command("receipt")
@click.argument("number", metavar="PAYMENT", type=int)
@TO
@IN
@click.option("--width", type=click.Choice([str(int(roll)) for roll in Roll]), default="80",
              show_default=True, help="Of the printer's roll, in millimetres.")  # fmt: skip
@OF_ISP
def receipt(
    number: int, file: Path | None, language: str | None, width: str, isp: str | None
) -> None:
    """Write the receipt of a PAYMENT, by its number, for a thermal printer."""
    with isp_scope(isp) as scope:
        paper = receipt_paper(scope.session, scope.tenant_id, PaymentId(number), language=language)
    write_paper(file or Path(f"receipt-{number}.pdf"), draw_receipt(paper, Roll(int(width))))


COMMAND = receipt
