# Who may come in, and what is refused.

stranger = This bot is for staff of an internet provider. Ask the owner for an invitation and send its code here.
invitation-invalid = This code does not work: it is wrong, used, or older than 10 minutes. Ask the owner for a new one.
code-ask = 🔐 <b>{ $isp }</b>: type the 6 digits that your authenticator shows, or a backup code.
code-wrong = 🔐 That code is wrong or was used already. Type the one that is shown now.
code-locked = 🔐 Too many wrong codes. Try again in 15 minutes; the owners have been told.
code-again = 🔐 <b>{ $isp }</b>: this needs a fresh code. Type the 6 digits that your authenticator shows, or a backup code.
totp-offer = 🔐 <b>{ $isp }</b>: one more step keeps others out of your account.
    1. Open an authenticator app (Google Authenticator, Aegis, 2FAS...) and scan the picture, or add an account by key:
    <tg-spoiler><code>{ $secret }</code></tg-spoiler>
    2. Type the 6 digits that it shows.
totp-copy = 📋 Copy the key
code-by-sms = ✉ Send me a code by SMS
code-sent = ✉ <b>{ $isp }</b>: a code goes to the phone that ends in { $end }. Type its 6 digits here within { $minutes } minutes.
code-sent-lately = ✉ <b>{ $isp }</b>: a code was sent a moment ago. Type its 6 digits here, or wait a minute for another.
code-no-phone = ✉ <b>{ $isp }</b>: no phone of yours is kept here. Ask an owner to enter it under Staff, or use your authenticator.
backup-codes = 🔐 <b>Backup codes</b>, if your phone is lost. Each works once. Write them down now: this message goes after 10 minutes.

    <tg-spoiler><code>{ $codes }</code></tg-spoiler>
already-done = That was done already.
too-late = That button is too old. Open the client again.
outdated = This screen was of an older version. Here is the home screen.
busy = Something went wrong here ({ $error }). Nothing was changed. Try again; if it stays so, tell the owner this number.
private-only = Write to me in private.

permission-manage-isp = change the ISP's settings
permission-manage-staff = manage staff
permission-manage-catalogue = manage packages, profiles and zones
permission-view-all-clients = see all clients
permission-assign-clients = assign clients
permission-edit-clients = edit clients
permission-control-access = suspend and resume
permission-reveal-passwords = see passwords
permission-make-invoices = make invoices
permission-take-payments = take payments
permission-reverse-payments = reverse payments
permission-give-credit = give credit
permission-give-discounts = give discounts
permission-give-promises = give promises
permission-manage-network = manage the network
permission-reveal-nas-secrets = see routers' secrets

refused = This was refused ({ $code }). Open the client again; if it stays so, tell the owner.
refused-not-permitted = You may not { $permission }: ask an owner to do it or to allow it to you.
refused-value-refused = A value is not acceptable ({ $rule }): check it and try again.
refused-client-not-found = There is no such client any more, or it is not yours: search again.
refused-connection-not-found = There is no such connection any more, or it is not yours: search again.
refused-no-password = This connection has no password: it logs in by its device.
refused-invoice-settled = That invoice is settled already: open the client again.
refused-partial-not-allowed = This client's profile takes no part payments: take the whole due, or allow part payments in the profile.
refused-transaction-known = That transaction is booked already: check the id.
refused-payment-reversed = That payment was taken back already.
refused-payment-not-found = There is no such payment.
refused-staff-inactive = You no longer work here: ask an owner.
refused-second-factor-missing = Set up an authenticator first: write /start.
refused-account-taken = This Telegram account already belongs to somebody else of this ISP: ask the owner to unlink it first.

command-home = Home
command-find = Find a client
command-problems = Network problems
command-me = Language and codes

notice-staff-locked = 🚨 <b>{ $isp }</b>: <b>{ $person }</b> gave five wrong codes and is locked for 15 minutes. If it was not them, unlink their account.
notice-bill-run-waiting = 🧾 <b>{ $isp }</b>: the bills of { $month } over { $total } wait for a second person.
notice-job-failed = ⚠ <b>{ $isp }</b>: a job fails: <code>{ $job }</code>. Ask the operator for <code>./skylink status</code>.
notice-proof-failed = 🚨 <b>{ $isp }</b>: { $count } figures of the books differ from the ledger. Ask the operator for <code>./skylink proof</code>.
