"""What customers' visits are about (vehicles, pets), as staff and programs read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import F, Max

from kernel.page import Page, cut_page, limit_rows, read_cursor
from scheduling.errors.customers import AssetNotFound
from scheduling.models import Asset
from scheduling.types import AssetView
from tenants.context import current_tenant
from verticals.registry import get_vertical

REAL = {"owner__erased_at": None, "owner__merged_into": None}


def get_asset(*, asset_id: int) -> AssetView:
    """Return one; one query.

    Raises:
        AssetNotFound: There is none, or its customer was erased.
    """
    asset = Asset.objects.filter(pk=asset_id, **REAL).first()
    if asset is None:
        raise AssetNotFound
    return view_asset(asset)


def find_last_asset(*, customer_id: int, asset_id: int | None = None) -> AssetView | None:
    """Return one of a customer's, by its id, or else what they came with last and still have; one query."""
    rows = Asset.objects.filter(owner_id=customer_id, **REAL)
    rows = rows.filter(archived_at=None) if asset_id is None else rows.filter(pk=asset_id)
    last = rows.annotate(came_at=Max("bookings__starts_at")).order_by(F("came_at").desc(nulls_last=True), "-pk").first()
    return view_asset(last) if last else None


@dataclass(frozen=True, slots=True)
class AssetMeter:
    """What the trade reads off an asset: the field's key and the word for what it counts."""

    key: str
    unit: str


def find_meter() -> AssetMeter | None:
    """Return what the business's trade reads off an asset, if anything."""
    tenant = current_tenant()
    vertical = get_vertical(tenant.vertical)
    field = next((each for each in (vertical.asset.fields if vertical.asset else ()) if each.is_meter), None)
    if field is None:
        return None
    words = vertical.list_words(language="en", country=tenant.country)
    return AssetMeter(field.key, words.get(f"unit.{field.key}", ""))


def list_assets(
    *,
    customer_id: int | None = None,
    identifier: str = "",
    is_archived: bool | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page[AssetView]:
    """List them in the order in which they were made; one query.

    ``identifier`` is what one is told by (a plate), in any capitals; ``is_archived`` None: those in use and the others.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    size = limit_rows(limit)
    rows = Asset.objects.filter(**REAL)
    if customer_id is not None:
        rows = rows.filter(owner_id=customer_id)
    if identifier.strip():
        rows = rows.filter(identifier=identifier.strip().upper())
    if is_archived is not None:
        rows = rows.filter(archived_at__isnull=not is_archived)
    if cursor:
        (last_id,) = read_cursor(cursor, int)
        rows = rows.filter(pk__gt=last_id)
    return cut_page(list(rows.order_by("pk")[: size + 1]), limit=size, view=view_asset, key=lambda row: (row.pk,))


def view_asset(asset: Asset) -> AssetView:
    """Freeze one."""
    fields = {str(key): str(value) for key, value in asset.data.items()}
    return AssetView(
        id=asset.pk,
        customer_id=asset.owner_id,
        type_key=asset.type_key,
        label=asset.label,
        identifier=asset.identifier,
        fields=fields,
        is_sample=asset.is_sample,
        created_at=asset.created_at,
        mark=mark_asset(fields),
        archived_at=asset.archived_at,
    )


def mark_asset(fields: Mapping[str, str]) -> str:
    """Return a mark of what is said about one: another one as soon as somebody has changed it."""
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]
