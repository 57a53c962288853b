# টাইপ করা নির্দেশ।

typed-near = এর কোনটি বলতে চেয়েছেন?
typed-which = { $meaning }: “{ $words }” এর সঙ্গে { $count } জন মেলে। কোন জন?
typed-pay = 💵 টাকা নিন
typed-suspend = ⏸ স্থগিত করুন
typed-resume = ▶ চালু করুন
typed-kick = ⏏ সেশন শেষ করুন
typed-why = ❓ কেন
typed-card = 👤 গ্রাহক দেখান
typed-invoices = 🧾 ইনভয়েস
typed-payments = 💵 পেমেন্ট
typed-ledger = 📒 লেজার
typed-use = 📈 ব্যবহার
typed-password = 🔑 পাসওয়ার্ড
typed-promise = 🤝 পরিশোধের প্রতিশ্রুতি
typed-expiry = 📅 মেয়াদ
typed-change = 📦 প্যাকেজ বদলান
typed-make-bill = 🧾 বিল তৈরি
typed-suspend-many = ⏸ অনেককে স্থগিত
typed-resume-many = ▶ অনেককে চালু
typed-new-client = ➕ নতুন গ্রাহক
typed-new-package = ➕ নতুন প্যাকেজ
typed-new-router = ➕ নতুন রাউটার
typed-new-staff = ➕ নতুন কর্মী
typed-ending = 📅 যাদের মেয়াদ শেষ হচ্ছে
typed-offline = ⚪ কারা অফলাইন
typed-online = 🟢 কারা অনলাইন
typed-suspended = ⏸ স্থগিত গ্রাহক
typed-expired = 🟠 মেয়াদোত্তীর্ণ গ্রাহক
typed-active = 🟢 সক্রিয় গ্রাহক
typed-clients = 👥 গ্রাহক
typed-problems = ⚠ নেটওয়ার্ক সমস্যা
typed-routers = 📡 রাউটার
typed-packages = 📦 প্যাকেজ
typed-zones = 📍 জোন
typed-staff = 🧑‍💼 কর্মী
typed-runs = 🧾 বিল রান
typed-takings = 💰 আদায়
typed-home = 🏠 হোম
typed-me = 👤 আমি

offline = ⚪ <b>{ $isp }</b> › <b>অফলাইন</b>
    { $count } জন, পাতা { $page } / { $pages }
offline-line = ⚪ { $name } · { $username } · { $seen }
