"""Keeping what the meter of an asset shows, where the trade has one."""

from __future__ import annotations

from datetime import datetime

from database.transactions import run_write
from kernel.text import mark
from scheduling.enums import CustomerEvent
from scheduling.errors import CustomerInvalid
from scheduling.errors.customers import ReadingLower
from scheduling.models import AssetReading
from scheduling.selectors.customers.assets import find_meter
from scheduling.services.customers.assets import lock_asset
from scheduling.services.writing.customers import tell_customer
from scheduling.services.writing.inputs import local_today
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may
from verticals.registry import get_vertical

NO_METER = mark("Nothing of the kind is read here.")
NUMBER_MISSING = mark("Type the number that it shows.")


def add_reading(*, asset_id: int, typed: str, is_lower_meant: bool = False, now: datetime) -> int:
    """Keep what somebody read, and return the reading's id; the next booking begins with it.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        AssetNotFound: There is none, or its customer was erased.
        CustomerInvalid: It is no number that the trade's meter shows (``reading``).
        ReadingLower: It is less than the newest one, and nobody said that this is meant.
    """
    check_business_may(Ability.WRITE, is_staff=True)

    def work(*, is_pessimistic: bool) -> int:  # noqa: ARG001 - everything is locked in any case
        return _add(asset_id, typed, is_lower_meant=is_lower_meant, now=now)

    return run_write(work)


def _add(asset_id: int, typed: str, *, is_lower_meant: bool, now: datetime) -> int:
    asset = lock_asset(asset_id)
    meter = find_meter()
    if meter is None:
        raise CustomerInvalid(errors={"reading": (NO_METER,)})
    value = read_meter(meter.key, typed, now=now)
    last = AssetReading.objects.filter(asset=asset).order_by("-read_at", "-pk").first()
    if last is not None and value < last.value and not is_lower_meant:
        raise ReadingLower(before=last.value)
    reading = AssetReading.objects.create(asset=asset, value=value, unit=meter.unit, read_at=now)
    asset.data = {**asset.data, meter.key: str(value)}
    asset.save(update_fields=["data"])
    tell_customer(asset.owner, CustomerEvent.UPDATED, now=now)
    return reading.pk


def read_meter(key: str, typed: str, *, now: datetime) -> int:
    """Return what somebody typed for the trade's meter, whose field is ``key``.

    Raises:
        CustomerInvalid: It is no number that it shows (``reading``).
    """
    tenant = current_tenant()
    checked = get_vertical(tenant.vertical).check_asset({key: typed}, today=local_today(now), country=tenant.country)
    value = checked.values.get(key, "")
    if checked.errors.get(key) or not value.isdigit():
        raise CustomerInvalid(errors={"reading": checked.errors.get(key) or (NUMBER_MISSING,)})
    return int(value)
