"""Several services in one visit: chosen on a page of their own, booked one after the other."""

from __future__ import annotations

import re
from html import unescape

import pytest

from scheduling.models import AddOn, Booking, Service
from tests.integration.web.booking.test_booking import PERSON, VISIT, list_times, text_of


@pytest.fixture
def services(tenant) -> list[Service]:
    """Three services that are booked at once, without a deposit."""
    found = Service.objects.filter(approval="instant", deposit_kind="none", seats__isnull=True, is_online=True)
    return list(found.order_by("position", "pk")[:3])


def start(client, service) -> str:
    return client.get(f"/?service={service.pk}").url


def several(address: str) -> str:
    return "/several/?" + address.partition("?")[2]


def total_of(page) -> str:
    line = re.search(r'<div class="summary".*?</div>', page.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", line[0]))).strip()


def test_two_services_are_booked_one_after_the_other(customer_client, services):
    first, second, _ = services
    told = customer_client.post(several(start(customer_client, first)), {"further": [second.pk]})
    visit = customer_client.post(told.url, VISIT)
    page = customer_client.get(visit.url)
    held = customer_client.post(visit.url, {"starts_at": list_times(page)[0]})
    made = customer_client.post(held.url, PERSON)

    booking = Booking.objects.get()
    lines = list(booking.lines.values_list("position", "service_id", "duration_minutes"))
    assert made.status_code == 302, text_of(made)
    assert lines == [(0, first.pk, first.duration_minutes), (1, second.pk, second.duration_minutes)]
    minutes = first.duration_minutes + second.duration_minutes
    assert (booking.ends_at - booking.starts_at).total_seconds() == 60 * minutes


def test_the_total_follows_what_is_ticked_and_nothing_is_kept(customer_client, services):
    first, second, third = services
    address = start(customer_client, first)
    query = address.partition("?")[2]

    alone = customer_client.get(f"/total/?{query}&field=further&lang=en")
    both = customer_client.get(f"/total/?{query}&field=further&id={second.pk}&id={third.pk}&lang=en")
    odd = customer_client.get(f"/total/?{query}&field=further&id=x&id={first.pk}&id=999999&lang=en")

    assert total_of(alone) == total_of(odd)
    assert total_of(both).startswith(f"{first.name} + 2")
    assert total_of(alone).startswith(first.name)
    assert "no-store" in both.headers["Cache-Control"]


def test_extras_of_every_service_count_in_the_total(customer_client, services):
    first, second, _ = services
    extra = AddOn.objects.create(service=second, name="Polish", minutes=15, price_minor=5000, position=9)
    told = customer_client.post(several(start(customer_client, first)), {"further": [second.pk]})
    query = told.url.partition("?")[2]

    plain = customer_client.get(f"/total/?{query}&field=add_ons&lang=en")
    with_extra = customer_client.get(f"/total/?{query}&field=add_ons&id={extra.pk}&lang=en")

    assert extra.name in text_of(customer_client.get(told.url))
    assert total_of(plain) != total_of(with_extra)


def test_what_cannot_be_done_beside_it_is_not_offered(customer_client, services):
    first, second, third = services
    Service.objects.filter(pk=second.pk).update(seats=8)
    Service.objects.filter(pk=third.pk).update(is_online=False)
    page = customer_client.get(several(start(customer_client, first)))
    refused = customer_client.post(several(start(customer_client, first)), {"further": [second.pk]})

    offered = set(map(int, re.findall(r'name="further" value="(\d+)"', page.content.decode())))
    assert {first.pk, second.pk, third.pk} & offered == set()
    assert refused.status_code == 422


def test_a_group_stands_alone(customer_client, services):
    first = services[0]
    Service.objects.filter(pk=first.pk).update(seats=8)
    address = start(customer_client, first)

    sent_back = customer_client.get(several(address))

    assert sent_back.status_code == 302
    assert "/several/" not in customer_client.get(address).content.decode()


def test_more_than_four_beside_the_first_are_too_many(customer_client, services):
    first, second, _ = services
    fields = {
        each.attname: getattr(second, each.attname) for each in Service._meta.concrete_fields if each.attname != "id"
    }
    requirement = second.requirements.first()
    for number in range(5):
        copy = Service.objects.create(**{**fields, "name": f"Extra {number}"})
        copy.requirements.create(resource_type_id=requirement.resource_type_id, quantity=1, position=0)
    copies = list(Service.objects.filter(name__startswith="Extra ").values_list("pk", flat=True))

    page = customer_client.post(several(start(customer_client, first)) + "&lang=en", {"further": copies})

    assert page.status_code == 422
    assert "Choose at most 4." in text_of(page)


def test_what_was_typed_survives_the_way_to_more_services(customer_client, services):
    first, second, _ = services
    address = start(customer_client, first)

    away = customer_client.post(address, {**VISIT, "go": "several"})
    back = customer_client.post(away.url, {"further": [second.pk]})

    assert away.url.startswith("/several/")
    assert "Suena al frenar" in customer_client.get(back.url).content.decode()


def test_a_service_that_is_gone_is_left_out_of_the_visit(customer_client, services):
    first, second, _ = services
    told = customer_client.post(several(start(customer_client, first)), {"further": [second.pk]})
    Service.objects.filter(pk=second.pk).update(is_active=False)

    page = customer_client.get(told.url)

    assert page.status_code == 200
    assert second.name not in total_of(page)


def test_what_is_ticked_goes_along_to_the_other_language(customer_client, services):
    page = customer_client.get(several(start(customer_client, services[0])))

    assert re.search(r'src="[^"]*/js/language[.\w]*\.js"', page.content.decode())
