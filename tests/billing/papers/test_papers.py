"""Bills and receipts as a reader sees them: poppler shows what stands on the page."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from io import BytesIO

import pytest
import uharfbuzz
from PIL import Image, ImageChops, ImageDraw, ImageFont

from billing.invoice_lines import InvoiceLine
from billing.invoices import InvoiceStatus
from billing.papers.contents import Paid
from billing.papers.contents import invoice_paper as read_invoice_paper
from billing.papers.contents import receipt_paper as read_receipt_paper
from billing.papers.fonts import FOLDER, REGULAR, font_file
from billing.papers.invoice_sheet import draw_invoice
from billing.papers.paper import Paper
from billing.papers.receipt_slip import Roll, draw_receipt
from billing.papers.spoken import spoken
from billing.papers.words import BANGLA, ENGLISH
from billing.payments import PaymentMethod
from policy.bills import LineKind
from policy.money import Money
from tests.billing.papers.samples import (
    AT,
    MARCH,
    SENDER,
    invoice,
    invoice_paper,
    partly_paid,
    receipt_paper,
)
from tests.fixtures.isps import World


def text_of(pdf: bytes, *more: str) -> str:
    """What a reader finds on it, in the order in which it stands."""
    told = ["pdftotext", "-layout", *more, "-", "-"]
    return subprocess.run(told, input=pdf, capture_output=True, check=True).stdout.decode()


def pages_of(pdf: bytes, dots_an_inch: int = 60) -> list[Image.Image]:
    told = ["pdftoppm", "-r", str(dots_an_inch), "-gray"]
    shown = subprocess.run(told, input=pdf, capture_output=True, check=True).stdout
    stream, pages = BytesIO(shown), list[Image.Image]()
    while stream.tell() < len(shown):
        start = stream.tell()
        page = Image.open(stream)
        page.load()
        pages.append(page)
        wide, high = page.size
        header = len(f"P5\n{wide} {high}\n255\n")
        stream.seek(start + header + wide * high)
    return pages


def test_a_bill_says_what_is_asked_for_what_and_until_when() -> None:
    said = text_of(draw_invoice(invoice_paper("en")))
    for words in (
        "Padma Net", "INVOICE", "INV-2026-000123", "10 March 2026", "BIN 004512345-0101",
        "Client 4021", "Md. Rahim Uddin", "rahim", "Internet: Home 20 Mbps", "৳800",
        "1 March 2026 to 31 March 2026", "Discount", "-৳50", "Late fee", "Before VAT", "৳1,075.50",
        "VAT 5%", "৳53.78", "৳1,129.28", "152.3 GB", "100 GB", "52.3 GB", "Scan to pay",
        "One thousand, one hundred and twenty-nine taka twenty-eight poisha only",
    ):  # fmt: skip
        assert words in said, said


def test_a_bill_that_was_partly_paid_says_how_and_what_is_left() -> None:
    said = text_of(draw_invoice(partly_paid("en")))
    for words in ("Paid", "-৳600", "To pay", "৳529.28", "bKash", "BKX7Q21M9A", "credit"):
        assert words in said, said


def test_a_gateway_is_called_by_its_name_on_both_papers() -> None:
    paid = (Paid(AT, PaymentMethod.SSLCOMMERZ, "BANK7", 50_000),)
    owed = invoice(paid_minor=50_000, status=InvoiceStatus.PARTIAL)
    for pdf in (
        draw_invoice(invoice_paper("en", invoice=owed, paid=paid)),
        draw_receipt(receipt_paper("bn", method=PaymentMethod.SSLCOMMERZ)),
    ):
        assert "SSLCommerz" in text_of(pdf)


@pytest.mark.parametrize(
    ("status", "in_advance", "words"),
    [
        (InvoiceStatus.PAID, True, ("ADVANCE", "PAID")),
        (InvoiceStatus.VOID, False, ("VOID",)),
        (InvoiceStatus.DRAFT, False, ("DRAFT",)),
    ],
)
def test_what_is_not_to_be_paid_is_marked_and_has_no_code_to_pay(
    status: InvoiceStatus, in_advance: bool, words: tuple[str, ...]
) -> None:
    made = invoice(status=status, in_advance=in_advance, paid_minor=112_928)
    said = text_of(draw_invoice(invoice_paper("en", invoice=made)))
    assert all(word in said for word in words), said
    assert "Scan to pay" not in said


def test_the_code_leads_to_where_the_bill_is_paid() -> None:
    assert SENDER.pay_link("INV-7") == "https://my.padma.test/portal/pay"
    page = pages_of(draw_invoice(invoice_paper("en")), 200)[0]
    without = pages_of(draw_invoice(invoice_paper("en", invoice=invoice(paid_minor=112_928))), 200)[
        0
    ]
    assert _dark(page) > 1.2 * _dark(without)  # squares stand there


def _dark(page: Image.Image) -> int:
    return sum(page.histogram()[:64])


def test_a_long_bill_goes_on_with_the_head_of_its_table() -> None:
    lines = tuple(InvoiceLine(LineKind.BASE, 100, f"Line {at}", period=MARCH) for at in range(70))
    pdf = draw_invoice(invoice_paper("en", invoice=invoice(lines), uses=()))
    pages = text_of(pdf).split("\f")[:-1]
    assert len(pages) == len(pages_of(pdf)) > 2
    assert all("Period" in page and "Amount" in page for page in pages[:2])
    assert "INV-2026-000123, page 2" in pages[1]
    assert [at for at in range(70) if f"Line {at} " not in "".join(pages)] == []


@pytest.mark.parametrize(("language", "said"), [("en", "৳12,34,567.50"), ("bn", "৳১২,৩৪,৫৬৭.৫০")])
def test_figures_stand_in_lakhs_as_the_words_below_them_say(language: str, said: str) -> None:
    line = InvoiceLine(LineKind.BASE, 123_456_750, "Dedicated", period=MARCH)
    bill = draw_invoice(invoice_paper(language, invoice=invoice((line,)), uses=()))
    slip = draw_receipt(receipt_paper(language, amount_minor=123_456_750))
    assert said in text_of(bill)
    assert said in text_of(slip)


def test_what_is_too_long_for_its_cell_goes_on_below() -> None:
    title = "Corporate dedicated with a very long name " * 4
    line = InvoiceLine(LineKind.BASE, 80_000, title.strip(), period=MARCH)
    said = text_of(draw_invoice(invoice_paper("en", invoice=invoice((line,)), uses=())))
    assert said.count("Corporate") == 4


def test_the_same_bill_is_the_same_file() -> None:
    assert draw_invoice(partly_paid("bn")) == draw_invoice(partly_paid("bn"))


@pytest.mark.parametrize("roll", list(Roll))
def test_a_receipt_is_as_wide_as_the_roll_and_as_long_as_it_must_be(roll: Roll) -> None:
    pdf = draw_receipt(receipt_paper("en"), roll)
    [page] = pages_of(pdf, 254)
    assert abs(page.width - roll * 10) <= 1
    assert page.height < 1500
    said = text_of(pdf)
    for words in ("RECEIPT 77", "bKash", "BKX7Q21M9A", "Nadia Islam", "৳900", "৳100", "৳1,000"):
        assert words in said, said
    assert "INV-2026-000123" in said


def test_a_receipt_of_what_was_reversed_says_so() -> None:
    assert "REVERSED 77" in text_of(
        draw_receipt(replace(receipt_paper("en", uses=(), reversed_at=AT), numbers=()))
    )


#  Each with a conjunct, a vowel that stands before what it follows, or both.
KNOWN_WORDS = (
    "ক্ষুদ্র",
    "স্বাস্থ্য",
    "বিদ্যুৎ",
    "উদ্দিন",
    "কর্তৃপক্ষ",
    "গ্রাহক",
    "শ্রীমঙ্গল",
    "জ্ঞান",
    "কৌশল",
)


@pytest.mark.parametrize("word", KNOWN_WORDS)
def test_bangla_stands_as_its_own_font_shapes_it(word: str) -> None:
    """Beside a picture that FreeType draws of what HarfBuzz shapes from Debian's font itself."""
    paper = Paper(SENDER, "bn", (80, 24), word)
    paper.set_margin(0)
    paper.add_page()
    paper.type(40)
    paper.set_text_color(0)
    paper.set_xy(6, 4)
    paper.cell(text=word)
    [drawn] = pages_of(paper.written(AT), 200)
    mine, right = _ink(drawn), _ink(_shaped(word))
    assert abs(mine.width - right.width) <= 3 + right.width // 60  # rounded at each glyph
    assert abs(mine.height - right.height) <= 3
    apart = ImageChops.difference(mine, right.resize(mine.size)).point(
        lambda dot: dot > 128 and 255
    )
    assert _share(apart) < 0.25 * _share(mine.point(lambda dot: dot < 128 and 255)), word


def _shaped(word: str) -> Image.Image:
    """Glyph by glyph, at the size of 40 points at 200 dots an inch."""
    file = FOLDER / f"NotoSansBengali-{REGULAR}.ttf"
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file)))
    font, buffer = uharfbuzz.Font(face), uharfbuzz.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    scale = 40 * 200 / 72 / face.upem
    page = Image.new("L", (900, 400), 255)
    x = 100.0
    for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyph = Image.new("L", page.size, 0)
        for contour in _contours(font, info.codepoint):
            placed = [
                (x + (px + at.x_offset) * scale, 250 - (py + at.y_offset) * scale)
                for px, py in contour
            ]
            part = Image.new("L", page.size, 0)
            ImageDraw.Draw(part).polygon(placed, fill=255)
            glyph = ImageChops.difference(glyph, part)  # a contour within another is a hole
        page.paste(0, mask=glyph)
        x += at.x_advance * scale
    return page


def _contours(font: uharfbuzz.Font, glyph: int) -> list[list[tuple[float, float]]]:
    drawing = uharfbuzz.DrawFuncs()
    points: list[list[tuple[float, float]]] = []
    drawing.set_move_to_func(lambda x, y, _data: points.append([(x, y)]))
    drawing.set_line_to_func(lambda x, y, _data: points[-1].append((x, y)))
    drawing.set_quadratic_to_func(
        lambda cx, cy, x, y, _data: points[-1].extend(_curve(points[-1][-1], (cx, cy), (x, y)))
    )
    font.draw_glyph(glyph, drawing)
    return points


def _curve(
    start: tuple[float, float], control: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    found = []
    for step in range(1, 9):
        t = step / 8
        found.append(
            (
                (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * control[0] + t**2 * end[0],
                (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * control[1] + t**2 * end[1],
            )
        )
    return found


def _ink(page: Image.Image) -> Image.Image:
    """Only what is drawn on."""
    box = ImageChops.invert(page).point(lambda dot: dot > 100 and 255).getbbox()
    assert box is not None
    return page.crop(box)


def _share(marks: Image.Image) -> int:
    return marks.histogram()[255]


def test_the_type_has_all_letters_of_both_scripts_in_one_font() -> None:
    font = ImageFont.truetype(str(font_file(REGULAR)))
    blank = font.getmask("\U0010ffff").getbbox()
    for letter in "Azé৳কৎ।৯–’":
        assert font.getmask(letter).getbbox() != blank, letter


MANY = (
    "One crore, twenty-three lakh, forty-five thousand, six hundred and seventy-eight taka"
    " fifty poisha only"
)


@pytest.mark.parametrize(
    ("minor", "currency", "english", "bangla"),
    [
        (100_000, "BDT", "One thousand taka only", "এক হাজার টাকা মাত্র"),
        (1_234_567_850, "BDT",
         MANY,
         "এক কোটি তেইশ লাখ পঁয়তাল্লিশ হাজার ছয়শত আটাত্তর টাকা পঞ্চাশ পয়সা মাত্র"),
        (0, "BDT", "Zero taka only", "শূন্য টাকা মাত্র"),
        (5, "JPY", "Five JPY only", "পাঁচ JPY মাত্র"),
        (-100, "BDT", "- One taka only", "- এক টাকা মাত্র"),
    ],
)  # fmt: skip
def test_an_amount_is_said_in_lakhs_and_crores(
    minor: int, currency: str, english: str, bangla: str
) -> None:
    money = Money(minor, currency)
    assert (spoken(money, ENGLISH), spoken(money, BANGLA)) == (english, bangla)


def test_papers_are_read_from_the_books(isp: World) -> None:
    salma = isp.client("Salma", name_bn="সালমা", phone="01711000002")
    made = isp.invoice(salma.client_id, total_minor=50_000)
    paid = isp.pay(salma.client_id, 60_000)
    with isp.transaction() as session:
        paper = read_invoice_paper(session, isp.tenant_id, made.invoice_id)
        slip = read_receipt_paper(session, isp.tenant_id, paid.payment_id, language="en")
    assert (paper.language, paper.paid[0].amount_minor, paper.paid[0].method) == (
        "bn",
        50_000,
        "cash",
    )
    assert slip.numbers == (made.invoice_number,)
    said = text_of(draw_receipt(slip))
    assert "৳500" in said
    assert "৳100" in said
