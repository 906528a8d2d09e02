"""Whose turn it is: the ledger of round robin, for staff to read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from scheduling.engine import LedgerEntry
from scheduling.errors import ServiceNotFound
from scheduling.models import Requirement, RequirementResource, Resource, RoundRobinLedger, Service
from scheduling.selectors.catalog.services import list_pool


@dataclass(frozen=True, slots=True)
class TurnView:
    """What one resource had of a service so far.

    Attributes:
        type_name: What it is; each type of a service has its own turns.
        share_percent: Of the turns of its type.
        weight: Its share; twice the weight is twice the turns, and 0 is only when nobody else can.
        turns: Bookings that it was given, or groups that it opened; cancelling gives none back.
    """

    resource_id: int
    resource_name: str
    type_name: str
    weight: int
    share_percent: int
    turns: int
    last_turn_at: datetime | None


def find_share(weight: int, whole: int) -> int:
    """Return how many percent of the turns go to a weight, of all weights together."""
    return round(100 * weight / whole) if whole else 0


def list_turns(*, service_id: int) -> tuple[TurnView, ...]:
    """List who can serve a service, type by type, whoever is asked next first, as `engine.rank_pool` would ask them.

    Types stand as the service asks for them. Of equals the first of the pool comes first. Whoever is not free when
    a booking comes is passed over and stays first. Who left the pool is not listed. Five queries.

    Raises:
        ServiceNotFound: There is none.
    """
    if not Service.objects.filter(pk=service_id).exists():
        raise ServiceNotFound
    named = Prefetch("named", RequirementResource.objects.order_by("position"))
    requirements = Requirement.objects.filter(service_id=service_id).order_by("position", "id").prefetch_related(named)
    resources = list(Resource.objects.filter(is_active=True, location__is_active=True).select_related("resource_type"))
    pool = {each.pk: each for requirement in requirements for each in list_pool(requirement, resources)}
    ledger = {each.resource_id: each for each in RoundRobinLedger.objects.filter(service_id=service_id)}
    wholes: Counter[int] = Counter()
    for each in pool.values():
        wholes[each.resource_type_id] += each.weight
    turns = [
        TurnView(
            resource_id=resource.pk,
            resource_name=resource.name,
            type_name=resource.resource_type.name,
            weight=resource.weight,
            share_percent=find_share(resource.weight, wholes[resource.resource_type_id]),
            turns=ledger[resource.pk].turns if resource.pk in ledger else 0,
            last_turn_at=ledger[resource.pk].last_turn_at if resource.pk in ledger else None,
        )
        for resource in pool.values()
    ]
    types = list(dict.fromkeys(view.type_name for view in turns))
    turns.sort(key=lambda view: LedgerEntry(view.weight, view.turns).turn)
    return tuple(sorted(turns, key=lambda view: types.index(view.type_name)))
