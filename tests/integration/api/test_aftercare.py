"""What a customer does after and beside a visit, by the token of the booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from privacy.models import PersonRequest
from privacy.services.deciding import finish, grant
from scheduling.models import Booking, ConversationLine, DataRequest, Feedback
from scheduling.services.aftercare.answers import answer_feedback
from scheduling.services.aftercare.conversations import write_as_staff
from scheduling.types import Actor
from tests.factories.scheduling import MONDAY, NOW, book, make_shop

AT = NOW.isoformat().replace("+00:00", "Z")


@pytest.fixture(autouse=True)
def at_now(tenants):
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def link(tenant) -> str:
    return f"/api/v1/manage/{book(make_shop()[0]).manage_token}"


@pytest.fixture
def rated(customer_client, link) -> str:
    Booking.objects.update(status="completed", completed_at=NOW)
    post(customer_client, f"{link}/feedback", {"score": 4, "comment": "Todo bien", "may_publish": True})
    return link


@pytest.fixture
def staff(tenant) -> Actor:
    return Actor(kind="staff", user_id=User.objects.create(email="rosa@example.com", name="Rosa", role="owner").pk)


def post(client, address: str, body: dict):
    return client.post(address, body, content_type="application/json")


def test_what_was_said_is_read_again_with_its_answer(customer_client, rated, staff):
    answer_feedback(booking_id=Booking.objects.get().pk, text="Gracias", now=NOW, by=staff)

    said = customer_client.get(f"{rated}/feedback").json()

    assert said == {
        "score": 4,
        "comment": "Todo bien",
        "recommend_score": None,
        "may_publish": True,
        "is_published": True,
        "said_at": AT,
        "answer": "Gracias",
        "answered_at": AT,
    }


def test_nothing_said_is_not_found(customer_client, link):
    answers = [
        customer_client.get(f"{link}/feedback"),
        post(customer_client, f"{link}/feedback/publish", {"may_publish": True}),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "feedback_not_found")] * 2


def test_everybody_reads_what_may_be_published_until_it_is_taken_back(customer_client, tenant, rated):
    before = customer_client.get("/api/v1/business/feedback").json()
    taken = [post(customer_client, f"{rated}/feedback/publish", {"may_publish": False}).json() for _ in range(2)]
    after = customer_client.get("/api/v1/business/feedback").json()

    opinion = {"author": "Ana P.", "score": 4, "comment": "Todo bien", "answer": "", "said_at": AT}
    assert before == {"count": 1, "average": 4.0, "newest": [opinion]}
    assert taken == [{"may_publish": False, "is_changed": True}, {"may_publish": False, "is_changed": False}]
    assert after == {"count": 0, "average": None, "newest": []}


def test_consent_is_taken_back_after_the_end_of_the_link(customer_client, rated, at_now):
    at_now.move_to(MONDAY + timedelta(days=40))

    given = post(customer_client, f"{rated}/feedback/publish", {"may_publish": True})
    taken = post(customer_client, f"{rated}/feedback/publish", {"may_publish": False})

    assert (given.status_code, given.json()["code"], taken.status_code) == (404, "link_ended", 200)
    assert Feedback.objects.get().may_publish is False


def test_customer_and_business_write_each_other(customer_client, tenant, link, staff):
    wrote = [post(customer_client, f"{link}/messages", {"text": "¿Abren a las 8?"}) for _ in range(2)]
    line = ConversationLine.objects.get()
    write_as_staff(booking_id=line.booking_id, text="Sí", seen_line_id=line.pk, now=NOW, by=staff)

    found = customer_client.get(f"{link}/messages").json()

    assert [(each.status_code, each.json()) for each in wrote] == [(201, {"is_new": True}), (201, {"is_new": False})]
    rows = [(each["author"], each["name"], each["text"], each["written_at"]) for each in found["results"]]
    assert rows == [("customer", "", "¿Abren a las 8?", AT), ("staff", "Rosa", "Sí", AT)]
    assert found["next"] is None


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " "}, {"text": "x" * 1001}, {"text": "x", "to": "y"}])
def test_what_is_no_message_is_refused(customer_client, link, body):
    refused = post(customer_client, f"{link}/messages", body)

    assert (refused.status_code, ConversationLine.objects.count()) == (422, 0)


def test_messages_of_one_day_are_limited(customer_client, link):
    sent = [post(customer_client, f"{link}/messages", {"text": f"{number}"}) for number in range(21)]

    assert [each.status_code for each in sent] == [201] * 20 + [429]
    assert (sent[-1].json()["code"], sent[-1].headers["Retry-After"]) == ("throttled", "86400")
    assert ConversationLine.objects.count() == 20


def test_what_is_kept_of_a_visit_is_taken_along(customer_client, link):
    data = customer_client.get(f"{link}/data")

    assert data.headers["Cache-Control"] == "no-store"
    booking = Booking.objects.get()
    told = data.json()
    assert (told["format"], told["booking"]["reference"]) == ("turnero-own-data-1", booking.reference)
    assert (told["booking"]["name"], told["booking"]["email"]) == (booking.customer_name, booking.customer_email)


def test_taking_along_is_limited(customer_client, link, settings):
    settings.LIMITS = settings.LIMITS | {"own_data_address": replace(settings.LIMITS["own_data_address"], size=1)}

    first, second = (customer_client.get(f"{link}/data") for _ in range(2))

    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 429, "throttled")


def test_a_wish_about_data_is_asked_once_and_answered(customer_client, link, staff):
    body = {"kind": "correction", "text": "Me llamo Anna"}
    Booking.objects.update(proven_contact="email")
    first, second = (post(customer_client, f"{link}/data_requests", body) for _ in range(2))
    request = PersonRequest.objects.get()
    grant(request_id=request.pk, by=staff, now=NOW)
    finish(request_id=request.pk, answer="Corregido", by=staff, now=NOW)
    DataRequest.objects.create(booking_id=request.booking_id, kind="erasure", asked_at=NOW)

    found = customer_client.get(f"{link}/data_requests").json()

    assert (first.status_code, first.json()) == (201, {"kind": "correction", "asked_at": AT})
    assert (second.status_code, second.json()["code"]) == (409, "data_request_open")
    answered = {
        "id": str(request.pk),
        **body,
        "asked_at": AT,
        "answer_by": "2026-02-03",
        "done_at": AT,
        "answer": "Corregido",
    }
    assert found["results"][1] == answered
    assert (found["results"][0]["kind"], found["results"][0]["done_at"]) == ("erasure", None)
    assert found["results"][0]["id"].startswith("earlier-")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "deletion"}, "kind"),
        ({"kind": "correction"}, "text"),
        ({"kind": "erasure", "text": 1}, "text"),
    ],
)
def test_what_is_no_wish_is_refused_at_its_field(customer_client, link, body, field):
    refused = post(customer_client, f"{link}/data_requests", body)

    assert (refused.status_code, list(refused.json()["errors"]), PersonRequest.objects.count()) == (422, [field], 0)


@pytest.mark.parametrize("path", ["feedback", "messages", "data", "data_requests"])
def test_another_token_learns_nothing(customer_client, rated, path):
    answer = customer_client.get(f"/api/v1/manage/no-token/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "token_unknown")


def test_the_booking_says_what_can_be_done_now(customer_client, link):
    def look() -> tuple[bool, bool, str]:
        shown = customer_client.get(link).json()
        return shown["can_rate"], shown["can_write"], shown["locale"]

    before = look()
    Booking.objects.update(status="completed", completed_at=NOW)
    over = look()
    post(customer_client, f"{link}/feedback", {"score": 4})

    assert (before, over, look()) == ((False, True, "es"), (True, True, "es"), (False, True, "es"))
