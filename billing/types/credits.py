"""Credit as pages and programs see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CreditView:
    """What a customer has instead of a refund, and what is left of it; it came of a payment."""

    id: int
    payment_id: int
    amount_minor: int
    left_minor: int
    currency: str
    given_at: datetime
