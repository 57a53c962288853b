# What typed commands mean. Buttons are plain.

typed-near = Did you mean one of these?
typed-which = { $meaning }: { $count } fit “{ $words }”. Which one?
typed-pay = 💵 Take a payment
typed-suspend = ⏸ Suspend
typed-resume = ▶ Resume
typed-kick = ⏏ End sessions
typed-why = ❓ Why
typed-card = 👤 Show the client
typed-invoices = 🧾 Invoices
typed-payments = 💵 Payments
typed-ledger = 📒 Ledger
typed-use = 📈 Use
typed-password = 🔑 Password
typed-promise = 🤝 Promise to pay
typed-expiry = 📅 Expiry
typed-change = 📦 Change the package
typed-make-bill = 🧾 Make a bill
typed-suspend-many = ⏸ Suspend many
typed-resume-many = ▶ Resume many
typed-new-client = ➕ New client
typed-new-package = ➕ New package
typed-new-router = ➕ New router
typed-new-staff = ➕ New staff member
typed-ending = 📅 Who expires soon
typed-offline = ⚪ Who is offline
typed-online = 🟢 Who is online
typed-suspended = ⏸ Suspended clients
typed-expired = 🟠 Expired clients
typed-active = 🟢 Active clients
typed-clients = 👥 Clients
typed-problems = ⚠ Network problems
typed-routers = 📡 Routers
typed-packages = 📦 Packages
typed-zones = 📍 Zones
typed-staff = 🧑‍💼 Staff
typed-runs = 🧾 Bill runs
typed-takings = 💰 Collection
typed-home = 🏠 Home
typed-me = 👤 Me

offline = ⚪ <b>{ $isp }</b> › <b>Offline</b>
    { $count }, page { $page } of { $pages }
offline-line = ⚪ { $name } · { $username } · { $seen }
