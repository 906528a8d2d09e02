"""What visits are about goes to another owner, and is archived when nobody comes with it any more."""

from __future__ import annotations

from datetime import date, datetime

from database.rows import move_rows
from database.transactions import LostRace, run_write
from kernel.text import mark
from scheduling.enums import CustomerEvent
from scheduling.errors import CustomerInvalid, CustomerNotFound
from scheduling.errors.customers import AssetKnown, AssetMoved, AssetOwned, AssetSample
from scheduling.models import Asset, AssetDue, AssetMark, AssetOwner, AssetReading, Booking, Customer
from scheduling.selectors.customers.assets import find_meter
from scheduling.services.customers.assets import find_owner_id, lock_asset, take_asset
from scheduling.services.customers.belongings import say
from scheduling.services.customers.records import create_customer
from scheduling.services.writing.customers import tell_customer
from scheduling.services.writing.inputs import local_today
from scheduling.services.writing.search import keep_customer_search
from scheduling.types import Actor, CustomerSetup
from tenants.enums import Ability
from tenants.policies import check_business_may

DAY_MISSING = mark("Say from which day it belongs to them.")
DAY_AHEAD = mark("This day is still to come. Note it when it has come.")
DAY_TOO_EARLY = mark("Whoever has it now got it later than that. Choose that day or a later one.")
EARLIEST = date(1900, 1, 1)


def move_asset(
    *, asset_id: int, to_id: int, on: date | None, from_id: int | None = None, by: Actor, now: datetime
) -> int:
    """Give an asset to another customer from a local day on, and return its id.

    Visits stay with whoever came, those to come as well. On the day from which the owner has it they never had it:
    this is how a mistake is taken back. What the new owner came with under the same identification is the same thing:
    its visits and readings go over, and it is one.

    ``from_id``: whose it was when it was read, None: whoever's.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        AssetNotFound: There is none, or its customer was erased.
        CustomerNotFound: There is no such customer, or it was erased.
        CustomerInvalid: The day (``on``) is missing, is to come, or lies before the owner's own first one.
        AssetOwned: It is theirs already.
        AssetMoved: Somebody gave it to somebody else since it was read.
        AssetSample: One of them is a sample, the other is not.
        AssetKnown: The new owner has something of the same identification that changed hands itself.
    """
    check_business_may(Ability.WRITE, is_staff=True)

    def work(*, is_pessimistic: bool) -> int:  # noqa: ARG001 - everything is locked in any case
        return _move(asset_id, to_id, on, from_id, by=by, now=now)

    return run_write(work)


def move_asset_to_new(
    *, asset_id: int, setup: CustomerSetup, on: date | None, from_id: int | None = None, by: Actor, now: datetime
) -> int:
    """Give an asset to somebody whose record is made for that; return the customer's id.

    Raises:
        CustomerKnown: Somebody of this name with one of the contacts is there: `move_asset` to them.
        StatusForbids, AssetNotFound, CustomerInvalid, AssetMoved, AssetSample: As `move_asset`.
    """
    check_business_may(Ability.WRITE, is_staff=True)

    def work(*, is_pessimistic: bool) -> int:  # noqa: ARG001 - as above
        to_id = create_customer(setup=setup, by=by, now=now)
        _move(asset_id, to_id, on, from_id, by=by, now=now)
        return to_id

    return run_write(work)


def archive_asset(*, asset_id: int, now: datetime) -> bool:
    """Offer an asset no more, and tell whether it was offered until now; its history stays.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        AssetNotFound: There is none, or its customer was erased.
    """
    return _switch(asset_id, archived_at=now, now=now)


def restore_asset(*, asset_id: int, now: datetime) -> bool:
    """Offer an archived asset again, and tell whether it was archived.

    Raises:
        StatusForbids, AssetNotFound: As `archive_asset`.
    """
    return _switch(asset_id, archived_at=None, now=now)


def _switch(asset_id: int, *, archived_at: datetime | None, now: datetime) -> bool:
    check_business_may(Ability.WRITE, is_staff=True)

    def work(*, is_pessimistic: bool) -> bool:  # noqa: ARG001 - as above
        asset = lock_asset(asset_id)
        if (asset.archived_at is None) == (archived_at is None):
            return False
        asset.archived_at = archived_at
        asset.save(update_fields=["archived_at"])
        tell_customer(asset.owner, CustomerEvent.UPDATED, now=now)
        return True

    return run_write(work)


def _move(asset_id: int, to_id: int, on: date | None, from_id: int | None, *, by: Actor, now: datetime) -> int:
    asset, owner = _lock(asset_id, to_id)
    if from_id is not None and asset.owner_id != from_id:
        raise AssetMoved
    if asset.owner_id == owner.pk:
        raise AssetOwned
    if asset.is_sample != owner.is_sample:
        raise AssetSample
    day = _check_day(on, now=now)
    former = asset.owner
    _write_owners(asset, owner, day, by=by, now=now)
    data = _take_in(asset, owner)
    asset.owner, asset.archived_at = owner, None
    AssetMark.objects.filter(asset=asset).update(owner=owner)
    say(asset, data)
    keep_customer_search([former.pk, owner.pk])
    for each in (former, owner):
        tell_customer(each, CustomerEvent.UPDATED, now=now)
    return asset.pk


def _lock(asset_id: int, to_id: int) -> tuple[Asset, Customer]:
    """Lock visits that may go over, then both owners in the order of their ids, then the asset: as merges do."""
    from_id = find_owner_id(asset_id)
    visits = Booking.with_tests.filter(asset__owner_id=to_id).select_for_update(of=("self",))
    list(visits.order_by("pk").values_list("pk"))
    rows = Customer.objects.filter(pk__in=(from_id, to_id), erased_at=None).select_for_update().order_by("pk")
    owner = {row.pk: row for row in rows}.get(to_id)
    if owner is None:
        raise CustomerNotFound
    try:
        return take_asset(asset_id, owner_id=from_id), owner
    except LostRace as error:
        raise AssetMoved from error


def _check_day(on: date | None, *, now: datetime) -> date:
    if on is None:
        raise CustomerInvalid(errors={"on": (DAY_MISSING,)})
    if on > local_today(now):
        raise CustomerInvalid(errors={"on": (DAY_AHEAD,)})
    if on < EARLIEST:
        raise CustomerInvalid(errors={"on": (DAY_TOO_EARLY,)})
    return on


def _write_owners(asset: Asset, owner: Customer, day: date, *, by: Actor, now: datetime) -> None:
    last = AssetOwner.objects.filter(asset=asset, until_on=None).first()
    if last is None:
        last = AssetOwner.objects.create(
            asset=asset, customer_id=asset.owner_id, written_at=now, written_by_id=by.user_id
        )
    if last.from_on is not None and day < last.from_on:
        raise CustomerInvalid(errors={"on": (DAY_TOO_EARLY,)})
    if last.from_on == day:  # they never had it
        last.delete()
        before = AssetOwner.objects.filter(asset=asset, until_on=day, customer=owner).first()
        if before is not None:  # nor was it ever anybody else's
            before.until_on = None
            before.save(update_fields=["until_on"])
            return
    else:
        last.until_on = day
        last.save(update_fields=["until_on"])
    AssetOwner.objects.create(asset=asset, customer=owner, from_on=day, written_at=now, written_by_id=by.user_id)


def _take_in(asset: Asset, owner: Customer) -> dict[str, str]:
    """Let what the new owner came with under the same identification be the same thing; return what is known of it."""
    data: dict[str, str] = dict(asset.data)
    marks = asset.marks.values_list("mark", flat=True)
    same = Asset.objects.filter(owner=owner, marks__mark__in=list(marks)).distinct().order_by("pk")
    for each in same:
        if AssetOwner.objects.filter(asset=each).exists():
            raise AssetKnown
        move_rows(Booking.with_tests.all(), "asset_id", from_id=each.pk, to_id=asset.pk)
        move_rows(AssetReading.objects.all(), "asset_id", from_id=each.pk, to_id=asset.pk)
        move_rows(AssetDue.objects.all(), "asset_id", from_id=each.pk, to_id=asset.pk)
        data = {**each.data, **{key: text for key, text in data.items() if text}}
        each.delete()
    meter, last = find_meter(), asset.readings.order_by("-read_at", "-pk").first()
    if meter is not None and last is not None:
        data[meter.key] = str(last.value)
    return data
