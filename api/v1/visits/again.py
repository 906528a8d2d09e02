"""Booking a visit again: what of it is on offer still, and when next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from api.choices import find_timezone
from kernel.errors import Invalid, NotFound
from scheduling.errors import ServiceNotFound
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.catalog.offer import find_hidden, load_offer
from scheduling.types import AvailabilityQuery, BookingView, Wish


def choose_offered(before: BookingView) -> Wish:
    """Return the wish of a visit without what is not offered any more: extras, further services, whom one chose.

    Who was reached by a link of their own is chosen again: whoever was there before has that link. One query.

    Raises:
        ServiceNotFound: The service itself is gone, or booked by the business alone.
    """
    offer, wish = load_offer(), before.wish
    first = offer.find_service(before.service_id)
    if first is None or not first.is_online:
        raise ServiceNotFound
    beside = {each.id: each for each in offer.list_bookable_services() if each.id != first.id and each.seats is None}
    further = () if first.seats is not None else tuple(beside[each] for each in wish.service_ids[1:] if each in beside)
    chosen = (first, *further)
    extras = {add_on.id for service in chosen for add_on in service.add_ons}
    people = {each.id for each in offer.list_choosable_resources(first.id)}
    people |= {each for each in wish.resource_ids if find_hidden(offer, first.id, each)}
    return replace(
        wish,
        service_ids=tuple(each.id for each in chosen),
        add_on_ids=tuple(each for each in wish.add_on_ids if each in extras),
        resource_ids=tuple(each for each in wish.resource_ids if each in people)[:1],
        location_id=before.location_id if before.location_id in first.location_ids else None,
        party_size=max(1, min(wish.party_size, *(each.largest_party for each in chosen))),
        arrival_mode=wish.arrival_mode if wish.arrival_mode in first.arrival_modes else "",
    )


def find_next_time(wish: Wish, *, now: datetime) -> datetime | None:
    """Return the next free time of a wish; None: there is none, or it cannot be asked for like this."""
    today = now.astimezone(ZoneInfo(find_timezone(wish))).date()
    try:
        return get_availability(query=AvailabilityQuery(wish, from_on=today, to_on=today), now=now).next_available
    except (NotFound, Invalid):
        return None
