"""Arithmetic of money on whole minor units: no framework, no clock, no rounding by accident."""

from billing.engine.balances import Balance, compute_balance, compute_over, find_gone, find_surplus
from billing.engine.conditions import Circumstances, DepositConditions, is_deposit_asked
from billing.engine.deposits import DepositKind, DepositPolicy, compute_deposit
from billing.engine.refunds import Ending, RefundTerms, Split, split_received

__all__ = [
    "Balance",
    "Circumstances",
    "DepositConditions",
    "DepositKind",
    "DepositPolicy",
    "Ending",
    "RefundTerms",
    "Split",
    "compute_balance",
    "compute_deposit",
    "compute_over",
    "find_gone",
    "find_surplus",
    "is_deposit_asked",
    "split_received",
]
