# তালিকা, তার কলাম, আর এক পর্দা থেকে অন্য পর্দার পথ।

page-before = ◀ আগের
list-empty = এখনো কিছু নেই।
file-csv = 📄 CSV
file-xlsx = 📊 Excel
file-caption = { $isp }: { $count } সারি
yes = হ্যাঁ
no = না
undo-reason = এক মিনিটের মধ্যে চ্যাটে ফিরিয়ে নেওয়া

to-staff = ⬅ কর্মী
to-member = ⬅ ব্যক্তি
to-roles = ⬅ পদ
to-packages = 📦 প্যাকেজ
to-profiles = 🧾 বিলিং প্রোফাইল
to-zones = 📍 এলাকা
to-routers = ⬅ রাউটার
to-problems = ⚠ সমস্যা
to-sessions = 🟢 চলমান সেশন
to-invoices = ⬅ বিল
to-payments = ⬅ পেমেন্ট
to-runs = ⬅ বিল তৈরি

home-clients = 👥 গ্রাহক
home-add-client = ➕ গ্রাহক
home-routers = 🛜 রাউটার
home-sessions = 🟢 চলমান সেশন
home-packages = 📦 প্যাকেজ
home-runs = 🧾 বিল তৈরি
home-staff = 🛡 কর্মী
home-draft = ✏ চালিয়ে যান: { $form }

clients = <b>{ $isp }</b> › <b>গ্রাহক</b>: { $filter }
    মোট { $count } জন, পাতা { $page } / { $pages }
clients-all = সব
clients-tab = { $mark }
clients-expiry = { $mark }{ $expiry }
clients-zone = 📍 এলাকা
clients-package = 📦 প্যাকেজ
clients-choose = কোন গ্রাহক?
state-active = চালু
state-expired = মেয়াদ শেষ
state-suspended = স্থগিত
state-inactive = বন্ধ
expiry-1 = আজ শেষ
expiry-2 = এ সপ্তাহে শেষ

sessions = <b>{ $isp }</b> › <b>চলমান সেশন</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
session-line = 📶 <code>{ $username }</code> · <code>{ $address }</code> · { $router }
    { $since } থেকে, ↓ { $down } ↑ { $up }

column-number = নম্বর
column-name = নাম
column-name-bn = বাংলায় নাম
column-phone = ফোন
column-state = অবস্থা
column-zone = এলাকা
column-username = ইউজারনেম
column-package = প্যাকেজ
column-expires = মেয়াদ
column-unpaid = বাকি বিল
column-due = বকেয়া
column-role = পদ
column-at = সময়
column-who = কে
column-door = কোন পথে
column-from = কোথা থেকে
column-browser = ব্রাউজার
column-succeeded = সফল
column-service = সার্ভিস
column-price = দাম
column-down-kbps = ডাউন kbps
column-up-kbps = আপ kbps
column-days = দিন
column-kind = ধরন
column-payment-day = টাকা দেওয়ার দিন
column-grace-days = ছাড়ের দিন
column-address = ঠিকানা
column-coa-port = CoA পোর্ট
column-issued = তৈরির তারিখ
column-due-on = শেষ তারিখ
column-total = মোট
column-amount = টাকা
column-method = মাধ্যম
column-transaction = ট্রানজেকশন
column-by = কে
column-reversed = ফেরতের কারণ
column-day = দিন
column-what = কী
column-debit = ডেবিট
column-credit = ক্রেডিট
column-month = মাস
column-bills = বিল
column-router = রাউটার
column-mac = MAC
column-since = কখন থেকে
column-down-bytes = ডাউন বাইট
column-up-bytes = আপ বাইট
