"""What this room refuses."""

from __future__ import annotations

from storage.errors import SkyLinkError


class TenancyError(SkyLinkError):
    """Base of this room's refusals."""

    code = "tenancy_error"


class IspNotFound(TenancyError):
    code = "isp_not_found"

    def __init__(self, isp: str | int) -> None:
        super().__init__(str(isp))
        self.isp = isp  # slug or tenant id, as it was asked for


class SlugTaken(TenancyError):
    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class UnknownTimeZone(TenancyError):
    code = "unknown_time_zone"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NotRestrictable(TenancyError):
    """The reason lets through, or is always refused: there is nothing to choose."""

    code = "not_restrictable"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StaffNotFound(TenancyError):
    code = "staff_not_found"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class StaffInactive(TenancyError):
    code = "staff_inactive"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class OwnersMayDoAll(TenancyError):
    """What an owner may do is not to be chosen."""

    code = "owners_may_do_all"

    def __init__(self) -> None:
        super().__init__("owner")


class LastOwner(TenancyError):
    """Somebody must be able to do all: another owner comes first, then this one goes."""

    code = "last_owner"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class InvitationInvalid(TenancyError):
    """Wrong, used, or too old: which of these is not told."""

    code = "invitation_invalid"

    def __init__(self) -> None:
        super().__init__("invitation")


class AccountTaken(TenancyError):
    """The chat account is another staff member's of the same ISP."""

    code = "account_taken"

    def __init__(self, account_id: int) -> None:
        super().__init__(str(account_id))
        self.account_id = account_id


class LinkNotFound(TenancyError):
    """No chat account is this staff member's."""

    code = "link_not_found"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class SecondFactorMissing(TenancyError):
    """There is nothing yet by which a code could be checked."""

    code = "second_factor_missing"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class NoPhone(TenancyError):
    """There is nowhere to send a code to."""

    code = "no_phone"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class CodeSentLately(TenancyError):
    """A code is on its way: another is sent when it had its time to arrive."""

    code = "code_sent_lately"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class SecondFactorThere(TenancyError):
    """One that works is there already: only who is asked for it may replace it."""

    code = "second_factor_there"

    def __init__(self, staff_id: int) -> None:
        super().__init__(str(staff_id))
        self.staff_id = staff_id


class AddressTaken(TenancyError):
    """The host name of a portal is another portal's, or was given twice."""

    code = "address_taken"

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class BadPicture(TenancyError):
    """No picture that can be kept: `problem` is not_a_picture or too_large."""

    code = "bad_picture"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class ApiKeyNotFound(TenancyError):
    code = "api_key_not_found"

    def __init__(self, key_id: int) -> None:
        super().__init__(str(key_id))
        self.key_id = key_id


class BadNetwork(TenancyError):
    """Neither an address nor a network such as 203.0.113.0/24."""

    code = "bad_network"

    def __init__(self, network: str) -> None:
        super().__init__(network)
        self.network = network
