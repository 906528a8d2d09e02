"""Closed lists of words of the gateway; none of them is a provider's."""

from __future__ import annotations

from enum import StrEnum


class DoorName(StrEnum):
    """A way in which money reaches the business; stored with each payment."""

    STRIPE = "stripe"
    """On the provider's own page, by card and by whatever else the business switched on there."""
    BANK_TRANSFER = "bank_transfer"
    """To the business's own account; a person says when it arrived."""
    AT_BUSINESS = "at_business"
    """Across the counter; a person records it."""


class Capture(StrEnum):
    """When the money moves."""

    AT_ONCE = "at_once"
    LATER = "later"
    """Reserved on the card first; `capture` takes it, `release` lets it go, after some days it lapses by itself."""


class PaymentState(StrEnum):
    """Where a payment stands at the door, as `Door.fetch` found it."""

    OPEN = "open"
    """Started; the customer has not paid yet, and still may, also after a card was declined."""
    PROCESSING = "processing"
    """The customer is done; the money is on its way and may still fail."""
    AUTHORIZED = "authorized"
    """Reserved and not taken: capture or release it."""
    PAID = "paid"
    """Taken. What went back since stands in ``refunded_minor``."""
    SAVED = "saved"
    """The card is kept for later; nothing was to be paid."""
    FAILED = "failed"
    """Nothing was taken and nothing will be by itself; ``decline`` says why when it is known."""
    CLOSED = "closed"
    """Expired, closed by us, or released: nothing was taken and nobody can pay it any more."""

    @property
    def is_final(self) -> bool:
        """Tell whether no money can arrive any more unless somebody starts anew."""
        return self in {PaymentState.PAID, PaymentState.SAVED, PaymentState.FAILED, PaymentState.CLOSED}


class RefundState(StrEnum):
    """Where a refund stands."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    """The money is with the business again, after it was sent back: tell the customer another way."""


class DeclineReason(StrEnum):
    """Why a card was refused, as far as a customer may know; a stolen card is simply refused."""

    REFUSED = "refused"
    """By the bank, without a reason that is the customer's business."""
    NO_FUNDS = "no_funds"
    EXPIRED = "expired"
    WRONG_DATA = "wrong_data"
    """Number, date or code were typed wrongly."""
    NEEDS_CUSTOMER = "needs_customer"
    """The bank wants to ask the customer, who was not there: send a link to pay."""
    NOT_CONFIRMED = "not_confirmed"
    """The bank asked, and the customer did not pass."""
    TRY_AGAIN = "try_again"
    """Something went wrong on the way."""


class EventKind(StrEnum):
    """What an event asks for. It says what to fetch; what it tells itself is believed by nobody."""

    PAYMENT = "payment"
    """Something about a payment, its card saved or a refund of it: fetch the payment."""
    DISPUTE = "dispute"
    PAYOUT = "payout"
    ACCOUNT = "account"
    """What the business may do at the provider may have changed: fetch the account."""
    ACCOUNT_GONE = "account_gone"
    """The business took our access away."""
    OTHER = "other"
    """Nothing that we wait for: kept, and nothing done."""


class DisputeState(StrEnum):
    """Where a dispute stands."""

    NEEDS_ANSWER = "needs_answer"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


class DisputeReason(StrEnum):
    """Why the cardholder asked the money back."""

    FRAUD = "fraud"
    """They say that they did not pay this."""
    UNKNOWN = "unknown"
    """They do not recognize it on their statement."""
    TWICE = "twice"
    NOT_RECEIVED = "not_received"
    NOT_AS_SAID = "not_as_said"
    NO_REFUND = "no_refund"
    """A refund was promised, they say, and did not come."""
    CANCELED = "canceled"
    OTHER = "other"


class PayoutState(StrEnum):
    """Where a payout to the business's bank stands."""

    ON_ITS_WAY = "on_its_way"
    ARRIVED = "arrived"
    FAILED = "failed"
    """The bank sent it back."""
    CANCELED = "canceled"
    """It never left the provider."""


class MovementKind(StrEnum):
    """What changed a business's balance at the provider."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    FEE = "fee"
    OTHER = "other"


class AccountState(StrEnum):
    """What a business's account at a provider can do."""

    INCOMPLETE = "incomplete"
    """The business has not finished telling who it is."""
    IN_REVIEW = "in_review"
    ACTIVE = "active"
    """Takes payments."""
    RESTRICTED = "restricted"
    """Takes none until the business sends what is missing."""
    GONE = "gone"
    """Disconnected: we have no access any more."""
