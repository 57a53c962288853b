"""What words mean: of Bangla, of Banglish however it is spelt, of English. A word means one thing.

Names of people are in none of these; whatever stands in no table is part of whom it is about.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from billing.payments import PaymentMethod


class Sign(StrEnum):
    """What a word tells of a command."""

    PAY = "pay"
    METHOD = "method"
    SUSPEND = "suspend"
    RESUME = "resume"
    KICK = "kick"
    WHY = "why"
    DUE = "due"
    BILL = "bill"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    LEDGER = "ledger"
    USE = "use"
    PASSWORD = "password"  # noqa: S105  # the word, not one
    PROMISE = "promise"
    EXPIRY = "expiry"
    ENDS = "ends"
    PACKAGE = "package"
    CHANGE = "change"
    NEW = "new"
    MAKE = "make"
    CLIENT = "client"
    SHOW = "show"
    OFFLINE = "offline"
    ONLINE = "online"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ACTIVE = "active"
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "week"
    MONTH = "month"
    DAY = "day"
    ZONE = "zone"
    ALL = "all"
    ROUTER = "router"
    PROBLEM = "problem"
    STAFF = "staff"
    HOME = "home"
    ME = "me"
    MONEY = "money"  # after an amount
    TAKINGS = "takings"
    FILLER = "filler"


WORDS = {
    Sign.PAY: "pay paid pays joma jma dilo dilen dise diyeche diyese diyechen nilam pelam"
    " receive received recv জমা দিল দিলো দিলেন দিছে দিয়েছে দিয়েছেন নিলাম পেলাম পরিশোধ",
    Sign.SUSPEND: "suspend suspnd bondho bondo bndho block cut kato kete kata off বন্ধ কাটো কেটে"
    " স্থগিত সাসপেন্ড ব্লক",
    Sign.RESUME: "resume unsuspend chalu calu unblock enable activate restore khulo khule on চালু"
    " সচল খুলে খোলো আনব্লক রিজিউম",
    Sign.KICK: "kick disconnect logout reconnect redial discon কিক ডিসকানেক্ট রিকানেক্ট লগআউট",
    Sign.WHY: "why keno kno কেন",
    Sign.DUE: "due dues baki bakee bokeya bokea owes owe বাকি বাকী বকেয়া পাওনা",
    Sign.BILL: "bill bil বিল",
    Sign.INVOICES: "invoice invoices bills ইনভয়েস চালান বিলসমূহ বিলগুলো",
    Sign.PAYMENTS: "payment payments পেমেন্ট পেমেন্টস",
    Sign.LEDGER: "ledger hisab hishab khata statement হিসাব হিসেব খাতা খতিয়ান লেজার",
    Sign.USE: "usage use used data graph bebohar byabohar chart ব্যবহার ডাটা গ্রাফ",
    Sign.PASSWORD: "password pass passwd পাসওয়ার্ড",
    Sign.PROMISE: "promise promised somoy shomoy wada সময় ওয়াদা প্রতিশ্রুতি",
    Sign.EXPIRY: "expiry validity meyad miyad মেয়াদ",
    Sign.ENDS: "expiring expire expires ending ends shesh ses শেষ ফুরাবে",
    Sign.PACKAGE: "package packages pkg pakej plan plans প্যাকেজ প্ল্যান",
    Sign.CHANGE: "change bodol bodlao bodlan poriborton upgrade downgrade switch বদল বদলাও বদলান"
    " পরিবর্তন আপগ্রেড",
    Sign.NEW: "new add notun nutun create jog নতুন যোগ",
    Sign.MAKE: "make generate toiri banao issue তৈরি বানাও",
    Sign.CLIENT: "client clients customer customers grahok user users গ্রাহক কাস্টমার ক্লায়েন্ট"
    " ইউজার",
    Sign.SHOW: "show find card open dekhao dekhan khujo khoj search profile দেখাও দেখান খোঁজ খুঁজো"
    " প্রোফাইল",
    Sign.OFFLINE: "offline oflain অফলাইন অফলাইনে",
    Sign.ONLINE: "online onlain sessions অনলাইন অনলাইনে",
    Sign.SUSPENDED: "suspended সাসপেন্ডেড স্থগিতরা",
    Sign.EXPIRED: "expired মেয়াদোত্তীর্ণ",
    Sign.ACTIVE: "active সক্রিয় একটিভ",
    Sign.TODAY: "today aj aaj ajke ajker aajker আজ আজকে আজকের",
    Sign.TOMORROW: "tomorrow kal kalke agamikal কাল কালকে আগামীকাল",
    Sign.WEEK: "week weeks soptaho shoptaho সপ্তাহ সপ্তাহে",
    Sign.MONTH: "month months mas mash maser masher মাস মাসের",
    Sign.DAY: "day days দিন দিনের",
    Sign.ZONE: "zone zones area elaka elakar জোন এলাকা এলাকার",
    Sign.ALL: "all sob shob sobai shobai everyone everybody সব সবাই সকল",
    Sign.ROUTER: "router routers nas mikrotik রাউটার মাইক্রোটিক",
    Sign.PROBLEM: "problem problems down fault somossa shomossa trouble সমস্যা ডাউন",
    Sign.STAFF: "staff employee employees kormi কর্মী কর্মচারী স্টাফ",
    Sign.HOME: "home menu start hom হোম মেনু",
    Sign.ME: "me my settings ami amar আমি আমার সেটিংস",
    Sign.MONEY: "tk taka takar bdt টাকা টাকার",
    Sign.TAKINGS: "collection collections income aday revenue dashboard আদায় কালেকশন আয় ড্যাশবোর্ড",
    Sign.FILLER: "please pls plz the of for a an to is are was has have in with by at and who what"
    " does do did from no not nai koren korbe korben kobe e network"
    " how much many this that his her er r ke k ki"
    " koto kto kara kar koro kor korun kore den dao"
    " din theke te jonno hobe hoyeche hoise acche ache ase line lain net internet connection list"
    " talika sir bhai vai ekhon now until next give set get go run look more than over minimum"
    " এর র ে এ কে নাই নেই কি কী কত কারা কার করো কর করুন করে করেন দেন দাও থেকে তে জন্য হবে হয়েছে আছে আছেন"
    " লাইন নেট ইন্টারনেট সংযোগ তালিকা লিস্ট ভাই এখন এই গুলো বেশি",
}  # fmt: skip

# নগদ is cash, and the name of a wallet: with a transaction's number it is the wallet.
CASH_OR_NAGAD = frozenset(("নগদ", "নগদে"))
METHODS = {
    PaymentMethod.CASH: "cash nogod hate ক্যাশ হাতে",
    PaymentMethod.BKASH: "bkash bikash bkas বিকাশ বিকাশে",
    PaymentMethod.NAGAD: "nagad ngd",
    PaymentMethod.ROCKET: "rocket roket রকেট রকেটে",
    PaymentMethod.BANK: "bank ব্যাংক ব্যাংকে",
}  # fmt: skip


def _each(words: str) -> list[str]:
    """As texts are read: Bangla letters with a dot below are two signs there."""
    return unicodedata.normalize("NFC", words).split()


SIGNS = {word: sign for sign, words in WORDS.items() for word in _each(words)}
METHOD_OF = {word: method for method, words in METHODS.items() for word in _each(words)}
