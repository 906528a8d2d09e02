"""Staff tries the customer's way: a draft is tried at once, a published page when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from accounts.models import User
from devtools.scratch.browser import HostClient
from scheduling.models import Booking, Customer, Service
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.integration.web.booking.test_booking import PERSON, VISIT, book, go_to_details, list_times, text_of

BANNER = "Lo que reserves aquí no ocupa lugar"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    forget_tenants()


@pytest.fixture
def service(tenant) -> Service:
    return Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()


@pytest.fixture
def draft(tenant) -> None:
    Tenant.objects.filter(pk=tenant.id).update(published_at=None, guide_ended_at=None)
    forget_tenants()


def begin_test(client: HostClient, service: Service) -> str:
    """Go from the button of the list to the details; returns their address."""
    listed = client.get("/?test=1", follow=True)
    assert BANNER in text_of(listed)
    sealed = listed.content.decode().split("d=", 1)[1].split("&", 1)[0].split('"', 1)[0]
    started = client.get(f"/?d={sealed}&service={service.pk}", follow=True)
    told = client.post(started.request["PATH_INFO"] + "?" + started.request["QUERY_STRING"], VISIT)
    held = client.post(told.url, {"starts_at": list_times(client.get(told.url))[0]})
    return held.url


def test_owner_tries_a_draft_from_start_to_manage_page(tenant, owner_client, service, draft):
    path = book(owner_client, service)

    trial = Booking.with_tests.get()
    page = text_of(owner_client.get(path + "?new=1"))
    assert (trial.is_test, trial.status, trial.customer_name) == (True, "confirmed", "Laura Jiménez")
    assert (trial.customer_email, trial.customer_phone) == ("owner@taller.example", "")
    assert ("Cita confirmada" in page, BANNER in page) == (True, True)
    assert not Customer.objects.exists()
    forget_tenants()
    assert "Cita de prueba" in text_of(owner_client.get(f"/workspace/bookings/{trial.pk}/"))
    assert trial.reference not in text_of(owner_client.get("/workspace/bookings/"))


def test_a_time_that_is_only_tried_is_not_held(owner_client, service, draft):
    page = text_of(owner_client.get(go_to_details(owner_client, service)))

    assert not Booking.with_tests.exists()
    assert "Una prueba no aparta la hora: sigue libre para los clientes." in page
    assert "Desde tu red" not in page


def test_trial_that_is_sent_twice_is_one(owner_client, service, draft):
    url = go_to_details(owner_client, service)

    first, second = (owner_client.post(url, PERSON) for _ in range(2))

    assert urlsplit(second.url).path == urlsplit(first.url).path
    assert Booking.with_tests.count() == 1


def test_wrong_details_of_a_trial_are_named(owner_client, service, draft):
    answer = owner_client.post(go_to_details(owner_client, service), PERSON | {"name": "", "phone": ""})

    assert answer.status_code == 422
    assert not Booking.with_tests.exists()


def test_published_page_is_tried_on_demand_only(owner_client, service):
    real = book(owner_client, service)
    tried = owner_client.post(begin_test(owner_client, service), PERSON)

    assert tried.status_code == 302
    assert [each.is_test for each in Booking.with_tests.order_by("pk")] == [False, True]
    assert BANNER not in text_of(owner_client.get(real))


def test_strangers_cannot_begin_a_trial_nor_go_on_with_one(tenant, customer_client, owner_client, service):
    url = begin_test(owner_client, service)

    asked = customer_client.get("/?test=1")
    taken_over = customer_client.post(url, PERSON)

    assert BANNER not in text_of(asked)
    assert taken_over.status_code == 302
    booked = Booking.with_tests.get()
    assert (booked.is_test, booked.customer_phone) == (False, "+525512345678")


def test_trial_is_listed_and_deleted_on_your_page(tenant, owner_client, service, draft):
    book(owner_client, service)
    trial = Booking.with_tests.get()

    listed = text_of(owner_client.get("/workspace/page/"))
    gone = [owner_client.post(f"/workspace/page/tests/{trial.pk}/delete/") for _ in range(2)]

    assert service.name in listed
    assert [each.status_code for each in gone] == [302, 302]
    assert not Booking.with_tests.exists()


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_trial_is_deleted_by_those_who_run_the_business(tenant, owner_client, service, draft, role):
    book(owner_client, service)
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email=f"new-{role}@taller.example", name="Rita", role=role))

    answer = client.post(f"/workspace/page/tests/{Booking.with_tests.get().pk}/delete/")

    assert (answer.status_code, Booking.with_tests.count()) == (403, 1)


def test_real_booking_outlives_the_button_for_trials(owner_client, customer_client, service):
    book(customer_client, service)

    owner_client.post(f"/workspace/page/tests/{Booking.objects.get().pk}/delete/")

    assert Booking.objects.count() == 1
