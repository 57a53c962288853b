"""What this room refuses."""

from __future__ import annotations

from storage.errors import SkyLinkError


class MessagingError(SkyLinkError):
    """Base of this room's refusals."""

    code = "messaging_error"


class WebhookNotFound(MessagingError):
    code = "webhook_not_found"

    def __init__(self, webhook_id: int) -> None:
        super().__init__(str(webhook_id))
        self.webhook_id = webhook_id


class WebhookAddressRefused(MessagingError):
    """`why` names what is wrong with it: "address", "scheme" or "private"."""

    code = "webhook_address_refused"

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")
        self.address = address
        self.why = why


class TooManyWebhooks(MessagingError):
    code = "too_many_webhooks"

    def __init__(self, at_most: int) -> None:
        super().__init__(str(at_most))
        self.at_most = at_most
