"""What this room refuses."""

from __future__ import annotations

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


class InvoicePartlyPaid(BillingError):
    """Money was received for the invoice: voiding it would lose sight of it."""

    code = "invoice_partly_paid"

    def __init__(self, invoice_id: int) -> None:
        super().__init__(str(invoice_id))
        self.invoice_id = invoice_id
