"""One's own visits by the API: the same link as on the page, and the same silence for everybody else."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.core import mail

from scheduling.models import Booking, VisitsLink
from tests.factories.scheduling import DETAILS, MONDAY, NOW, book, make_shop
from tests.fakes.due_work import perform_all, send_messages

ANA = "ana@example.com"


@pytest.fixture(autouse=True)
def at_now(tenants):
    with time_machine.travel(NOW, tick=False):
        yield


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
