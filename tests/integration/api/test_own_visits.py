"""One's own visits by the API: the same link as on the page, and the same silence for everybody else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest
import time_machine
from django.core import mail

from scheduling.models import AddOn, Booking, Resource, Service, VisitsLink
from scheduling.services.visits.links import ask_for_visits
from tests.factories.scheduling import DETAILS, MONDAY, NOW, book, make_service, make_shop
from tests.fakes.due_work import perform_all, send_messages

ANA = "ana@example.com"


@pytest.fixture(autouse=True)
def at_now(tenants):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def link(tenant) -> str:
    """The token of a link to Ana's visits."""
    ask_for_visits(contact=ANA, locale="es", now=NOW)
    perform_all(tenant.schema_name, "visits_link")
    send_messages(tenant.schema_name)
    return re.search(r"/visits/(\w+)/", mail.outbox[-1].body)[1]


def post(client, address: str, body: dict):
    return client.post(f"/api/v1/{address}", body, content_type="application/json")


def test_the_link_lists_visits_until_it_is_ended(customer_client, tenant):
    booked = book(make_shop()[0])
    asked = post(customer_client, "visits", {"contact": ANA})
    perform_all(tenant.schema_name, "visits_link")
    send_messages(tenant.schema_name)
    token = re.search(r"/visits/(\w+)/", mail.outbox[-1].body)[1]

    found = customer_client.get(f"/api/v1/visits/{token}").json()
    ended = [customer_client.delete(f"/api/v1/visits/{token}").status_code for _ in range(2)]

    assert (asked.status_code, asked.json()) == (202, {"contact": ANA})
    assert [each["reference"] for each in found["coming"]] == [booked.reference]
    assert found["coming"][0]["manage_url"].endswith(f"/b/{booked.manage_token}/")
    assert (found["past"], found["next"], ended) == ([], None, [204, 204])
    gone = customer_client.get(f"/api/v1/visits/{token}")
    assert (gone.status_code, gone.json()["code"]) == (404, "visits_link_unknown")


def test_an_unknown_contact_is_answered_alike(customer_client, tenant):
    answer = post(customer_client, "visits", {"contact": "nadie@example.com"})

    assert (answer.status_code, answer.json()) == (202, {"contact": "nadie@example.com"})


@pytest.mark.parametrize("body", [{}, {"contact": ""}, {"contact": "ana"}, {"contact": ANA, "name": "Ana"}])
def test_what_is_no_contact_is_refused(customer_client, tenant, body):
    answer = post(customer_client, "visits", body)

    assert (answer.status_code, VisitsLink.objects.count()) == (422, 0)


def test_a_request_without_a_key_that_is_sent_twice_makes_one_booking(customer_client, tenant):
    service_id = make_shop(5)[0]
    person = {"name": DETAILS.customer.name, "email": ANA}
    asset = dict(DETAILS.asset)
    body = {"service": str(service_id), "starts_at": MONDAY.isoformat(), "customer": person, "asset": asset}

    first, second = (post(customer_client, "bookings", body) for _ in range(2))
    both = post(customer_client, "bookings", body | {"may_coincide": True})

    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 403, "verification_required")
    assert (both.status_code, Booking.objects.count()) == (201, 2)


def test_a_phone_is_asked_for_an_email_where_no_sms_are_sent(customer_client, tenant):
    answer = post(customer_client, "visits", {"contact": "+525512345678"})

    assert (answer.status_code, list(answer.json()["errors"]), VisitsLink.objects.count()) == (422, ["contact"], 0)


def test_a_contact_is_asked_about_so_often_only(customer_client, tenant, settings):
    settings.LIMITS = settings.LIMITS | {"writes_contact": replace(settings.LIMITS["writes_contact"], size=1)}

    answers = [post(customer_client, "visits", {"contact": each}) for each in (ANA, ANA.upper(), "otra@example.com")]

    assert [each.status_code for each in answers] == [202, 429, 202]


@pytest.fixture
def visit() -> dict[str, object]:
    """A visit of two services with an extra and a chosen person."""
    service, (person, _) = make_shop(2)
    Resource.objects.filter(pk=person).update(is_customer_choosable=True)
    further = make_service((person,))
    extra = AddOn.objects.create(service_id=service, name="Cera", minutes=30, price_minor=100, position=0)
    book((service, further), add_on_ids=(extra.pk,), resource_ids=(person,))
    booking = Booking.objects.get()
    return {"service": service, "further": further, "extra": extra.pk, "person": person, "booking": booking}


def test_a_visit_is_booked_again_without_a_code(customer_client, tenant, visit, link):
    again = customer_client.get(f"/api/v1/visits/{link}/again/{visit['booking'].pk}").json()
    next_available = again.pop("next_available")
    body = {name: value for name, value in again.items() if value} | {"starts_at": next_available, "visits": link}
    booked = post(customer_client, "bookings", body)

    assert again == {
        "service": str(visit["service"]),
        "further_services": [str(visit["further"])],
        "add_ons": [str(visit["extra"])],
        "resource": str(visit["person"]),
        "location": str(visit["booking"].location_id),
        "party_size": 1,
        "arrival_mode": "",
        "customer": {"name": "Ana Pérez", "phone": "+525512345678", "email": ANA},
        "asset": dict(DETAILS.asset),
    }
    made = Booking.objects.exclude(pk=visit["booking"].pk).get()
    assert (booked.status_code, made.proven_contact) == (201, "email")
    assert made.starts_at == datetime.fromisoformat(next_available)


@pytest.mark.parametrize("email", ["otra@example.com", ""])
def test_the_link_proves_no_other_contact(customer_client, tenant, visit, link, email):
    person = {"name": "Otra", "phone": "+525587654321", "email": email}
    body = {"service": str(visit["service"]), "starts_at": MONDAY.isoformat(), "customer": person, "visits": link}

    booked = post(customer_client, "bookings", body | {"asset": dict(DETAILS.asset)})

    made = Booking.objects.exclude(pk=visit["booking"].pk).get()
    assert (booked.status_code, made.proven_contact) == (201, "")


def test_what_is_no_longer_offered_is_left_out(customer_client, tenant, visit, link):
    AddOn.objects.update(is_active=False)
    Service.objects.filter(pk=visit["further"]).update(is_online=False)
    Resource.objects.filter(pk=visit["person"]).update(is_customer_choosable=False)

    again = customer_client.get(f"/api/v1/visits/{link}/again/{visit['booking'].pk}").json()

    assert (again["further_services"], again["add_ons"], again["resource"]) == ([], [], None)


def test_a_service_that_is_gone_is_not_booked_again(customer_client, tenant, visit, link):
    Service.objects.filter(pk=visit["service"]).update(is_online=False)

    answer = customer_client.get(f"/api/v1/visits/{link}/again/{visit['booking'].pk}")

    assert (answer.status_code, answer.json()["code"]) == (404, "service_not_found")


@pytest.mark.parametrize("booking_id", ["999999", "x"])
def test_what_is_somebody_else_s_is_not_booked_again(customer_client, tenant, visit, link, booking_id):
    answer = customer_client.get(f"/api/v1/visits/{link}/again/{booking_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")


def test_where_no_time_is_in_sight_none_is_named(customer_client, tenant, visit, link):
    Resource.objects.update(is_active=False)

    again = customer_client.get(f"/api/v1/visits/{link}/again/{visit['booking'].pk}").json()

    assert again["next_available"] is None


def test_all_visits_are_taken_along(customer_client, tenant, visit, link):
    data = customer_client.get(f"/api/v1/visits/{link}/data").json()

    assert [each["booking"]["reference"] for each in data["visits"]] == [visit["booking"].reference]
    assert (data["contact"], data["waitlist"], data["next"]) == (ANA, [], None)


@pytest.mark.parametrize("path", ["data", "again/1"])
def test_a_link_that_is_none_tells_nothing(customer_client, tenant, path):
    answer = customer_client.get(f"/api/v1/visits/no-token/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "visits_link_unknown")
