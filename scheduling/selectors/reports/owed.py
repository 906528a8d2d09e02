"""What is still owed of visits, added up by the database."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, ExpressionWrapper, F, Sum
from django.db.models.expressions import Combinable

from scheduling.enums import BookingStatus
from scheduling.models import Booking
from scheduling.types import OwedSum

TAKES_PLACE = (
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
)


def add_up_owed(*, since: datetime, until: datetime, paid: Combinable, key: Combinable) -> tuple[OwedSum, ...]:
    """Add up what is owed of the visits that take or took place and begin in ``[since, until)``, without samples.

    ``paid`` is what is there of a visit, in the smallest coin, and ``key`` what to add up by; both are parts of the
    query of bookings and may name their ``pk`` and ``starts_at``. A visit without a price owes nothing, and who paid
    too much makes up for nobody else. One query, a row for each key and currency.
    """
    owed = ExpressionWrapper(F("price_minor") - paid, output_field=BigIntegerField())
    rows = (
        Booking.objects.filter(starts_at__gte=since, starts_at__lt=until, status__in=TAKES_PLACE, is_sample=False)
        .annotate(key=key, owed=owed)
        .filter(owed__gt=0)
        .order_by()
        .values_list("key", "currency")
        .annotate(sum=Sum("owed"))
    )
    return tuple(OwedSum(key=found, currency=currency, owed_minor=owed_minor) for found, currency, owed_minor in rows)
