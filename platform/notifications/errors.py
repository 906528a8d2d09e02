"""Expected failures of notifications."""

from __future__ import annotations

from kernel.errors import Invalid, LimitReached, NotFound, Unavailable
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
