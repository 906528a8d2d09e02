"""Services, choosable resources and locations, one question at a time; all at once: `offer`."""

from __future__ import annotations

from collections.abc import Iterable

from scheduling.enums import DepositKind
from scheduling.errors import ServiceNotFound
from scheduling.models import Location, Requirement, Resource, Service
from scheduling.selectors.catalog.offer import load_offer
from scheduling.types import LocationView, Pool, ResourceView, ServiceView


def list_bookable_services(*, location_id: int | None = None, language: str = "") -> tuple[ServiceView, ...]:
    """List the services that customers find on the page, in their language; one query."""
    return load_offer().say_in(language).list_bookable_services(location_id=location_id)


def list_services() -> tuple[ServiceView, ...]:
    """List every active service, also those only reached by a link and those nobody can do yet; one query."""
    return load_offer().services


def get_service(*, service_id: int) -> ServiceView:
    """Return one active service, also one that is only reached by its link; one query.

    Raises:
        ServiceNotFound: There is none, or it is switched off.
    """
    found = load_offer().find_service(service_id)
    if found is None:
        raise ServiceNotFound
    return found


def list_choosable_resources(*, service_id: int, location_id: int | None = None) -> tuple[ResourceView, ...]:
    """List the people among whom a customer may choose for a service; one query."""
    return load_offer().list_choosable_resources(service_id, location_id=location_id)


def list_resources(*, location_id: int | None = None) -> tuple[ResourceView, ...]:
    """List every active resource, for staff."""
    resources = Resource.objects.filter(is_active=True, location__is_active=True).select_related("resource_type")
    if location_id is not None:
        resources = resources.filter(location_id=location_id)
    return tuple(
        view_resource(resource) for resource in resources.order_by("resource_type__position", "position", "id")
    )


def takes_deposits() -> bool:
    """Tell whether any service in use asks for a deposit; one query."""
    return Service.objects.filter(is_active=True).exclude(deposit_kind=DepositKind.NONE).exists()


def list_locations() -> tuple[LocationView, ...]:
    """List the active locations in the business's order."""
    return tuple(
        LocationView(
            id=location.pk,
            name=location.name,
            timezone=location.timezone,
            address=location.address,
            phone=location.phone,
            email=location.email,
            what_to_bring=location.what_to_bring,
            map_url=location.map_url,
        )
        for location in Location.objects.filter(is_active=True)
    )


def list_pool(requirement: Requirement, resources: Iterable[Resource]) -> list[Resource]:
    """Return which of ``resources`` can fill a requirement, in order of preference."""
    pool = read_pool(requirement)
    able = {row.pk: row for row in resources if pool.has(row.pk, row.resource_type_id, row.skills)}
    return [able[row_id] for row_id in pool.named if row_id in able] if pool.named else list(able.values())


def read_pool(requirement: Requirement) -> Pool:
    """Return who or what can fill a requirement; its names have to be prefetched."""
    named = tuple(each.resource_id for each in requirement.named.all())
    return Pool(named, requirement.resource_type_id, requirement.skill)


def view_resource(resource: Resource) -> ResourceView:
    """Freeze a resource."""
    return ResourceView(
        id=resource.pk,
        name=resource.name,
        type_name=resource.resource_type.name,
        location_id=resource.location_id,
        color=resource.color,
        is_customer_choosable=(
            resource.is_customer_choosable and resource.resource_type.is_person and not resource.is_sample
        ),
        is_link_only=resource.is_link_only,
    )
