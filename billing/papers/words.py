"""What papers say, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from billing.payments import PaymentMethod
from policy.bills import LineKind


@dataclass(frozen=True, slots=True)
class PaperWords:
    """One language. `spoken` is num2words' name of it, with lakhs and crores."""

    spoken: str
    invoice: str
    receipt: str
    number: str
    issued: str
    due_on: str
    client: str
    phone: str
    vat_number: str
    line: str
    period: str
    amount: str
    subtotal: str
    total: str
    paid: str
    due: str
    credit: str
    from_credit: str
    use: str
    used: str
    free: str
    above: str
    charge: str
    payments: str
    received: str
    method: str
    transaction: str
    collected_by: str
    pays: str
    reversed: str
    advance: str
    paid_badge: str
    void: str
    draft: str
    scan_to_pay: str
    in_words: str
    page: str
    until: str
    kinds: Mapping[LineKind, str]
    methods: Mapping[str, str]
    major: Mapping[str, str]
    minor: Mapping[str, str]
    only: str


BRANDS = {"sslcommerz": "SSLCommerz", "aamarpay": "aamarPay", "shurjopay": "shurjoPay"}
ENGLISH = PaperWords(
    spoken="en_IN",
    invoice="INVOICE",
    receipt="RECEIPT",
    number="Number",
    issued="Date",
    due_on="Pay by",
    client="Client",
    phone="Phone",
    vat_number="BIN",
    line="For",
    period="Period",
    amount="Amount",
    subtotal="Before VAT",
    total="Total",
    paid="Paid",
    due="To pay",
    credit="Kept as credit",
    from_credit="credit",
    use="Use",
    used="Used",
    free="Included",
    above="Above it",
    charge="Charge",
    payments="Payments",
    received="Received",
    method="By",
    transaction="Transaction",
    collected_by="Taken by",
    pays="For invoice {number}",
    reversed="REVERSED",
    advance="ADVANCE",
    paid_badge="PAID",
    void="VOID",
    draft="DRAFT",
    scan_to_pay="Scan to pay",
    in_words="In words",
    page="page {page}",
    until="{from_on} to {until_on}",
    kinds={
        LineKind.BASE: "Internet",
        LineKind.INSTALLATION: "Installation",
        LineKind.OVERAGE: "Use above the package",
        LineKind.EXTRA: "Extra",
        LineKind.ADJUSTMENT: "Adjustment by days",
        LineKind.OPENING: "Owed from before",
        LineKind.DISCOUNT: "Discount",
        LineKind.LATE_FEE: "Late fee",
        LineKind.VAT: "VAT",
        LineKind.ROUNDING: "Rounding",
    },
    methods={
        **BRANDS,
        PaymentMethod.CASH: "cash",
        PaymentMethod.BKASH: "bKash",
        PaymentMethod.NAGAD: "Nagad",
        PaymentMethod.ROCKET: "Rocket",
        PaymentMethod.BANK: "bank",
    },
    major={"BDT": "taka", "INR": "rupees", "USD": "dollars", "EUR": "euros"},
    minor={"BDT": "poisha", "INR": "paise", "USD": "cents", "EUR": "cents"},
    only="only",
)
BANGLA = PaperWords(
    spoken="bn",
    invoice="বিল",
    receipt="রসিদ",
    number="নম্বর",
    issued="তারিখ",
    due_on="পরিশোধের শেষ দিন",
    client="গ্রাহক",
    phone="ফোন",
    vat_number="বিআইএন",
    line="বিবরণ",
    period="সময়কাল",
    amount="টাকা",
    subtotal="ভ্যাটের আগে",
    total="মোট",
    paid="পরিশোধিত",
    due="বাকি",
    credit="জমা রইল",
    from_credit="জমা থেকে",
    use="ব্যবহার",
    used="ব্যবহৃত",
    free="প্যাকেজে আছে",
    above="অতিরিক্ত",
    charge="মূল্য",
    payments="পরিশোধ",
    received="গ্রহণের সময়",
    method="মাধ্যম",
    transaction="লেনদেন",
    collected_by="গ্রহণ করেছেন",
    pays="বিল {number} বাবদ",
    reversed="বাতিল",
    advance="অগ্রিম",
    paid_badge="পরিশোধিত",
    void="বাতিল",
    draft="খসড়া",
    scan_to_pay="স্ক্যান করে পরিশোধ করুন",
    in_words="কথায়",
    page="পৃষ্ঠা {page}",
    until="{from_on} থেকে {until_on}",
    kinds={
        LineKind.BASE: "ইন্টারনেট",
        LineKind.INSTALLATION: "সংযোগ স্থাপন",
        LineKind.OVERAGE: "প্যাকেজের বাইরে ব্যবহার",
        LineKind.EXTRA: "অন্যান্য",
        LineKind.ADJUSTMENT: "দিন অনুযায়ী সমন্বয়",
        LineKind.OPENING: "আগের বকেয়া",
        LineKind.DISCOUNT: "ছাড়",
        LineKind.LATE_FEE: "বিলম্ব ফি",
        LineKind.VAT: "ভ্যাট",
        LineKind.ROUNDING: "রাউন্ডিং",
    },
    methods={
        **BRANDS,
        PaymentMethod.CASH: "নগদ",
        PaymentMethod.BKASH: "বিকাশ",
        PaymentMethod.NAGAD: "নগদ (মোবাইল)",
        PaymentMethod.ROCKET: "রকেট",
        PaymentMethod.BANK: "ব্যাংক",
    },
    major={"BDT": "টাকা", "INR": "রুপি", "USD": "ডলার", "EUR": "ইউরো"},
    minor={"BDT": "পয়সা", "INR": "পয়সা", "USD": "সেন্ট", "EUR": "সেন্ট"},
    only="মাত্র",
)
PAPER_WORDS: Mapping[str, PaperWords] = {"bn": BANGLA, "en": ENGLISH}
