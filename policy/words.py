"""What an explanation says, in each language: nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policy.decision import Verdict


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Templates name their figures in braces, as `policy.explanation` gives them."""

    verdicts: Mapping[Verdict, str]
    headlines: Mapping[str, str]  # by Reason, or by a closer case of one
    rules: Mapping[str, str]
    keys: Mapping[str, str]  # by the name of what a rule saw
    values: Mapping[str, Mapping[str, str]]  # by that name, for words of a fixed set
    answers: Mapping[str, str]  # yes, no, none
    remedies: Mapping[str, str]  # by Reason, or by a closer case of one
    sentence: str
    holds_until: str
    holds: str
    then: str
    then_speed: str
    to_change: str
    wait: str
    never: str
    months: tuple[str, ...]
    units: Mapping[str, str]
    bangla_digits: bool = False
    lakhs: bool = False


_STATUS_EN = {"active": "active", "suspended": "suspended", "inactive": "inactive"}
_STATUS_BN = {"active": "চালু", "suspended": "স্থগিত", "inactive": "নিষ্ক্রিয়"}

ENGLISH = Words(
    verdicts={
        Verdict.ACCEPT: "Access is on",
        Verdict.WALLED: "Access is restricted",
        Verdict.REJECT: "Access is off",
    },
    headlines={
        "current": "nothing is overdue",
        "current_due": "{amount} is to be paid by {due_on}",
        "current_valid": "paid for until {expires_at}",
        "current_unenforced": "{amount} is unpaid, but dues do not cut this connection",
        "grace": "{amount} is overdue, with grace until {phase_until}",
        "promise": "{amount} is overdue, but promised by {phase_until}",
        "no_cut_day": "{amount} is overdue, but nobody is cut off today",
        "vip": "this is a VIP connection",
        "free": "this is a free connection",
        "throttled": "the data limit is used up, so the speed is lower",
        "unknown": "nobody has this username",
        "inactive": "the connection is closed",
        "wrong_device": "this device is not bound to the connection",
        "suspended": "the operator has suspended it",
        "dues": "{amount} is overdue since {due_on}",
        "expired": "the validity ended on {expires_at}",
        "expired_unpaid": "nothing has been paid for yet",
        "quota": "the data limit is used up",
        "session_limit": "at most {session_limit} may be online at once",
    },
    rules={
        "known": "Username",
        "active": "Open or closed",
        "device": "Device",
        "exempt": "VIP or free",
        "suspended": "Suspended by hand",
        "dues": "Dues",
        "validity": "Validity",
        "quota": "Data limit",
        "session_limit": "Online at once",
        "restriction": "What happens then",
        "speed": "Speed",
    },
    keys={
        "username_known": "known",
        "connection_status": "connection",
        "client_status": "client",
        "mac_mode": "binding",
        "mac": "this device",
        "macs": "bound",
        "vip": "VIP",
        "profile_kind": "billing",
        "due_on": "oldest unpaid bill due",
        "due_minor": "unpaid",
        "auto_suspend": "dues cut this connection",
        "grace_days": "days of grace",
        "promised_until": "promised by",
        "cut_at": "cut from",
        "expires_at": "valid until",
        "used_bytes": "used",
        "data_limit_bytes": "limit",
        "quota_action": "when used up",
        "cycle_until": "counted anew from",
        "uncounted_now": "free hours now",
        "other_sessions": "other sessions",
        "session_limit": "allowed",
        "action": "access",
        "speed_source": "set by",
        "down_kbps": "download",
        "up_kbps": "upload",
    },
    values={
        "connection_status": _STATUS_EN,
        "client_status": _STATUS_EN,
        "mac_mode": {
            "off": "any device",
            "learn": "the first device is kept",
            "enforce": "bound devices only",
        },
        "profile_kind": {
            "monthly": "monthly",
            "daily": "daily",
            "free": "free",
            "postpaid": "postpaid",
            "vip": "VIP",
        },
        "quota_action": {"throttle": "slower", "block": "restricted", "disconnect": "cut off"},
        "session_limit": {"none": "any number"},
        "action": {"reject": "refused", "walled": "walled garden"},
        "speed_source": {
            "package": "the package",
            "fair_use": "fair use",
            "window": "the hour of the day",
            "throttle": "the used-up data limit",
        },
    },
    answers={"yes": "yes", "no": "no", "none": "none"},
    remedies={
        "current": "Nothing needs to be done.",
        "current_due": "Pay {amount}; unpaid, access ends on {cut_at}.",
        "current_valid": "Extend the validity before {expires_at}, when access ends.",
        "current_unenforced": "Nothing needs to be done for access; {amount} is still to be paid.",
        "grace": "Pay {amount}; unpaid, access ends on {cut_at}.",
        "promise": "Pay {amount} as promised; unpaid, access ends on {cut_at}.",
        "no_cut_day": "Pay {amount}; unpaid, access ends on {cut_at}.",
        "vip": "Without VIP the rules on suspension, dues and validity would be asked.",
        "free": "Not free, the rules on suspension, dues and validity would be asked.",
        "throttled": "Full speed: more data, a larger package, or a new cycle ({cycle_until}).",
        "unknown": "Check how the username is written, or create the connection.",
        "inactive": "Open the connection and its client again.",
        "wrong_device": "Reset the device; the next one to log in is then kept.",
        "wrong_device_enforced": "Bind the device {mac} to the connection.",
        "wrong_device_unseen": "Let the router send the device's address, or end the binding.",
        "suspended": "Lift the suspension.",
        "dues": "Pay {amount}, or record a promise to pay.",
        "expired": "Pay for a new validity.",
        "quota": "Add data or choose a larger package; a new cycle: {cycle_until}.",
        "session_limit": "End another session, or allow more at once.",
    },
    sentence="{verdict}: {reason}.",
    holds_until="Until {until}, if nothing else changes.",
    holds="The clock alone does not change this.",
    then="Then: {headline}",
    then_speed="Then the speed is {down} down, {up} up.",
    to_change="What would change it:",
    wait="Or wait until {until}.",
    never="never",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    units={
        "B": "B",
        "kB": "kB",
        "MB": "MB",
        "GB": "GB",
        "TB": "TB",
        "kbps": "kbps",
        "Mbps": "Mbps",
    },
)

BANGLA = Words(
    verdicts={
        Verdict.ACCEPT: "সংযোগ চালু",
        Verdict.WALLED: "সংযোগ সীমিত",
        Verdict.REJECT: "সংযোগ বন্ধ",
    },
    headlines={
        "current": "কোনো বকেয়া নেই",
        "current_due": "{due_on} তারিখের মধ্যে {amount} পরিশোধ করুন",
        "current_valid": "মেয়াদ আছে {expires_at} পর্যন্ত",
        "current_unenforced": "{amount} বকেয়া আছে, তবে সেজন্য সংযোগ বন্ধ হবে না",
        "grace": "{amount} বকেয়া, পরিশোধের সময় আছে {phase_until} পর্যন্ত",
        "promise": "{amount} বকেয়া, পরিশোধের কথা আছে {phase_until} এর মধ্যে",
        "no_cut_day": "{amount} বকেয়া, তবে আজ কারও সংযোগ বন্ধ করা হয় না",
        "vip": "এটি ভিআইপি সংযোগ",
        "free": "এটি ফ্রি সংযোগ",
        "throttled": "ডেটার সীমা শেষ, তাই গতি কম",
        "unknown": "এই ইউজারনেম কারও নেই",
        "inactive": "সংযোগটি নিষ্ক্রিয় করা আছে",
        "wrong_device": "এই ডিভাইস এই সংযোগের জন্য নিবন্ধিত নয়",
        "suspended": "অপারেটর সংযোগটি স্থগিত রেখেছেন",
        "dues": "{amount} বকেয়া, পরিশোধের শেষ তারিখ ছিল {due_on}",
        "expired": "মেয়াদ শেষ হয়েছে {expires_at}",
        "expired_unpaid": "এখনো কোনো মেয়াদ কেনা হয়নি",
        "quota": "ডেটার সীমা শেষ",
        "session_limit": "একসঙ্গে সর্বোচ্চ {session_limit}টি সংযোগ চালানো যায়",
    },
    rules={
        "known": "ইউজারনেম",
        "active": "চালু না নিষ্ক্রিয়",
        "device": "ডিভাইস",
        "exempt": "ভিআইপি বা ফ্রি",
        "suspended": "হাতে স্থগিত",
        "dues": "বকেয়া",
        "validity": "মেয়াদ",
        "quota": "ডেটার সীমা",
        "session_limit": "একসঙ্গে সংযোগ",
        "restriction": "এ অবস্থায় ব্যবস্থা",
        "speed": "গতি",
    },
    keys={
        "username_known": "পাওয়া গেছে",
        "connection_status": "সংযোগ",
        "client_status": "গ্রাহক",
        "mac_mode": "অনুমতি",
        "mac": "এই ডিভাইস",
        "macs": "নিবন্ধিত",
        "vip": "ভিআইপি",
        "profile_kind": "বিলের ধরন",
        "due_on": "সবচেয়ে পুরোনো বকেয়া বিলের শেষ তারিখ",
        "due_minor": "মোট বকেয়া",
        "auto_suspend": "বকেয়া থাকলে সংযোগ বন্ধ হয়",
        "grace_days": "বাড়তি সময় (দিন)",
        "promised_until": "পরিশোধের প্রতিশ্রুতি",
        "cut_at": "সংযোগ বন্ধের সময়",
        "expires_at": "মেয়াদের শেষ",
        "used_bytes": "ব্যবহার",
        "data_limit_bytes": "সীমা",
        "quota_action": "সীমা শেষ হলে",
        "cycle_until": "নতুন হিসাব শুরু",
        "uncounted_now": "এখন ফ্রি সময়",
        "other_sessions": "চালু থাকা অন্য সংযোগ",
        "session_limit": "অনুমোদিত",
        "action": "সংযোগ",
        "speed_source": "নির্ধারণ করেছে",
        "down_kbps": "ডাউনলোড",
        "up_kbps": "আপলোড",
    },
    values={
        "connection_status": _STATUS_BN,
        "client_status": _STATUS_BN,
        "mac_mode": {
            "off": "যেকোনো ডিভাইস",
            "learn": "প্রথম ডিভাইসটিই নিবন্ধিত হয়",
            "enforce": "শুধু নিবন্ধিত ডিভাইস",
        },
        "profile_kind": {
            "monthly": "মাসিক",
            "daily": "দৈনিক",
            "free": "ফ্রি",
            "postpaid": "পোস্টপেইড",
            "vip": "ভিআইপি",
        },
        "quota_action": {
            "throttle": "গতি কমে",
            "block": "সংযোগ সীমিত হয়",
            "disconnect": "সংযোগ বন্ধ হয়",
        },
        "session_limit": {"none": "যত খুশি"},
        "action": {"reject": "বন্ধ", "walled": "শুধু নির্ধারিত পাতা দেখা যায়"},
        "speed_source": {
            "package": "প্যাকেজ",
            "fair_use": "ন্যায্য ব্যবহারের নিয়ম",
            "window": "দিনের নির্দিষ্ট সময়",
            "throttle": "শেষ হয়ে যাওয়া ডেটার সীমা",
        },
    },
    answers={"yes": "হ্যাঁ", "no": "না", "none": "নেই"},
    remedies={
        "current": "কিছু করার দরকার নেই।",
        "current_due": "{amount} পরিশোধ করুন; না করলে সংযোগ বন্ধ হবে: {cut_at}।",
        "current_valid": "মেয়াদ বাড়ান; না বাড়ালে সংযোগ বন্ধ হবে: {expires_at}।",
        "current_unenforced": "সংযোগের জন্য কিছু করার দরকার নেই; তবে {amount} পরিশোধ করা বাকি।",
        "grace": "{amount} পরিশোধ করুন; না করলে সংযোগ বন্ধ হবে: {cut_at}।",
        "promise": "কথামতো {amount} পরিশোধ করুন; না করলে সংযোগ বন্ধ হবে: {cut_at}।",
        "no_cut_day": "{amount} পরিশোধ করুন; না করলে সংযোগ বন্ধ হবে: {cut_at}।",
        "vip": "ভিআইপি না থাকলে স্থগিত, বকেয়া ও মেয়াদের নিয়মও দেখা হতো।",
        "free": "ফ্রি না হলে স্থগিত, বকেয়া ও মেয়াদের নিয়মও দেখা হতো।",
        "throttled": "পুরো গতি পেতে: বাড়তি ডেটা, বড় প্যাকেজ, বা নতুন হিসাব ({cycle_until})।",
        "unknown": "ইউজারনেমের বানান দেখুন, অথবা সংযোগটি তৈরি করুন।",
        "inactive": "সংযোগ ও গ্রাহক আবার চালু করুন।",
        "wrong_device": "ডিভাইস রিসেট করুন; এরপর যে ডিভাইস প্রথম লগইন করবে, সেটিই নিবন্ধিত হবে।",
        "wrong_device_enforced": "{mac} ডিভাইসটি এই সংযোগে নিবন্ধন করুন।",
        "wrong_device_unseen": "রাউটার যেন ডিভাইসের ঠিকানা পাঠায় তা ঠিক করুন, অথবা ডিভাইস যাচাই বন্ধ করুন।",
        "suspended": "স্থগিতাদেশ তুলে নিন।",
        "dues": "{amount} পরিশোধ করুন, অথবা পরিশোধের প্রতিশ্রুতি লিখে রাখুন।",
        "expired": "টাকা দিয়ে নতুন মেয়াদ নিন।",
        "quota": "বাড়তি ডেটা বা বড় প্যাকেজ নিন; নতুন হিসাব শুরু: {cycle_until}।",
        "session_limit": "অন্য একটি সংযোগ বন্ধ করুন, অথবা একসঙ্গে আরও সংযোগের অনুমতি দিন।",
    },
    sentence="{verdict}: {reason}।",
    holds_until="আর কিছু না বদলালে {until} পর্যন্ত এমনই থাকবে।",
    holds="শুধু সময় গেলে এটি বদলাবে না।",
    then="এরপর: {headline}",
    then_speed="এরপর গতি: ডাউনলোড {down}, আপলোড {up}।",
    to_change="যা করলে বদলাবে:",
    wait="অথবা {until} পর্যন্ত অপেক্ষা করুন।",
    never="কখনো না",
    months=(
        "জানুয়ারি",
        "ফেব্রুয়ারি",
        "মার্চ",
        "এপ্রিল",
        "মে",
        "জুন",
        "জুলাই",
        "আগস্ট",
        "সেপ্টেম্বর",
        "অক্টোবর",
        "নভেম্বর",
        "ডিসেম্বর",
    ),
    units={
        "B": "বাইট",
        "kB": "কেবি",
        "MB": "এমবি",
        "GB": "জিবি",
        "TB": "টিবি",
        "kbps": "কেবিপিএস",
        "Mbps": "এমবিপিএস",
    },
    bangla_digits=True,
    lakhs=True,
)

WORDS: Mapping[str, Words] = {"bn": BANGLA, "en": ENGLISH}


def words_for(language: str) -> Words:
    """The words of `language`; English where there are none."""
    return WORDS.get(language, ENGLISH)
