"""How many bookings there are, of what, from where, how long before, and what became of them.

A booking counts on the local day on which it begins, on the clock of the business. The database adds up: one query for
each figure, whatever the number of bookings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable

from scheduling.enums import ActorKind, BookingSource, BookingStatus
from scheduling.models import Booking, Customer, Service
from scheduling.selectors.reports.counted import DOOR, KEPT, LEAD_HOURS, ONLINE, list_counted, list_earlier
from scheduling.types.reports import BookingTally, LeadTally, NamedTally, ReportDays, ReportFilters, VisitorTally

HOUR_SECONDS = 3600


class _Median(Aggregate):
    """The value in the middle."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def tally_days(days: ReportDays, filters: ReportFilters, *, now: datetime) -> tuple[BookingTally, ...]:
    """Count the bookings of each day, in order."""
    number = find_day("starts_at", days)
    found = dict(_tally(list_counted(days, filters), number, now=now))
    return tuple(found.get(place + 1, BookingTally()) for place in range(len(days.dates)))


def tally_services(days: ReportDays, filters: ReportFilters, *, now: datetime) -> tuple[NamedTally, ...]:
    """Count bookings by their first service, the most frequent first; two queries."""
    found = list(_tally(list_counted(days, filters), F("service_id"), now=now))
    names = dict(Service.objects.filter(pk__in=[key for key, _ in found]).values_list("pk", "name"))
    return _sort(NamedTally(str(key), names[key], tally) for key, tally in found)


def tally_doors(days: ReportDays, filters: ReportFilters, *, now: datetime) -> tuple[NamedTally, ...]:
    """Count bookings by the door through which they came, the most frequent first."""
    return _sort(NamedTally(key, "", tally) for key, tally in _tally(list_counted(days, filters), DOOR, now=now))


def tally_lead(days: ReportDays, filters: ReportFilters) -> LeadTally:
    """Count how long before the visit bookings were made, without those that were brought along from elsewhere.

    What was written down after the visit had begun counts as made at its start. Two queries.
    """
    lead = ExpressionWrapper(F("starts_at") - F("created_at"), output_field=DurationField())
    ahead = Func(lead, template="date_part('epoch', %(expressions)s)", output_field=FloatField())
    made = list_counted(days, filters).exclude(source=BookingSource.IMPORT).annotate(ahead=ahead)
    limits = Value([float(hours * HOUR_SECONDS) for hours in LEAD_HOURS], output_field=ArrayField(FloatField()))
    place = Func(F("ahead"), limits, function="width_bucket", output_field=IntegerField())
    found = dict(made.annotate(place=place).values_list("place").annotate(count=Count("pk")))
    median = made.aggregate(middle=_Median("ahead"))["middle"]
    return LeadTally(
        counts=tuple(found.get(number, 0) for number in range(len(LEAD_HOURS) + 1)),
        median_hours=None if median is None else max(0.0, float(median)) / HOUR_SECONDS,
    )


def tally_visitors(days: ReportDays, filters: ReportFilters) -> VisitorTally:
    """Count the people who come, without those who called off: new ones had no visit before these days at all.

    Two queries. What narrows the report narrows who comes, not whether somebody was here before.
    """
    coming = list_counted(days, filters).filter(status__in=KEPT)
    earlier = list_earlier(days).filter(customer_id=OuterRef("pk"))
    people = Customer.objects.filter(pk__in=coming.filter(customer__isnull=False).values("customer_id"))
    found = people.annotate(is_known=Exists(earlier)).aggregate(
        new=Count("pk", filter=Q(is_known=False)), returning=Count("pk", filter=Q(is_known=True))
    )
    return VisitorTally(new=found["new"], returning=found["returning"], unknown=coming.filter(customer=None).count())


def find_day(column: str, days: ReportDays) -> Combinable:
    """Return the number of the day in which an instant lies, from 1 on."""
    bounds = Value(days.bounds, output_field=ArrayField(DateTimeField()))
    return Func(F(column), bounds, function="width_bucket", output_field=IntegerField())


def _tally(rows: QuerySet[Booking], key: Combinable, *, now: datetime) -> Iterator[tuple[Any, BookingTally]]:
    gone = Q(status=BookingStatus.CANCELLED)
    due = ~gone & Q(starts_at__lte=now)
    counted = (
        rows.annotate(key=key)
        .values_list("key")
        .annotate(
            booked=Count("pk"),
            cancelled=Count("pk", filter=gone),
            by_customer=Count("pk", filter=gone & Q(cancelled_by=ActorKind.CUSTOMER)),
            due=Count("pk", filter=due),
            no_show=Count("pk", filter=Q(status=BookingStatus.NO_SHOW) & due),
            online=Count("pk", filter=Q(source__in=ONLINE)),
        )
    )
    for key_found, *counts in counted:
        yield key_found, BookingTally(*counts)


def _sort(tallies: Iterator[NamedTally]) -> tuple[NamedTally, ...]:
    return tuple(sorted(tallies, key=lambda each: (-each.tally.booked, each.name, each.key)))
