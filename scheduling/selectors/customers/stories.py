"""What visits are about (a vehicle, a pet), with all that happened to it."""

from __future__ import annotations

from datetime import datetime

from scheduling.errors.customers import AssetNotFound
from scheduling.models import Asset, AssetReading, Booking
from scheduling.selectors.bookings.views import HOLD_STATUSES, list_rows
from scheduling.selectors.customers.assets import REAL, view_asset
from scheduling.selectors.customers.listing import COMING
from scheduling.selectors.customers.owners import list_owners
from scheduling.types import AssetReadingView, AssetStory

MOST_READ = 100


def get_asset_story(*, asset_id: int, now: datetime) -> AssetStory:
    """Return one with its owner, what its meter showed and the visits about it, the newest first; seven queries.

    Raises:
        AssetNotFound: As `get_asset`.
    """
    asset = Asset.objects.filter(pk=asset_id, **REAL).select_related("owner").first()
    if asset is None:
        raise AssetNotFound
    # Only visits of those who have or had it: whoever else came with it is nobody's business.
    owners = list_owners(asset_id=asset_id)
    theirs = {asset.owner_id, *(each.customer_id for each in owners)}
    visits = Booking.objects.filter(asset=asset, customer_id__in=theirs).exclude(status__in=HOLD_STATUSES)
    readings = AssetReading.objects.filter(asset=asset).order_by("-read_at", "-pk")[:MOST_READ]
    return AssetStory(
        asset=view_asset(asset),
        owner_number=asset.owner.number,
        owner_name=asset.owner.name,
        owners=owners,
        coming_of_others=visits.filter(status__in=COMING, starts_at__gte=now).exclude(customer=asset.owner).count()
        if owners
        else 0,
        readings=tuple(AssetReadingView(each.value, each.unit, each.read_at, each.booking_id) for each in readings),
        visits=list_rows(visits.order_by("-starts_at", "-pk")[:MOST_READ]),
    )
