# What screens say. HTML where it is a message; buttons and toasts are plain.

to-home = 🏠 Home
to-found = ⬅ Results
to-card = ⬅ Client
cancel = ✖ Cancel
refresh = 🔄 Refresh
undo = ↩ Undo (1 minute)
page-first = ⏮ First page
page-after = More ▶
never = no end

home = <b>{ $isp }</b>
    { $person }

    🟢 { $online } online, ⚪ { $offline } offline

    Type a name, a phone or a username to find a client.
home-search = 🔎 Find a client
home-problems = ⚠ Network problems: { $count }
home-me = 👤 Me

search-ask = 🔎 Type what you remember of the client: a name in either script, a phone, a username or a number.
search-as-typed = 🔎 Search as you type
search-none = Nobody has “{ $words }”. Type less of the name, or another spelling.
search-found = 🔎 <b>{ $words }</b>
    { $count } found, page { $page } of { $pages }
search-line = { $mark } { $name } · { $number } · { $due }

card = <b>{ $isp }</b> › <b>{ $name }</b> · { $number }
    📞 { $phone }
    Due: <b>{ $due }</b>
card-no-connection = No connection yet.
card-more = and { $count } more connections
card-take = 💵 Take { $amount }
card-other-amount = 💵 Another amount
card-suspend = ⏸ Suspend
card-resume = ▶ Resume
card-line = 📶 { $username }
card-why = ❓ Why
card-kick = ⏏ End sessions
card-password = 🔑 Password

line = { $mark } <b>{ $headline }</b>
    📶 <code>{ $username }</code> · { $speed }
    { $online }
    Used this cycle: { $used } · valid until { $until }
line-online = Online since { $since }, <code>{ $address }</code>, { $router }
line-offline = Offline
speed = ↓ { $down } ↑ { $up }
speed-none = no speed
why = ❓ <b>{ $username }</b>

    { $told }

suspend-confirm = ⏸ <b>Suspend { $name } · { $number }?</b>
    All connections ({ $usernames }) are restricted within seconds, whatever is paid, until you resume.
suspend-do = ⏸ Yes, suspend
suspend-done = ⏸ <b>Suspended.</b> Audit no. { $audit }
resume-confirm = ▶ <b>Resume { $name } · { $number }?</b>
    From now on only dues, validity and limits decide for { $usernames }.
resume-do = ▶ Yes, resume
resume-done = ▶ <b>Resumed.</b> Audit no. { $audit }
kick-confirm = ⏏ <b>End the sessions of { $username }?</b>
    Live now: { $count }. The client may dial again at once.
kick-do = ⏏ Yes, end them
kick-done = ⏏ <b>Asked the router to end { $count } sessions.</b> Audit no. { $audit }

method-cash = Cash
method-bkash = bKash
method-nagad = Nagad
method-rocket = Rocket
method-bank = Bank
pay-method = { $mark }{ $method }
pay-ask-amount = 💵 How much did <b>{ $name }</b> pay? Type the amount, such as <code>800</code>.
pay-bad-amount = That is no amount. Type it in digits, such as <code>800</code> or <code>800.50</code>.
pay-ask-transaction = { $method }, <b>{ $amount }</b>: type the transaction id.
pay-bad-transaction = A transaction id has 4 to 64 letters and digits. Type it as the receipt shows it.
pay-known-transaction = Transaction <code>{ $ref }</code> is booked already. Check the id and type it again.
pay-confirm = 💵 <b>Take { $amount } from { $name } · { $number }?</b>
    { $method }, transaction: { $ref }
    Due now: { $due }
    { $after }
pay-leaves-due = Still due then: { $amount }
pay-leaves-credit = Kept as credit then: { $amount }
pay-likely-twice = ⚠ <b>{ $amount } was taken already</b> at { $at } by { $by }. Take it again only if it was paid twice.
pay-due-changed = ⚠ <b>What is due has changed meanwhile.</b> Look again.
pay-do = ✅ Yes, take { $amount }
pay-done = ✅ <b>{ $amount } taken</b>, { $method }. Payment { $number }, audit no. { $audit }
pay-undo-reason = undone within a minute, in chat
pay-undone = ↩ <b>{ $amount } was taken back.</b> Audit no. { $audit }

password-confirm = 🔑 <b>Show the password of { $username }?</b>
    It is written down that you saw it. The message goes after a minute.
password-do = 🔑 Yes, show it
password-shown = 🔑 <code>{ $username }</code>
    <tg-spoiler>{ $password }</tg-spoiler>
password-copy = 📋 Copy
password-done = 🔑 The password of <code>{ $username }</code> stands below, for a minute.

problems = <b>{ $isp }</b> › ⚠ <b>Network problems: { $count }</b>
problems-none = Every change reaches every router.
problems-more = and { $count } more
problem-silent = 🔴 <b>{ $router }</b> ({ $address }) does not answer CoA. On the router set <code>/radius incoming set accept=yes port={ $port }</code>, and let UDP { $port } in from this server.
    Sessions that wait: { $count }, such as { $username }; since { $since }
problem-refused = 🔴 <b>{ $router }</b> ({ $address }) refuses changes (Error-Cause { $cause }): look at its log.
    Sessions that wait: { $count }, such as { $username }; since { $since }
problem-not-done = 🔴 <b>{ $router }</b> ({ $address }) acknowledges changes and does not make them: end the session on the router, and update it.
    Sessions that wait: { $count }, such as { $username }; since { $since }
problem-redials = 🔴 <b>{ $router }</b> ({ $address }) brings clients back as they were: look there for a <code>/ppp secret</code> of their own, or another RADIUS server.
    Sessions that wait: { $count }, such as { $username }; since { $since }
problem-unreadable = 🔴 <b>{ $router }</b> ({ $address }) has a secret that no key opens: enter it anew.
    Sessions that wait: { $count }, such as { $username }; since { $since }

me = 👤 <b>{ $person }</b> at <b>{ $isp }</b>
    Backup codes left: { $codes }
    Figures: { $example }
me-digits = 🔢 Other digits: 0-9 or ০-৯
me-lakhs = 🔢 1,00,000 or 100,000
language-en = English
language-bn = বাংলা
enter = 🏢 { $isp }
