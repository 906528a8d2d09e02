"""Special days that are made, changed and removed together; and public holidays, on and off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import uuid4

from django.db import transaction

from audit.enums import Action
from kernel.text import mark
from notifications.services.outbox import publish
from scheduling.errors import SetupInvalid
from scheduling.models import DateOverride, HolidayAdjustment, TimeOff
from scheduling.services.catalog.checks import Lookup
from scheduling.services.catalog.door import Noun, add_rows, lock_row, to_columns, write_fields
from scheduling.services.catalog.exceptions import date_overrides, holidays, time_off
from scheduling.services.catalog.fitting import keeping_bookings, list_followers
from scheduling.services.writing.agreed import note_absences
from scheduling.types import Actor, HolidaySetup
from scheduling.types.special_days import DayPlanned, SeenRow

RowT = TypeVar("RowT", DateOverride, TimeOff)

MOST_ROWS = 400
TOO_MANY = mark("That would be more than 400 days. Choose an earlier end.")


@transaction.atomic
def replace_days(*, old: Sequence[SeenRow], new: DayPlanned, by: Actor, now: datetime) -> None:
    """Put new special days in the place of old ones, all or none; without new ones they are removed.

    New rows share a series when there are several.

    Raises:
        ExceptionNotFound, ChangedMeanwhile, Archived: An old row is not any more what was seen.
        SetupInvalid: Names every field that cannot be; each date has one for each resource or location.
        BookingsInTheWay: Coming bookings would lie outside of the hours.
    """
    if len(new.overrides) + len(new.absences) > MOST_ROWS:
        raise SetupInvalid(errors={"until": (TOO_MANY,)})
    gone_days = [lock_row(date_overrides.NOUN, each.id, version=each.version) for each in old if not each.is_absence]
    gone_absences = [lock_row(time_off.NOUN, each.id, version=each.version) for each in old if each.is_absence]
    touched = _list_touched(gone_days, gone_absences, new)
    with keeping_bookings(sorted(touched), now=now, field="first"):
        for day in gone_days:
            _remove(date_overrides.NOUN, day, by=by, now=now)
        for absence in gone_absences:
            _remove(time_off.NOUN, absence, by=by, now=now)
        _add(new, by=by, now=now)


@transaction.atomic
def set_holiday(*, location_id: int, on: date, is_closed: bool, name: str, by: Actor, now: datetime) -> None:
    """Close a location on a date, or let it work, whatever the country's list says.

    Raises:
        SetupInvalid: The location does not exist, or nobody means that date.
        BookingsInTheWay: Coming bookings are on that date.
    """
    setup = HolidaySetup(on=on, is_closed=is_closed, location_id=location_id, name=name)
    row = HolidayAdjustment.objects.filter(location_id=location_id, on=on, is_active=True).first()
    if row is None:
        holidays.create_holiday(setup=setup, by=by, now=now)
    elif row.is_closed is not is_closed:
        holidays.change_holiday(holiday_id=row.pk, setup=setup, version=None, by=by, now=now)


def _add(new: DayPlanned, *, by: Actor, now: datetime) -> None:
    lookup = Lookup()
    series = uuid4() if len(new.overrides) + len(new.absences) > 1 else None
    days = [
        DateOverride(**to_columns(date_overrides.check_date_override(each, lookup=lookup)), series_id=series)
        for each in new.overrides
    ]
    absences = [
        TimeOff(**to_columns(time_off.check_time_off(each, lookup=lookup)), series_id=series) for each in new.absences
    ]
    if days:
        made = add_rows(date_overrides.NOUN, days, by=by, now=now)[0]
        _tell("date_override", made.pk, by=by, now=now)
    if absences:
        note_absences(absences)
        first = add_rows(time_off.NOUN, absences, by=by, now=now)[0]
        _tell("time_off", first.pk, by=by, now=now)


def _tell(noun: str, row_id: int, *, by: Actor, now: datetime) -> None:
    """Tell open boards once, whatever the number of rows."""
    publish(kind=f"{noun}.created", subject_id=row_id, payload={"version": 1, "fields": [], "by": by.kind}, now=now)


def _remove(noun: Noun[RowT], row: RowT, *, by: Actor, now: datetime) -> None:
    fields = {"is_active": (True, False)}
    write_fields(noun, row, fields, {"is_active": False}, by=by, now=now, action=Action.ARCHIVED)


def _list_touched(days: Sequence[DateOverride], absences: Sequence[TimeOff], new: DayPlanned) -> set[int]:
    owners = {(each.resource_id, each.location_id) for each in days}
    owners |= {(each.resource_id, each.location_id) for each in new.overrides}
    touched = {each.resource_id for each in absences} | {each.resource_id for each in new.absences}
    for resource_id, location_id in owners:
        touched.update([resource_id] if resource_id is not None else list_followers(location_id))
    return touched
