"""Expected failures of billing."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import mark

REASON_MISSING = mark("Say why.")
NUMBER_MISSING = mark("Enter the number of the invoice.")
NUMBER_TOO_LONG = mark("The number may have at most 60 characters.")
DATE_WRONG = mark("Enter the date of the invoice, today at the latest.")
AMOUNT_WRONG = mark("Enter an amount above zero.")
ANSWER_TOO_LONG = mark("The text may have at most 5,000 characters.")
DESPITE_MISSING = mark("Another payment is on its way. Tick that you took this one all the same.")
TOO_MUCH = mark("This is more than is left to pay. What is on top can be noted as a tip.")
TOO_MUCH_BESIDES = mark(
    "This is more than is left besides what a card has reserved. Tick that you took it all the same: what is too much "
    "goes back then."
)


class PaymentNotFound(NotFound):
    """There is no such payment (any more)."""

    code = "payment_not_found"
    text = mark("This payment does not exist.")


class PaymentComing(Conflict):
    """Another payment of the same money is being charged, and whoever notes this one has not said that they know."""

    code = "payment_coming"
    text = DESPITE_MISSING


class DisputeNotFound(NotFound):
    """The payment has no such dispute."""

    code = "dispute_not_found"
    text = mark("This dispute does not exist.")


class DisputeNotOpen(Conflict):
    """The bank waits for no answer (any more)."""

    code = "dispute_not_open"
    text = mark("This dispute can no longer be answered. It stands: %(state)s.")

    def __init__(self, *, state: object) -> None:
        super().__init__(state=str(state))


class DisputeLate(Conflict):
    """The time to answer is over."""

    code = "dispute_late"
    text = mark("The time to answer this dispute is over.")


class DisputeAnswered(Conflict):
    """Somebody of the business has answered it."""

    code = "dispute_answered"
    text = mark("Somebody has answered this dispute already. The bank takes one answer only.")


class DisputeOnlyAsked(Conflict):
    """The bank has taken nothing that could be left to the customer."""

    code = "dispute_only_asked"
    text = mark("The bank only asks about this payment, and has taken nothing. Give the money back instead.")


class AnswerNotOffered(Conflict):
    """Whoever moved the money takes no answers from here."""

    code = "answer_not_offered"
    text = mark("This dispute cannot be answered from here. Answer it at the card provider.")


class AnswerInvalid(Invalid):
    """What was typed about a dispute, by field."""

    code = "answer_invalid"


class EvidenceTooLarge(Conflict):
    """The bank does not read so much."""

    code = "evidence_too_large"
    text = mark("The evidence is too long for the bank. Download it, shorten it, and send it at the card provider.")


class EvidenceChanged(Conflict):
    """The evidence is another one than the person read."""

    code = "evidence_changed"
    text = mark("The evidence was changed meanwhile. Read it again before you send it.")


class RefundNotFound(NotFound):
    """There is no such refund (any more)."""

    code = "refund_not_found"
    text = mark("This refund does not exist.")


class SpanInvalid(Invalid):
    """The days asked for are none, or too many."""

    code = "span_invalid"
    text = mark("Choose days within one year, the first one first.")


class InvoiceNotFound(NotFound):
    """Nobody wanted such an invoice."""

    code = "invoice_not_found"
    text = mark("This invoice was not asked for.")


class InvoiceNotOffered(Conflict):
    """There is no money that an invoice could be about, or the country of the business has none here."""

    code = "invoice_not_offered"
    text = mark("An invoice can be asked for once something is paid. Write to the business.")


class InvoiceClosed(Conflict):
    """The business has answered it, or the customer has withdrawn it."""

    code = "invoice_closed"
    text = mark("This is not possible any more. The invoice is: %(state)s.")

    def __init__(self, *, state: object) -> None:
        super().__init__(state=str(state).lower())


class InvoiceChanged(Conflict):
    """The tax data are others than the person saw."""

    code = "invoice_changed"
    text = mark("The tax data were changed meanwhile. Look at them, and try again.")


class InvoiceInvalid(Invalid):
    """What was typed about an invoice that was made, or is not, by field."""

    code = "invoice_invalid"


class TaxDataInvalid(Invalid):
    """What was typed about who an invoice is made out to, by field.

    Attributes:
        doubted: The number, where its check digit alone is wrong: sent again with this, it is believed.
    """

    code = "tax_data_invalid"

    def __init__(self, *, errors: Mapping[str, tuple[str, ...]], doubted: str = "") -> None:
        super().__init__(errors=errors)
        self.doubted = doubted


class DifferenceNotFound(NotFound):
    """There is no such difference (any more)."""

    code = "difference_not_found"
    text = mark("This difference does not exist.")


class PaymentStepRefused(Conflict):
    """Where the payment stands, this is not possible."""

    code = "payment_step_refused"
    text = mark("This is not possible now. The payment is: %(state)s.")

    def __init__(self, *, state: object) -> None:
        super().__init__(state=str(state))


class RefundTooLarge(Conflict):
    """More would go back than is there.

    Attributes:
        left_minor: How much can still go back.
    """

    code = "refund_too_large"
    text = mark("So much cannot go back: there is less left of this payment.")

    def __init__(self, *, left_minor: int) -> None:
        super().__init__()
        self.left_minor = left_minor


class ReceiptNotAwaited(Conflict):
    """Nobody waits for a transfer (any more)."""

    code = "receipt_not_awaited"
    text = mark("No transfer is waited for any more, so this was not kept. Please write to the business.")


class BankDetailsInvalid(Invalid):
    """What was typed about the bank account, by field."""

    code = "bank_details_invalid"


class RefundInvalid(Invalid):
    """What was typed about a refund, by field."""

    code = "refund_invalid"


class CardNotOffered(Conflict):
    """Nothing can be paid by card here (any more): the way is closed, or nobody waits for money."""

    code = "card_not_offered"
    text = mark("This cannot be paid by card here. Reload the page to see how to pay.")


class CardNotConnected(Conflict):
    """The business has no account at the card provider that could be used."""

    code = "card_not_connected"
    text = mark("No account for card payments is connected.")


class CreditNotOffered(Conflict):
    """The business gives no credit, there is nothing that could be, or it was sent back already."""

    code = "credit_not_offered"
    text = mark("This cannot be kept as credit. Reload the page to see what goes back.")


class CreditNotFound(NotFound):
    """Nobody has such a credit, or none that whoever asks may use."""

    code = "credit_not_found"
    text = mark("There is no credit that can be used here.")


class CreditTooSmall(Conflict):
    """There is less left of the credit, or less to pay, than somebody wants to use."""

    code = "credit_too_small"
    text = mark("So much cannot be paid with the credit any more. Reload the page to see what is left.")


class FeeNotDue(Conflict):
    """No fee can be charged, or waived: the visit took place, no card was left, or it was settled before."""

    code = "fee_not_due"
    text = mark("No fee can be charged for this booking as it stands.")


class FeeChanged(Conflict):
    """The fee is another one than the person saw."""

    code = "fee_changed"
    text = mark("The fee is another one by now. Look at it, and try again.")


class PaymentsChanged(Conflict):
    """Another payment of the booking was noted since the person looked."""

    code = "payments_changed"
    text = mark("Another payment was noted meanwhile. Look at what is left to pay, and try again.")


class RefundsChanged(Conflict):
    """Something of the payment was given back since the person looked."""

    code = "refunds_changed"
    text = mark("Something of it was given back meanwhile. Look at what is left, and try again.")


class PaymentInvalid(Invalid):
    """What was typed about a payment, by field."""

    code = "payment_invalid"
