"""What this room refuses."""

from __future__ import annotations

from storage.errors import SkyLinkError


class NetworkError(SkyLinkError):
    """Base of this room's refusals."""

    code = "network_error"


class NasNotFound(NetworkError):
    """There is no such NAS at this ISP; another ISP's is not there either."""

    code = "nas_not_found"

    def __init__(self, nas_id: int) -> None:
        super().__init__(str(nas_id))
        self.nas_id = nas_id


class NasNameTaken(NetworkError):
    code = "nas_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NasAddressTaken(NetworkError):
    """A NAS has that address already, perhaps another ISP's: it tells whose a packet is."""

    code = "nas_address_taken"

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class BadAddress(NetworkError):
    """Not one IPv4 or IPv6 address."""

    code = "bad_address"

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class SecretMissing(NetworkError):
    """A NAS without a shared secret would let anybody speak for it."""

    code = "nas_secret_missing"
