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
