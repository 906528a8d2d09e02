"""Cells of a file that spreadsheets calculate with."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import get_currency_precision


def write_amount(amount_minor: int | None, currency: str) -> Decimal | None:
    """Return an amount in whole coins, to the last decimal of its currency; None: there is none."""
    if amount_minor is None:
        return None
    amount = Decimal(amount_minor).scaleb(-get_currency_precision(currency))
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
