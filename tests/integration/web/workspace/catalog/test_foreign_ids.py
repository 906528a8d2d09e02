"""Ids of another business in every field of the set-up's forms: refused at the field, and nothing changed anywhere."""

from __future__ import annotations

from contextvars import Context

import pytest
from django.db import connection

from accounts.models import User
from scheduling.models import AddOn, CapacityRule, Location, Requirement, Resource, ResourceType, Service
from tenants.jobs import call_in_tenant
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import read_form

SERVICES, RESOURCES, RULES = "/workspace/services/", "/workspace/resources/", "/workspace/rules/"
FOREIGN = 900_001
"""An id that nobody gives here: the other business's rows have it."""


def run_next_door(other_tenant, work):
    """Do something in the other business, as a process of its own would."""
    before = connection.tenant
    try:
        return Context().run(call_in_tenant, other_tenant.schema_name, work)
    finally:
        connection.set_tenant(before)


def make_rows() -> None:
    kind = ResourceType.objects.create(pk=FOREIGN, name="Ajeno", is_person=True)
    place = Location.objects.create(pk=FOREIGN, name="Ajeno", timezone="America/Mexico_City")
    Resource.objects.create(pk=FOREIGN, name="Ajena", resource_type=kind, location=place)
    service = Service.objects.create(pk=FOREIGN, name="Ajeno", duration_minutes=30)
    AddOn.objects.create(pk=FOREIGN, service=service, name="Ajeno")
    User.objects.create(pk=FOREIGN, email="ajena@example.com", name="Ajena", role="owner")


@pytest.fixture
def neighbor(tenant, other_tenant) -> None:
    """The other business's type, location, resource, service, extra and account."""
    run_next_door(other_tenant, make_rows)


def list_rows() -> list[list[dict]]:
    models = (AddOn, CapacityRule, Location, Requirement, Resource, ResourceType, Service)
    return [list(model.objects.order_by("pk").values()) for model in models]


def take_picture(other_tenant) -> list[list[dict]]:
    return list_rows() + run_next_door(other_tenant, list_rows)


def save(client: HostClient, address: str, typed: dict[str, object]):
    return client.post(address, {**read_form(client, address), **typed})


@pytest.mark.parametrize(
    ("page", "typed", "field"),
    [
        ("service", {"requirements-0-resource_type_id": FOREIGN}, "requirements-0-resource_type_id"),
        ("service", {"requirements-0-resource_ids": [FOREIGN]}, "requirements-0-resource_ids"),
        ("service", {"requirements-0-same_as": FOREIGN}, "requirements-0-same_as"),
        ("service", {"own-row": ["0"], "own-0-resource_id": FOREIGN, "own-0-price": "5"}, "own-0-resource_id"),
        (
            "service",
            {"extras-row": ["0"], "extras-0-id": FOREIGN, "extras-0-version": "1", "extras-0-name": "Mío"},
            "extras-0-name",
        ),
        ("resource", {"resource_type_id": FOREIGN}, "resource_type_id"),
        ("resource", {"location_id": FOREIGN}, "location_id"),
        ("resource", {"user_id": FOREIGN}, "user_id"),
        ("rule", {"limit": "3", "target": f"service:{FOREIGN}"}, "target"),
        ("rule", {"limit": "3", "target": f"resource:{FOREIGN}"}, "target"),
        ("rule", {"limit": "3", "target": f"location:{FOREIGN}"}, "target"),
    ],
)
def test_what_belongs_to_a_neighbor_cannot_be_chosen(owner_client, other_tenant, neighbor, page, typed, field):
    service, resource = Service.objects.order_by("pk").first(), Resource.objects.order_by("pk").first()
    address = {"service": f"{SERVICES}{service.pk}/", "resource": f"{RESOURCES}{resource.pk}/", "rule": f"{RULES}new/"}
    before = take_picture(other_tenant)

    answer = save(owner_client, address[page], typed)

    assert (answer.status_code, f"f-{field}" in answer.content.decode()) == (422, True)
    assert "Ajen" not in answer.content.decode()
    assert take_picture(other_tenant) == before


@pytest.mark.parametrize("known", [FOREIGN, "own service's other extra"])
def test_only_extras_of_the_service_are_taken_away(owner_client, other_tenant, neighbor, known):
    service, other = Service.objects.order_by("pk")[:2]
    elsewhere = AddOn.objects.create(service=other, name="De otro servicio", minutes=5)
    before = take_picture(other_tenant)

    answer = save(
        owner_client, f"{SERVICES}{service.pk}/", {"extras-known": [known if known == FOREIGN else elsewhere.pk]}
    )

    assert (answer.status_code, take_picture(other_tenant) == before) == (302, True)


@pytest.mark.parametrize("act", ["", "archive/", "restore/", "delete/", "copy/", "price/", "online/", "offline/"])
def test_a_neighbor_s_service_does_not_exist(owner_client, other_tenant, neighbor, act):
    before = take_picture(other_tenant)

    answer = owner_client.post(f"{SERVICES}{FOREIGN}/{act}", {"version": "1", "name": "Mío"})

    assert (answer.status_code, take_picture(other_tenant) == before) == (404, True)
