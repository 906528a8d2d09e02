"""Weekly hours and breaks, of a resource or, as the default for its resources, of a location.

A whole week is one value: it is replaced as it is read, and its change is one change of whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.instants import DAY_MINUTES
from kernel.text import mark
from scheduling.enums import HoursKind
from scheduling.models import Location, Resource, WorkingHours
from scheduling.models.row import CatalogRow
from scheduling.selectors.catalog.setups import read_week
from scheduling.services.catalog import locations, resources
from scheduling.services.catalog.checks import FieldErrors
from scheduling.services.catalog.door import Noun, compare, lock_row, write_fields
from scheduling.services.catalog.fitting import collecting, keeping_bookings, list_followers
from scheduling.services.editions import previewing
from scheduling.types import Actor, PeriodSetup, WeekSetup
from scheduling.types.weeks import OwnedWeek, find_week_faults

WEEKDAY_WRONG = mark("The weekday is from Monday to Sunday.")
TIME_WRONG = mark("This time of day does not exist.")
PERIOD_WRONG = mark("The end is before the start.")
LAST_WEEKDAY = 6
MOST_PERIODS = 500
TOO_MANY = mark("At most 500 periods.")

RowT = TypeVar("RowT", bound=CatalogRow)


@transaction.atomic
def change_resource_week(*, resource_id: int, week: WeekSetup, version: int | None, by: Actor, now: datetime) -> int:
    """Replace a resource's week and return the resource's version, the same when nothing differs.

    Without hours the resource follows its location; its own breaks are kept either way.

    Raises:
        ResourceNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be, such as ``hours.0.opens_minute``.
        BookingsInTheWay: Coming bookings would lie outside of the hours.
    """
    row = lock_row(resources.NOUN, resource_id, version=version)
    with keeping_bookings([row.pk], now=now, field="hours"):
        return _change_week(resources.NOUN, row, {"resource_id": row.pk}, week, by=by, now=now)


@transaction.atomic
def change_location_week(*, location_id: int, week: WeekSetup, version: int | None, by: Actor, now: datetime) -> int:
    """Replace a location's week and return the location's version, the same when nothing differs.

    Raises:
        LocationNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be, such as ``hours.0.opens_minute``.
        BookingsInTheWay: Coming bookings would lie outside of the hours.
    """
    row = lock_row(locations.NOUN, location_id, version=version)
    with keeping_bookings(list_followers(row.pk), now=now, field="hours"):
        return _change_week(locations.NOUN, row, {"location_id": row.pk}, week, by=by, now=now)


@transaction.atomic
def change_weeks(weeks: Sequence[OwnedWeek], *, by: Actor, now: datetime) -> None:
    """Replace the weeks of several resources and locations at once, or none of them; same ones stay as they are.

    Raises:
        ResourceNotFound, LocationNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be of the first week that cannot be.
        BookingsInTheWay: Coming bookings would lie outside of the hours.
    """
    # Always in the same order: two editors who save some of the same wait for each other, and never both.
    order = sorted(weeks, key=lambda each: (each.resource_id or 0, each.location_id or 0))
    places = [
        (lock_row(locations.NOUN, each.location_id, version=each.version), each.week)
        for each in order
        if each.location_id is not None
    ]
    people = [
        (lock_row(resources.NOUN, each.resource_id, version=each.version), each.week)
        for each in order
        if each.resource_id is not None
    ]
    touched = {row.pk for row, _ in people}.union(*(list_followers(row.pk) for row, _ in places))
    with keeping_bookings(sorted(touched), now=now, field="hours"):
        for place, week in places:
            _change_week(locations.NOUN, place, {"location_id": place.pk}, week, by=by, now=now)
        for person, week in people:
            _change_week(resources.NOUN, person, {"resource_id": person.pk}, week, by=by, now=now)


def count_touched(weeks: Sequence[OwnedWeek], *, by: Actor, now: datetime) -> int:
    """Count the coming bookings that would fit worse with these weeks; nothing is changed, nobody is held back.

    What cannot be saved as it is touches none.
    """
    with transaction.atomic(), previewing(), collecting() as findings, suppress(Conflict, Forbidden, Invalid, NotFound):
        change_weeks(weeks, by=by, now=now)
        transaction.set_rollback(True)
    return len({key.booking_id for key in findings.keys})


def add_weeks(weeks: Mapping[Resource | Location, WeekSetup]) -> None:
    """Give new resources and locations their weeks, unlogged; one query for all of them."""
    WorkingHours.objects.bulk_create(
        period
        for owner, week in weeks.items()
        for period in _make_rows({"resource" if isinstance(owner, Resource) else "location": owner}, week)
    )


def check_week(week: WeekSetup, *, hours_of: WeekSetup | None = None) -> None:
    """Refuse a week that cannot be; ``hours_of`` is the week that is followed where the breaks alone are one's own.

    Raises:
        SetupInvalid: Names every field that cannot be, such as ``breaks.1.valid_to``, or ``hours.2`` for a period that
            overlaps another one.
    """
    check_times(week)
    errors = FieldErrors()
    for at, text in find_week_faults(week, hours_of=hours_of):
        errors.require(False, at, text)
    errors.raise_any()


def check_times(week: WeekSetup) -> None:
    """Refuse times that do not exist; periods may overlap: the engine unites them.

    Raises:
        SetupInvalid: Names every field that cannot be, such as ``breaks.1.valid_to``.
    """
    errors = FieldErrors()
    for name in ("hours", "breaks"):
        periods: Sequence[PeriodSetup] = getattr(week, name)
        errors.require(len(periods) <= MOST_PERIODS, name, TOO_MANY)
        for number, each in enumerate(periods):
            at = f"{name}.{number}"
            errors.check_number(f"{at}.weekday", each.weekday, 0, LAST_WEEKDAY, WEEKDAY_WRONG)
            errors.check_number(f"{at}.opens_minute", each.opens_minute, 0, DAY_MINUTES - 1, TIME_WRONG)
            errors.check_number(f"{at}.closes_minute", each.closes_minute, 0, DAY_MINUTES, TIME_WRONG)
            is_valid = each.valid_from is None or each.valid_to is None or each.valid_from <= each.valid_to
            errors.require(is_valid, f"{at}.valid_to", PERIOD_WRONG)
    errors.raise_any()


def _change_week(
    noun: Noun[RowT], row: RowT, owner: Mapping[str, int], week: WeekSetup, *, by: Actor, now: datetime
) -> int:
    check_week(week, hours_of=_find_followed(row) if isinstance(row, Resource) and not week.hours else None)
    present = WorkingHours.objects.filter(**owner)
    fields = compare(read_week(present), read_week(_make_rows(owner, week)))
    if fields:
        present.delete()
        WorkingHours.objects.bulk_create(_make_rows(owner, week))
    return write_fields(noun, row, fields, {}, by=by, now=now)


def _find_followed(row: Resource) -> WeekSetup:
    return read_week(WorkingHours.objects.filter(location_id=row.location_id))


def _make_rows(owner: Mapping[str, object], week: WeekSetup) -> list[WorkingHours]:
    return [
        WorkingHours(
            **owner,
            kind=kind,
            weekday=period.weekday,
            opens_minute=period.opens_minute,
            closes_minute=period.closes_minute,
            valid_from=period.valid_from,
            valid_to=period.valid_to,
        )
        for kind, periods in ((HoursKind.WORK, week.hours), (HoursKind.BREAK, week.breaks))
        for period in periods
    ]
