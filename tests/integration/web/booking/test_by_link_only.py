"""Whom customers book by a link only, on the pages: the link leads to them alone, and nothing else does."""

from __future__ import annotations

import pytest

from kernel.clock import utc_now
from scheduling.engine import Strategy
from scheduling.models import Allocation, Booking, Resource
from scheduling.services.visits.person_links import make_person_key
from tests.factories.scheduling import make_shop
from tests.integration.web.booking.test_booking import VEHICLE, list_times, text_of
from tests.integration.web.booking.test_own_visits import LAURA, ask


@pytest.fixture
def shop(tenant) -> tuple[int, int, int]:
    """A service, who is listed, and who is hidden and would have the first turn."""
    service_id, (hidden, listed) = make_shop(2, strategy=Strategy.FIXED_ORDER)
    Resource.objects.filter(pk=hidden).update(is_link_only=True)
    Resource.objects.filter(pk=listed).update(is_customer_choosable=True)
    return service_id, listed, hidden


def list_taken(booking: Booking) -> list[int]:
    return list(Allocation.objects.filter(booking=booking, is_active=True).values_list("resource_id", flat=True))


def find_place(resource_id: int) -> int:
    return Resource.objects.get(pk=resource_id).location_id


def book(client, start: str, **told: object) -> Booking:
    """Go from an address through the pages, as somebody with a vehicle."""
    visit = client.get(start).url
    time = client.post(visit, {**VEHICLE, **told}).url
    held = client.post(time, {"starts_at": list_times(client.get(time))[0]})
    made = client.post(held.url, LAURA)
    assert (made.status_code, made.url[:3]) == (302, "/b/"), text_of(made)
    return Booking.objects.latest("pk")


def test_the_link_leads_to_the_hidden_one(customer_client, shop):
    service_id, _, hidden = shop

    made = book(customer_client, f"/?person={make_person_key(hidden)}&service={service_id}")

    assert list_taken(made) == [hidden]


def test_without_it_no_page_lists_or_takes_them(customer_client, shop):
    service_id, listed, hidden = shop
    start = f"/?service={service_id}&location={find_place(listed)}"
    visit = customer_client.get(start).url

    refused = customer_client.post(visit, {**VEHICLE, "resource": str(hidden)})
    made = book(customer_client, f"{start}&person={hidden}")

    assert refused.status_code in {302, 422}
    assert f'value="{hidden}"' not in customer_client.get(visit).content.decode()
    if refused.status_code == 302:
        times = list_times(customer_client.get(refused.url))
        held = customer_client.post(refused.url, {"starts_at": times[-1]})
        customer_client.post(held.url, {**LAURA, "email": "bea@example.com"})
    assert [list_taken(each) for each in Booking.objects.all()] == [[listed]] * Booking.objects.count()
    assert list_taken(made) == [listed]


@pytest.mark.parametrize("is_chosen", [True, False])
def test_whoever_had_them_by_the_link_books_them_again(customer_client, tenant, shop, is_chosen):
    service_id, listed, hidden = shop
    person = f"&person={make_person_key(hidden)}" if is_chosen else ""
    before = book(customer_client, f"/?service={service_id}&location={find_place(listed)}{person}")
    now = utc_now()
    Booking.objects.filter(pk=before.pk).update(
        status="completed", starts_at=now.replace(day=2), ends_at=now.replace(day=3)
    )
    token = ask(customer_client, tenant, LAURA["email"])

    details = customer_client.post(f"/visits/{token}/again/{before.pk}/")
    made = customer_client.post(details.url, LAURA)

    assert (details.url.startswith("/details/"), made.status_code) == (True, 302)
    assert list_taken(Booking.objects.latest("pk")) == [hidden if is_chosen else listed]
