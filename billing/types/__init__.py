"""Values that billing hands to other rooms."""

from billing.types.accounts import BankData, CardAccount, OpenDoors
from billing.types.books import (
    DifferenceView,
    DisputeRow,
    FoundPayments,
    IncomeLine,
    LedgerLine,
    MovedMoney,
    PaymentFilters,
    PaymentRow,
    PaymentTotals,
    PayoutsStanding,
    PayoutView,
)
from billing.types.credits import CreditView
from billing.types.invoices import InvoiceFilters, InvoiceRow, InvoiceView
from billing.types.payments import (
    AnswerView,
    AskedDeposit,
    AwaitedDeposit,
    CaseFile,
    CounterPayment,
    DisputeView,
    FeeView,
    PaidOver,
    PaymentView,
    ReceiptView,
    RefundView,
)
from billing.types.plans import Plan, PlanTable

__all__ = [
    "AnswerView",
    "AskedDeposit",
    "AwaitedDeposit",
    "BankData",
    "CardAccount",
    "CaseFile",
    "CounterPayment",
    "CreditView",
    "DifferenceView",
    "DisputeRow",
    "DisputeView",
    "FeeView",
    "FoundPayments",
    "IncomeLine",
    "InvoiceFilters",
    "InvoiceRow",
    "InvoiceView",
    "LedgerLine",
    "MovedMoney",
    "OpenDoors",
    "PaidOver",
    "PaymentFilters",
    "PaymentRow",
    "PaymentTotals",
    "PaymentView",
    "PayoutView",
    "PayoutsStanding",
    "Plan",
    "PlanTable",
    "ReceiptView",
    "RefundView",
]
