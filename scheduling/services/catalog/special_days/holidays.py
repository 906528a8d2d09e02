"""Dates that differ from the country's list of public holidays: closed all the same, or worked."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from scheduling.enums import CatalogNoun
from scheduling.errors import SpecialDayNotFound
from scheduling.models import HolidayAdjustment, Location
from scheduling.selectors.catalog.setups import read_holiday
from scheduling.services.catalog.checks import CANNOT_WORK, FieldErrors, Lookup, clean_line
from scheduling.services.catalog.door import Noun, add_row, change_row, lock_row, to_columns
from scheduling.services.catalog.fitting import keeping_bookings, list_followers
from scheduling.services.writing.inputs import NAME_LENGTH
from scheduling.types import Actor, HolidaySetup


def _switching(row: HolidayAdjustment, _is_active: bool, now: datetime) -> AbstractContextManager[None]:  # noqa: FBT001 - as `Noun.guard`
    """Refuse what would leave coming bookings on a day that is not worked."""
    return keeping_bookings(list_followers(row.location_id), now=now, days=(row.on, row.on))


NOUN = Noun(CatalogNoun.HOLIDAY, HolidayAdjustment, SpecialDayNotFound, guard=_switching)


@transaction.atomic
def create_holiday(*, setup: HolidaySetup, by: Actor, now: datetime) -> int:
    """Create a holiday, or a public one that is worked, and return its id.

    Raises:
        SetupInvalid: Names every field that cannot be; each date has one for each location, and one for all.
        BookingsInTheWay: Coming bookings are on that date.
    """
    checked = check_holiday(setup)
    with keeping_bookings(list_followers(checked.location_id), now=now, field="on", days=(checked.on, checked.on)):
        return add_row(NOUN, HolidayAdjustment(**to_columns(checked)), by=by, now=now)


@transaction.atomic
def change_holiday(*, holiday_id: int, setup: HolidaySetup, version: int | None, by: Actor, now: datetime) -> int:
    """Change a holiday and return its version, the same when nothing differs; it stays with its location.

    Raises:
        SpecialDayNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
        BookingsInTheWay: Coming bookings are on that date.
    """
    row = lock_row(NOUN, holiday_id, version=version)
    before = read_holiday(row)
    checked = check_holiday(setup, before=before, own_id=row.pk)
    days = (min(before.on, checked.on), max(before.on, checked.on))
    with keeping_bookings(list_followers(row.location_id), now=now, field="on", days=days):
        return change_row(NOUN, row, before, checked, by=by, now=now)


def check_holiday(
    setup: HolidaySetup,
    *,
    before: HolidaySetup | None = None,
    own_id: int | None = None,
    lookup: Lookup | None = None,
) -> HolidaySetup:
    """Return what can be saved.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    setup = replace(setup, name=clean_line(setup.name))
    errors = FieldErrors(lookup)
    if before is None:
        errors.check_choice("location_id", Location, setup.location_id)
    else:
        errors.require(before.location_id == setup.location_id, "location_id", CANNOT_WORK)
    errors.check_date("on", setup.on)
    taken = {"location_id": setup.location_id, "on": setup.on}
    errors.check_free(HolidayAdjustment, taken, field="on", own_id=own_id)
    errors.check_text("name", setup.name, length=NAME_LENGTH)
    errors.raise_any()
    return setup
