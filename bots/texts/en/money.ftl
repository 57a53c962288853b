# Money, packages, routers, and what else can be done with a client.

card-acts = ⋯ More
acts = <b>{ $isp }</b> › <b>{ $name }</b> · { $number }
    NID: { $nid }, father: { $father }
    { $address }, { $email }
acts-invoices = 🧾 Invoices
acts-payments = 💵 Payments
acts-ledger = 📒 Ledger
acts-bill = 🧾 Make a bill
acts-charge = ➕ Extra charge
acts-promise = 🤝 Promise
acts-credit = 🎁 Credit note
acts-connection = ➕ Connection
acts-agent = 👤 Whose client
acts-photo = 🖼 Photo
acts-use = 📊 Use
acts-package = 📦 Package
acts-expiry = 📅 Expiry
acts-vip = ⭐ Make VIP
acts-no-vip = ☆ No longer VIP
acts-device = 🔗 Bind a device
acts-forget-devices = ⛓ Forget devices
line-acts = 📶 <b>{ $username }</b>
use = 📊 <b>{ $username }</b>, the last { $days } days
    ↓ { $down } ↑ { $up }, of it in free hours { $free }
photo = 🖼 { $name }
vip-confirm = ⭐ <b>Make { $username } VIP?</b>
    Dues and expiry do not cut it any more. Devices: { $macs }
vip-do = ⭐ Yes
no-vip-confirm = ☆ <b>Let { $username } be like others again?</b>
    Dues and expiry cut it from now on. Devices: { $macs }
no-vip-do = ☆ Yes
vip-done = ⭐ <b>Done.</b> Audit no. { $audit }
devices-confirm = ⛓ <b>Forget the devices of { $username }?</b>
    { $macs }
devices-do = ⛓ Yes, forget them
devices-done = ⛓ <b>Forgotten.</b> Audit no. { $audit }

invoices = <b>{ $isp }</b> › <b>Invoices</b>
    { $count } in all, page { $page } of { $pages }
invoice-line = { $mark } { $number } · { $day } · { $amount }
invoice = <b>{ $isp }</b> › { $mark } <b>Invoice { $number }</b>, { $state }
    issued { $issued }, to be paid by { $due_on }
    Total: <b>{ $total }</b>, due: <b>{ $due }</b>
invoice-part = { $kind }: { $amount }
invoice-draft = draft
invoice-issued = unpaid
invoice-partial = paid in part
invoice-paid = paid
receipt-pdf = 🧾 Receipt
receipt-paper = 🧾 Receipt { $number } of { $client }
to-payment = ‹ Payment
invoice-pdf = 📄 PDF
invoice-paper = 📄 Invoice { $number } of { $client }
to-invoice = ‹ Invoice
invoice-void = ✖ Void
line-base = Internet
line-installation = Installation
line-overage = Use above the limit
line-extra = Extra
line-adjustment = Days not served
line-opening = From before
line-discount = Discount
line-late-fee = Late fee
line-vat = VAT
line-rounding = Rounding
void-confirm = ✖ <b>Void invoice { $number } over { $total }?</b>
    { $paid } paid for it becomes credit. Its number stays used.
void-do = ✖ Yes, void it
void-done = ✖ <b>Voided.</b> Audit no. { $audit }
payments = <b>{ $isp }</b> › <b>Payments</b>
    { $count } in all, page { $page } of { $pages }
payment-line = { $mark } { $amount } · { $at } · { $method }
payment = <b>{ $isp }</b> › <b>Payment { $number }</b>
    <b>{ $amount }</b>, { $method }, transaction: { $ref }
    { $at }, by { $by }
    Left as credit: { $unused }
    { $state }
payment-stands = valid
payment-reverse = ↩ Reverse
method-sslcommerz = SSLCOMMERZ
method-aamarpay = aamarPay
method-shurjopay = shurjoPay
ledger = <b>{ $isp }</b> › <b>Ledger</b>
    { $count } rows, page { $page } of { $pages }
entry-line = { $day } · { $what } · <b>{ $sign }{ $amount }</b> · { $by }
entry-charge = charged
entry-payment = paid
entry-credit-note = credit note
entry-allocation = credit used
entry-opening = from before
entry-release = credit given back
entry-reversal = payment reversed
entry-void = invoice voided
entry-write-off = written off
entry-transfer = transferred
entry-gateway-fee = gateway's fee
bill-preview = 🧾 <b>Make a bill for { $name }</b>
    Next month's bill would ask { $total }; credit pays { $credit } of it. Due now: { $due }
bill-month-do = 🧾 Bill this month
bill-first-do = 🧾 First bill: the rest of this cycle
bill-done = 🧾 <b>Bill made.</b> Audit no. { $audit }

runs = <b>{ $isp }</b> › <b>Bill runs</b>
    { $count } in all, page { $page } of { $pages }
run-line = { $month } · { $state }
run-ask = 🧾 This month's bills
run-preview = <b>{ $isp }</b> › <b>Bills of { $month }</b>
    { $count } bills over <b>{ $total }</b>
    Before tax { $before_tax }, last month { $former }. What differs:
run-difference = { $cause } ({ $count }): { $amount }
run-changed = What it would bill has changed meanwhile: look again.
run-request = 🧾 Make these bills
run-requested = 🧾 <b>Asked for.</b> Audit no. { $audit }
run = <b>{ $isp }</b> › <b>Bills of { $month }</b>: { $state }
    Foreseen: { $foreseen } over { $foreseen_total }
    Made: { $billed } over { $billed_total }
run-waiting = waits for a second person
run-running = running
run-done = done
run-reversing = being undone
run-reversed = undone
run-approve = ✅ Approve
run-approve-confirm = ✅ <b>Let the run of { $month } go?</b>
    { $count } bills over { $total }
run-approve-do = ✅ Yes, bill
run-approved = ✅ <b>Approved.</b> Audit no. { $audit }
run-reverse = ↩ Undo the run
run-reverse-confirm = ↩ <b>Undo the run of { $month }?</b>
    { $count } bills over { $total } go; { $paid } paid for them becomes credit; { $kept } bills stay.
run-reverse-do = ↩ Yes, undo it
run-reversed-note = ↩ <b>Being undone.</b> Audit no. { $audit }
cause-new = New connections
cause-left = Left
cause-package = Another package
cause-price = Another price
cause-days = More or fewer days
cause-discount = Discounts
cause-overage = Use above the limit
cause-extra = Extra charges

packages = <b>{ $isp }</b> › <b>Packages</b>
    { $count } in all, page { $page } of { $pages }
package-line = 📦 { $name } · { $price }
package-add = ➕ Package
package = <b>{ $isp }</b> › 📦 <b>{ $name }</b>
    { $service }, ↓ { $down } ↑ { $up }
    <b>{ $price }</b> for { $days } days, data: { $limit }, pool: { $pool }
package-no-limit = no limit
profiles = <b>{ $isp }</b> › <b>Billing profiles</b>
    { $count } in all, page { $page } of { $pages }
profile-line = 🧾 <b>{ $name }</b>: { $kind }, payment day { $day }, grace { $grace } days
profile-add = ➕ Profile
zones = <b>{ $isp }</b> › <b>Zones</b>
    { $count } in all, page { $page } of { $pages }
zone-line = 📍 { $name }
zone-add = ➕ Zone

routers = <b>{ $isp }</b> › <b>Routers</b>
    { $count } in all, page { $page } of { $pages }
router-line = 🛜 { $name } · { $address }
router-add = ➕ Router
router = <b>{ $isp }</b> › 🛜 <b>{ $name }</b>
    { $kind }, <code>{ $address }</code>, CoA port { $port }
    Changes sessions: { $coa }, ends them: { $disconnect }
router-secret = 🔑 RADIUS secret
router-secret-confirm = 🔑 <b>Show the RADIUS secret of { $name }?</b>
    It is written down that you saw it. The message goes after a minute.
router-secret-do = 🔑 Yes, show it
router-secret-shown = 🔑 <b>{ $name }</b>
    <tg-spoiler>{ $secret }</tg-spoiler>
router-secret-done = 🔑 The secret stands below, for a minute. Audit no. { $audit }
router-remove = ✖ Remove
router-remove-confirm = ✖ <b>Remove the router { $name }?</b>
    Nobody behind it can log in any more.
router-remove-do = ✖ Yes, remove
router-removed = ✖ <b>Removed.</b> Audit no. { $audit }

refused-invoice-not-found = There is no such invoice, or it is not of your clients.
refused-bill-run-not-found = There is no such bill run.
refused-bill-run-exists = The bills of that month are made already: open the run.
refused-bill-run-in-state = The run has gone on meanwhile: open it again.
refused-same-person = A second person must approve: ask a colleague.
refused-month-ahead = That month has not begun: bill it when it has.
refused-later-bill-run = A later month is billed: undo that run first.
refused-nothing-to-bill = All of it is billed already.
refused-reason-missing = Type the reason first.
