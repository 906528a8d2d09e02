"""What holds on one local date instead of the week, of a resource or of a whole location."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from kernel.text import mark
from scheduling.engine import lasts_too_long, meets, unfold_period
from scheduling.enums import CatalogNoun
from scheduling.errors import SpecialDayNotFound
from scheduling.models import DateOverride, Location, Resource
from scheduling.selectors.catalog.setups import read_date_override
from scheduling.services.catalog.checks import CANNOT_WORK, FieldErrors, Lookup, clean_line
from scheduling.services.catalog.door import (
    Noun,
    add_row,
    change_row,
    lock_row,
    to_columns,
)
from scheduling.services.catalog.fitting import keeping_bookings, list_followers
from scheduling.services.catalog.hours import TIME_WRONG
from scheduling.types import Actor, DateOverrideSetup
from scheduling.types.weeks import OVERLAPS, TOO_LONG

NO_PERIOD = mark("Say which hours are closed.")
TOO_MANY = mark("At most 20 periods in a day.")
ONE_OWNER = mark("Choose either a resource or a location.")
NOTE_LENGTH, MOST_PERIODS = 200, 20


def _switching(row: DateOverride, _is_active: bool, now: datetime) -> AbstractContextManager[None]:  # noqa: FBT001 - as `Noun.guard`
    """Refuse what would leave coming bookings outside of the hours."""
    return keeping_bookings(_list_touched(read_date_override(row)), now=now, days=(row.on, row.on))


NOUN = Noun(CatalogNoun.DATE_OVERRIDE, DateOverride, SpecialDayNotFound, guard=_switching)


@transaction.atomic
def create_date_override(*, setup: DateOverrideSetup, by: Actor, now: datetime) -> int:
    """Create a date override and return its id.

    Raises:
        SetupInvalid: Names every field that cannot be; each date has one for each resource or location.
        BookingsInTheWay: Coming bookings would lie outside of the hours.
    """
    checked = check_date_override(setup)
    with keeping_bookings(_list_touched(checked), now=now, field="periods", days=(checked.on, checked.on)):
        return add_row(NOUN, DateOverride(**to_columns(checked)), by=by, now=now)


@transaction.atomic
def change_date_override(
    *, date_override_id: int, setup: DateOverrideSetup, version: int | None, by: Actor, now: datetime
) -> int:
    """Change a date override and return its version, the same when nothing differs; it stays with its owner.

    Raises:
        SpecialDayNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
        BookingsInTheWay: Coming bookings would lie outside of the hours.
    """
    row = lock_row(NOUN, date_override_id, version=version)
    before = read_date_override(row)
    checked = check_date_override(setup, before=before, own_id=row.pk)
    days = (min(before.on, checked.on), max(before.on, checked.on))
    with keeping_bookings(_list_touched(checked), now=now, field="periods", days=days):
        return change_row(NOUN, row, before, checked, by=by, now=now)


def check_date_override(
    setup: DateOverrideSetup,
    *,
    before: DateOverrideSetup | None = None,
    own_id: int | None = None,
    lookup: Lookup | None = None,
) -> DateOverrideSetup:
    """Return what can be saved.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    setup = replace(setup, note=clean_line(setup.note))
    errors = FieldErrors(lookup)
    has_one_owner = (setup.resource_id is None) is not (setup.location_id is None)
    if errors.require(has_one_owner, "resource_id", ONE_OWNER):
        if before is None:
            errors.check_choice("resource_id", Resource, setup.resource_id)
            errors.check_choice("location_id", Location, setup.location_id)
        else:
            is_same = (before.resource_id, before.location_id) == (setup.resource_id, setup.location_id)
            errors.require(is_same, "resource_id", CANNOT_WORK)
    owner = {"resource_id": setup.resource_id, "location_id": setup.location_id}
    errors.check_date("on", setup.on)
    errors.check_free(DateOverride, owner | {"on": setup.on}, field="on", own_id=own_id)
    _check_periods(errors, setup)
    errors.check_text("note", setup.note, length=NOTE_LENGTH)
    errors.raise_any()
    return setup


def _check_periods(errors: FieldErrors, setup: DateOverrideSetup) -> None:
    if not errors.require(len(setup.periods) <= MOST_PERIODS, "periods", TOO_MANY):
        return
    errors.require(bool(setup.periods) or not setup.is_closing, "periods", NO_PERIOD)
    laid: list[Interval] = []
    for number, (opens, closes) in enumerate(setup.periods):
        errors.check_number(f"periods.{number}", opens, 0, DAY_MINUTES - 1, TIME_WRONG)
        errors.check_number(f"periods.{number}", closes, 0, DAY_MINUTES, TIME_WRONG)
        period = unfold_period(opens, closes)
        errors.require(not meets(period, laid), f"periods.{number}", OVERLAPS)
        errors.require(setup.is_closing or not lasts_too_long([*laid, period]), f"periods.{number}", TOO_LONG)
        laid.append(period)


def _list_touched(setup: DateOverrideSetup) -> list[int]:
    return [setup.resource_id] if setup.resource_id is not None else list_followers(setup.location_id)
