"""Who had what visits are about, and when."""

from __future__ import annotations

from scheduling.models import AssetOwner
from scheduling.selectors.customers.assets import view_asset
from scheduling.types import FormerAsset, OwnerPeriod

MOST_OWNERS = 100


def list_owners(*, asset_id: int) -> tuple[OwnerPeriod, ...]:
    """List who had one, the newest first; one query. Nothing: it was always its owner's."""
    rows = AssetOwner.objects.filter(asset_id=asset_id).select_related("customer")
    return tuple(
        OwnerPeriod(
            each.customer_id,
            each.customer.number,
            each.customer.name,
            each.from_on,
            each.until_on,
            is_erased=each.customer.erased_at is not None,
        )
        for each in rows.order_by("-until_on", "-pk")[:MOST_OWNERS]
    )


def list_former_assets(*, customer_id: int) -> tuple[FormerAsset, ...]:
    """List what a customer had and somebody else has now, what they gave away last first; one query.

    What they have again is not among it.
    """
    rows = AssetOwner.objects.filter(customer_id=customer_id, asset__owner__erased_at=None)
    rows = rows.filter(asset__owner__merged_into=None, until_on__isnull=False).exclude(asset__owner_id=customer_id)
    found: dict[int, FormerAsset] = {}
    for each in rows.select_related("asset__owner").order_by("-until_on", "-pk")[:MOST_OWNERS]:
        if each.asset_id not in found and each.until_on is not None:
            owner = each.asset.owner
            found[each.asset_id] = FormerAsset(view_asset(each.asset), each.until_on, owner.number, owner.name)
    return tuple(found.values())
