"""What departs from the week of a location: other hours, absences, public holidays; in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from kernel.law.calendars import list_public_holidays
from scheduling.enums import Repeats
from scheduling.errors import SpecialDayNotFound
from scheduling.models import Booking, DateOverride, DaySeries, HolidayAdjustment, Location, TimeOff
from scheduling.selectors.catalog.usage import is_coming
from scheduling.types.special_days import DaySeriesView, HolidayView, Repetition, SpecialDay
from tenants.context import current_tenant

ZONE_REACH = timedelta(days=1)
ONE_DAY = timedelta(days=1)


def list_special_days(*, location_id: int, from_on: date, to_on: date) -> tuple[SpecialDay, ...]:
    """List other hours and absences of a location and of its active resources on some dates, by date; two queries."""
    days = DateOverride.objects.filter(_is_at(location_id), is_active=True, on__range=(from_on, to_on))
    first = datetime.combine(from_on, time(), tzinfo=UTC) - ZONE_REACH
    last = datetime.combine(to_on, time(), tzinfo=UTC) + 2 * ZONE_REACH
    absences = TimeOff.objects.filter(
        resource__location_id=location_id, resource__is_active=True, is_active=True,
        starts_at__lt=last, ends_at__gt=first,
    )  # fmt: skip
    found = [
        *map(_view_day, days.select_related("resource", "location")),
        *map(_view_absence, absences.select_related("resource__location")),
    ]
    shown = [each for each in found if each.first <= to_on and each.last >= from_on]
    return tuple(sorted(shown, key=lambda each: (each.first, each.resource_id is not None, each.last, each.id)))


def get_series(*, row_id: int, is_absence: bool) -> DaySeriesView:
    """Return a special day with all that were made with it, in order; three queries.

    Raises:
        SpecialDayNotFound: There is none, or it was removed.
    """
    found = _find_absences(row_id) if is_absence else _find_days(row_id)
    if not found:
        raise SpecialDayNotFound
    days = tuple(sorted(found, key=lambda each: (each.first, each.start_minute, each.id)))
    series_id = days[0].series_id
    series = DaySeries.objects.filter(pk=series_id).first() if series_id else None
    if series is None:
        return DaySeriesView(series_id, days, guess_repetition(days))
    repetition = Repetition(
        first=series.first_on, last=series.last_on, repeats=Repeats(series.repeats), until=series.until_on
    )
    return DaySeriesView(series_id, days, repetition)


def was_removed(*, row_id: int, is_absence: bool) -> bool:
    """Tell whether there was a special day that was removed; one query."""
    table = TimeOff if is_absence else DateOverride
    return table.objects.filter(pk=row_id, is_active=False).exists()


def guess_repetition(days: Sequence[SpecialDay]) -> Repetition:
    """Return what rows say that were made before anybody noted how they repeat."""
    firsts = sorted({each.first for each in days})
    first, end = firsts[0], max(each.last for each in days)
    length = days[0].last - first
    if len(firsts) > 1 and all((each - first).days % 7 == 0 for each in firsts):
        return Repetition(first=first, last=first + length, repeats=Repeats.WEEKLY, until=firsts[-1])
    if len(firsts) > 1 and all((each.month, each.day) == (first.month, first.day) for each in firsts):
        return Repetition(first=first, last=first + length, repeats=Repeats.YEARLY, until=firsts[-1])
    return Repetition(first=first, last=end)


def list_holidays(*, location_id: int, from_on: date, to_on: date, language: str) -> tuple[HolidayView, ...]:
    """List the public holidays of a location and what the business says about dates, in order; two queries."""
    place = Location.objects.get(pk=location_id)
    names: dict[date, str] = {}
    for year in range(from_on.year, to_on.year + 1):
        names |= dict(list_public_holidays(current_tenant().country, place.region, year, language))
    closed = dict.fromkeys(names, place.observes_public_holidays)
    said = HolidayAdjustment.objects.filter(is_active=True, on__range=(from_on, to_on))
    own: dict[date, str] = {}
    # The location's own word comes after the word for all locations.
    for each in sorted(
        said.filter(Q(location_id=location_id) | Q(location=None)), key=lambda row: row.location_id or 0
    ):
        closed[each.on] = each.is_closed
        own[each.on] = each.name
    return tuple(
        HolidayView(on, names.get(on) or own.get(on, ""), is_closed, is_public=on in names)
        for on, is_closed in sorted(closed.items())
        if from_on <= on <= to_on
    )


def count_bookings_by_day(*, location_id: int, from_on: date, to_on: date, now: datetime) -> dict[date, int]:
    """Count the coming bookings of a location by their local date; two queries."""
    zone = ZoneInfo(Location.objects.get(pk=location_id).timezone)
    first = datetime.combine(from_on, time(), tzinfo=zone)
    last = datetime.combine(to_on + ONE_DAY, time(), tzinfo=zone)
    rows = Booking.objects.filter(is_coming(now), location_id=location_id, starts_at__gte=first, starts_at__lt=last)
    counted: dict[date, int] = {}
    for starts_at in rows.values_list("starts_at", flat=True):
        on = starts_at.astimezone(zone).date()
        counted[on] = counted.get(on, 0) + 1
    return counted


def _is_at(location_id: int) -> Q:
    return Q(location_id=location_id) | Q(resource__location_id=location_id, resource__is_active=True)


def _find_days(row_id: int) -> list[SpecialDay]:
    days = DateOverride.objects.filter(is_active=True).select_related("resource", "location")
    row = days.filter(pk=row_id).first()
    if row is None or row.series_id is None:
        return [_view_day(row)] if row else []
    return [_view_day(each) for each in days.filter(series_id=row.series_id)]


def _find_absences(row_id: int) -> list[SpecialDay]:
    absences = TimeOff.objects.filter(is_active=True).select_related("resource__location")
    row = absences.filter(pk=row_id).first()
    if row is None or row.series_id is None:
        return [_view_absence(row)] if row else []
    return [_view_absence(each) for each in absences.filter(series_id=row.series_id)]


def _view_day(row: DateOverride) -> SpecialDay:
    owner = row.resource or row.location
    place_id = row.resource.location_id if row.resource else row.location_id
    return SpecialDay(
        id=row.pk,
        version=row.version,
        series_id=row.series_id,
        location_id=place_id or 0,
        resource_id=row.resource_id,
        name=owner.name if owner else "",
        color=row.resource.color if row.resource else "",
        first=row.on,
        last=row.on,
        note=row.note,
        periods=tuple((opens, closes) for opens, closes in row.periods),
        is_closing=row.is_closing,
    )


def _view_absence(row: TimeOff) -> SpecialDay:
    zone = ZoneInfo(row.resource.timezone or row.resource.location.timezone)
    start, end = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    midnight = not (end.hour or end.minute)
    return SpecialDay(
        id=row.pk,
        version=row.version,
        series_id=row.series_id,
        location_id=row.resource.location_id,
        resource_id=row.resource_id,
        name=row.resource.name,
        color=row.resource.color,
        first=start.date(),
        last=end.date() - ONE_DAY if midnight and end.date() > start.date() else end.date(),
        note=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        start_minute=start.hour * 60 + start.minute,
        end_minute=1440 if midnight else end.hour * 60 + end.minute,
        is_whole=midnight and not (start.hour or start.minute),
    )
