"""Extras of a service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from scheduling.enums import CatalogNoun
from scheduling.errors import AddOnNotFound, StillUsed
from scheduling.models import AddOn, Service
from scheduling.selectors.catalog.setups import read_add_on
from scheduling.selectors.catalog.usage import list_bookings_of_add_ons, was_add_on_booked
from scheduling.services.catalog.checks import CANNOT_WORK, FieldErrors, Lookup, clean_line
from scheduling.services.catalog.door import (
    Noun,
    add_row,
    change_row,
    delete_row,
    find_last_position,
    lock_row,
    to_columns,
)
from scheduling.services.catalog.fitting import keeping_fit
from scheduling.services.catalog.texts import check_texts, clean_texts
from scheduling.types import LARGEST_PRICE_MINOR, Actor, AddOnSetup

LONGEST_MINUTES = 1440


@contextmanager
def _switching(row: AddOn, is_active: bool, now: datetime) -> Iterator[None]:  # noqa: FBT001 - as `Noun.guard`
    """Keep from archiving what coming bookings contain: nobody could move them any more."""
    with keeping_fit(() if is_active else list_bookings_of_add_ons([row.pk], now=now)):
        yield


NOUN = Noun(CatalogNoun.ADD_ON, AddOn, AddOnNotFound, guard=_switching)


@transaction.atomic
def create_add_on(*, setup: AddOnSetup, by: Actor, now: datetime) -> int:
    """Create an add-on and return its id.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    position = find_last_position(NOUN) if setup.position is None else setup.position
    checked = check_add_on(replace(setup, position=position))
    return add_row(NOUN, AddOn(**to_columns(checked)), by=by, now=now)


@transaction.atomic
def change_add_on(*, add_on_id: int, setup: AddOnSetup, version: int | None, by: Actor, now: datetime) -> int:
    """Change an add-on and return its version, the same when nothing differs; it stays with its service.

    Bookings keep the minutes and the price that were agreed.

    Raises:
        AddOnNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
    """
    row = lock_row(NOUN, add_on_id, version=version)
    before = read_add_on(row)
    position = before.position if setup.position is None else setup.position
    checked = check_add_on(replace(setup, position=position), before=before, own_id=row.pk)
    return change_row(NOUN, row, before, checked, by=by, now=now)


@transaction.atomic
def delete_add_on(*, add_on_id: int, by: Actor, now: datetime) -> None:
    """Delete an add-on that was never booked.

    Raises:
        AddOnNotFound: There is none.
        StillUsed: It was booked.
    """
    row = lock_row(NOUN, add_on_id, version=None, may_be_archived=True)
    if was_add_on_booked(row.pk):
        raise StillUsed(uses={"bookings": 1})
    delete_row(NOUN, row, read_add_on(row), by=by, now=now)


def check_add_on(
    setup: AddOnSetup,
    *,
    before: AddOnSetup | None = None,
    own_id: int | None = None,
    lookup: Lookup | None = None,
) -> AddOnSetup:
    """Return what can be saved.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    setup = replace(setup, name=clean_line(setup.name), texts=clean_texts(setup.texts))
    errors = FieldErrors(lookup)
    errors.check_choice("service_id", Service, setup.service_id, known_id=before.service_id if before else None)
    errors.require(before is None or before.service_id == setup.service_id, "service_id", CANNOT_WORK)
    errors.check_name(setup.name)
    check_texts(errors, setup.texts)
    errors.check_free(AddOn, {"name": setup.name, "service_id": setup.service_id}, own_id=own_id)
    errors.check_number("minutes", setup.minutes, 0, LONGEST_MINUTES)
    errors.check_number("price_minor", setup.price_minor, 0, LARGEST_PRICE_MINOR)
    errors.check_position(setup.position)
    errors.raise_any()
    return setup
