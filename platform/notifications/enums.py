"""Closed lists of words of notifications."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class MessageStatus(models.TextChoices):
    """Where a message stands; ``sending`` means that a worker has it, until its lease ends."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    CANCELLED = "cancelled", _("Not needed any more")


class MessageCategory(models.TextChoices):
    """What carriers and laws tell messages apart by: what is owed to the recipient, what lets them in, what sells."""

    TRANSACTIONAL = "transactional", _("About an appointment or an account")
    SECURITY = "security", _("A code or a link that lets in")
    MARKETING = "marketing", _("Marketing")


class MessageReason(models.TextChoices):
    """Why a message was not sent."""

    RECIPIENT_INVALID = "recipient_invalid", _("The address or number is not valid")
    REFUSED = "refused", _("The carrier refused it")
    GAVE_UP = "gave_up", _("The carrier did not answer for hours")
    NO_CARRIER = "no_carrier", _("No carrier is set up for this channel")
    TOO_LATE = "too_late", _("It would have come too late")
    UNWANTED = "unwanted", _("No SMS is sent to this kind of number or country")
    TOO_MANY = "too_many", _("The recipient had already received enough of these")
    SUPERSEDED = "superseded", _("Something newer replaced it")
    WITHDRAWN = "withdrawn", _("The recipient wants no such messages from this business")
    UNDONE = "undone", _("It was undone in time: there was nothing to tell")
    COPY = "copy", _("This is a copy of the business, and it writes to no customer until its owner says so")
    EXAMPLE = "example", _("This is the example, which writes to nobody")


KEPT_BACK = frozenset({MessageReason.COPY, MessageReason.EXAMPLE})
"""Of messages that somebody may wait for, and that the business that wrote them does not send."""


class WebhookEnd(models.TextChoices):
    """How the delivery of a webhook ended."""

    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Not delivered")
    DROPPED = "dropped", _("Not sent")


class WebhookOff(models.TextChoices):
    """Why nothing is sent to an address any more."""

    BY_HAND = "by_hand", _("Somebody here switched it off")
    FAILING = "failing", _("It did not take anything for five days")
    GONE = "gone", _("The receiver answered that it is gone for good (410)")
