"""What a booking asks in advance is computed by billing."""

from __future__ import annotations

import pytest

from scheduling import hooks
from scheduling.types import ServiceTerms


@pytest.mark.parametrize(
    ("kind", "amount_minor", "percent", "price_minor", "due"),
    [
        ("none", 500, 50, 1000, 0),
        ("fixed", 500, 0, 1000, 500),
        ("fixed", 500, 0, 300, 300),
        ("fixed", 500, 0, None, 500),
        ("percent", 0, 15, 1010, 152),
        ("percent", 0, 15, None, 0),
        ("full", 0, 0, 1000, 1000),
    ],
)
def test_scheduling_asks_billing(kind, amount_minor, percent, price_minor, due):
    service = ServiceTerms(
        name="", duration_minutes=60, deposit_kind=kind, deposit_minor=amount_minor, deposit_percent=percent
    )
    terms = hooks.DepositTerms(service=service, price_minor=price_minor, currency="MXN")

    assert hooks.compute_deposit(terms) == due
