"""What is refused around gateways, beside what all of `billing` refuses."""

from __future__ import annotations

from billing.errors import BillingError, NotFound


class SuspendedMoneyNotFound(NotFound):
    code = "suspended_money_not_found"


class SuspenseEnded(BillingError):
    """It was assigned or dismissed already; or the books have it elsewhere, so it pays nobody."""

    code = "suspense_ended"

    def __init__(self, suspended_id: int) -> None:
        super().__init__(str(suspended_id))
        self.suspended_id = suspended_id


class StatementUnreadable(BillingError):
    """A file that is no statement: `said` is what is missing in it."""

    code = "statement_unreadable"

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class RefundNotFound(NotFound):
    code = "refund_not_found"


class RefundRefused(BillingError):
    """No refund can be asked for: `said` is a stable word for why."""

    code = "refund_refused"

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said
