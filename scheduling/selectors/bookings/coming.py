"""Who has a booking that is to come, and can be told when it will not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from scheduling.enums import BookingStatus
from scheduling.models import Booking

AWAITED = (BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL, BookingStatus.PENDING_PAYMENT)


def list_awaited(*, now: datetime) -> Iterator[int]:
    """Yield the bookings to come whose customers can be written to, the next one first."""
    return _find_awaited(now).order_by("starts_at", "pk").values_list("pk", flat=True).iterator()


def is_awaited(*, booking_id: int) -> bool:
    """Tell whether a booking takes place, as far as is known."""
    return Booking.objects.filter(pk=booking_id, status__in=AWAITED).exists()


def count_awaited(*, now: datetime) -> int:
    """Count the bookings to come, those of customers who left no contact as well; one query."""
    return _list_coming(now).count()


def _find_awaited(now: datetime) -> QuerySet[Booking]:
    return _list_coming(now).exclude(Q(customer_email="") & Q(customer_phone=""))


def _list_coming(now: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(status__in=AWAITED, starts_at__gt=now, is_sample=False)
