"""Words of billing."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentDoor(models.TextChoices):
    """A way in which a visit is paid: in which money reaches the business, as the gateway calls it, or by credit."""

    STRIPE = "stripe", _("Card")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    AT_BUSINESS = "at_business", _("At the business")
    CREDIT = "credit", _("Credit")
    """No money comes: what the business has of the customer from before pays."""


MONEY_DOORS = (PaymentDoor.STRIPE.value, PaymentDoor.BANK_TRANSFER.value, PaymentDoor.AT_BUSINESS.value)
"""The doors through which money comes and goes."""


class PaymentPurpose(models.TextChoices):
    """What a payment is for."""

    DEPOSIT = "deposit", _("Deposit")
    BALANCE = "balance", _("Balance")
    NO_SHOW = "no_show", _("Fee for not coming")
    TIP = "tip", _("Tip")


INVOICED = (PaymentPurpose.DEPOSIT, PaymentPurpose.BALANCE)
"""What is paid for the visit itself, so that an invoice can be about it: no tip, and no fee for not coming."""
ADVANCE = (PaymentPurpose.DEPOSIT, PaymentPurpose.NO_SHOW)
"""For what a place waits: that its deposit is paid, or that a card is left for the fee."""


class PaymentState(models.TextChoices):
    """Where a payment stands; the table of steps is in ``billing.policies``."""

    OPEN = "open", _("Not paid yet")
    PROCESSING = "processing", _("On its way")
    RESERVED = "reserved", _("Reserved")
    RECEIVED = "received", _("Received")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Not paid in time")
    CLOSED = "closed", _("Called off")
    WAIVED = "waived", _("Waived")


LIVE_STATES = (PaymentState.OPEN, PaymentState.PROCESSING, PaymentState.RESERVED)
"""The states in which money may still arrive and is waited for."""


class PaymentMeans(models.TextChoices):
    """How somebody paid across the counter."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")
    OTHER = "other", _("Another way")


class PaymentMethod(models.TextChoices):
    """How somebody paid, whichever door it came through."""

    ONLINE = "online", _("Card, online")
    TRANSFER = "transfer", _("Bank transfer")
    CASH = "cash", _("Cash")
    CARD = "card", _("Card, at the business")
    OTHER = "other", _("Another way")
    CREDIT = "credit", _("Credit")


class IncomeShare(models.TextChoices):
    """By what a report shares income out."""

    DAY = "day", _("Day")
    SERVICE = "service", _("Service")
    PERSON = "person", _("Person")
    METHOD = "method", _("Way to pay")


class IncomeFigure(models.TextChoices):
    """The figures of a report of income that payments stand behind."""

    RECEIVED = "received", _("Received")
    TIPS = "tips", _("Of it tips")
    REFUNDED = "refunded", _("Sent back")
    KEPT = "kept", _("Kept")
    TAKEN = "taken", _("Taken back by the bank")


class PaymentGroup(models.TextChoices):
    """To what a list of payments can be narrowed."""

    RECEIVED = "received", _("Received")
    WAITING = "waiting", _("Waited for")
    REFUNDED = "refunded", _("Sent back, whole or in part")
    TO_SEND = "to_send", _("Still to be sent back")
    CREDITED = "credited", _("Given as credit")
    KEPT = "kept", _("Kept without a visit")
    MISSED = "missed", _("Did not come")
    DISPUTED = "disputed", _("Disputed at the bank")


class CardState(models.TextChoices):
    """What the business's account at the card provider can do, as it was found last; the values are the gateway's."""

    INCOMPLETE = "incomplete", _("Not finished")
    IN_REVIEW = "in_review", _("In review")
    ACTIVE = "active", _("Ready")
    RESTRICTED = "restricted", _("Paused")
    GONE = "gone", _("Disconnected")


class RefundState(models.TextChoices):
    """Where a refund stands; a person sends those that no provider sends."""

    PENDING = "pending", _("To be sent")
    DONE = "done", _("Sent")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("No longer sent")
    """The visit takes place after all."""


GOING = (RefundState.PENDING, RefundState.DONE)
"""The states of a refund that counts."""


class RefundCause(models.TextChoices):
    """Why money goes back."""

    POLICY = "policy", _("By the policy agreed")
    BUSINESS = "business", _("The business called it off")
    LATE = "late", _("Paid too late, or twice")
    KINDER = "kinder", _("More than the policy says")
    PROVIDER = "provider", _("Sent at the card provider")
    CHANGED = "changed", _("The visit became smaller")


ASIDE = (RefundCause.LATE, RefundCause.CHANGED)
"""What goes back for these reasons was not needed for the visit: no terms share it."""


class LedgerAccount(models.TextChoices):
    """Between what the ledger moves money.

    The first three are where it lies. Prepaid is what customers paid and nobody has earned yet, credit what they may
    use later, and kept what stays with the business without a visit. Disputed is what their banks took back.
    """

    STRIPE = "stripe", _("Card")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    AT_BUSINESS = "at_business", _("At the business")
    PREPAID = "prepaid", _("Paid in advance")
    CREDIT = "credit", _("Credit")
    KEPT = "kept", _("Kept")
    DISPUTED = "disputed", _("Taken back by the bank")


class LedgerKind(models.TextChoices):
    """What a row of the ledger tells."""

    RECEIVED = "received", _("Received")
    REFUNDED = "refunded", _("Refunded")
    CREDITED = "credited", _("Given as credit")
    SPENT = "spent", _("Paid with credit")
    RETURNED = "returned", _("Credit taken back")
    KEPT = "kept", _("Kept")
    RELEASED = "released", _("Not kept after all")
    DISPUTED = "disputed", _("Taken back by the bank")
    REGAINED = "regained", _("Came back from the bank")


class DisputeState(models.TextChoices):
    """Where a dispute stands."""

    OPEN = "open", _("Waits for your answer")
    ANSWERED = "answered", _("The bank decides")
    WON = "won", _("You won")
    LOST = "lost", _("You lost")


DECIDED = (DisputeState.WON, DisputeState.LOST)
"""The states after which the bank has decided."""


class DisputeReason(models.TextChoices):
    """Why customers had their bank ask the money back; the values are the gateway's."""

    FRAUD = "fraud", _("Says that this payment was not theirs")
    UNKNOWN = "unknown", _("Does not recognize the payment")
    TWICE = "twice", _("Says that it was charged twice")
    NOT_RECEIVED = "not_received", _("Says that the service was not given")
    NOT_AS_SAID = "not_as_said", _("Says that the service was not as described")
    NO_REFUND = "no_refund", _("Says that a refund did not come")
    CANCELED = "canceled", _("Says that it was canceled")
    OTHER = "other", _("Another reason")


class AnswerKind(models.TextChoices):
    """What a business tells the bank of a dispute."""

    EVIDENCE = "evidence", _("Evidence")
    ACCEPTANCE = "accepted", _("Accepted")
    """That the customer may keep the money."""


class AnswerState(models.TextChoices):
    """Where an answer to a dispute stands."""

    ASKED = "asked", _("On its way")
    SENT = "sent", _("With the bank")
    REFUSED = "refused", _("Not taken")


class AnswerFailure(models.TextChoices):
    """Why an answer to a dispute was not taken."""

    LATE = "late", _("It came too late: the time to answer was over.")
    ELSEWHERE = "elsewhere", _("The bank had an answer already, or had decided.")
    REFUSED = "refused", _("The card provider did not take it.")


class PayoutState(models.TextChoices):
    """Where a payout to the bank of the business stands; the values are the gateway's."""

    ON_ITS_WAY = "on_its_way", _("On its way to the bank")
    ARRIVED = "arrived", _("Sent to the bank")
    FAILED = "failed", _("Sent back by the bank")
    CANCELED = "canceled", _("Canceled, nothing was sent")


class DifferenceKind(models.TextChoices):
    """In what the ledger and the card provider differ."""

    UNKNOWN = "unknown", _("The card provider has a payment that is not noted here.")
    AMOUNT = "amount", _("The card provider has another amount than is noted here.")
    MISSING = "missing", _("Noted here as received, but the card provider does not have it.")
    REFUND = "refund", _("Noted here as sent back, but the card provider did not send it.")
    DISPUTED = "disputed", _("The bank took another amount back for a dispute than is noted here.")


class InvoiceState(models.TextChoices):
    """Where an invoice stands that a customer wants."""

    ASKED = "asked", _("To be made")
    ISSUED = "issued", _("Issued")
    REFUSED = "refused", _("Not issued")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LIVE_WISHES = (InvoiceState.ASKED.value, InvoiceState.ISSUED.value)
"""Of which a booking has one at most."""


class PlanLimit(StrEnum):
    """What a plan holds a number of."""

    PEOPLE = "people"
    """People and places that can be booked."""
    MONTHLY_BOOKINGS = "monthly_bookings"


class PlanFeature(StrEnum):
    """What a plan has or has not."""

    PAGE = "page"
    """A booking page in Spanish and English."""
    PROTECTION = "protection"
    """Nothing is booked twice."""
    EMAIL_REMINDERS = "email_reminders"
    SMS_REMINDERS = "sms_reminders"
