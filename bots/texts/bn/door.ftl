# কে ঢুকতে পারে, আর কী মানা।

stranger = এই বট ইন্টারনেট কোম্পানির কর্মীদের জন্য। মালিকের কাছে আমন্ত্রণ চান, আর তার কোড এখানে পাঠান।
invitation-invalid = কোডটি কাজ করছে না: ভুল, ব্যবহৃত, অথবা ১০ মিনিটের বেশি পুরোনো। মালিকের কাছে নতুন কোড চান।
code-ask = 🔐 <b>{ $isp }</b>: অথেনটিকেটরে যে ৬টি অঙ্ক দেখাচ্ছে, অথবা একটি ব্যাকআপ কোড লিখুন।
code-wrong = 🔐 কোডটি ভুল বা আগেই ব্যবহৃত। এখন যেটি দেখাচ্ছে সেটি লিখুন।
code-locked = 🔐 অনেকবার ভুল কোড দেওয়া হয়েছে। ১৫ মিনিট পরে চেষ্টা করুন; মালিকদের জানানো হয়েছে।
code-again = 🔐 <b>{ $isp }</b>: এ কাজে নতুন কোড লাগবে। অথেনটিকেটরের ৬ অঙ্ক বা একটি ব্যাকআপ কোড লিখুন।
totp-offer = 🔐 <b>{ $isp }</b>: আরেকটি ধাপ, যাতে অন্য কেউ আপনার অ্যাকাউন্টে ঢুকতে না পারে।
    ১. একটি অথেনটিকেটর অ্যাপে (Google Authenticator, Aegis, 2FAS...) ছবিটি স্ক্যান করুন, অথবা এই কী দিয়ে অ্যাকাউন্ট যোগ করুন:
    <tg-spoiler><code>{ $secret }</code></tg-spoiler>
    ২. অ্যাপে যে ৬টি অঙ্ক দেখায় তা লিখুন।
totp-copy = 📋 কী কপি করুন
code-by-sms = ✉ এসএমএসে কোড পাঠান
code-sent = ✉ <b>{ $isp }</b>: যে ফোনের শেষ অঙ্ক { $end }, সেখানে কোড যাচ্ছে। { $minutes } মিনিটের মধ্যে তার ৬ অঙ্ক এখানে লিখুন।
code-sent-lately = ✉ <b>{ $isp }</b>: একটু আগেই কোড পাঠানো হয়েছে। তার ৬ অঙ্ক লিখুন, অথবা আরেকটির জন্য এক মিনিট অপেক্ষা করুন।
code-no-phone = ✉ <b>{ $isp }</b>: আপনার কোনো ফোন এখানে রাখা নেই। মালিককে কর্মী তালিকায় তা লিখতে বলুন, অথবা অথেনটিকেটর ব্যবহার করুন।
backup-codes = 🔐 <b>ব্যাকআপ কোড</b>, ফোন হারালে কাজে লাগবে। প্রতিটি একবার চলে। এখনই লিখে রাখুন: এই বার্তা ১০ মিনিট পরে মুছে যাবে।

    <tg-spoiler><code>{ $codes }</code></tg-spoiler>
already-done = এটি আগেই করা হয়েছে।
too-late = বোতামটি অনেক পুরোনো। গ্রাহককে আবার খুলুন।
outdated = পর্দাটি পুরোনো সংস্করণের ছিল। এই যে শুরুর পর্দা।
busy = এখানে একটি সমস্যা হয়েছে ({ $error })। কিছুই বদলায়নি। আবার চেষ্টা করুন; না হলে মালিককে এই নম্বরটি জানান।
private-only = আমাকে ব্যক্তিগত চ্যাটে লিখুন।

permission-manage-isp = কোম্পানির সেটিংস বদলানো
permission-manage-staff = কর্মী দেখাশোনা
permission-manage-catalogue = প্যাকেজ, প্রোফাইল ও এলাকা দেখাশোনা
permission-view-all-clients = সব গ্রাহক দেখা
permission-assign-clients = গ্রাহক ভাগ করে দেওয়া
permission-edit-clients = গ্রাহকের তথ্য বদলানো
permission-control-access = স্থগিত ও চালু করা
permission-reveal-passwords = পাসওয়ার্ড দেখা
permission-make-invoices = বিল করা
permission-take-payments = টাকা নেওয়া
permission-reverse-payments = টাকা ফিরিয়ে নেওয়া
permission-give-credit = ক্রেডিট দেওয়া
permission-give-discounts = ছাড় দেওয়া
permission-give-promises = সময় দেওয়া
permission-manage-network = নেটওয়ার্ক দেখাশোনা
permission-reveal-nas-secrets = রাউটারের সিক্রেট দেখা

refused = এটি করা গেল না ({ $code })। গ্রাহককে আবার খুলুন; তাতেও না হলে মালিককে জানান।
refused-not-permitted = আপনার এই অনুমতি নেই: { $permission }। মালিককে করতে বলুন, অথবা অনুমতি দিতে বলুন।
refused-value-refused = একটি মান গ্রহণযোগ্য নয় ({ $rule }): মিলিয়ে আবার চেষ্টা করুন।
refused-client-not-found = এই গ্রাহক আর নেই, অথবা আপনার নয়: আবার খুঁজুন।
refused-connection-not-found = এই সংযোগ আর নেই, অথবা আপনার নয়: আবার খুঁজুন।
refused-no-password = এই সংযোগের পাসওয়ার্ড নেই: ডিভাইস দিয়ে লগইন হয়।
refused-invoice-settled = এই বিল আগেই মিটে গেছে: গ্রাহককে আবার খুলুন।
refused-partial-not-allowed = এই গ্রাহকের প্রোফাইলে আংশিক টাকা নেওয়া যায় না: পুরো বকেয়া নিন, অথবা প্রোফাইলে আংশিক টাকার অনুমতি দিন।
refused-transaction-known = এই ট্রানজেকশন আগেই জমা হয়েছে: আইডি মিলিয়ে দেখুন।
refused-payment-reversed = এই টাকা আগেই ফিরিয়ে নেওয়া হয়েছে।
refused-payment-not-found = এমন কোনো পেমেন্ট নেই।
refused-staff-inactive = আপনি আর এখানে কাজ করেন না: মালিকের সঙ্গে কথা বলুন।
refused-second-factor-missing = আগে অথেনটিকেটর যোগ করুন: /start লিখুন।
refused-account-taken = এই টেলিগ্রাম অ্যাকাউন্ট এই কোম্পানির অন্য কর্মীর: আগে মালিককে সেটি খুলে দিতে বলুন।

command-home = শুরু
command-find = গ্রাহক খুঁজুন
command-problems = নেটওয়ার্কের সমস্যা
command-me = ভাষা ও কোড

notice-staff-locked = 🚨 <b>{ $isp }</b>: <b>{ $person }</b> পাঁচবার ভুল কোড দিয়ে ১৫ মিনিট বন্ধ। তিনি না হলে তাঁর অ্যাকাউন্ট খুলে দিন।
notice-bill-run-waiting = 🧾 <b>{ $isp }</b>: { $month } এর { $total } বিল আরেকজনের অনুমোদনের অপেক্ষায়।
notice-job-failed = ⚠ <b>{ $isp }</b>: একটি কাজ হচ্ছে না: <code>{ $job }</code>। অপারেটরকে <code>./skylink status</code> দেখতে বলুন।
notice-proof-failed = 🚨 <b>{ $isp }</b>: হিসাবের { $count }টি অঙ্ক খতিয়ানের সঙ্গে মেলে না। অপারেটরকে <code>./skylink proof</code> দেখতে বলুন।
