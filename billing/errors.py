"""What this room refuses."""

from __future__ import annotations

from datetime import date

from storage.errors import SkyLinkError


class BillingError(SkyLinkError):
    """Base of this room's refusals."""

    code = "billing_error"


class NotFound(BillingError):
    """There is no such thing at this ISP; another ISP's is not there either."""

    code = "not_found"

    def __init__(self, missing_id: int) -> None:
        super().__init__(f"{self.code} {missing_id}")
        self.missing_id = missing_id


class ZoneNotFound(NotFound):
    code = "zone_not_found"


class PackageNotFound(NotFound):
    code = "package_not_found"


class ProfileNotFound(NotFound):
    code = "profile_not_found"


class ClientNotFound(NotFound):
    code = "client_not_found"


class ConnectionNotFound(NotFound):
    code = "connection_not_found"


class InvoiceNotFound(NotFound):
    code = "invoice_not_found"


class PictureNotFound(NotFound):
    code = "picture_not_found"


class PictureUnreadable(BillingError):
    """No JPEG, PNG or WebP, or one far too large."""

    code = "picture_unreadable"

    def __init__(self) -> None:
        super().__init__("picture")


class NameTaken(BillingError):
    """Another zone, package or profile of this ISP bears the name."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class UsernameTaken(BillingError):
    code = "username_taken"

    def __init__(self, username: str) -> None:
        super().__init__(username)
        self.username = username


class NoPassword(BillingError):
    """The connection has none: it logs in by its device or not at all."""

    code = "no_password"

    def __init__(self, connection_id: int) -> None:
        super().__init__(str(connection_id))
        self.connection_id = connection_id


class ReasonMissing(BillingError):
    """Moving an expiry by hand takes money from nobody or from somebody: it must say why."""

    code = "reason_missing"


class BadMac(BillingError):
    """Not 12 hexadecimal digits, however separated."""

    code = "bad_mac"

    def __init__(self, mac: str) -> None:
        super().__init__(mac)
        self.mac = mac


class InvoiceSettled(BillingError):
    """The invoice is paid or void: nothing is due on it."""

    code = "invoice_settled"

    def __init__(self, invoice_id: int, status: str) -> None:
        super().__init__(f"{invoice_id} {status}")
        self.invoice_id = invoice_id
        self.status = status


class NotADraft(BillingError):
    """The invoice was issued or thrown away: it is no draft any more."""

    code = "not_a_draft"

    def __init__(self, invoice_id: int, status: str) -> None:
        super().__init__(f"{invoice_id} {status}")
        self.invoice_id = invoice_id
        self.status = status


class PaymentNotFound(NotFound):
    code = "payment_not_found"


class PartialNotAllowed(BillingError):
    """The client's billing profile asks for a bill to be paid whole: `due_minor` of the next one.

    `have_minor` is what they would have with this payment.
    """

    code = "partial_not_allowed"

    def __init__(self, due_minor: int, have_minor: int) -> None:
        super().__init__(f"{have_minor} of {due_minor}")
        self.due_minor = due_minor
        self.have_minor = have_minor


class TransactionKnown(BillingError):
    """A payment by this method with this transaction id is on record, reversed or not."""

    code = "transaction_known"

    def __init__(self, method: str, transaction_ref: str) -> None:
        super().__init__(f"{method} {transaction_ref}")
        self.method = method
        self.transaction_ref = transaction_ref


class PaymentReversed(BillingError):
    """It was reversed already. A reversal is not reversed: record the money as a new payment."""

    code = "payment_reversed"

    def __init__(self, payment_id: int) -> None:
        super().__init__(str(payment_id))
        self.payment_id = payment_id


class CreditTooLarge(BillingError):
    """A credit note over more than its invoice asked."""

    code = "credit_too_large"

    def __init__(self, most_minor: int) -> None:
        super().__init__(str(most_minor))
        self.most_minor = most_minor


class CurrencyInUse(BillingError):
    """Prices or bookings are in the currency that the ISP has: another would change their worth."""

    code = "currency_in_use"

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


class PromiseRefused(BillingError):
    """The ISP takes no promises, or none so long."""

    code = "promise_refused"

    def __init__(self, days_at_most: int) -> None:
        super().__init__(str(days_at_most))
        self.days_at_most = days_at_most


class PromiseGiven(BillingError):
    """The client has promised in this cycle already: once is all there is."""

    code = "promise_given"

    def __init__(self, client_id: int) -> None:
        super().__init__(str(client_id))
        self.client_id = client_id


class DayPassed(BillingError):
    """It can be had from today on, or later; what has passed is billed."""

    code = "day_passed"

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


class BillRunNotFound(NotFound):
    code = "bill_run_not_found"


class BillRunExists(BillingError):
    """The month has a run that was not reversed: go on with that one."""

    code = "bill_run_exists"

    def __init__(self, month_on: date) -> None:
        super().__init__(f"{month_on:%Y-%m}")
        self.month_on = month_on


class BillRunInState(BillingError):
    """The run is not where this can be done with it."""

    code = "bill_run_in_state"

    def __init__(self, run_id: int, state: str) -> None:
        super().__init__(f"{run_id} {state}")
        self.run_id = run_id
        self.state = state


class SamePerson(BillingError):
    """Who asked for it may not approve it: a second person must."""

    code = "same_person"


class MonthAhead(BillingError):
    """Bills are made for this month or one that has passed; months ahead are paid in advance."""

    code = "month_ahead"

    def __init__(self, month_on: date) -> None:
        super().__init__(f"{month_on:%Y-%m}")
        self.month_on = month_on


class LaterBillRun(BillingError):
    """A later month's run stands: it is reversed before this one."""

    code = "later_bill_run"

    def __init__(self, month_on: date) -> None:
        super().__init__(f"{month_on:%Y-%m}")
        self.month_on = month_on


class NothingToBill(BillingError):
    """All days of the client that this bill would charge are billed, or cost nothing."""

    code = "nothing_to_bill"

    def __init__(self, client_id: int) -> None:
        super().__init__(str(client_id))
        self.client_id = client_id


class MonthsRefused(BillingError):
    """So many months are not to be had in advance: one to `months_at_most`."""

    code = "months_refused"

    def __init__(self, months_at_most: int) -> None:
        super().__init__(str(months_at_most))
        self.months_at_most = months_at_most


class PaidInPart(BillingError):
    """It is paid whole: `missing_minor` more is asked, all that the client owes included."""

    code = "paid_in_part"

    def __init__(self, missing_minor: int) -> None:
        super().__init__(str(missing_minor))
        self.missing_minor = missing_minor


class NotByDay(BillingError):
    """The connection is not paid by the day: its bills are made by the month."""

    code = "not_by_day"

    def __init__(self, username: str) -> None:
        super().__init__(username)
        self.username = username


class PasswordRefused(BillingError):
    """No client can have it: `problem` is too_short, too_long, bad_sign or is_username."""

    code = "password_refused"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class RequestNotFound(NotFound):
    code = "request_not_found"


class RequestDecided(BillingError):
    """Somebody approved or refused it already, or the client asked for something else since."""

    code = "request_decided"

    def __init__(self, request_id: int) -> None:
        super().__init__(str(request_id))
        self.request_id = request_id


class NoticeNotFound(NotFound):
    code = "notice_not_found"


class GatewayOff(BillingError):
    """The ISP has no account there, or has switched it off."""

    code = "gateway_off"

    def __init__(self, gateway: str) -> None:
        super().__init__(gateway)
        self.gateway = gateway


class AttemptNotFound(NotFound):
    code = "attempt_not_found"


class AmountRefused(BillingError):
    """Not what is asked: `asked_minor`, and no part of it; or less or more than gateways take."""

    code = "amount_refused"

    def __init__(self, asked_minor: int) -> None:
        super().__init__(str(asked_minor))
        self.asked_minor = asked_minor


class TooManyAttempts(BillingError):
    """The client has set out to pay `at_most` times in some minutes: wait."""

    code = "too_many_attempts"

    def __init__(self, at_most: int) -> None:
        super().__init__(str(at_most))
        self.at_most = at_most


class GatewayUnwell(BillingError):
    """The gateway did not take the order: `said` is what it answered, if it did."""

    code = "gateway_unwell"

    def __init__(self, gateway: str, said: str) -> None:
        super().__init__(f"{gateway}: {said}")
        self.gateway = gateway
        self.said = said


class NobodyNamed(BillingError):
    """Neither phone nor username nor number was given."""

    code = "nobody_named"

    def __init__(self) -> None:
        super().__init__("nobody")


class SeveralNamed(BillingError):
    """What was given fits several clients, such as a phone that they share."""

    code = "several_named"

    def __init__(self, at_least: int) -> None:
        super().__init__(str(at_least))
        self.at_least = at_least
