"""Putting right what was typed wrongly about a booking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Correction:
    """What a booking is to say from now on.

    Attributes:
        asset: All answers about the vehicle, pet or patient; none: it is about nothing.
        answers: To what the services ask, by key, as `check_answers` reads them; None: as they are.
        price_minor: None: no fixed price.
        is_price_final: It becomes no more, whatever was agreed; needs a price.
        is_customer_too: The customer's and the asset's own records are corrected as well.
        seen: What the person saw (`selectors.bookings.corrections.mark_state`); empty: whatever stands there.
    """

    name: str
    phone: str
    email: str
    asset: Mapping[str, str]
    note: str
    price_minor: int | None
    is_price_final: bool = False
    is_customer_too: bool = False
    seen: str = ""
    answers: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One column that a correction changed, as it was kept before and after; None: no price."""

    field: str
    before: Any
    after: Any
