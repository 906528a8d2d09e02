"""The bookings behind a figure, as a condition: the same that the figure counts."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kernel.instants import to_minutes
from scheduling.enums import BookingSource
from scheduling.models import Allocation, Resource
from scheduling.models.allocation import LONGEST_ALLOCATION_MINUTES
from scheduling.selectors.reports.counted import KEPT, LEAD_HOURS, ONLINE, list_counted, list_earlier
from scheduling.selectors.reports.hours import cut_week_cells
from scheduling.types.reports import FigurePart, ReportDays, ReportPart


def belongs_to(asked: FigurePart) -> Q:
    """Tell of a booking that counts in the days of a report, by its filters, whether one of its figures is about it.

    `ReportPart.TAKING` asks for no more: its bookings may begin before the days, and a place or resource is that of
    what they take.
    """
    part = asked.part
    if part == ReportPart.ONLINE:
        return Q(source__in=ONLINE)
    if part in {ReportPart.MADE, ReportPart.LEAD}:
        return ~Q(source=BookingSource.IMPORT) & _was_made(asked.number if part == ReportPart.LEAD else None)
    if part == ReportPart.UNKNOWN:
        return Q(status__in=KEPT, customer=None)
    if part == ReportPart.TAKING:
        return Q(status__in=KEPT) & _takes_time(asked)
    is_known = Q(Exists(list_earlier(asked.days).filter(customer_id=OuterRef("customer_id"))))
    return _is_first(asked) & (is_known if part == ReportPart.RETURNING else ~is_known)


def _was_made(step: int | None) -> Q:
    """Tell whether a booking was made that long before: at least one limit, less than the next; None: at all."""
    condition = Q()
    if step is None:
        return condition
    step = min(step, len(LEAD_HOURS))
    if step > 0:
        condition &= Q(starts_at__gte=F("created_at") + timedelta(hours=LEAD_HOURS[step - 1]))
    if step < len(LEAD_HOURS):
        condition &= Q(starts_at__lt=F("created_at") + timedelta(hours=LEAD_HOURS[step]))
    return condition


def _is_first(asked: FigurePart) -> Q:
    """Tell whether a booking is the first that its customer keeps of those that the report counts."""
    coming = list_counted(asked.days, asked.filters).filter(status__in=KEPT, customer__isnull=False)
    return Q(pk__in=coming.order_by("customer_id", "starts_at", "pk").distinct("customer_id").values("pk"))


def _takes_time(asked: FigurePart) -> Q:
    """Tell whether a booking takes something of the time that is measured; a group does so as a whole."""
    first, last = to_minutes(asked.days.since), to_minutes(asked.days.until)
    taken = Allocation.objects.filter(
        is_active=True, resource__in=_list_measured(asked), starts_minute__lt=last, ends_minute__gt=first,
        ends_minute__lt=last + LONGEST_ALLOCATION_MINUTES,
    )  # fmt: skip
    if asked.number is not None:
        taken = taken.filter(_lies_in(asked.days, asked.number))
    own = Q(pk__in=taken.filter(session=None).values("booking_id"))
    return own | Q(session_id__in=taken.filter(session__isnull=False).values("session_id"))


def _lies_in(days: ReportDays, cell: int) -> Q:
    """Tell whether something is taken in an hour of the week, whatever the clock does."""
    week = cut_week_cells(days)
    pieces = [week.bounds[place : place + 2] for place, each in enumerate(week.cells) if each == cell]
    lies = (Q(starts_minute__lt=ends, ends_minute__gt=starts) for starts, ends in pieces)
    return reduce(or_, lies, Q(pk=None))


def _list_measured(asked: FigurePart) -> QuerySet[Resource]:
    """Return whose time is measured: as `use.measure_use`; of the hours of a week the people, if there are any."""
    found = Resource.objects.filter(is_active=True)
    if asked.filters.location_id is not None:
        found = found.filter(location_id=asked.filters.location_id)
    if asked.filters.resource_id is not None:
        found = found.filter(pk=asked.filters.resource_id)
    people = found.filter(resource_type__is_person=True)
    return people if asked.number is not None and people.exists() else found
