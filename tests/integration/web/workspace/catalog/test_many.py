"""A business with 500 services: its pages ask as often as with one, and stay small enough to open."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import AddOn, Requirement, Resource, ResourceType, Service, ServiceResource
from tenants.selectors import resolution
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import read_form

PAGES = {
    "list": "/workspace/services/",
    "search": "/workspace/services/?q=servicio",
    "form": "/workspace/services/{service}/",
    "new": "/workspace/services/new/",
    "prices": "/workspace/services/prices/",
    "file": "/workspace/services/file/services.csv",
    "limit": "/workspace/rules/new/",
    "turns": "/workspace/resources/turns/",
    "booking page": "/",
}


def add_services(first: int, count: int) -> None:
    kind = ResourceType.objects.filter(is_person=True).first()
    made = Service.objects.bulk_create(
        Service(
            name=f"Servicio {number}", duration_minutes=30, category=f"Grupo {number % 20}", position=number,
            price_kind="fixed", price_minor=1000 + number, description="Con diagnóstico y garantía por escrito.",
        )
        for number in range(first, first + count)
    )  # fmt: skip
    Requirement.objects.bulk_create(
        Requirement(service=each, resource_type=kind, position=position) for each in made for position in range(2)
    )
    AddOn.objects.bulk_create(AddOn(service=each, name="Lavado", minutes=10, price_minor=500) for each in made)


def measure(client: HostClient, address: str) -> tuple[int, int]:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(queries), len(body)


def test_pages_ask_as_often_for_five_hundred_services_as_for_three(owner_client, monkeypatch):
    # A business is asked for anew from time to time, whatever page it is.
    monkeypatch.setattr(resolution, "MAX_AGE_SECONDS", 3600)
    Service.objects.update(is_active=False)
    add_services(0, 3)
    service = Service.objects.filter(is_active=True).first().pk
    addresses = [address.format(service=service) for address in PAGES.values()]

    few = [measure(owner_client, address) for address in addresses]
    add_services(3, 497)
    many = [measure(owner_client, address) for address in addresses]

    assert [queries for queries, _ in many] == [queries for queries, _ in few]
    assert max(size for _, size in many) < 1_000_000


def test_saving_a_service_with_many_extras_and_own_prices_loses_none(owner_client):
    kind = ResourceType.objects.filter(is_person=True).first()
    place, oil = Resource.objects.first().location_id, Service.objects.order_by("pk").first()
    Service.objects.filter(pk=oil.pk).update(price_kind="fixed", price_minor=1000)
    people = Resource.objects.bulk_create(
        Resource(name=f"Persona {number}", resource_type=kind, location_id=place) for number in range(60)
    )
    ServiceResource.objects.bulk_create(
        ServiceResource(service=oil, resource=each, price_minor=900, position=number)
        for number, each in enumerate(people)
    )
    AddOn.objects.filter(service=oil).delete()
    AddOn.objects.bulk_create(
        AddOn(service=oil, name=f"Extra {number}", minutes=5, price_minor=10, position=number) for number in range(60)
    )
    address = f"/workspace/services/{oil.pk}/"

    answer = owner_client.post(address, {**read_form(owner_client, address), "name": "Con muchos"})

    assert (answer.status_code, Service.objects.get(pk=oil.pk).name) == (302, "Con muchos")
    assert ServiceResource.objects.filter(service=oil, price_minor=900).count() == 60
    assert AddOn.objects.filter(service=oil, is_active=True).count() == 60
