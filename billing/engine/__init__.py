"""Arithmetic of money on whole minor units: no framework, no clock, no rounding by accident."""

from billing.engine.deposits import DepositKind, DepositPolicy, compute_deposit

__all__ = ["DepositKind", "DepositPolicy", "compute_deposit"]
