"""The price that customers read, where it depends on who does it, is the one that the owner is shown."""

from __future__ import annotations

import re
from html import unescape

import pytest

from scheduling.models import Resource, Service, ServiceResource
from tests.conftest import HostClient

LIST = "/workspace/services/"


@pytest.fixture
def people(tenant) -> list[Resource]:
    return list(Resource.objects.filter(resource_type__is_person=True, is_active=True).order_by("pk"))


@pytest.fixture
def oil(people) -> Service:
    """A service for 1,000 that any person can do."""
    service = Service.objects.order_by("pk").first()
    Service.objects.filter(pk=service.pk).update(price_kind="fixed", price_minor=100_000, is_online=True)
    first = service.requirements.first()
    first.named.all().delete()
    service.requirements.filter(pk=first.pk).update(resource_type=people[0].resource_type, skill="")
    return service


def read_prices(client: HostClient, customer: HostClient, service: Service) -> tuple[str, str, str]:
    """The note in the list, the preview beside the form, and what the booking page says."""
    listed = client.get(LIST).content.decode()
    row = re.search(rf'id="service-{service.pk}".*?</tr>', listed, re.DOTALL)[0]
    note = re.search(r"Los clientes leen: ([^<]*)", row)
    form = client.get(f"{LIST}{service.pk}/").content.decode()
    shown = re.search(r'<aside class="preview".*?<p><b>([^<]*)</b>', form, re.DOTALL)[1]
    page = customer.get("/").content.decode()
    option = re.search(rf'<span class="name">{service.name}</span>\s*<span class="price">([^<]*)<', page)[1]
    return tuple(" ".join(unescape(each).split()).casefold() for each in (note[1] if note else "", shown, option))


def test_whoever_costs_less_makes_it_from_their_price(owner_client, customer_client, oil, people):
    ServiceResource.objects.create(service=oil, resource=people[0], price_minor=70_000)

    note, shown, read = read_prices(owner_client, customer_client, oil)

    assert (note, shown, read) == ("desde $700",) * 3


@pytest.mark.parametrize("own", [{"duration_minutes": 20}, {"price_minor": 100_000}])
def test_who_costs_the_same_changes_nothing(owner_client, customer_client, oil, people, own):
    ServiceResource.objects.create(service=oil, resource=people[0], **own)

    assert read_prices(owner_client, customer_client, oil) == ("", "$1,000", "$1,000")


def test_who_does_not_do_it_counts_for_nothing(owner_client, customer_client, oil, people):
    thing = Resource.objects.filter(resource_type__is_person=False, is_active=True).first()
    ServiceResource.objects.create(service=oil, resource=thing, price_minor=100)

    assert read_prices(owner_client, customer_client, oil) == ("", "$1,000", "$1,000")


def test_all_of_them_at_another_price_is_no_from(owner_client, customer_client, oil, people):
    for each in people:
        ServiceResource.objects.create(service=oil, resource=each, price_minor=80_000)

    assert read_prices(owner_client, customer_client, oil) == ("$800", "$800", "$800")


def test_a_price_in_its_row_does_not_leave_own_prices_behind(owner_client, oil, people):
    ServiceResource.objects.create(service=oil, resource=people[0], price_minor=70_000)
    name = f"service-{oil.pk}"
    typed = {f"{name}-price_kind": "on_request", f"{name}-price": "", f"{name}-version": str(oil.version)}

    answer = owner_client.post(f"{LIST}{oil.pk}/price/", typed)

    oil.refresh_from_db()
    assert (answer.status_code, oil.price_kind, oil.price_minor) == (422, "fixed", 100_000)
    assert "Alguien tiene un precio propio para esto." in answer.content.decode()
    ServiceResource.objects.filter(service=oil).delete()
    assert owner_client.post(f"{LIST}{oil.pk}/price/", typed).status_code == 302
