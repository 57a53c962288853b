"""How the Bot API says no: a status, and the very words Telegram uses, since bots compare them."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """The Bot API's answer instead of a result; `parameters` as the API has them."""

    code = "refused"

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        said = {"ok": False, "error_code": self.status, "description": self.description}
        return {**said, "parameters": self.parameters} if self.parameters else said


def bad_request(fact: str, **parameters: Any) -> Refusal:
    return Refusal(400, f"Bad Request: {fact}", **parameters)


def forbidden(fact: str) -> Refusal:
    return Refusal(403, f"Forbidden: {fact}")


def conflict(fact: str) -> Refusal:
    return Refusal(409, f"Conflict: {fact}")


def too_many_requests(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
