"""What a fresh tenant starts with, from its vertical."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from kernel.money import PriceKind
from scheduling.engine import RulePeriod
from scheduling.enums import ActorKind, Approval, RuleScope
from scheduling.models import CapacityRule, Location, Resource, ResourceType, Service, WorkingHours
from scheduling.selectors.catalog.setups import read_location, read_resource
from scheduling.services.catalog.bulk import (
    NewResource,
    add_add_ons,
    add_location,
    add_resource_types,
    add_resources,
    add_rules,
    add_services,
)
from scheduling.services.catalog.hours import change_location_week
from scheduling.services.catalog.locations import change_location
from scheduling.services.catalog.resources import change_resource
from scheduling.types import (
    Actor,
    AddOnSetup,
    LocationSetup,
    PeriodSetup,
    RequirementSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceSetup,
    WeekSetup,
)
from tenants.enums import Ability
from tenants.hooks import register_provisioning_step
from tenants.policies import check_business_may
from tenants.types import SignUpDetails, TenantInfo
from verticals.contract import KitHours, KitService, StarterKit, pick
from verticals.registry import get_vertical

KIT = Actor(kind=ActorKind.SYSTEM)


def register() -> None:
    """Have the starter kit installed in every new tenant, after its owner."""
    register_provisioning_step("starter_kit", 20, install_starter_kit)


def install_starter_kit(tenant: TenantInfo, details: SignUpDetails, now: datetime) -> None:
    """Fill a fresh tenant with what its vertical brings, in the tenant's language and currency.

    How to find and to call the business, its owner typed: customers see both.
    """
    kit = get_vertical(tenant.vertical).starter_kit
    apply_starter_kit(
        kit=kit, tenant=tenant, address=details.address, phone=details.phone, email=details.email, now=now
    )
    _mark_samples(is_sample=True)


@transaction.atomic
def add_starter_services(tenant: TenantInfo, *, by: Actor, now: datetime) -> int:
    """Add the services of the trade that the business lacks, with the types that they take; return how many.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    kit = get_vertical(tenant.vertical).starter_kit
    types = _apply_types(kit, tenant.locale, now=now)
    made = _apply_services(kit, tenant, types, by=by, now=now)
    Service.objects.filter(pk__in=made).update(is_sample=True)
    return len(made)


def take_over_samples() -> None:
    """Take what the kit brought as the business's own, as if its owner had looked at every row."""
    _mark_samples(is_sample=False)


def _mark_samples(*, is_sample: bool) -> None:
    """Say whether services and resources are ours, invented: owners read that, and customers never read such names."""
    Service.objects.update(is_sample=is_sample)
    Resource.objects.update(is_sample=is_sample)


@transaction.atomic
def apply_starter_kit(
    *, kit: StarterKit, tenant: TenantInfo, now: datetime, address: str = "", phone: str = "", email: str = ""
) -> None:
    """Create what the tenant lacks of ``kit``; safe to run twice.

    Services and types are known by name, resources by type and order: the n-th resource of a
    type takes the n-th name, so a second kit renames what the first one brought and adds the
    rest. Nothing is ever removed. A price in another currency than the tenant's is left open.
    """
    place = _apply_location(kit, tenant, address=address, phone=phone, email=email, now=now)
    types = _apply_types(kit, tenant.locale, now=now)
    _apply_resources(kit, tenant.locale, place, types, now=now)
    _apply_services(kit, tenant, types, now=now)
    if kit.capacity_rules and not CapacityRule.objects.exists():
        rules = (
            RuleSetup(
                scope=RuleScope.ARRIVAL_MODE if rule.arrival_mode else RuleScope.TENANT,
                arrival_mode=rule.arrival_mode,
                period=RulePeriod(rule.period),
                limit=rule.limit,
            )
            for rule in kit.capacity_rules
        )
        add_rules(setups=rules, by=KIT, now=now)


def _apply_location(kit: StarterKit, tenant: TenantInfo, *, address: str, phone: str, email: str, now: datetime) -> int:
    place = Location.objects.first()
    week = WeekSetup(hours=_list_periods(kit.hours))
    if place is None:
        setup = LocationSetup(
            name=pick(kit.location_name, tenant.locale),
            timezone=tenant.timezone,
            address=address,
            phone=phone,
            email=email,
            what_to_bring=pick(kit.what_to_bring, tenant.locale),
        )
        return add_location(setup=setup, week=week, by=KIT, now=now)
    if address or phone:
        setup = replace(read_location(place), address=address, phone=phone)
        change_location(location_id=place.pk, setup=setup, version=None, by=KIT, now=now)
    if not WorkingHours.objects.filter(location=place).exists():
        change_location_week(location_id=place.pk, week=week, version=None, by=KIT, now=now)
    return int(place.pk)


def _list_periods(hours: Sequence[KitHours]) -> tuple[PeriodSetup, ...]:
    return tuple(
        PeriodSetup(
            weekday=weekday,
            opens_minute=_read_wall_minute(each.opens),
            closes_minute=_read_wall_minute(each.closes),
        )
        for each in hours
        for weekday in each.weekdays
    )


def _read_wall_minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _apply_types(kit: StarterKit, locale: str, *, now: datetime) -> dict[str, int]:
    ids = dict(ResourceType.objects.values_list("name", "pk"))
    new = [
        ResourceTypeSetup(name=pick(each.name, locale), is_person=each.is_person, position=position)
        for position, each in enumerate(kit.resource_types)
        if pick(each.name, locale) not in ids
    ]
    ids |= zip((each.name for each in new), add_resource_types(setups=new, by=KIT, now=now), strict=True)
    return {each.key: ids[pick(each.name, locale)] for each in kit.resource_types}


def _apply_resources(kit: StarterKit, locale: str, place: int, types: dict[str, int], *, now: datetime) -> None:
    present: dict[int, list[Resource]] = defaultdict(list)
    for resource in Resource.objects.filter(location_id=place, is_active=True):
        present[resource.resource_type_id].append(resource)
    people = {each.key for each in kit.resource_types if each.is_person}
    breaks = WeekSetup(breaks=_list_periods(kit.breaks))
    new: list[NewResource] = []
    for position, each in enumerate(kit.resources):
        type_id, name = types[each.type], pick(each.name, locale)
        if present[type_id]:
            resource = present[type_id].pop(0)
            setup = replace(read_resource(resource), name=name, color=each.color, position=position)
            if setup != read_resource(resource):
                change_resource(resource_id=resource.pk, setup=setup, version=None, by=KIT, now=now)
            continue
        setup = ResourceSetup(
            resource_type_id=type_id,
            location_id=place,
            name=name,
            color=each.color,
            capacity=each.capacity,
            is_customer_choosable=each.is_customer_choosable,
            position=position,
        )
        new.append(NewResource(setup=setup, week=breaks if each.type in people else WeekSetup()))
    add_resources(plans=new, by=KIT, now=now)


def _apply_services(
    kit: StarterKit, tenant: TenantInfo, types: dict[str, int], *, now: datetime, by: Actor = KIT
) -> list[int]:
    present = set(Service.objects.values_list("name", flat=True))
    wanted = [each for each in kit.services if pick(each.name, tenant.locale) not in present]
    made = add_services(setups=(_make_service(each, kit, tenant, types) for each in wanted), by=by, now=now)
    add_ons = (
        AddOnSetup(
            service_id=service_id,
            name=pick(add_on.name, tenant.locale),
            minutes=add_on.minutes,
            price_minor=add_on.prices.get(tenant.currency, 0),
            position=position,
        )
        for service_id, each in zip(made, wanted, strict=True)
        for position, add_on in enumerate(each.add_ons)
    )
    add_add_ons(setups=add_ons, by=by, now=now)
    return made


def _find_price_kind(each: KitService, price_minor: int | None) -> PriceKind:
    if price_minor is None:
        return PriceKind.ON_REQUEST
    return PriceKind.FROM if each.is_price_from else PriceKind.FIXED


def _make_service(each: KitService, kit: StarterKit, tenant: TenantInfo, types: dict[str, int]) -> ServiceSetup:
    price_minor = each.prices.get(tenant.currency)
    return ServiceSetup(
        name=pick(each.name, tenant.locale),
        description=pick(each.description, tenant.locale),
        category=pick(each.category, tenant.locale),
        duration_minutes=each.duration_minutes,
        buffer_before_minutes=each.buffer_before_minutes,
        buffer_after_minutes=each.buffer_after_minutes,
        step_minutes=each.step_minutes,
        seats=each.seats,
        max_party_size=each.most_places,
        price_minor=price_minor,
        price_kind=_find_price_kind(each, price_minor),
        minimum_notice_minutes=each.notice_minutes,
        booking_window_days=each.window_days,
        cancel_cutoff_minutes=each.cutoff_minutes,
        move_cutoff_minutes=each.cutoff_minutes,
        approval=Approval(each.approval.value),
        arrival_modes=each.arrival_modes,
        reminder_offsets_minutes=kit.reminder_minutes,
        requirements=tuple(
            RequirementSetup(
                resource_type_id=types[requirement.type],
                quantity=requirement.quantity,
                starts_after_minutes=requirement.starts_after_minutes,
                duration_minutes=requirement.duration_minutes,
            )
            for requirement in each.requirements
        ),
    )
