"""Who and what a business has, archived too, as far as it matters for what services take; two queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kernel.money import Price
from scheduling.models import Resource, ResourceType
from scheduling.selectors.catalog.own_prices import range_prices
from scheduling.types import RequirementSetup, ServiceSetup


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type."""

    id: int
    name: str
    is_person: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A resource; ``is_active``: neither it nor its location is archived."""

    id: int
    name: str
    type_id: int
    location_id: int
    location_name: str
    skills: tuple[str, ...]
    is_active: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """All of them by their ids, in the business's order."""

    types: Mapping[int, Kind]
    resources: Mapping[int, Member]

    def list_able(self, each: RequirementSetup) -> list[Member]:
        """List who or what can fill a requirement now."""
        pool = each.pool
        return [row for row in self.resources.values() if row.is_active and pool.has(row.id, row.type_id, row.skills)]

    def list_named(self, each: RequirementSetup) -> list[Member]:
        """List whom a requirement names, archived ones too."""
        return [self.resources[row_id] for row_id in each.resource_ids if row_id in self.resources]

    def list_of_type(self, each: RequirementSetup) -> list[Member]:
        """List whoever is of the type that a requirement asks, of any where it asks none."""
        active = (row for row in self.resources.values() if row.is_active)
        return [row for row in active if each.resource_type_id in {None, row.type_id}]

    def is_person(self, each: RequirementSetup) -> bool:
        """Tell whether a requirement takes people."""
        rows = self.list_named(each) or ([] if each.resource_type_id else self.list_able(each))
        type_ids = {row.type_id for row in rows} | {each.resource_type_id or 0}
        return any(self.types[type_id].is_person for type_id in type_ids if type_id in self.types)

    def price(self, setup: ServiceSetup, currency: str) -> Price:
        """Return the price that customers read: "from" the lowest, where it depends on who does it."""
        own = {each.resource_id: each.price_minor for each in setup.per_resource if each.price_minor is not None}
        lowest = highest = setup.price_minor
        if own and setup.requirements:
            first = setup.requirements[0]
            fillers = [(row.id, row.location_id) for row in self.list_able(first)]
            lowest, highest = range_prices(fillers, quantity=first.quantity, base=setup.price_minor, own=own)
        return Price(lowest, currency, is_from=setup.is_price_from or lowest != highest)

    def count_people(self) -> int:
        """Count the people in use."""
        return sum(self.types[row.type_id].is_person for row in self.resources.values() if row.is_active)


def load_roster() -> Roster:
    """Load types and resources; two queries."""
    rows = Resource.objects.order_by("resource_type__position", "resource_type_id", "position", "id").values_list(
        "id", "name", "resource_type_id", "location_id", "location__name", "skills", "is_active", "location__is_active"
    )
    kinds = ResourceType.objects.values_list("id", "name", "is_person", "is_active")
    return Roster(
        types={row[0]: Kind(*row) for row in kinds},
        resources={
            row_id: Member(row_id, name, type_id, location_id, place, tuple(skills), is_active and is_open)
            for row_id, name, type_id, location_id, place, skills, is_active, is_open in rows
        },
    )
