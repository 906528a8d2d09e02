"""What is due next, written down by staff at a visit, and taken off when it is done."""

from __future__ import annotations

from datetime import date, datetime

from database.transactions import write_transaction
from kernel.text import mark
from scheduling.errors import CustomerInvalid
from scheduling.errors.customers import DueNotFound
from scheduling.models import AssetDue
from scheduling.selectors.customers.assets import find_meter
from scheduling.services.customers.assets import lock_asset
from scheduling.services.customers.readings import read_meter
from scheduling.services.writing.inputs import clean_text, local_today
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may

LONGEST_WHAT, MOST_OPEN = 120, 20
WHAT_TOO_LONG = mark("At most 120 characters.")
WHEN_MISSING = mark("Say when: what the meter will show, a day, or both.")
DAY_MISSING = mark("Say on which day.")
DAY_BEHIND = mark("This day lies behind. Choose one that is to come.")
TOO_MANY = mark("Twenty things are noted already. Take off what is done first.")


@write_transaction()
def write_due(*, asset_id: int, what: str, at_meter: str, on: date | None, by: Actor, now: datetime) -> int:
    """Note what is due next of an asset, and return the note's id; ``at_meter`` as it was typed, or empty.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        AssetNotFound: There is none, or its customer was erased.
        CustomerInvalid: By field: ``what``, ``at_meter``, ``on``.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    asset, meter = lock_asset(asset_id), find_meter()
    errors: dict[str, tuple[str, ...]] = {}
    said = clean_text(what, errors, field="what", length=LONGEST_WHAT, too_long=WHAT_TOO_LONG)
    value: int | None = None
    if at_meter.strip() and meter is not None:
        try:
            value = read_meter(meter.key, at_meter, now=now)
        except CustomerInvalid as error:
            errors["at_meter"] = error.errors["reading"]
    if on is not None and on <= local_today(now):
        errors["on"] = (DAY_BEHIND,)
    if not errors and value is None and on is None:
        errors["on" if meter is None else "at_meter"] = (DAY_MISSING if meter is None else WHEN_MISSING,)
    if not errors and AssetDue.objects.filter(asset=asset, done_at=None).count() >= MOST_OPEN:
        errors["what"] = (TOO_MANY,)
    if errors:
        raise CustomerInvalid(errors=errors)
    made = AssetDue.objects.create(
        asset=asset, what=said, at_meter=value, on=on, written_at=now, written_by_id=by.user_id
    )
    return made.pk


@write_transaction()
def finish_due(*, asset_id: int, due_id: int, now: datetime) -> bool:
    """Take a note off, and tell whether it was there until now.

    Raises:
        StatusForbids, AssetNotFound: As `write_due`.
        DueNotFound: There is no such note of this asset.
    """
    return _set_done(asset_id, due_id, done_at=now)


@write_transaction()
def reopen_due(*, asset_id: int, due_id: int) -> bool:
    """Put a note back, and tell whether it was taken off.

    Raises:
        StatusForbids, AssetNotFound, DueNotFound: As `finish_due`.
    """
    return _set_done(asset_id, due_id, done_at=None)


def _set_done(asset_id: int, due_id: int, *, done_at: datetime | None) -> bool:
    check_business_may(Ability.WRITE, is_staff=True)
    note = AssetDue.objects.select_for_update().filter(pk=due_id, asset=lock_asset(asset_id)).first()
    if note is None:
        raise DueNotFound
    if (note.done_at is None) == (done_at is None):
        return False
    note.done_at = done_at
    note.save(update_fields=["done_at"])
    return True
