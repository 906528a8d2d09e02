"""What the starter kit made up and nobody has taken over yet."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling.enums import CatalogNoun
from scheduling.models import (
    Allocation,
    Booking,
    BookingLine,
    CapacityRule,
    RequirementResource,
    Resource,
    Service,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up service or resource; ``is_used``: something real refers to it, so it is archived, not deleted."""

    id: int
    noun: CatalogNoun
    name: str
    is_used: bool


def list_samples() -> tuple[Sample, ...]:
    """List the samples that are in use, services first; eight queries."""
    services = list(Service.objects.filter(is_sample=True, is_active=True).order_by("position", "pk"))
    resources = list(Resource.objects.filter(is_sample=True, is_active=True).order_by("position", "pk"))
    used_services = _collect(
        BookingLine.objects.values_list("service_id"), CapacityRule.objects.values_list("service_id")
    )
    gone = {each.pk for each in services} - used_services
    named = RequirementResource.objects.exclude(requirement__service_id__in=gone).values_list("resource_id")
    used_resources = _collect(
        Allocation.objects.values_list("resource_id"),
        Booking.objects.values_list("chosen_resource_id"),
        CapacityRule.objects.values_list("resource_id"),
        named,
    )
    return (
        *(Sample(each.pk, CatalogNoun.SERVICE, each.name, each.pk in used_services) for each in services),
        *(Sample(each.pk, CatalogNoun.RESOURCE, each.name, each.pk in used_resources) for each in resources),
    )


def _collect(*rows: object) -> set[int]:
    return {number for each in rows for (number,) in each.distinct().order_by()}  # type: ignore[attr-defined]
