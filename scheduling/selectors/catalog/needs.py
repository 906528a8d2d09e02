"""Which resources the services need, and for what one of them is asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from scheduling.errors import ResourceNotFound
from scheduling.models import Requirement, RequirementResource, Resource
from scheduling.selectors.catalog.services import list_pool


@dataclass(frozen=True, slots=True)
class ResourceUses:
    """What one resource is asked for.

    Attributes:
        services: Names of the active services of which it fills a part.
        lacking: (service, skill) of active services that ask its type for a skill which it has not.
    """

    services: tuple[str, ...]
    lacking: tuple[tuple[str, str], ...]


def list_needed_resource_ids() -> frozenset[int]:
    """List the active resources that fill a part of some active service; three queries."""
    resources = list(Resource.objects.filter(is_active=True))
    return frozenset(each.pk for requirement in _list_requirements() for each in list_pool(requirement, resources))


def get_resource_uses(*, resource_id: int) -> ResourceUses:
    """Return what a resource is asked for; three queries.

    Raises:
        ResourceNotFound: There is none.
    """
    resource = Resource.objects.filter(pk=resource_id).first()
    if resource is None:
        raise ResourceNotFound
    requirements = list(_list_requirements())
    needing = [each for each in requirements if list_pool(each, [resource])]
    lacking = [
        (each.service.name, each.skill)
        for each in requirements
        if each.skill and each.skill not in resource.skills and each.resource_type_id == resource.resource_type_id
        if not each.named.all()
    ]
    return ResourceUses(
        services=tuple(dict.fromkeys(each.service.name for each in needing)), lacking=tuple(dict.fromkeys(lacking))
    )


def _list_requirements() -> QuerySet[Requirement]:
    named = Prefetch("named", RequirementResource.objects.order_by("position", "id"))
    found = Requirement.objects.filter(service__is_active=True).select_related("service").prefetch_related(named)
    return found.order_by("service__position", "service_id", "position", "id")
