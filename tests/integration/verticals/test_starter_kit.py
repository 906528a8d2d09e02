"""A fresh tenant takes bookings before its owner has set up anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import CapacityRule, Location, Requirement, Resource, ResourceLane, Service, WorkingHours
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.catalog.services import list_bookable_services, list_locations, list_resources
from scheduling.services.catalog.starter_kit import apply_starter_kit
from scheduling.types import AvailabilityQuery
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.factories.scheduling import make_wish
from verticals.automotive.starter_kit import STARTER_KIT
from verticals.registry import get_vertical

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_new_workshop_can_be_booked_at_once(tenant: TenantInfo) -> None:
    services = list_bookable_services()

    assert [service.name for service in services][:2] == ["Cambio de aceite y filtro", "Frenos delanteros"]
    assert len(services) == len(STARTER_KIT.services)
    for service in services:
        query = AvailabilityQuery(make_wish(service.id), from_on=MONDAY.date(), to_on=MONDAY.date() + timedelta(days=6))
        assert get_availability(query=query, now=MONDAY).next_available is not None, service.name


def test_kit_speaks_the_tenants_language_and_currency(tenant: TenantInfo) -> None:
    oil = Service.objects.get(name="Cambio de aceite y filtro")
    add_on = oil.add_ons.first()

    assert tenant.currency == "MXN"
    assert (oil.duration_minutes, oil.price_minor, oil.price_kind) == (45, 85_000, "from")
    assert (add_on.name, add_on.minutes, add_on.price_minor) == ("Filtro de aire y de cabina", 15, 38_000)
    assert oil.arrival_modes == ["drop_off", "wait"]
    assert oil.reminder_offsets_minutes == [1440, 120]
    assert list_locations()[0].what_to_bring.startswith("Trae tarjeta de circulación")


def test_kit_sets_up_parts_rules_hours_and_lanes(tenant: TenantInfo) -> None:
    brakes = Requirement.objects.filter(service__name="Frenos delanteros").values_list(
        "resource_type__name", "quantity", "starts_after_minutes", "duration_minutes"
    )
    hours = WorkingHours.objects.filter(location__isnull=False, weekday=5).values_list(
        "kind", "opens_minute", "closes_minute"
    )
    breaks = WorkingHours.objects.filter(kind="break").values_list("resource__name", flat=True).distinct()

    assert list(brakes) == [("Mecánico", 1, 0, 60), ("Elevador", 1, 0, None)]
    assert list(hours) == [("work", 480, 840)]
    assert sorted(breaks) == ["Mecánico 1", "Mecánico 2"]
    assert list(CapacityRule.objects.values_list("scope", "arrival_mode", "period", "measure", "limit")) == [
        ("arrival_mode", "wait", "hour", "bookings", 2)
    ]
    assert ResourceLane.objects.count() == Resource.objects.count() == len(STARTER_KIT.resources)


def test_kit_of_a_salon_frees_the_stylist_while_color_takes_effect(other_tenant: TenantInfo, db: None) -> None:
    with tenant_scope(other_tenant):
        color = Requirement.objects.filter(service__name="Color de raíz").values_list(
            "resource_type__name", "starts_after_minutes", "duration_minutes"
        )

        assert list(color) == [("Estilista", 0, 30), ("Sillón", 0, None), ("Asistente", 75, 20)]
        assert Service.objects.get(name="Clase de automaquillaje").seats == 6


def test_kit_applied_again_adds_nothing(tenant: TenantInfo) -> None:
    counted = (Location, Service, Requirement, Resource, ResourceLane, WorkingHours, CapacityRule)
    before = [model.objects.count() for model in counted]

    apply_starter_kit(kit=STARTER_KIT, tenant=tenant, now=MONDAY)

    assert [model.objects.count() for model in counted] == before


def test_kit_with_more_resources_renames_and_adds(tenant: TenantInfo) -> None:
    names = ("Carlos Ruiz", "María Téllez", "José Peña")
    mechanics = tuple(
        replace(STARTER_KIT.resources[0], name={"en": name, "es": name}, color="#2563eb") for name in names
    )
    before = Resource.objects.get(name="Mecánico 1").pk

    apply_starter_kit(
        kit=replace(STARTER_KIT, resources=mechanics),
        tenant=tenant,
        address="Av. Coyoacán 1213",
        phone="+525512345600",
        now=MONDAY,
    )

    present = [resource.name for resource in list_resources() if resource.type_name == "Mecánico"]
    assert sorted(present) == sorted(names)
    assert Resource.objects.get(name="Carlos Ruiz").pk == before
    assert WorkingHours.objects.filter(resource__name="José Peña", kind="break").count() == 5
    assert ResourceLane.objects.filter(resource__name="José Peña").count() == 1
    assert list_locations()[0].address == "Av. Coyoacán 1213"


def test_kit_gives_a_place_without_hours_its_week(tenant: TenantInfo) -> None:
    WorkingHours.objects.filter(location__isnull=False).delete()

    apply_starter_kit(kit=STARTER_KIT, tenant=tenant, now=MONDAY)

    assert WorkingHours.objects.filter(location__isnull=False).count() == 6


def test_kit_leaves_a_price_open_where_it_knows_none(tenant: TenantInfo) -> None:
    Service.objects.filter(name="Cambio de batería").update(name="Batería")

    apply_starter_kit(kit=STARTER_KIT, tenant=replace(tenant, currency="ARS"), now=MONDAY)

    again = Service.objects.get(name="Cambio de batería")
    assert (again.price_minor, again.price_kind) == (None, "on_request")


def test_kit_in_english(tenant: TenantInfo) -> None:
    apply_starter_kit(kit=STARTER_KIT, tenant=replace(tenant, locale="en", currency="USD"), now=MONDAY)

    assert Service.objects.get(name="Front brakes").price_minor == 18_900


@pytest.mark.parametrize("vertical", ["automotive", "clinic"])
def test_kit_costs_the_same_queries_whatever_its_size(tenant: TenantInfo, vertical: str) -> None:
    kit = get_vertical(vertical).starter_kit
    english = replace(tenant, locale="en")
    with CaptureQueriesContext(connection) as small:
        apply_starter_kit(kit=replace(kit, services=kit.services[:1]), tenant=english, now=MONDAY)
    Service.objects.all().delete()

    with CaptureQueriesContext(connection) as large:
        apply_starter_kit(kit=kit, tenant=english, now=MONDAY)

    assert len(large) <= len(small)
