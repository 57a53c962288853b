# কর্মী, কার কী অনুমতি, আর কে ঢোকার চেষ্টা করেছে।

role-owner = মালিক
role-admin = অ্যাডমিন
role-support-agent = সাপোর্ট এজেন্ট
role-recharge-agent = রিচার্জ এজেন্ট
role-reseller = রিসেলার
role-technician = টেকনিশিয়ান

staff = <b>{ $isp }</b> › <b>কর্মী</b>
    মোট { $count } জন, পাতা { $page } / { $pages }
staff-line = { $mark } { $name } · { $role }
staff-add = ➕ কর্মী নিন
staff-roles = 🛡 পদ
staff-attempts = 🚪 লগইনের চেষ্টা
staff-works = কাজ করছেন
staff-left = চলে গেছেন
member-phone = ✎ কোডের ফোন
phone-done = ✎ <b>ফোন রাখা হয়েছে।</b> অডিট নং { $audit }
staff-added = ✅ <b>নেওয়া হয়েছে।</b> অডিট নং { $audit }। এবার আমন্ত্রণ দিন।

member = <b>{ $isp }</b> › <b>{ $name }</b> · { $role }
    { $state }, { $linked }
    তাঁর জন্য বদলানো অনুমতি: { $changed }টি
    কোডের ফোন: { $phone }
member-linked = টেলিগ্রাম যুক্ত, শেষ কোড { $at }
member-not-linked = কোনো টেলিগ্রাম অ্যাকাউন্ট যুক্ত নেই
member-invite = ✉ কোড বা QR দিয়ে আমন্ত্রণ
member-role = 🛡 পদ
member-rights = ☑ অনুমতি
member-unlink = ⛓ খুলে দিন
member-reset = 📵 নতুন অথেনটিকেটর
member-dismiss = ✖ বাদ দিন
member-rehire = ↩ আবার নিন

invite-confirm = ✉ <b>{ $name } ({ $role }) কে আমন্ত্রণ দেবেন?</b>
    কোডটি একবার, ১০ মিনিট কাজ করে। যে এই বটে পাঠাবে সে { $name } হিসেবে কাজ করবে; আগের যুক্ত অ্যাকাউন্ট আর পারবে না।
invite-do = ✉ হ্যাঁ, কোড বানান
invite-done = ✉ <b>{ $name } এর কোড নিচে আছে</b>, ১০ মিনিট। অডিট নং { $audit }
invite-code = ✉ <b>{ $isp }: { $name } এর আমন্ত্রণ</b>
    ক্যামেরা দিয়ে স্ক্যান করতে দিন, অথবা কোডটি এই বটে পাঠাতে বলুন:
    <tg-spoiler><code>{ $code }</code></tg-spoiler>
    একবার, ১০ মিনিট কাজ করে।
invite-copy = 📋 কোড কপি
invite-copy-link = 🔗 লিংক কপি
unlink-confirm = ⛓ <b>{ $name } এর টেলিগ্রাম অ্যাকাউন্ট খুলে দেবেন?</b>
    সঙ্গে সঙ্গে সেটি অচেনা হবে। ফিরতে { $name } এর নতুন আমন্ত্রণ লাগবে।
unlink-do = ⛓ হ্যাঁ, খুলে দিন
unlink-done = ⛓ <b>খুলে দেওয়া হয়েছে।</b> অডিট নং { $audit }
reset-confirm = 📵 <b>{ $name } এর অথেনটিকেটর ও ব্যাকআপ কোড মুছে দেবেন?</b>
    ফোন হারালে। যার হাতে তাঁর টেলিগ্রাম সে-ই নতুনটি বসাবে, তাই চুরি হলে আগে খুলে দিন।
reset-do = 📵 হ্যাঁ, মুছুন
reset-done = 📵 <b>মুছে দেওয়া হয়েছে।</b> নতুন বসাতে বলা হবে। অডিট নং { $audit }
dismiss-confirm = ✖ <b>{ $name } ({ $role }) কে বাদ দেবেন?</b>
    পরের ট্যাপ থেকেই কিছু করতে পারবেন না। অডিট লগে নাম থাকবে।
dismiss-do = ✖ হ্যাঁ, বাদ দিন
dismiss-done = ✖ <b>বাদ দেওয়া হয়েছে।</b> অডিট নং { $audit }
rehire-confirm = ↩ <b>{ $name } কে আবার { $role } হিসেবে নেবেন?</b>
    আগের অ্যাকাউন্ট ও অনুমতিসহ।
rehire-do = ↩ হ্যাঁ, নিন
rehire-done = ↩ <b>আবার কাজ করছেন।</b> অডিট নং { $audit }
role-ask = 🛡 <b>{ $name }</b> এখন { $role }। এর বদলে কোন পদ?
role-choice = { $role }
role-confirm = 🛡 <b>{ $name } কে { $role } করবেন?</b>
    আগে { $was }। পরের ট্যাপ থেকেই; তাঁর জন্য বদলানো অনুমতি থাকবে।
role-do = 🛡 হ্যাঁ
role-done = 🛡 <b>এখন { $role }।</b> অডিট নং { $audit }

rights = ☑ <b>{ $name } ({ $role }) কী কী পারেন</b>
    ✅ পারেন, 🚫 পারেন না, ✎ এই ব্যক্তির জন্য বদলানো। বদলাতে ট্যাপ করুন।
right-line = { $mark } { $permission }
right = ☑ <b>{ $name }</b>: { $permission }
right-allow = ✅ অনুমতি দিন
right-deny = 🚫 নিষেধ করুন
right-as-before = ↩ পদ অনুযায়ী
role-right-as-before = ↩ সবখানে যেমন
right-done = ☑ <b>বদলানো হয়েছে।</b> পরের ট্যাপ থেকেই। অডিট নং { $audit }
roles = <b>{ $isp }</b> › <b>পদ</b>
    কোন পদে কী কী করা যায়? মালিক সব পারেন।
role-rights = ☑ <b>প্রত্যেক { $role } কী কী পারেন</b>
    ✅ পারেন, 🚫 পারেন না, ✎ এই কোম্পানিতে বদলানো। বদলাতে ট্যাপ করুন।

attempts = <b>{ $isp }</b> › <b>লগইনের চেষ্টা</b>
    শেষ { $count }টি, পাতা { $page } / { $pages }
attempt-line = { $mark } { $at } · <b>{ $who }</b>
    কোথা থেকে: <code>{ $origin }</code> · { $browser }
attempt-unknown = অচেনা কেউ
attempt-staff = কর্মী { $number }
attempt-client = গ্রাহক { $number }

refused-last-owner = আর কেউ মালিক নেই: আগে অন্য কাউকে মালিক করুন, তারপর এটি করুন।
refused-owners-may-do-all = মালিক সব পারেন: আগে তাঁর পদ বদলান।
refused-staff-not-found = এই কর্মী আর নেই: কর্মীর তালিকা আবার খুলুন।
