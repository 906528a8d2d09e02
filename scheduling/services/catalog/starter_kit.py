"""What a fresh tenant starts with, from its vertical."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from scheduling.enums import Approval, HoursKind, Measure, RuleScope
from scheduling.models import (
    AddOn,
    CapacityRule,
    Location,
    Requirement,
    Resource,
    ResourceLane,
    ResourceType,
    Service,
    WorkingHours,
)
from tenants.hooks import register_provisioning_step
from tenants.types import SignUpDetails, TenantInfo
from verticals.contract import KitHours, KitService, StarterKit, pick
from verticals.registry import get_vertical


def register() -> None:
    """Have the starter kit installed in every new tenant, after its owner."""
    register_provisioning_step("starter_kit", 20, install_starter_kit)


def install_starter_kit(tenant: TenantInfo, details: SignUpDetails) -> None:
    """Fill a fresh tenant with what its vertical brings, in the tenant's language and currency."""
    apply_starter_kit(kit=get_vertical(tenant.vertical).starter_kit, tenant=tenant, email=details.email)


@transaction.atomic
def apply_starter_kit(
    *, kit: StarterKit, tenant: TenantInfo, address: str = "", phone: str = "", email: str = ""
) -> None:
    """Create what the tenant lacks of ``kit``; safe to run twice.

    Services and types are known by name, resources by type and order: the n-th resource of a
    type takes the n-th name, so a second kit renames what the first one brought and adds the
    rest. Nothing is ever removed. A price in another currency than the tenant's is left open.
    """
    place = _apply_location(kit, tenant, address=address, phone=phone, email=email)
    types = _apply_types(kit, tenant.locale)
    _apply_resources(kit, tenant.locale, place, types)
    _apply_services(kit, tenant, types)
    if not CapacityRule.objects.exists():
        CapacityRule.objects.bulk_create(
            CapacityRule(
                scope=RuleScope.ARRIVAL_MODE if rule.arrival_mode else RuleScope.TENANT,
                arrival_mode=rule.arrival_mode,
                period=rule.period,
                measure=Measure.BOOKINGS.value,
                limit=rule.limit,
            )
            for rule in kit.capacity_rules
        )


def _apply_location(kit: StarterKit, tenant: TenantInfo, *, address: str, phone: str, email: str) -> Location:
    place = Location.objects.first()
    if place is None:
        place = Location.objects.create(
            name=pick(kit.location_name, tenant.locale),
            timezone=tenant.timezone,
            address=address,
            phone=phone,
            email=email,
            what_to_bring=pick(kit.what_to_bring, tenant.locale),
        )
    elif address or phone:
        place.address, place.phone = address, phone
        place.save(update_fields=["address", "phone"])
    if not place.hours.exists():
        WorkingHours.objects.bulk_create(
            WorkingHours(location=place, kind=HoursKind.WORK, **period) for period in _list_periods(kit.hours)
        )
    return place


def _list_periods(hours: Sequence[KitHours]) -> list[dict[str, int]]:
    return [
        {
            "weekday": weekday,
            "opens_minute": _read_wall_minute(each.opens),
            "closes_minute": _read_wall_minute(each.closes),
        }
        for each in hours
        for weekday in each.weekdays
    ]


def _read_wall_minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _apply_types(kit: StarterKit, locale: str) -> dict[str, ResourceType]:
    by_name = {each.name: each for each in ResourceType.objects.all()}
    new = [
        ResourceType(name=pick(each.name, locale), is_person=each.is_person, position=position)
        for position, each in enumerate(kit.resource_types)
        if pick(each.name, locale) not in by_name
    ]
    by_name |= {each.name: each for each in ResourceType.objects.bulk_create(new)}
    return {each.key: by_name[pick(each.name, locale)] for each in kit.resource_types}


def _apply_resources(kit: StarterKit, locale: str, place: Location, types: dict[str, ResourceType]) -> None:
    present: dict[int, list[Resource]] = defaultdict(list)
    for resource in Resource.objects.filter(location=place):
        present[resource.resource_type_id].append(resource)
    new = []
    for position, each in enumerate(kit.resources):
        resource_type, name = types[each.type], pick(each.name, locale)
        waiting = present[resource_type.pk]
        if waiting:
            resource = waiting.pop(0)
            if (resource.name, resource.color, resource.position) != (name, each.color, position):
                resource.name, resource.color, resource.position = name, each.color, position
                resource.save(update_fields=["name", "color", "position"])
            continue
        new.append(
            Resource(
                resource_type=resource_type,
                location=place,
                name=name,
                color=each.color,
                capacity=each.capacity,
                is_customer_choosable=each.is_customer_choosable,
                position=position,
            )
        )
    made = Resource.objects.bulk_create(new)
    ResourceLane.objects.bulk_create(
        ResourceLane(resource=resource, number=number)
        for resource in made
        for number in range(1, resource.capacity + 1)
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(resource=resource, kind=HoursKind.BREAK, **period)
        for resource in made
        if resource.resource_type.is_person
        for period in _list_periods(kit.breaks)
    )


def _apply_services(kit: StarterKit, tenant: TenantInfo, types: dict[str, ResourceType]) -> None:
    present = set(Service.objects.values_list("name", flat=True))
    wanted = [each for each in kit.services if pick(each.name, tenant.locale) not in present]
    rows = [_make_service(each, kit, tenant, position) for position, each in enumerate(wanted, start=len(present))]
    made = list(zip(wanted, Service.objects.bulk_create(rows), strict=True))
    Requirement.objects.bulk_create(
        Requirement(
            service=service,
            position=position,
            resource_type=types[requirement.type],
            quantity=requirement.quantity,
            starts_after_minutes=requirement.starts_after_minutes,
            duration_minutes=requirement.duration_minutes,
        )
        for each, service in made
        for position, requirement in enumerate(each.requirements)
    )
    AddOn.objects.bulk_create(
        AddOn(
            service=service,
            name=pick(add_on.name, tenant.locale),
            minutes=add_on.minutes,
            price_minor=add_on.prices.get(tenant.currency, 0),
            position=position,
        )
        for each, service in made
        for position, add_on in enumerate(each.add_ons)
    )


def _make_service(each: KitService, kit: StarterKit, tenant: TenantInfo, position: int) -> Service:
    price_minor = each.prices.get(tenant.currency)
    return Service(
        name=pick(each.name, tenant.locale),
        description=pick(each.description, tenant.locale),
        category=pick(each.category, tenant.locale),
        position=position,
        duration_minutes=each.duration_minutes,
        buffer_before_minutes=each.buffer_before_minutes,
        buffer_after_minutes=each.buffer_after_minutes,
        step_minutes=each.step_minutes,
        seats=each.seats,
        max_party_size=each.seats or 1,
        price_minor=price_minor,
        is_price_from=each.is_price_from and price_minor is not None,
        minimum_notice_minutes=each.minimum_notice_minutes,
        booking_window_days=each.booking_window_days,
        cancel_cutoff_minutes=each.cancel_cutoff_minutes,
        move_cutoff_minutes=each.move_cutoff_minutes,
        approval=Approval(each.approval.value),
        arrival_modes=list(each.arrival_modes),
        reminder_offsets_minutes=list(kit.reminder_minutes),
    )
