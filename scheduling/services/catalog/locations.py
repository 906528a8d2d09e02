"""Where the business works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from files.services.removal import remove_files_of
from kernel.law.calendars import is_known_region
from kernel.text import mark
from scheduling.enums import CatalogNoun
from scheduling.errors import LastLocation, LocationNotFound, StillUsed
from scheduling.models import Booking, CapacityRule, Location, Resource
from scheduling.selectors.catalog.photos import LOCATION_PHOTO
from scheduling.selectors.catalog.setups import read_location
from scheduling.selectors.catalog.usage import list_bookings_of_locations
from scheduling.services.catalog.checks import FieldErrors, clean_line, clean_lines
from scheduling.services.catalog.door import (
    Noun,
    add_row,
    change_row,
    compare,
    delete_row,
    find_last_position,
    lock_row,
    to_columns,
)
from scheduling.services.catalog.fitting import keeping_bookings, keeping_fit, list_followers
from scheduling.types import Actor, LocationSetup
from tenants.context import current_tenant

MAP_WRONG = mark("Paste the whole address of the map, which begins with https://.")
REGION_UNKNOWN = mark("This region does not exist in the country of the business.")
ADDRESS_LENGTH, WHAT_TO_BRING_LENGTH, MAP_LENGTH = 300, 300, 500
CLOCK_FIELDS = ("timezone", "region", "observes_public_holidays")
"""What decides when its resources work."""


@contextmanager
def _switching(row: Location, is_active: bool, now: datetime) -> Iterator[None]:  # noqa: FBT001 - as `Noun.guard`
    """Keep from archiving a location with coming bookings, and the last one; its resources are out of reach with it."""
    if not is_active:
        _check_others(row)
    with keeping_fit(() if is_active else list_bookings_of_locations([row.pk], now=now)):
        yield


NOUN = Noun(CatalogNoun.LOCATION, Location, LocationNotFound, guard=_switching)


@transaction.atomic
def create_location(*, setup: LocationSetup, by: Actor, now: datetime) -> int:
    """Create a location without hours and return its id.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    position = find_last_position(NOUN) if setup.position is None else setup.position
    checked = check_location(replace(setup, position=position))
    return add_row(NOUN, Location(**to_columns(checked)), by=by, now=now)


@transaction.atomic
def change_location(
    *,
    location_id: int,
    setup: LocationSetup,
    version: int | None,
    by: Actor,
    now: datetime,
    is_restored: bool = False,
) -> int:
    """Change a location and return its version, the same when nothing differs.

    ``is_restored`` takes an archived one back at once.

    Raises:
        LocationNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
        BookingsInTheWay: In another time zone, or with these holidays, coming bookings lie outside of hours.
    """
    row = lock_row(NOUN, location_id, version=version, may_be_archived=is_restored)
    before = read_location(row)
    position = before.position if setup.position is None else setup.position
    checked = check_location(replace(setup, position=position), own_id=row.pk)
    touched = next((field for field in CLOCK_FIELDS if field in compare(before, checked)), "")
    followers = list_followers(row.pk) if touched else []
    with keeping_bookings(followers, field=touched, is_at_stake=bool(touched), now=now):
        return change_row(NOUN, row, before, checked, by=by, now=now, is_restored=is_restored)


@transaction.atomic
def delete_location(*, location_id: int, by: Actor, now: datetime) -> None:
    """Delete a location that was never used, with its hours and exceptions.

    Raises:
        LocationNotFound: There is none.
        StillUsed: Resources, bookings or rules are of it.
        LastLocation: There is no other one.
    """
    row = lock_row(NOUN, location_id, version=None, may_be_archived=True)
    uses = {
        "bookings": int(Booking.with_tests.filter(location=row).exists()),
        "resources": Resource.objects.filter(location=row).count(),
        "rules": CapacityRule.objects.filter(location=row).count(),
    }
    if any(uses.values()):
        raise StillUsed(uses=uses)
    _check_others(row)
    remove_files_of(kind=LOCATION_PHOTO, owner_id=row.pk, now=now)
    delete_row(NOUN, row, read_location(row), by=by, now=now)


def check_location(setup: LocationSetup, *, own_id: int | None = None) -> LocationSetup:
    """Return what can be saved.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    errors = FieldErrors()
    setup = replace(
        setup,
        name=clean_line(setup.name),
        address=clean_lines(setup.address),
        phone=errors.clean_phone("phone", setup.phone, is_business=True),
        email=errors.clean_email("email", setup.email),
        map_url=errors.clean_link("map_url", setup.map_url, text=MAP_WRONG),
        what_to_bring=clean_lines(setup.what_to_bring),
        region=setup.region.strip().upper(),
    )
    errors.check_name(setup.name)
    errors.check_free(Location, {"name": setup.name}, own_id=own_id)
    errors.check_zone(setup.timezone)
    errors.check_text("address", setup.address, length=ADDRESS_LENGTH)
    errors.check_text("map_url", setup.map_url, length=MAP_LENGTH)
    errors.check_text("what_to_bring", setup.what_to_bring, length=WHAT_TO_BRING_LENGTH)
    is_region = not setup.region or is_known_region(current_tenant().country, setup.region)
    errors.require(is_region, "region", REGION_UNKNOWN)
    errors.check_position(setup.position)
    errors.raise_any()
    return setup


def _check_others(row: Location) -> None:
    # They are locked: of two locations that are archived at once, the second finds none left.
    if not Location.objects.select_for_update(no_key=True).filter(is_active=True).exclude(pk=row.pk).exists():
        raise LastLocation
