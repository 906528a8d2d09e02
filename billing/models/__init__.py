"""Tables of billing, all in the tenant's schema; no row points at a row of another room."""

from billing.models.account import PaymentAccount
from billing.models.answer import DisputeAnswer
from billing.models.difference import Difference
from billing.models.dispute import Dispute
from billing.models.invoice import InvoiceWish
from billing.models.kept import Credit, CreditUse, SavedMethod
from billing.models.ledger import LedgerEntry
from billing.models.payment import Payment, Refund
from billing.models.payout import Payout
from billing.models.receipt import Receipt

__all__ = [
    "Credit",
    "CreditUse",
    "Difference",
    "Dispute",
    "DisputeAnswer",
    "InvoiceWish",
    "LedgerEntry",
    "Payment",
    "PaymentAccount",
    "Payout",
    "Receipt",
    "Refund",
    "SavedMethod",
]
