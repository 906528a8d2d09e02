"""How a customer may book, and how that came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduling.enums import BookingLevel
from scheduling.errors import CustomerNotFound
from scheduling.models import Customer


@dataclass(frozen=True, slots=True)
class LevelStep:
    """Somebody changed how a customer may book; ``user_id`` None: it was no member of staff."""

    at: datetime
    level: BookingLevel
    reason: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class CustomerLevel:
    """How a customer may book now, with what was decided before, newest first."""

    customer_id: int
    number: int
    name: str
    level: BookingLevel
    reason: str
    steps: tuple[LevelStep, ...]


def get_customer_level(*, customer_id: int) -> CustomerLevel:
    """Return how a customer may book; two queries.

    Raises:
        CustomerNotFound: There is none, or it was erased.
    """
    customer = Customer.objects.filter(pk=customer_id, erased_at=None).first()
    if customer is None:
        raise CustomerNotFound
    rows = Customer.history.filter(id=customer_id).order_by("history_date", "history_id")
    steps: list[LevelStep] = []
    last = (BookingLevel.NORMAL.value, "")
    for at, level, reason, user_id in rows.values_list(
        "history_date", "booking_level", "level_reason", "history_user_id"
    ):
        if (level, reason) != last:
            steps.insert(0, LevelStep(at, BookingLevel(level), reason, user_id))
        last = (level, reason)
    return CustomerLevel(
        customer_id=customer.pk,
        number=customer.number,
        name=customer.name,
        level=BookingLevel(customer.booking_level),
        reason=customer.level_reason,
        steps=tuple(steps),
    )
