"""What a new business starts with is marked as made up, and its people are nobody to customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.models import User
from devtools.scratch.browser import HostClient
from scheduling.enums import ActorKind
from scheduling.models import Resource, Service
from scheduling.selectors.catalog.entries import get_resource_entry, list_resource_entries, list_service_entries
from scheduling.selectors.catalog.offer import load_offer
from scheduling.services.catalog.resources import change_resource
from scheduling.services.catalog.services import change_service
from scheduling.types import Actor
from tenants.context import tenant_scope
from tenants.selectors.resolution import forget_tenants
from tenants.services.provisioning import provision_tenant
from tests.conftest import make_details

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
OWNER = Actor(kind=ActorKind.STAFF)
PEOPLE = {"automotive": "Mecánico 1", "salon": "Estilista 1", "clinic": "Profesional 1"}


@pytest.fixture(params=sorted(PEOPLE))
def fresh(request, tenants, db):
    """A business of each trade, as it is right after signing up."""
    info = provision_tenant(details=make_details(f"nuevo-{request.param}", request.param), now=NOW)
    forget_tenants()
    with tenant_scope(info):
        yield info
    forget_tenants()


def list_offered() -> set[str]:
    offer = load_offer()
    return {each.name for service in offer.services for each in offer.list_choosable_resources(service.id)}


def find_person(fresh) -> int:
    return Resource.objects.get(name=PEOPLE[fresh.vertical]).pk


def test_everything_is_marked(fresh):
    entries = [*list_service_entries(now=NOW), *list_resource_entries(now=NOW)]

    assert len(entries) > 8
    assert {entry.is_sample for entry in entries} == {True}


def test_customers_neither_choose_nor_read_made_up_people(fresh):
    client = HostClient(fresh.primary_host)
    service = client.get("/api/v1/services").json()["results"][0]["id"]

    people = client.get(f"/api/v1/resources?service={service}").json()["results"]
    page = client.get("/").content.decode()

    assert list_offered() == set()
    assert people == []
    assert PEOPLE[fresh.vertical] not in page
    assert Resource.objects.filter(name=PEOPLE[fresh.vertical], is_customer_choosable=True).exists()


def test_a_person_with_a_name_is_offered(fresh):
    person = find_person(fresh)
    entry = get_resource_entry(resource_id=person, now=NOW)

    setup = replace(entry.setup, name="Carlos Ruiz")
    change_resource(resource_id=person, setup=setup, version=entry.version, by=OWNER, now=NOW)

    assert list_offered() == {"Carlos Ruiz"}
    assert get_resource_entry(resource_id=person, now=NOW).is_sample is False


def test_what_is_saved_as_it_is_is_taken_over(fresh):
    entry = list_service_entries(now=NOW)[0]

    version = change_service(service_id=entry.id, setup=entry.setup, version=entry.version, by=OWNER, now=NOW)

    assert version == entry.version
    assert list(Service.objects.filter(is_sample=False).values_list("pk", flat=True)) == [entry.id]


def test_owner_reads_in_the_lists_what_is_made_up(fresh):
    client = HostClient(fresh.primary_host)
    client.force_login(User.objects.get(role="owner"))
    before = {path: client.get(path).content.decode() for path in ("/workspace/services/", "/workspace/resources/")}
    Service.objects.update(is_sample=False)
    Resource.objects.update(is_sample=False)
    after = {path: client.get(path).content.decode() for path in before}

    badge, note = '<span class="badge warn">Muestra</span>', "Lo marcado como muestra lo inventamos nosotros"
    assert {(badge in page, note in page) for page in before.values()} == {(True, True)}
    assert {(badge in page, note in page) for page in after.values()} == {(False, False)}
