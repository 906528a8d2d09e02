"""What a call asks for, and what a customer may ask for by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scheduling.errors import RequestInvalid, ResourceNotFound, ServiceNotFound
from scheduling.selectors.catalog.offer import Offer, load_offer
from scheduling.services.repeating import TOO_MANY
from scheduling.types import ServiceView, Wish
from tenants.context import current_tenant
from verticals.registry import get_vertical


def read_wish(asked: Mapping[str, Any]) -> Wish:
    """Return the wish in the validated fields of a call: ``service``, and what it has of the others."""
    resource_id = asked.get("resource")
    return Wish(
        service_ids=(asked["service"], *asked.get("further_services", ())),
        add_on_ids=tuple(asked.get("add_ons", ())),
        resource_ids=() if resource_id is None else (resource_id,),
        location_id=asked.get("location"),
        party_size=asked.get("party_size", 1),
        arrival_mode=asked.get("arrival_mode") or "",
    )


def choose_again(wish: Wish, resource_id: int | None) -> Wish:
    """Return a booking's wish with another resource chosen; None keeps what was chosen.

    Raises:
        ResourceNotFound: As `check_choosable`.
    """
    if resource_id is None:
        return wish
    chosen = replace(wish, resource_ids=(resource_id,))
    check_choosable(chosen)
    return chosen


def check_choosable(wish: Wish) -> None:
    """Refuse chosen resources that customers are not offered for any of the services; one query, if any were chosen.

    Raises:
        ResourceNotFound: One is not among those of ``GET resources``.
    """
    if not wish.resource_ids:
        return
    offer = load_offer()
    offered = {each.id for service_id in wish.service_ids for each in offer.list_choosable_resources(service_id)}
    if not offered.issuperset(wish.resource_ids):
        raise ResourceNotFound


def check_repeatable(wish: Wish, count: int) -> None:
    """Refuse more visits than customers book at once of one of the services; one query.

    Raises:
        ServiceNotFound: One is not offered.
        RequestInvalid: They are too many.
    """
    services = _find_services(load_offer(), wish)
    if len(services) < len(wish.service_ids):
        raise ServiceNotFound
    if count > min(each.most_repeats for each in services):
        raise RequestInvalid(errors={"count": (TOO_MANY,)})


def find_timezone(wish: Wish) -> str:
    """Return the clock by which the dates of a wish are meant: that of its places, or of the business; one query."""
    offer = load_offer()
    places = {each.id for each in offer.locations if wish.location_id in {None, each.id}}
    places = places.intersection(*(each.location_ids for each in _find_services(offer, wish)))
    zones = {each.timezone for each in offer.locations if each.id in places}
    return zones.pop() if len(zones) == 1 else current_tenant().timezone


def _find_services(offer: Offer, wish: Wish) -> list[ServiceView]:
    return [each for each in map(offer.find_service, wish.service_ids) if each is not None]


def takes_photos() -> bool:
    """Tell whether customers of this trade may send photos of what the visit is about."""
    return get_vertical(current_tenant().vertical).intake.has_photos
