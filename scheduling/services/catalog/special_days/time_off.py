"""Periods in which a resource does not work."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from scheduling.enums import CatalogNoun
from scheduling.errors import SpecialDayNotFound
from scheduling.models import Resource, TimeOff
from scheduling.selectors.catalog.setups import read_time_off
from scheduling.services.catalog.checks import CANNOT_WORK, FieldErrors, Lookup, clean_line
from scheduling.services.catalog.door import Noun, add_row, change_row, lock_row, to_columns
from scheduling.services.catalog.fitting import keeping_bookings
from scheduling.services.catalog.hours import PERIOD_WRONG
from scheduling.services.writing.agreed import ABSENCE_NOTED, note_absences
from scheduling.services.writing.inputs import START_NAIVE
from scheduling.types import Actor, TimeOffSetup

REASON_LENGTH = 200


def _switching(row: TimeOff, is_active: bool, now: datetime) -> AbstractContextManager[None]:  # noqa: FBT001 - as `Noun.guard`
    """Refuse to restore what coming bookings lie in."""
    return keeping_bookings([row.resource_id], now=now, is_at_stake=is_active)


NOUN = Noun(CatalogNoun.TIME_OFF, TimeOff, SpecialDayNotFound, guard=_switching)


@transaction.atomic
def create_time_off(*, setup: TimeOffSetup, by: Actor, now: datetime) -> int:
    """Create a time off and return its id.

    Raises:
        SetupInvalid: Names every field that cannot be.
        BookingsInTheWay: Coming bookings take the resource then.
    """
    checked = check_time_off(setup)
    with keeping_bookings([checked.resource_id], now=now, field="starts_at"):
        row = TimeOff(**to_columns(checked))
        note_absences([row])
        return add_row(NOUN, row, by=by, now=now)


@transaction.atomic
def change_time_off(*, time_off_id: int, setup: TimeOffSetup, version: int | None, by: Actor, now: datetime) -> int:
    """Change a time off and return its version, the same when nothing differs; it stays with its resource.

    Raises:
        SpecialDayNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
        BookingsInTheWay: Coming bookings take the resource then.
    """
    row = lock_row(NOUN, time_off_id, version=version)
    before = read_time_off(row)
    checked = check_time_off(setup, before=before)
    with keeping_bookings([row.resource_id], now=now, field="starts_at"):
        changed = change_row(NOUN, row, before, checked, by=by, now=now)
        note_absences([row])
        row.save(update_fields=ABSENCE_NOTED)
        return changed


def check_time_off(
    setup: TimeOffSetup, *, before: TimeOffSetup | None = None, lookup: Lookup | None = None
) -> TimeOffSetup:
    """Return what can be saved.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    setup = replace(setup, reason=clean_line(setup.reason))
    errors = FieldErrors(lookup)
    if before is None:
        errors.check_choice("resource_id", Resource, setup.resource_id)
    else:
        errors.require(before.resource_id == setup.resource_id, "resource_id", CANNOT_WORK)
    are_aware = True
    for name in ("starts_at", "ends_at"):
        instant: datetime = getattr(setup, name)
        are_aware &= errors.require(instant.tzinfo is not None, name, START_NAIVE)
        errors.check_date(name, instant.date())
    errors.require(not are_aware or setup.starts_at < setup.ends_at, "ends_at", PERIOD_WRONG)
    errors.check_text("reason", setup.reason, length=REASON_LENGTH)
    errors.raise_any()
    return setup
