"""What a call asks for, and what a customer may ask for by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scheduling.errors import ResourceNotFound
from scheduling.selectors.catalog.offer import load_offer
from scheduling.types import Wish


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
