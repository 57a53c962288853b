# Lists, their columns, and the ways between screens.

page-before = ◀ Back
list-empty = Nothing yet.
file-csv = 📄 CSV
file-xlsx = 📊 Excel
file-caption = { $isp }: { $count } rows
yes = Yes
no = No
undo-reason = undone within a minute, in chat

to-staff = ⬅ Staff
to-member = ⬅ Person
to-roles = ⬅ Roles
to-packages = 📦 Packages
to-profiles = 🧾 Billing profiles
to-zones = 📍 Zones
to-routers = ⬅ Routers
to-problems = ⚠ Problems
to-sessions = 🟢 Live sessions
to-invoices = ⬅ Invoices
to-payments = ⬅ Payments
to-runs = ⬅ Bill runs

home-clients = 👥 Clients
home-add-client = ➕ Client
home-routers = 🛜 Routers
home-sessions = 🟢 Live sessions
home-packages = 📦 Packages
home-runs = 🧾 Bill runs
home-staff = 🛡 Staff
home-draft = ✏ Continue: { $form }

clients = <b>{ $isp }</b> › <b>Clients</b>: { $filter }
    { $count } in all, page { $page } of { $pages }
clients-all = all
clients-tab = { $mark }
clients-expiry = { $mark }{ $expiry }
clients-zone = 📍 Zone
clients-package = 📦 Package
clients-choose = Which clients?
state-active = active
state-expired = expired
state-suspended = suspended
state-inactive = closed
expiry-1 = ends today
expiry-2 = ends this week

sessions = <b>{ $isp }</b> › <b>Live sessions</b>
    { $count } in all, page { $page } of { $pages }
session-line = 📶 <code>{ $username }</code> · <code>{ $address }</code> · { $router }
    since { $since }, ↓ { $down } ↑ { $up }

column-number = Number
column-name = Name
column-name-bn = Name in Bangla
column-phone = Phone
column-state = State
column-zone = Zone
column-username = Username
column-package = Package
column-expires = Valid until
column-unpaid = Unpaid invoices
column-due = Due
column-role = Role
column-at = At
column-who = Who
column-door = By
column-from = From
column-browser = Browser
column-succeeded = Succeeded
column-service = Service
column-price = Price
column-down-kbps = Down kbps
column-up-kbps = Up kbps
column-days = Days
column-kind = Kind
column-payment-day = Payment day
column-grace-days = Grace days
column-address = Address
column-coa-port = CoA port
column-issued = Issued on
column-due-on = Due on
column-total = Total
column-amount = Amount
column-method = Method
column-transaction = Transaction
column-by = By
column-reversed = Reversed because
column-day = Day
column-what = What
column-debit = Debit
column-credit = Credit
column-month = Month
column-bills = Bills
column-router = Router
column-mac = MAC
column-since = Since
column-down-bytes = Down bytes
column-up-bytes = Up bytes
