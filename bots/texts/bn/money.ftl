# টাকা, প্যাকেজ, রাউটার, আর গ্রাহকের আরও যা যা করা যায়।

card-acts = ⋯ আরও
acts = <b>{ $isp }</b> › <b>{ $name }</b> · { $number }
    এনআইডি: { $nid }, পিতা: { $father }
    { $address }, { $email }
acts-invoices = 🧾 বিল
acts-payments = 💵 পেমেন্ট
acts-ledger = 📒 খতিয়ান
acts-bill = 🧾 বিল করুন
acts-charge = ➕ বাড়তি চার্জ
acts-promise = 🤝 সময় দিন
acts-credit = 🎁 ক্রেডিট নোট
acts-connection = ➕ সংযোগ
acts-agent = 👤 কার গ্রাহক
acts-photo = 🖼 ছবি
acts-use = 📊 ব্যবহার
acts-package = 📦 প্যাকেজ
acts-expiry = 📅 মেয়াদ
acts-vip = ⭐ ভিআইপি করুন
acts-no-vip = ☆ ভিআইপি নয়
acts-device = 🔗 ডিভাইস বাঁধুন
acts-forget-devices = ⛓ ডিভাইস ভুলুন
line-acts = 📶 <b>{ $username }</b>
use = 📊 <b>{ $username }</b>, শেষ { $days } দিন
    ↓ { $down } ↑ { $up }, এর মধ্যে ফ্রি সময়ে { $free }
photo = 🖼 { $name }
vip-confirm = ⭐ <b>{ $username } কে ভিআইপি করবেন?</b>
    বকেয়া বা মেয়াদে আর কাটবে না। ডিভাইস: { $macs }
vip-do = ⭐ হ্যাঁ
no-vip-confirm = ☆ <b>{ $username } কে আবার সবার মতো করবেন?</b>
    এখন থেকে বকেয়া ও মেয়াদে কাটবে। ডিভাইস: { $macs }
no-vip-do = ☆ হ্যাঁ
vip-done = ⭐ <b>হয়েছে।</b> অডিট নং { $audit }
devices-confirm = ⛓ <b>{ $username } এর ডিভাইস ভুলে যাবেন?</b>
    { $macs }
devices-do = ⛓ হ্যাঁ, ভুলুন
devices-done = ⛓ <b>ভোলা হয়েছে।</b> অডিট নং { $audit }

invoices = <b>{ $isp }</b> › <b>বিল</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
invoice-line = { $mark } { $number } · { $day } · { $amount }
invoice = <b>{ $isp }</b> › { $mark } <b>বিল { $number }</b>, { $state }
    তৈরি { $issued }, শেষ তারিখ { $due_on }
    মোট: <b>{ $total }</b>, বকেয়া: <b>{ $due }</b>
invoice-part = { $kind }: { $amount }
invoice-draft = খসড়া
invoice-issued = বাকি
invoice-partial = আংশিক দেওয়া
invoice-paid = দেওয়া
receipt-pdf = 🧾 রসিদ
receipt-paper = 🧾 { $client } এর রসিদ { $number }
to-payment = ‹ পেমেন্ট
invoice-pdf = 📄 পিডিএফ
invoice-paper = 📄 { $client } এর বিল { $number }
to-invoice = ‹ বিল
invoice-void = ✖ বাতিল
line-base = ইন্টারনেট
line-installation = সংযোগ ফি
line-overage = সীমার বেশি ব্যবহার
line-extra = বাড়তি
line-adjustment = না পাওয়া দিন
line-opening = আগের বকেয়া
line-discount = ছাড়
line-late-fee = বিলম্ব ফি
line-vat = ভ্যাট
line-rounding = পূর্ণ করা
void-confirm = ✖ <b>{ $total } এর বিল { $number } বাতিল করবেন?</b>
    এর জন্য দেওয়া { $paid } জমা হবে। নম্বরটি আর ব্যবহার হবে না।
void-do = ✖ হ্যাঁ, বাতিল
void-done = ✖ <b>বাতিল হয়েছে।</b> অডিট নং { $audit }
payments = <b>{ $isp }</b> › <b>পেমেন্ট</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
payment-line = { $mark } { $amount } · { $at } · { $method }
payment = <b>{ $isp }</b> › <b>পেমেন্ট { $number }</b>
    <b>{ $amount }</b>, { $method }, ট্রানজেকশন: { $ref }
    { $at }, নিয়েছেন { $by }
    জমা আছে: { $unused }
    { $state }
payment-stands = ঠিক আছে
payment-reverse = ↩ ফিরিয়ে নিন
method-sslcommerz = SSLCOMMERZ
method-aamarpay = aamarPay
method-shurjopay = shurjoPay
ledger = <b>{ $isp }</b> › <b>খতিয়ান</b>
    { $count } সারি, পাতা { $page } / { $pages }
entry-line = { $day } · { $what } · <b>{ $sign }{ $amount }</b> · { $by }
entry-charge = চার্জ
entry-payment = টাকা দেওয়া
entry-credit-note = ক্রেডিট নোট
entry-allocation = জমা ব্যবহার
entry-opening = আগের বকেয়া
entry-release = জমা ফেরত
entry-reversal = পেমেন্ট ফেরত
entry-void = বিল বাতিল
entry-write-off = মওকুফ
entry-transfer = স্থানান্তর
entry-gateway-fee = গেটওয়ের ফি
bill-preview = 🧾 <b>{ $name } এর বিল করুন</b>
    আগামী মাসের বিল হতো { $total }; জমা থেকে যাবে { $credit }। এখন বকেয়া: { $due }
bill-month-do = 🧾 এ মাসের বিল
bill-first-do = 🧾 প্রথম বিল: এই চক্রের বাকিটা
bill-done = 🧾 <b>বিল হয়েছে।</b> অডিট নং { $audit }

runs = <b>{ $isp }</b> › <b>বিল তৈরি</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
run-line = { $month } · { $state }
run-ask = 🧾 এ মাসের বিল
run-preview = <b>{ $isp }</b> › <b>{ $month } এর বিল</b>
    { $count }টি বিল, মোট <b>{ $total }</b>
    কর ছাড়া { $before_tax }, গত মাসে { $former }। যা আলাদা:
run-difference = { $cause } ({ $count }): { $amount }
run-changed = এর মধ্যে হিসাব বদলে গেছে: আবার দেখুন।
run-request = 🧾 এই বিলগুলো করুন
run-requested = 🧾 <b>চাওয়া হয়েছে।</b> অডিট নং { $audit }
run = <b>{ $isp }</b> › <b>{ $month } এর বিল</b>: { $state }
    হওয়ার কথা: { $foreseen }টি, { $foreseen_total }
    হয়েছে: { $billed }টি, { $billed_total }
run-waiting = আরেকজনের অনুমোদনের অপেক্ষায়
run-running = চলছে
run-done = শেষ
run-reversing = ফেরানো হচ্ছে
run-reversed = ফেরানো হয়েছে
run-approve = ✅ অনুমোদন
run-approve-confirm = ✅ <b>{ $month } এর বিল করতে দেবেন?</b>
    { $count }টি বিল, { $total }
run-approve-do = ✅ হ্যাঁ, বিল করুন
run-approved = ✅ <b>অনুমোদন হয়েছে।</b> অডিট নং { $audit }
run-reverse = ↩ সব বিল ফেরান
run-reverse-confirm = ↩ <b>{ $month } এর বিল ফেরাবেন?</b>
    { $total } এর { $count }টি বিল যাবে; দেওয়া { $paid } জমা হবে; { $kept }টি বিল থাকবে।
run-reverse-do = ↩ হ্যাঁ, ফেরান
run-reversed-note = ↩ <b>ফেরানো হচ্ছে।</b> অডিট নং { $audit }
cause-new = নতুন সংযোগ
cause-left = চলে গেছে
cause-package = অন্য প্যাকেজ
cause-price = অন্য দাম
cause-days = কম বা বেশি দিন
cause-discount = ছাড়
cause-overage = সীমার বেশি ব্যবহার
cause-extra = বাড়তি চার্জ

packages = <b>{ $isp }</b> › <b>প্যাকেজ</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
package-line = 📦 { $name } · { $price }
package-add = ➕ প্যাকেজ
package = <b>{ $isp }</b> › 📦 <b>{ $name }</b>
    { $service }, ↓ { $down } ↑ { $up }
    <b>{ $price }</b>, { $days } দিন, ডেটা: { $limit }, পুল: { $pool }
package-no-limit = সীমা নেই
profiles = <b>{ $isp }</b> › <b>বিলিং প্রোফাইল</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
profile-line = 🧾 <b>{ $name }</b>: { $kind }, টাকা দেওয়ার দিন { $day }, ছাড় { $grace } দিন
profile-add = ➕ প্রোফাইল
zones = <b>{ $isp }</b> › <b>এলাকা</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
zone-line = 📍 { $name }
zone-add = ➕ এলাকা

routers = <b>{ $isp }</b> › <b>রাউটার</b>
    মোট { $count }টি, পাতা { $page } / { $pages }
router-line = 🛜 { $name } · { $address }
router-add = ➕ রাউটার
router = <b>{ $isp }</b> › 🛜 <b>{ $name }</b>
    { $kind }, <code>{ $address }</code>, CoA পোর্ট { $port }
    সেশন বদলায়: { $coa }, শেষ করে: { $disconnect }
router-secret = 🔑 RADIUS সিক্রেট
router-secret-confirm = 🔑 <b>{ $name } এর RADIUS সিক্রেট দেখাবেন?</b>
    আপনি যে দেখেছেন তা লেখা থাকবে। বার্তাটি এক মিনিট পরে মুছে যাবে।
router-secret-do = 🔑 হ্যাঁ, দেখান
router-secret-shown = 🔑 <b>{ $name }</b>
    <tg-spoiler>{ $secret }</tg-spoiler>
router-secret-done = 🔑 সিক্রেট নিচে আছে, এক মিনিট। অডিট নং { $audit }
router-remove = ✖ সরান
router-remove-confirm = ✖ <b>{ $name } রাউটারটি সরাবেন?</b>
    এর পেছনের কেউ আর লগইন করতে পারবে না।
router-remove-do = ✖ হ্যাঁ, সরান
router-removed = ✖ <b>সরানো হয়েছে।</b> অডিট নং { $audit }

refused-invoice-not-found = এমন বিল নেই, অথবা আপনার গ্রাহকের নয়।
refused-bill-run-not-found = এমন বিল তৈরি নেই।
refused-bill-run-exists = সেই মাসের বিল আগেই হয়েছে: সেটি খুলুন।
refused-bill-run-in-state = এর মধ্যে এগিয়ে গেছে: আবার খুলুন।
refused-same-person = আরেকজনকে অনুমোদন দিতে হবে: সহকর্মীকে বলুন।
refused-month-ahead = সেই মাস শুরু হয়নি: শুরু হলে বিল করুন।
refused-later-bill-run = পরের মাসের বিল হয়ে গেছে: আগে সেটি ফেরান।
refused-nothing-to-bill = সবটুকুর বিল আগেই হয়েছে।
refused-reason-missing = আগে কারণ লিখুন।
