"""`./skylink invoice`: an invoice as a PDF."""

from __future__ import annotations

from pathlib import Path

import click

from billing.invoices import find_invoice
from billing.papers.contents import invoice_paper
from billing.papers.invoice_sheet import draw_invoice
from commands.errors import CommandError
from commands.scope import isp_scope
from commands.settings import LANGUAGES

OF_ISP = click.option("--isp", help="The ISP whose paper it is.  [default: SKYLINK_ISP]")
IN = click.option("--language", type=click.Choice(LANGUAGES), help="[default: the client's]")
TO = click.option(
    "--pdf", "file", type=click.Path(dir_okay=False, path_type=Path), help="[default: its number]"
)


class NoSuchInvoice(CommandError):
    code = "no_such_invoice"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"There is no invoice {number}: ./skylink client show CLIENT lists theirs."
        )


class CannotWrite(CommandError):
    code = "cannot_write"

    def __init__(self, file: Path, error: OSError) -> None:
        super().__init__(f"{file} cannot be written: {error.strerror}. Say another with --pdf.")


@click.command("invoice")
@click.argument("number")
@TO
@IN
@OF_ISP
def invoice(number: str, file: Path | None, language: str | None, isp: str | None) -> None:
    """Write the invoice of NUMBER as a PDF, A4."""
    with isp_scope(isp) as scope:
        found = find_invoice(scope.session, scope.tenant_id, number)
        if found is None:
            raise NoSuchInvoice(number)
        paper = invoice_paper(scope.session, scope.tenant_id, found.invoice_id, language=language)
    write_paper(file or Path(f"{found.invoice_number}.pdf"), draw_invoice(paper))


def write_paper(file: Path, written: bytes) -> None:
    """And say where it is. Raises CannotWrite."""
    try:
        file.write_bytes(written)
    except OSError as error:
        raise CannotWrite(file, error) from None
    click.echo(f"{file}")


COMMAND = invoice
