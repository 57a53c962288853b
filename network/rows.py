"""This room's tables as the ORM has them."""

from __future__ import annotations

from sqlalchemy import Integer
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import NumberedRow


class NasRow(NumberedRow):
    __tablename__ = "nas_devices"

    id: Mapped[int] = mapped_column(primary_key=True)  # taken before: the secret is sealed for it
    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str] = mapped_column(INET)
    sealed_secret: Mapped[bytes]
    require_message_authenticator: Mapped[bool]
    swap_directions: Mapped[bool]
    coa_port: Mapped[int] = mapped_column(Integer)
    coa: Mapped[str]
    disconnect: Mapped[str]
    coa_address_lists: Mapped[bool]
    coa_packets_per_second: Mapped[int] = mapped_column(Integer)
