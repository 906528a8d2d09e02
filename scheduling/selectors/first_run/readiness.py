"""What a booking page lacks before it can be published, computed from what is there.

Whether anything has a free time is asked of the engine service by service until one has: pages remember the answer for
as long as the catalog is the same, publishing itself asks anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Q

from scheduling.enums import Approval, HoursKind, PublishBlocker
from scheduling.errors import SetupInvalid
from scheduling.models import Booking, CatalogEdition, WorkingHours
from scheduling.selectors.availability.free_times import find_next_available
from scheduling.selectors.catalog.offer import Offer, load_offer
from scheduling.types import AvailabilityQuery, ServiceView, Wish
from tenants.context import current_tenant

KEPT_SECONDS = 15 * 60
"""The booking window moves on although nobody changes the catalog."""


def list_blockers(*, now: datetime) -> tuple[PublishBlocker, ...]:
    """List what stands between the page and its first customer, in the order in which one sets it up.

    Three queries where the first service has a free time; where none has, as many more as there are services.
    """
    return _find_blockers(load_offer(), now=now, has_time=_has_time)


def show_blockers(offer: Offer | None = None, *, now: datetime) -> tuple[PublishBlocker, ...]:
    """List the same for a page that only says so: times are those of the last quarter of an hour.

    At most four queries for one edition of the catalog, however many services have no free time; ``offer``: it was
    read already, which saves one.
    """
    return _find_blockers(load_offer() if offer is None else offer, now=now, has_time=_had_time)


def _find_blockers(
    offer: Offer, *, now: datetime, has_time: Callable[[Sequence[ServiceView], datetime], bool]
) -> tuple[PublishBlocker, ...]:
    online = [each for each in offer.services if each.is_online and each.approval != Approval.LINK_ONLY]
    bookable = offer.list_bookable_services()
    places = {place_id for service in bookable for place_id in service.location_ids}
    has_hours = _has_hours(offer, bookable, places, now=now)
    found = {
        PublishBlocker.NAME: not current_tenant().name.strip(),
        PublishBlocker.SERVICE: not online,
        PublishBlocker.PEOPLE: bool(online) and not bookable,
        PublishBlocker.HOURS: not has_hours,
        PublishBlocker.TIMES: has_hours and bool(bookable) and not has_time(bookable, now),
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


def _has_time(bookable: Sequence[ServiceView], now: datetime) -> bool:
    """Tell whether any service can be booked within its window; one that was booked full lately could be."""
    return any(_find_time(service, now=now) for service in bookable) or _is_booked(now)


def _had_time(bookable: Sequence[ServiceView], now: datetime) -> bool:
    """Tell the same as it was found for this edition of the catalog; what is booked since then shows at once."""
    # Read before the engine asks: an answer may be newer than its edition, never older.
    edition = CatalogEdition.objects.values_list("number", flat=True).first() or 0
    key = f"has-time:{edition}"
    found = cache.get(key)
    if found is None:
        found = _has_time(bookable, now)
        cache.set(key, found, KEPT_SECONDS)
        return found
    return bool(found) or _is_booked(now)


def _is_booked(now: datetime) -> bool:
    return Booking.objects.filter(is_active=True, starts_at__gt=now).exists()


def _find_time(service: ServiceView, *, now: datetime) -> bool:
    from_on = now.date() - timedelta(days=1)
    query = AvailabilityQuery(wish=Wish((service.id,)), from_on=from_on, to_on=from_on)
    try:
        return find_next_available(query=query, now=now) is not None
    except SetupInvalid:  # it has a place by its pools, yet the engine refuses its set-up: nobody could book it
        return False
