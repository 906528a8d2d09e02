"""Weeks and special days as those see them who set them up."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from scheduling.errors import LocationNotFound, ResourceNotFound, SpecialDayNotFound
from scheduling.models import DateOverride, HolidayAdjustment, Location, Resource, TimeOff, WorkingHours
from scheduling.selectors.catalog.entries import get_row, view_entries
from scheduling.selectors.catalog.setups import read_date_override, read_holiday, read_time_off, read_week
from scheduling.types import DateOverrideSetup, Entry, HolidaySetup, TimeOffSetup, WeekSetup
from scheduling.types.weeks import WeekView


def get_resource_week(*, resource_id: int) -> Entry[WeekSetup]:
    """Return a resource's own week; the version is the resource's. Two queries.

    Raises:
        ResourceNotFound: There is none.
    """
    row = get_row(Resource.objects.all(), resource_id, ResourceNotFound)
    return view_entries([row], lambda row: read_week(WorkingHours.objects.filter(resource=row)))[0]


def get_location_week(*, location_id: int) -> Entry[WeekSetup]:
    """Return a location's week; the version is the location's. Two queries.

    Raises:
        LocationNotFound: There is none.
    """
    row = get_row(Location.objects.all(), location_id, LocationNotFound)
    return view_entries([row], lambda row: read_week(WorkingHours.objects.filter(location=row)))[0]


def list_weeks(*, location_id: int) -> tuple[WeekView, ...]:
    """List the own week of a location and those of its active resources, in the business's order; three queries.

    Raises:
        LocationNotFound: There is none, or it is archived.
    """
    place = get_row(Location.objects.filter(is_active=True), location_id, LocationNotFound)
    rows = Resource.objects.filter(is_active=True, location=place).select_related("resource_type")
    people = list(rows.order_by("resource_type__position", "resource_type_id", "position", "id"))
    own: dict[int | None, list[WorkingHours]] = {}
    for period in WorkingHours.objects.filter(Q(location=place) | Q(resource__in=[each.pk for each in people])):
        own.setdefault(period.resource_id, []).append(period)
    return (
        WeekView(
            id=place.pk,
            name=place.name,
            version=place.version,
            week=read_week(own.get(None, ())),
            timezone=place.timezone,
        ),
        *(
            WeekView(
                id=each.pk,
                name=each.name,
                version=each.version,
                week=read_week(own.get(each.pk, ())),
                timezone=each.timezone or place.timezone,
                type_id=each.resource_type_id,
                type_name=each.resource_type.name,
                is_person=each.resource_type.is_person,
                color=each.color,
            )
            for each in people
        ),
    )


def list_date_override_entries(
    *, from_on: date, to_on: date, is_active: bool | None = True
) -> tuple[Entry[DateOverrideSetup], ...]:
    """List date overrides of all resources and locations on dates ``[from_on, to_on]``; one query."""
    rows = DateOverride.objects.filter(on__range=(from_on, to_on)).order_by("on", "pk")
    found = rows if is_active is None else rows.filter(is_active=is_active)
    return view_entries(found, read_date_override, place=lambda row: (row.on.isoformat(), row.pk))


def get_date_override_entry(*, date_override_id: int) -> Entry[DateOverrideSetup]:
    """Return one date override, also an archived one.

    Raises:
        SpecialDayNotFound: There is none.
    """
    row = get_row(DateOverride.objects.all(), date_override_id, SpecialDayNotFound)
    return view_entries([row], read_date_override)[0]


def list_time_off_entries(
    *, starts_before: datetime, ends_after: datetime, is_active: bool | None = True
) -> tuple[Entry[TimeOffSetup], ...]:
    """List what overlaps ``(ends_after, starts_before)``, of all resources; one query."""
    rows = TimeOff.objects.filter(starts_at__lt=starts_before, ends_at__gt=ends_after).order_by("starts_at", "pk")
    found = rows if is_active is None else rows.filter(is_active=is_active)
    return view_entries(found, read_time_off, place=lambda row: (row.starts_at, row.pk))


def get_time_off_entry(*, time_off_id: int) -> Entry[TimeOffSetup]:
    """Return one time off, also an archived one.

    Raises:
        SpecialDayNotFound: There is none.
    """
    row = get_row(TimeOff.objects.all(), time_off_id, SpecialDayNotFound)
    return view_entries([row], read_time_off)[0]


def list_holiday_entries(
    *, from_on: date, to_on: date, is_active: bool | None = True
) -> tuple[Entry[HolidaySetup], ...]:
    """List what differs from the country's list on dates ``[from_on, to_on]``; one query."""
    rows = HolidayAdjustment.objects.filter(on__range=(from_on, to_on)).order_by("on", "pk")
    return view_entries(rows if is_active is None else rows.filter(is_active=is_active), read_holiday)


def get_holiday_entry(*, holiday_id: int) -> Entry[HolidaySetup]:
    """Return one holiday, also an archived one.

    Raises:
        SpecialDayNotFound: There is none.
    """
    row = get_row(HolidayAdjustment.objects.all(), holiday_id, SpecialDayNotFound)
    return view_entries([row], read_holiday)[0]
