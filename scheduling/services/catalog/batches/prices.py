"""Prices, durations and the online switch without the rest of the form: one row of a list, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from audit.selectors.log import list_changes
from kernel.errors import Invalid
from kernel.money import PriceKind
from kernel.text import mark
from scheduling.errors import SetupInvalid
from scheduling.models import Service
from scheduling.selectors.catalog.entries import with_requirements
from scheduling.selectors.catalog.setups import read_service
from scheduling.services.catalog.checks import Lookup
from scheduling.services.catalog.door import change_row, lock_row
from scheduling.services.catalog.services import NOUN, check_service
from scheduling.types import Actor, ServiceSetup
from scheduling.types.setups import SetupErrors
from tenants.enums import Ability
from tenants.policies import check_business_may

CHANGED = mark("Somebody else changed this meanwhile. Look at it, and save again if yours is right.")
GONE = mark("This service was archived meanwhile, so it was not changed.")
OWN_PRICES = mark("Somebody has a price of their own for this. Take it away in the form of the service first.")
PRICED = ("price_kind", "price_minor", "duration_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """Price and duration of a service as somebody typed them, who had seen ``version``; duration None: as it is."""

    service_id: int
    version: int
    price_kind: PriceKind
    price_minor: int | None
    duration_minutes: int | None = None


@transaction.atomic
def change_prices(*, lines: Sequence[PriceLine], by: Actor, now: datetime) -> dict[int, int]:
    """Change what differs, all or nothing, and return the version of each service.

    Bookings keep what was agreed. What somebody else did meanwhile to other fields stays; a line whose price or
    duration somebody else changed is refused.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SetupInvalid: Names every field that cannot be, as ``<service id>.<field>``.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    rows = _lock([line.service_id for line in lines])
    errors: dict[str, tuple[str, ...]] = {}
    versions: dict[int, int] = {}
    lookup = Lookup()
    for line in lines:
        row = rows.get(line.service_id)
        found = _find_obstacle(row, line)
        if row is None or found:
            errors[f"{line.service_id}.price_minor"] = (found or GONE,)
            continue
        before, versions[row.pk] = read_service(row), row.version
        after = _apply(before, line)
        if after == before:
            continue
        found_errors = _find_errors(before, after, own_id=row.pk, lookup=lookup)
        errors |= {f"{line.service_id}.{name}": texts for name, texts in found_errors.items()}
        if not found_errors:
            versions[row.pk] = change_row(NOUN, row, before, after, by=by, now=now)
    if errors:
        raise SetupInvalid(errors=errors)
    return versions


@transaction.atomic
def set_online(*, service_id: int, is_online: bool, by: Actor, now: datetime) -> int:
    """Offer a service to customers, or leave it to staff; return its version, the same when nothing differs.

    Raises:
        ServiceNotFound, Archived: As in `door.lock_row`.
    """
    row = lock_row(NOUN, service_id, version=None)
    before = read_service(row)
    if before.is_online is is_online:
        return row.version
    return change_row(NOUN, row, before, replace(before, is_online=is_online), by=by, now=now)


def _lock(service_ids: Sequence[int]) -> dict[int, Service]:
    """Lock services in the order of their ids, with what reading them needs; three queries."""
    rows = with_requirements(Service.objects.select_for_update(no_key=True).filter(pk__in=service_ids))
    return {row.pk: row for row in rows.order_by("pk")}


def _find_obstacle(row: Service | None, line: PriceLine) -> str:
    if row is None or not row.is_active:
        return GONE
    if row.version == line.version:
        return ""
    changes = list_changes(noun=NOUN.name, row_id=row.pk, after_version=line.version)
    return CHANGED if any(field.name in PRICED for change in changes for field in change.fields) else ""


def _find_errors(before: ServiceSetup, after: ServiceSetup, *, own_id: int, lookup: Lookup) -> SetupErrors:
    """Find what is wrong with the new price; what was incomplete before does not keep anybody from changing prices."""
    try:
        check_service(after, before=before, own_id=own_id, lookup=lookup)
    except Invalid as error:
        if after.duration_minutes != before.duration_minutes and before.requirements:
            return error.errors
        if after.price_kind is not before.price_kind and any(name.startswith("per_resource.") for name in error.errors):
            return {"price_kind": (OWN_PRICES,)}
        return {name: texts for name, texts in error.errors.items() if name in PRICED}
    return {}


def _apply(before: ServiceSetup, line: PriceLine) -> ServiceSetup:
    duration = before.duration_minutes if line.duration_minutes is None else line.duration_minutes
    return replace(before, price_kind=line.price_kind, price_minor=line.price_minor, duration_minutes=duration)
