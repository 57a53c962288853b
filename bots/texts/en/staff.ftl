# Staff, what they may, and who tried to get in.

role-owner = Owner
role-admin = Admin
role-support-agent = Support agent
role-recharge-agent = Recharge agent
role-reseller = Reseller
role-technician = Technician

staff = <b>{ $isp }</b> › <b>Staff</b>
    { $count } in all, page { $page } of { $pages }
staff-line = { $mark } { $name } · { $role }
staff-add = ➕ Take somebody on
staff-roles = 🛡 Roles
staff-attempts = 🚪 Login attempts
staff-works = works here
staff-left = left
member-phone = ✎ Phone for codes
phone-done = ✎ <b>Phone saved.</b> Audit no. { $audit }
staff-added = ✅ <b>Taken on.</b> Audit no. { $audit }. Now invite them.

member = <b>{ $isp }</b> › <b>{ $name }</b> · { $role }
    { $state }, { $linked }
    Permissions changed for them: { $changed }
    Phone for codes: { $phone }
member-linked = linked, last code { $at }
member-not-linked = no Telegram account linked
member-invite = ✉ Invite by code or QR
member-role = 🛡 Role
member-rights = ☑ Permissions
member-unlink = ⛓ Unlink
member-reset = 📵 New authenticator
member-dismiss = ✖ Dismiss
member-rehire = ↩ Take on again

invite-confirm = ✉ <b>Invite { $name } ({ $role })?</b>
    The code works once, for 10 minutes. Whoever sends it to this bot acts as { $name }; an account linked before no longer does.
invite-do = ✉ Yes, make a code
invite-done = ✉ <b>The code for { $name } stands below</b>, for 10 minutes. Audit no. { $audit }
invite-code = ✉ <b>{ $isp }: invitation for { $name }</b>
    Let them scan this with the camera, or send the code to this bot:
    <tg-spoiler><code>{ $code }</code></tg-spoiler>
    It works once, for 10 minutes.
invite-copy = 📋 Copy the code
invite-copy-link = 🔗 Copy the link
unlink-confirm = ⛓ <b>Unlink the Telegram account of { $name }?</b>
    It is a stranger's at once. { $name } needs a new invitation to come back.
unlink-do = ⛓ Yes, unlink
unlink-done = ⛓ <b>Unlinked.</b> Audit no. { $audit }
reset-confirm = 📵 <b>Forget the authenticator and the backup codes of { $name }?</b>
    For a lost phone. Whoever holds their Telegram account sets up a new one, so unlink a stolen phone first.
reset-do = 📵 Yes, forget them
reset-done = 📵 <b>Forgotten.</b> They are asked to set one up. Audit no. { $audit }
dismiss-confirm = ✖ <b>Dismiss { $name } ({ $role })?</b>
    From the next tap on they may do nothing. Their name stays in the audit log.
dismiss-do = ✖ Yes, dismiss
dismiss-done = ✖ <b>Dismissed.</b> Audit no. { $audit }
rehire-confirm = ↩ <b>Take { $name } on again, as { $role }?</b>
    With the account and the permissions of before.
rehire-do = ↩ Yes, take on
rehire-done = ↩ <b>Works here again.</b> Audit no. { $audit }
role-ask = 🛡 <b>{ $name }</b> is { $role }. Which role instead?
role-choice = { $role }
role-confirm = 🛡 <b>Make { $name } { $role }?</b>
    { $was } before. It counts from the next tap on; permissions changed for them stay.
role-do = 🛡 Yes
role-done = 🛡 <b>Now { $role }.</b> Audit no. { $audit }

rights = ☑ <b>What { $name } ({ $role }) may do</b>
    ✅ may, 🚫 may not, ✎ changed for this person. Tap to change.
right-line = { $mark } { $permission }
right = ☑ <b>{ $name }</b>: { $permission }
right-allow = ✅ Allow
right-deny = 🚫 Deny
right-as-before = ↩ As the role
role-right-as-before = ↩ As everywhere
right-done = ☑ <b>Changed.</b> It counts from the next tap on. Audit no. { $audit }
roles = <b>{ $isp }</b> › <b>Roles</b>
    What may each do? Owners may do all.
role-rights = ☑ <b>What every { $role } may do</b>
    ✅ may, 🚫 may not, ✎ changed at this ISP. Tap to change.

attempts = <b>{ $isp }</b> › <b>Login attempts</b>
    The latest { $count }, page { $page } of { $pages }
attempt-line = { $mark } { $at } · <b>{ $who }</b>
    from <code>{ $origin }</code> · { $browser }
attempt-unknown = nobody known
attempt-staff = staff member { $number }
attempt-client = client { $number }

refused-last-owner = Nobody else is owner: make another person owner first, then do this.
refused-owners-may-do-all = Owners may do all: change their role first.
refused-staff-not-found = There is no such person any more: open the list of staff again.
