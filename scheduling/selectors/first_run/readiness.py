"""What a booking page lacks before it can be published: computed from what is there, never remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from scheduling.enums import Approval, HoursKind, PublishBlocker
from scheduling.models import WorkingHours
from scheduling.selectors.catalog.offer import Offer, load_offer
from scheduling.types import ServiceView
from tenants.context import current_tenant


def list_blockers(*, now: datetime) -> tuple[PublishBlocker, ...]:
    """List what stands between the page and its first customer, in the order in which one sets it up; two queries."""
    return find_blockers(load_offer(), now=now)


def find_blockers(offer: Offer, *, now: datetime) -> tuple[PublishBlocker, ...]:
    """Do the same for an offer that was read already; one query."""
    online = [each for each in offer.services if each.is_online and each.approval != Approval.LINK_ONLY]
    bookable = offer.list_bookable_services()
    places = {place_id for service in bookable for place_id in service.location_ids}
    found = {
        PublishBlocker.NAME: not current_tenant().name.strip(),
        PublishBlocker.SERVICE: not online,
        PublishBlocker.PEOPLE: bool(online) and not bookable,
        PublishBlocker.HOURS: not _has_hours(offer, bookable, places, now=now),
        PublishBlocker.ADDRESS: any(
            not (place.address.strip() or place.map_url)
            for place in offer.locations
            if place.id in places or not places
        ),
    }
    return tuple(blocker for blocker, is_missing in found.items() if is_missing)


def _has_hours(offer: Offer, bookable: Sequence[ServiceView], places: set[int], *, now: datetime) -> bool:
    """Tell whether somebody who can do a service ever works: by their own week, or by that of their place."""
    people = {person_id for service in bookable for person_id in offer.pools.get(service.id, frozenset())}
    owners = Q(location_id__in=places) | Q(resource_id__in=people)
    if not bookable:
        owners = Q(location__is_active=True)
    # The day before: it may still be that day where the business is.
    lasting = Q(valid_to=None) | Q(valid_to__gte=now.date())
    return WorkingHours.objects.filter(owners, lasting, kind=HoursKind.WORK).exists()
