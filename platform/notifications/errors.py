"""Expected failures of notifications."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid, LimitReached, NotFound, Unavailable
from kernel.text import mark


class TemplateMissing(NotFound):
    """Nobody wrote a built-in text for this message, channel and language."""

    code = "template_missing"
    text = mark("There is no text for this message.")


class DeliveryRefused(Invalid):
    """The carrier refuses the message for good; sending it again would not help.

    Attributes:
        reason: What the carrier said, for the message log.
    """

    code = "delivery_refused"
    text = mark("The carrier refused the message.")

    def __init__(self, *, reason: str) -> None:
        super().__init__()
        self.reason = reason


class DeliveryFailed(Unavailable):
    """The carrier did not take the message this time.

    Attributes:
        reason: What went wrong, for the message log.
    """

    code = "delivery_failed"
    text = mark("The carrier did not take the message.")

    def __init__(self, *, reason: str) -> None:
        super().__init__()
        self.reason = reason


class CarrierMissing(Unavailable):
    """No carrier is set up for this channel."""

    code = "carrier_missing"
    text = mark("No carrier is set up for this channel.")


class TooManyCodes(LimitReached):
    """The recipient got as many codes as one gets in a day."""

    code = "too_many_codes"
    text = mark(
        "We have already sent this contact all the codes that we may send today. "
        "Call the business, or try again tomorrow."
    )


class BudgetSpent(LimitReached):
    """The business sent as many messages as it does in a day."""

    code = "budget_spent"
    text = mark("This business has already sent all the messages that it may send today. Please call.")


class WebhookNotFound(NotFound):
    """There is no such address for webhooks, or no such delivery."""

    code = "webhook_not_found"
    text = mark("This webhook does not exist or was removed.")


class TooManyWebhooks(Conflict):
    """The business has as many addresses for webhooks as it may have."""

    code = "too_many_webhooks"
    text = mark("You have %(most)s webhooks, and no more fit. Remove one that you do not need.")


class ProofNeeded(Conflict):
    """A session alone does not show who sits there."""

    code = "proof_needed"
    text = mark("Do this with a key, or in the workspace, where it asks for your password.")


class WebhookIsOff(Conflict):
    """Nothing is sent to an address that is switched off."""

    code = "webhook_is_off"
    text = mark("This webhook is switched off. Switch it on first.")


class DeliveryWaits(Conflict):
    """It will be sent anyway."""

    code = "delivery_waits"
    text = mark("This is still waiting to be sent.")
