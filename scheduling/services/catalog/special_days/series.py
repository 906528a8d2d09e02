"""Special days that are made, changed and removed together; and public holidays, on and off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

from django.db import transaction

from audit.enums import Action
from kernel.text import mark
from notifications.services.outbox import publish
from scheduling.errors import SetupInvalid
from scheduling.models import DateOverride, DaySeries, HolidayAdjustment, TimeOff
from scheduling.selectors.catalog.setups import read_date_override, read_time_off
from scheduling.services.catalog.checks import Lookup, clean_line
from scheduling.services.catalog.door import Noun, add_rows, compare, lock_row, to_columns, write_fields
from scheduling.services.catalog.fitting import keeping_bookings, list_followers
from scheduling.services.catalog.special_days import date_overrides, holidays, time_off
from scheduling.services.writing.agreed import ABSENCE_NOTED, note_absences
from scheduling.types import Actor, DateOverrideSetup, HolidaySetup, TimeOffSetup
from scheduling.types.day_plans import MOST_DAYS
from scheduling.types.special_days import DayPlanned, Repetition, SeenRow

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", DateOverride, TimeOff)

TOO_MANY = mark("That would be more than 400 days. Choose an earlier end.")


@transaction.atomic
def replace_days(*, old: Sequence[SeenRow], new: DayPlanned, by: Actor, now: datetime) -> None:
    """Let special days be as ``new`` says instead of ``old``, all or none; without new ones they are removed.

    Rows that are the same in both stay as they are, and those of the same date are changed. What is there already in
    just this way is not made twice, so that saving a new form once more changes nothing. Rows share a series when
    there are several.

    Raises:
        SpecialDayNotFound, ChangedMeanwhile, Archived: An old row is not any more what was seen.
        SetupInvalid: Names every field that cannot be; each date has one for each resource or location.
        BookingsInTheWay: Coming bookings would lie outside of the hours.
    """
    if len(new.overrides) + len(new.absences) > MOST_DAYS:
        raise SetupInvalid(errors={"until": (TOO_MANY,)})
    days = [lock_row(date_overrides.NOUN, each.id, version=each.version) for each in old if not each.is_absence]
    absences = [lock_row(time_off.NOUN, each.id, version=each.version) for each in old if each.is_absence]
    with keeping_bookings(sorted(_list_touched(days, absences, new)), now=now, field="first"):
        wanted = new if old else _drop_present(new)
        known = next(filter(None, [*(each.series_id for each in days), *(each.series_id for each in absences)]), None)
        count = len(wanted.overrides) + len(wanted.absences)
        series = known or (uuid4() if count > 1 else None)
        pen = _Pen(series, by, now)
        pen.write_days(days, wanted.overrides)
        pen.write_absences(absences, wanted.absences)
        if series and count and wanted.repetition:
            _note_repetition(series, wanted.repetition)


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


class _Pen:
    """Writes the rows of one series, and tells open boards once, whatever the number of rows."""

    def __init__(self, series: UUID | None, by: Actor, now: datetime) -> None:
        self._series = series
        self._by = by
        self._now = now
        self._lookup = Lookup()

    def write_days(self, old: Sequence[DateOverride], new: Sequence[DateOverrideSetup]) -> None:
        """Let dates be as ``new`` says."""
        left = {(row.resource_id, row.location_id, row.on): row for row in old}
        kept = {key: left.pop(key) for key in map(_find_owner, new) if key in left}
        for row in left.values():
            self._remove(date_overrides.NOUN, row)
        added: list[DateOverride] = []
        for setup in new:
            if same := kept.get(_find_owner(setup)):
                before = read_date_override(same)
                checked = date_overrides.check_date_override(setup, before=before, own_id=same.pk, lookup=self._lookup)
                self._change(date_overrides.NOUN, same, before, checked)
            else:
                checked = date_overrides.check_date_override(setup, lookup=self._lookup)
                added.append(DateOverride(**to_columns(checked), series_id=self._series))
        if added:
            add_rows(date_overrides.NOUN, added, by=self._by, now=self._now)
        self._tell("date_override", [*old, *added], is_new=not old, is_gone=not new)

    def write_absences(self, old: Sequence[TimeOff], new: Sequence[TimeOffSetup]) -> None:
        """Let absences be as ``new`` says: those of the same time stay, others are moved as long as there are any."""
        same = {(row.resource_id, row.starts_at, row.ends_at): row for row in old}
        kept = [(same.pop((each.resource_id, each.starts_at, each.ends_at), None), each) for each in new]
        left = sorted(same.values(), key=lambda row: row.starts_at)
        added: list[TimeOff] = []
        moved: list[TimeOff] = []
        for row, setup in kept:
            movable = [each for each in left if each.resource_id == setup.resource_id]
            chosen = row or next(iter(movable), None)
            if chosen is None:
                checked = time_off.check_time_off(setup, lookup=self._lookup)
                added.append(TimeOff(**to_columns(checked), series_id=self._series))
                continue
            if row is None:
                left.remove(chosen)
            before = read_time_off(chosen)
            checked = time_off.check_time_off(setup, before=before, lookup=self._lookup)
            if before != checked:
                self._change(time_off.NOUN, chosen, before, checked)
                moved.append(chosen)
        for each in left:
            self._remove(time_off.NOUN, each)
        note_absences([*added, *moved])
        TimeOff.objects.bulk_update(moved, ABSENCE_NOTED)
        if added:
            add_rows(time_off.NOUN, added, by=self._by, now=self._now)
        self._tell("time_off", [*old, *added], is_new=not old, is_gone=not new)

    def _change(self, noun: Noun[RowT], row: RowT, before: DataclassInstance, after: DataclassInstance) -> None:
        write_fields(noun, row, compare(before, after), to_columns(after), by=self._by, now=self._now, is_told=False)
        if row.series_id != self._series:
            row.series_id = self._series
            row.save(update_fields=["series_id"])

    def _remove(self, noun: Noun[RowT], row: RowT) -> None:
        fields, columns = {"is_active": (True, False)}, {"is_active": False}
        write_fields(noun, row, fields, columns, by=self._by, now=self._now, action=Action.ARCHIVED, is_told=False)

    def _tell(self, noun: str, rows: Sequence[RowT], *, is_new: bool, is_gone: bool) -> None:
        if rows:
            action = Action.CREATED if is_new else Action.ARCHIVED if is_gone else Action.CHANGED
            payload = {"version": rows[0].version, "fields": [], "by": self._by.kind}
            publish(kind=f"{noun}.{action.value}", subject_id=rows[0].pk, payload=payload, now=self._now)


def _find_owner(setup: DateOverrideSetup) -> tuple[int | None, int | None, date]:
    return setup.resource_id, setup.location_id, setup.on


def _drop_present(new: DayPlanned) -> DayPlanned:
    """Leave out what is there already in just this way."""
    rows = DateOverride.objects.filter(is_active=True, on__in=[each.on for each in new.overrides])
    absences = TimeOff.objects.filter(
        is_active=True,
        resource_id__in={each.resource_id for each in new.absences},
        starts_at__in={each.starts_at for each in new.absences},
    )
    days, away = set(map(read_date_override, rows)), set(map(read_time_off, absences))
    return replace(
        new,
        overrides=tuple(each for each in new.overrides if replace(each, note=clean_line(each.note)) not in days),
        absences=tuple(each for each in new.absences if replace(each, reason=clean_line(each.reason)) not in away),
    )


def _note_repetition(series: UUID, repetition: Repetition) -> None:
    columns = {
        "repeats": repetition.repeats,
        "first_on": repetition.first,
        "last_on": repetition.last,
        "until_on": repetition.until,
    }
    DaySeries.objects.update_or_create(pk=series, defaults=columns)


def _list_touched(days: Sequence[DateOverride], absences: Sequence[TimeOff], new: DayPlanned) -> set[int]:
    owners = {(each.resource_id, each.location_id) for each in days}
    owners |= {(each.resource_id, each.location_id) for each in new.overrides}
    touched = {each.resource_id for each in absences} | {each.resource_id for each in new.absences}
    for resource_id, location_id in owners:
        touched.update([resource_id] if resource_id is not None else list_followers(location_id))
    return touched
