# পর্দায় যা লেখা থাকে। বার্তায় HTML; বোতাম ও ছোট জবাব সাদা লেখা।

to-home = 🏠 শুরু
to-found = ⬅ ফলাফল
to-card = ⬅ গ্রাহক
cancel = ✖ বাতিল
refresh = 🔄 নতুন করে দেখুন
undo = ↩ ফিরিয়ে নিন (১ মিনিট)
page-first = ⏮ প্রথম পাতা
page-after = পরের ▶
never = শেষ নেই

home = <b>{ $isp }</b>
    { $person }

    🟢 { $online } অনলাইন, ⚪ { $offline } অফলাইন

    গ্রাহক খুঁজতে নাম, ফোন বা ইউজারনেম লিখুন।
home-search = 🔎 গ্রাহক খুঁজুন
home-problems = ⚠ নেটওয়ার্কের সমস্যা: { $count }
home-me = 👤 আমি

search-ask = 🔎 গ্রাহকের যা মনে আছে লিখুন: বাংলা বা ইংরেজিতে নাম, ফোন, ইউজারনেম বা নম্বর।
search-as-typed = 🔎 লিখতে লিখতে খুঁজুন
search-none = “{ $words }” কারও নেই। নামের কিছু অংশ বা অন্য বানান লিখুন।
search-found = 🔎 <b>{ $words }</b>
    { $count } জন পাওয়া গেছে, পাতা { $page } / { $pages }
search-line = { $mark } { $name } · { $number } · { $due }

card = <b>{ $isp }</b> › <b>{ $name }</b> · { $number }
    📞 { $phone }
    বকেয়া: <b>{ $due }</b>
card-no-connection = এখনো কোনো সংযোগ নেই।
card-more = আরও { $count }টি সংযোগ
card-take = 💵 { $amount } নিন
card-other-amount = 💵 অন্য পরিমাণ
card-suspend = ⏸ স্থগিত করুন
card-resume = ▶ চালু করুন
card-line = 📶 { $username }
card-why = ❓ কেন
card-kick = ⏏ সেশন শেষ করুন
card-password = 🔑 পাসওয়ার্ড

line = { $mark } <b>{ $headline }</b>
    📶 <code>{ $username }</code> · { $speed }
    { $online }
    এই চক্রে ব্যবহার: { $used } · মেয়াদ: { $until }
line-online = { $since } থেকে অনলাইন, <code>{ $address }</code>, { $router }
line-offline = অফলাইন
speed = ↓ { $down } ↑ { $up }
speed-none = গতি নেই
why = ❓ <b>{ $username }</b>

    { $told }

suspend-confirm = ⏸ <b>{ $name } · { $number } স্থগিত করবেন?</b>
    সব সংযোগ ({ $usernames }) কয়েক সেকেন্ডেই সীমিত হবে, টাকা দেওয়া থাকলেও, আবার চালু না করা পর্যন্ত।
suspend-do = ⏸ হ্যাঁ, স্থগিত করুন
suspend-done = ⏸ <b>স্থগিত হয়েছে।</b> অডিট নং { $audit }
resume-confirm = ▶ <b>{ $name } · { $number } আবার চালু করবেন?</b>
    এখন থেকে { $usernames } চলবে বকেয়া, মেয়াদ ও সীমা অনুযায়ী।
resume-do = ▶ হ্যাঁ, চালু করুন
resume-done = ▶ <b>চালু হয়েছে।</b> অডিট নং { $audit }
kick-confirm = ⏏ <b>{ $username } এর সেশন শেষ করবেন?</b>
    এখন চলছে: { $count }টি। গ্রাহক সঙ্গে সঙ্গে আবার সংযোগ নিতে পারবেন।
kick-do = ⏏ হ্যাঁ, শেষ করুন
kick-done = ⏏ <b>রাউটারকে { $count }টি সেশন শেষ করতে বলা হয়েছে।</b> অডিট নং { $audit }

method-cash = নগদ টাকা
method-bkash = বিকাশ
method-nagad = নগদ (Nagad)
method-rocket = রকেট
method-bank = ব্যাংক
pay-method = { $mark }{ $method }
pay-ask-amount = 💵 <b>{ $name }</b> কত টাকা দিলেন? পরিমাণ লিখুন, যেমন <code>৮০০</code>।
pay-bad-amount = এটি টাকার পরিমাণ নয়। অঙ্কে লিখুন, যেমন <code>৮০০</code> বা <code>৮০০.৫০</code>।
pay-ask-transaction = { $method }, <b>{ $amount }</b>: ট্রানজেকশন আইডি লিখুন।
pay-bad-transaction = ট্রানজেকশন আইডিতে ৪ থেকে ৬৪টি ইংরেজি অক্ষর ও অঙ্ক থাকে। রসিদে যেমন আছে তেমন লিখুন।
pay-known-transaction = ট্রানজেকশন <code>{ $ref }</code> আগেই জমা হয়েছে। আইডি মিলিয়ে আবার লিখুন।
pay-confirm = 💵 <b>{ $name } · { $number } থেকে { $amount } নেবেন?</b>
    { $method }, ট্রানজেকশন: { $ref }
    এখন বকেয়া: { $due }
    { $after }
pay-leaves-due = এরপরও বকেয়া থাকবে: { $amount }
pay-leaves-credit = এরপর জমা থাকবে: { $amount }
pay-likely-twice = ⚠ <b>{ $amount } আগেই নেওয়া হয়েছে</b>, { $at }, নিয়েছেন { $by }। দুইবার দিয়ে থাকলেই কেবল আবার নিন।
pay-due-changed = ⚠ <b>এর মধ্যে বকেয়া বদলে গেছে।</b> আবার দেখুন।
pay-do = ✅ হ্যাঁ, { $amount } নিন
pay-done = ✅ <b>{ $amount } নেওয়া হয়েছে</b>, { $method }। পেমেন্ট { $number }, অডিট নং { $audit }
pay-undo-reason = এক মিনিটের মধ্যে চ্যাটে ফিরিয়ে নেওয়া
pay-undone = ↩ <b>{ $amount } ফিরিয়ে নেওয়া হয়েছে।</b> অডিট নং { $audit }

password-confirm = 🔑 <b>{ $username } এর পাসওয়ার্ড দেখাবেন?</b>
    আপনি যে দেখেছেন তা লেখা থাকবে। বার্তাটি এক মিনিট পরে মুছে যাবে।
password-do = 🔑 হ্যাঁ, দেখান
password-shown = 🔑 <code>{ $username }</code>
    <tg-spoiler>{ $password }</tg-spoiler>
password-copy = 📋 কপি
password-done = 🔑 <code>{ $username }</code> এর পাসওয়ার্ড নিচে আছে, এক মিনিটের জন্য।

problems = <b>{ $isp }</b> › ⚠ <b>নেটওয়ার্কের সমস্যা: { $count }</b>
problems-none = সব পরিবর্তন সব রাউটারে পৌঁছাচ্ছে।
problems-more = আরও { $count }টি
problem-silent = 🔴 <b>{ $router }</b> ({ $address }) CoA এর জবাব দেয় না। রাউটারে <code>/radius incoming set accept=yes port={ $port }</code> দিন, আর এই সার্ভার থেকে UDP { $port } খুলে দিন।
    অপেক্ষায় সেশন: { $count }টি, যেমন { $username }; { $since } থেকে
problem-refused = 🔴 <b>{ $router }</b> ({ $address }) পরিবর্তন মানে না (Error-Cause { $cause }): রাউটারের লগ দেখুন।
    অপেক্ষায় সেশন: { $count }টি, যেমন { $username }; { $since } থেকে
problem-not-done = 🔴 <b>{ $router }</b> ({ $address }) হ্যাঁ বলে কিন্তু করে না: রাউটারে সেশনটি শেষ করুন, আর রাউটার আপডেট করুন।
    অপেক্ষায় সেশন: { $count }টি, যেমন { $username }; { $since } থেকে
problem-redials = 🔴 <b>{ $router }</b> ({ $address }) গ্রাহককে আগের মতোই ফিরিয়ে আনে: সেখানে আলাদা <code>/ppp secret</code> বা অন্য RADIUS সার্ভার আছে কি না দেখুন।
    অপেক্ষায় সেশন: { $count }টি, যেমন { $username }; { $since } থেকে
problem-unreadable = 🔴 <b>{ $router }</b> ({ $address }) এর সিক্রেট কোনো চাবিতে খোলে না: নতুন করে দিন।
    অপেক্ষায় সেশন: { $count }টি, যেমন { $username }; { $since } থেকে

me = 👤 <b>{ $person }</b>, <b>{ $isp }</b>
    বাকি ব্যাকআপ কোড: { $codes }টি
    অঙ্ক: { $example }
me-digits = 🔢 অন্য অঙ্ক: ০-৯ বা 0-9
me-lakhs = 🔢 ১,০০,০০০ বা ১০০,০০০
language-en = English
language-bn = বাংলা
enter = 🏢 { $isp }
