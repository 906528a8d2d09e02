"""Who has a booking that is to come, and can be told when it will not."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from scheduling.enums import BookingStatus
from scheduling.models import Booking

AWAITED = (BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL, BookingStatus.PENDING_PAYMENT)


def list_awaited(*, now: datetime, after: tuple[datetime, int] | None, limit: int) -> list[tuple[datetime, int]]:
    """Return start and number of the bookings to come whose customers can be written to, the next one first.

    ``after`` is the last one of the part before; one query.
    """
    rows = _list_coming(now).exclude(Q(customer_email="") & Q(customer_phone=""))
    if after is not None:
        rows = rows.filter(Q(starts_at__gt=after[0]) | Q(starts_at=after[0], pk__gt=after[1]))
    return list(rows.order_by("starts_at", "pk").values_list("starts_at", "pk")[:limit])


def is_awaited(*, booking_id: int) -> bool:
    """Tell whether a booking takes place, as far as is known."""
    return Booking.objects.filter(pk=booking_id, status__in=AWAITED).exists()


def count_awaited(*, now: datetime, later: datetime) -> tuple[int, int]:
    """Count the bookings to come, and of these those after ``later``; without a contact as well; one query."""
    counts = _list_coming(now).aggregate(all=Count("pk"), late=Count("pk", filter=Q(starts_at__gt=later)))
    return counts["all"], counts["late"]


def _list_coming(now: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(status__in=AWAITED, starts_at__gt=now, is_sample=False)
