"""Making and changing what a customer's visits are about (a vehicle, a pet), by staff and programs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction

from database.transactions import LostRace, run_write
from kernel.identity.keys import make_key
from kernel.text import mark
from scheduling.enums import CustomerEvent
from scheduling.errors import CustomerInvalid, CustomerNotFound
from scheduling.errors.customers import AssetKnown, AssetNotFound, CustomerChanged
from scheduling.models import Asset, AssetMark, Customer
from scheduling.selectors.customers.assets import REAL, view_asset
from scheduling.services.writing.customers import tell_customer
from scheduling.services.writing.inputs import AssetNames, drop_missing, local_today, name_asset
from scheduling.services.writing.search import keep_customer_search
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may
from verticals.registry import get_vertical

NO_ASSETS = mark("This business keeps nothing of the kind.")
NOTHING_SAID = mark("Say what it is.")


def create_asset(*, customer_id: int, fields: Mapping[str, str], now: datetime) -> int:
    """Give a customer something that visits are about, and return its id; ``fields`` are those of the vertical.

    Staff needs no more than what tells it from others.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        CustomerNotFound: There is no such customer, or it was erased.
        CustomerInvalid: What was typed, by field (``asset.<key>``), or the vertical keeps nothing of the kind.
        AssetKnown: The customer has one that is told by the same.
    """
    check_business_may(Ability.WRITE, is_staff=True)

    def work(*, is_pessimistic: bool) -> int:  # noqa: ARG001 - everything is locked in any case
        owner = lock_owner(customer_id)
        type_key, clean = _clean(fields, now=now)
        asset = Asset(owner=owner, type_key=type_key, is_sample=owner.is_sample, created_at=now)
        _write(asset, clean)
        tell_customer(owner, CustomerEvent.UPDATED, now=now)
        return asset.pk

    return run_write(work)


def change_asset(*, asset_id: int, fields: Mapping[str, str], seen: str = "", now: datetime) -> bool:
    """Change what is said about one, and tell whether anything changed; bookings keep what was said in them.

    What ``fields`` leaves out stays, and an empty text takes it away. ``seen`` is the mark that was read.

    Raises:
        StatusForbids, CustomerInvalid, AssetKnown: As `create_asset`.
        AssetNotFound: There is none, or its customer was erased.
        CustomerChanged: Somebody changed it since it was read.
    """
    check_business_may(Ability.WRITE, is_staff=True)

    def work(*, is_pessimistic: bool) -> bool:  # noqa: ARG001 - as above
        asset = lock_asset(asset_id)
        view = view_asset(asset)
        if seen and seen != view.mark:
            raise CustomerChanged
        _, clean = _clean({**view.fields, **fields}, now=now)
        if clean == view.fields:
            return False
        _write(asset, clean)
        tell_customer(asset.owner, CustomerEvent.UPDATED, now=now)
        return True

    return run_write(work)


def lock_owner(customer_id: int) -> Customer:
    """Return a customer, locked until the caller's transaction ends.

    Raises:
        CustomerNotFound: There is none, or it was erased or merged into another one.
    """
    owner = Customer.objects.select_for_update().filter(pk=customer_id, erased_at=None).first()
    if owner is None:
        raise CustomerNotFound
    return owner


def lock_asset(asset_id: int) -> Asset:
    """Return one, locked until the caller's transaction ends; its owner is locked before it, as merges and moves do.

    Raises:
        AssetNotFound: There is none, or its customer was erased or merged into another one.
    """
    while True:
        # Whose it was when nobody held it yet says nothing: another owner's lock is given back before the next try.
        with suppress(LostRace), transaction.atomic():
            owner_id = find_owner_id(asset_id)
            list(Customer.objects.filter(pk=owner_id).select_for_update().values_list("pk"))
            return take_asset(asset_id, owner_id=owner_id)


def find_owner_id(asset_id: int) -> int:
    """Return whose one is, locking nothing.

    Raises:
        AssetNotFound: As `lock_asset`.
    """
    rows = Asset.objects.filter(pk=asset_id, **REAL)
    owner_id = rows.values_list("owner_id", flat=True).first()
    if owner_id is None:
        raise AssetNotFound
    return owner_id


def take_asset(asset_id: int, *, owner_id: int) -> Asset:
    """Return one whose owner is locked, locked itself.

    Raises:
        AssetNotFound: As `lock_asset`.
        LostRace: It is somebody else's by now.
    """
    asset = Asset.objects.select_for_update(of=("self",)).filter(pk=asset_id).first()
    if asset is None:
        raise AssetNotFound
    if asset.owner_id != owner_id:
        raise LostRace
    if asset.owner.erased_at is not None or asset.owner.merged_into_id is not None:
        raise AssetNotFound
    return asset


def _clean(fields: Mapping[str, str], *, now: datetime) -> tuple[str, dict[str, str]]:
    tenant = current_tenant()
    vertical = get_vertical(tenant.vertical)
    if vertical.asset is None:
        raise CustomerInvalid(errors={"asset": (NO_ASSETS,)})
    said = {key: text for key, text in fields.items() if text.strip()}
    if not said:
        raise CustomerInvalid(errors={"asset": (NOTHING_SAID,)})
    checked = vertical.check_asset(said, today=local_today(now), country=tenant.country)
    faults = drop_missing(vertical.asset, said, checked.errors)
    if faults:
        raise CustomerInvalid(errors={f"asset.{key}": texts for key, texts in faults.items()})
    return vertical.asset.key, {key: text for key, text in checked.values.items() if text}


def _write(asset: Asset, fields: Mapping[str, str]) -> None:
    named: AssetNames = name_asset(fields)
    asset.data = dict(fields)
    asset.label, asset.label_key, asset.identifier = named.label, make_key(named.label), named.identifier
    try:
        with transaction.atomic():
            asset.save()
            asset.marks.all().delete()
            AssetMark.objects.bulk_create(
                [AssetMark(asset=asset, owner=asset.owner, mark=each) for each in named.marks]
            )
    except IntegrityError as error:
        raise AssetKnown from error
    keep_customer_search([asset.owner_id])
