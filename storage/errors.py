"""What any room may refuse: the root of all rooms' errors, and what storage itself refuses."""

from __future__ import annotations

from typing import ClassVar


class SkyLinkError(Exception):
    """A refusal: a fact with a stable `code` and its data in attributes. Doors find the words."""

    code: ClassVar[str] = "error"


class StorageError(SkyLinkError):
    """Base of this room's refusals."""

    code = "storage_error"


class NotPermitted(StorageError):
    """The actor lacks a permission."""

    code = "not_permitted"

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class ValueRefused(StorageError):
    """A value breaks a rule of the schema; `rule` is the name of its constraint."""

    code = "value_refused"

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule
