"""What the business offers: services, choosable resources, locations, today's opening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from kernel.instants import to_instant, to_minutes
from scheduling.engine.hours import expand_hours
from scheduling.engine.zone import to_local_date, to_minute
from scheduling.enums import Approval
from scheduling.errors import LocationNotFound, ServiceNotFound
from scheduling.models import AddOn, Location, Requirement, RequirementResource, Resource, Service
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.types import (
    AddOnView,
    DepositPolicyView,
    LocationView,
    OpeningToday,
    ResourceView,
    ServiceView,
)
from tenants.context import current_tenant

DAY_MINUTES = 1440


def list_bookable_services(*, location_id: int | None = None) -> tuple[ServiceView, ...]:
    """List the services that customers find on the page, in the business's order.

    A service without a free place in the plan (no resource fills one of its requirements) is
    left out: nothing could ever be booked. Five queries.
    """
    services = _list_services(Q(is_active=True) & ~Q(approval=Approval.LINK_ONLY))
    return tuple(
        view for view in services if view.location_ids and (location_id is None or location_id in view.location_ids)
    )


def list_services() -> tuple[ServiceView, ...]:
    """List every active service, also those only reached by a link and those nobody can do yet."""
    return _list_services(Q(is_active=True))


def get_service(*, service_id: int) -> ServiceView:
    """Return one active service, also one that is only reached by its link.

    Raises:
        ServiceNotFound: There is none, or it is switched off.
    """
    found = _list_services(Q(is_active=True, pk=service_id))
    if not found:
        raise ServiceNotFound
    return found[0]


def list_choosable_resources(*, service_id: int, location_id: int | None = None) -> tuple[ResourceView, ...]:
    """List the people or bays among which a customer may choose for a service."""
    requirements = list(_requirements().filter(service_id=service_id))
    resources = list(Resource.objects.filter(is_active=True, location__is_active=True).select_related("resource_type"))
    chosen = {resource.pk for requirement in requirements for resource in list_pool(requirement, resources)}
    return tuple(
        view_resource(resource)
        for resource in resources
        if resource.pk in chosen
        and resource.is_customer_choosable
        and (location_id is None or resource.location_id == location_id)
    )


def list_resources(*, location_id: int | None = None) -> tuple[ResourceView, ...]:
    """List every active resource, for staff."""
    resources = Resource.objects.filter(is_active=True, location__is_active=True).select_related("resource_type")
    if location_id is not None:
        resources = resources.filter(location_id=location_id)
    return tuple(
        view_resource(resource) for resource in resources.order_by("resource_type__position", "position", "id")
    )


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
        )
        for location in Location.objects.filter(is_active=True)
    )


def get_opening_today(*, now: datetime, location_id: int | None = None) -> OpeningToday:
    """Return the first opening and the last closing of the local date of ``now``.

    Raises:
        LocationNotFound: There is no such location, or none at all.
    """
    locations = [each for each in list_locations() if location_id in {None, each.id}]
    if not locations:
        raise LocationNotFound
    place = locations[0]
    today = to_local_date(place.timezone, to_minutes(now))
    timetables = load_timetables(location_id=place.id, from_on=today, to_on=today)
    first = to_minute(place.timezone, today, 0)
    last = to_minute(place.timezone, today + timedelta(days=1), 0)
    periods = [
        period
        for resource in timetables.resources.values()
        for period in expand_hours(resource, timetables.holidays, first, last).working
        if first <= period[0] < last
    ]
    if not periods:
        return OpeningToday(opens_at=None, closes_at=None, timezone=place.timezone)
    return OpeningToday(
        opens_at=to_instant(min(start for start, _ in periods)),
        closes_at=to_instant(max(end for _, end in periods)),
        timezone=place.timezone,
    )


def list_pool(requirement: Requirement, resources: Iterable[Resource]) -> list[Resource]:
    """Return which of ``resources`` can fill a requirement, in order of preference.

    The same rule as in ``selectors.plans``, for lists that are in memory.
    """
    named = [each.resource_id for each in requirement.named.all()]
    if named:
        by_id = {resource.pk: resource for resource in resources}
        return [by_id[resource_id] for resource_id in named if resource_id in by_id]
    if requirement.resource_type_id is None and not requirement.skill:
        return []
    return [
        resource
        for resource in resources
        if (requirement.resource_type_id in {None, resource.resource_type_id})
        and (not requirement.skill or requirement.skill in resource.skills)
    ]


def view_resource(resource: Resource) -> ResourceView:
    """Freeze a resource."""
    return ResourceView(
        id=resource.pk,
        name=resource.name,
        type_name=resource.resource_type.name,
        location_id=resource.location_id,
        color=resource.color,
        is_customer_choosable=resource.is_customer_choosable,
    )


def _requirements() -> QuerySet[Requirement]:
    return Requirement.objects.prefetch_related(Prefetch("named", RequirementResource.objects.order_by("position")))


def _list_services(condition: Q) -> tuple[ServiceView, ...]:
    services = list(
        Service.objects.filter(condition).prefetch_related(
            Prefetch("add_ons", AddOn.objects.filter(is_active=True)),
            Prefetch("requirements", Requirement.objects.order_by("position", "id")),
            Prefetch("requirements__named", RequirementResource.objects.order_by("position", "id")),
        )
    )
    resources = list(Resource.objects.filter(is_active=True, location__is_active=True))
    currency = current_tenant().currency
    return tuple(_view_service(service, _find_locations(service, resources), currency) for service in services)


def _find_locations(service: Service, resources: list[Resource]) -> tuple[int, ...]:
    by_location: dict[int, list[Resource]] = defaultdict(list)
    for resource in resources:
        by_location[resource.location_id].append(resource)
    requirements = list(service.requirements.all())
    return tuple(
        location_id
        for location_id, there in sorted(by_location.items())
        if requirements and all(len(list_pool(each, there)) >= each.quantity for each in requirements)
    )


def _view_service(service: Service, location_ids: tuple[int, ...], currency: str) -> ServiceView:
    return ServiceView(
        id=service.pk,
        name=service.name,
        description=service.description,
        category=service.category,
        duration_minutes=service.duration_minutes,
        price_minor=service.price_minor,
        currency=currency,
        is_price_from=service.is_price_from,
        deposit=DepositPolicyView(
            kind=service.deposit_kind, amount_minor=service.deposit_minor, percent=service.deposit_percent
        ),
        seats=service.seats,
        max_party_size=service.max_party_size,
        approval=service.approval,
        minimum_notice_minutes=service.minimum_notice_minutes,
        booking_window_days=service.booking_window_days,
        cancel_cutoff_minutes=service.cancel_cutoff_minutes,
        move_cutoff_minutes=service.move_cutoff_minutes,
        arrival_modes=tuple(service.arrival_modes),
        add_ons=tuple(
            AddOnView(id=each.pk, name=each.name, minutes=each.minutes, price_minor=each.price_minor)
            for each in service.add_ons.all()
        ),
        location_ids=location_ids,
        position=service.position,
        hold_minutes=service.hold_minutes,
    )
