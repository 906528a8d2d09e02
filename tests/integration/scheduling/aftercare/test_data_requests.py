"""Own data: a file of one visit, and wishes that staff answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.models import Message
from scheduling.enums import DataRequestKind
from scheduling.errors import DataRequestNotFound
from scheduling.models import DataRequest
from scheduling.selectors.aftercare.data_requests import list_open_requests, list_requests_of
from scheduling.selectors.aftercare.feedback import find_feedback
from scheduling.selectors.aftercare.own_data import collect_own_data
from scheduling.services.aftercare.answers import hide_feedback
from scheduling.services.aftercare.conversations import write_as_customer
from scheduling.services.aftercare.data_requests import finish_request
from scheduling.services.aftercare.feedback import give_feedback
from scheduling.services.erasing import KIND as CUSTOMER_KIND
from scheduling.types.aftercare.views import GivenFeedback
from tenants.services.erasures.erasing import erase
from tests.factories.privacy import make_earlier_request
from tests.integration.scheduling.aftercare.conftest import STAFF
from tests.integration.scheduling.messages.conftest import handle_events

ERASURE, CORRECTION = DataRequestKind.ERASURE, DataRequestKind.CORRECTION


def test_wish_goes_to_staff_and_its_answer_back(visited):
    now = visited.ends_at
    make_earlier_request(visited.id, kind=CORRECTION, text="Mi correo es otro", now=now)
    handle_events(now)
    (waiting,) = list_open_requests()
    assert (waiting.kind, waiting.text, waiting.reference) == (CORRECTION, "Mi correo es otro", visited.reference)

    finish_request(request_id=waiting.id, answer="Ya quedó.", now=now + timedelta(hours=1), by=STAFF)
    handle_events(now + timedelta(hours=1))

    assert list_open_requests() == ()
    assert [each.answer for each in list_requests_of(booking_id=visited.id)] == ["Ya quedó."]
    told = Message.objects.filter(template__in=["business_data_request", "data_request_done"]).order_by("pk")
    assert [(each.template, each.to) for each in told] == [
        ("business_data_request", "owner@taller.example"),
        ("data_request_done", "ana@example.com"),
    ]


def test_wish_is_answered_once(visited):
    make_earlier_request(visited.id, kind=ERASURE, now=visited.ends_at)
    (waiting,) = list_open_requests()
    finish_request(request_id=waiting.id, answer="Hecho", now=visited.ends_at, by=STAFF)

    with pytest.raises(DataRequestNotFound):
        finish_request(request_id=waiting.id, answer="Otra cosa", now=visited.ends_at, by=STAFF)

    assert DataRequest.objects.get().answer == "Hecho"


def test_own_data_is_of_one_visit_and_whole(visited, token, book):
    book(name="Otra Persona", email="otra@example.com", phone="+525587654321")
    give_feedback(token=token, given=GivenFeedback(4, "Bien"), now=visited.ends_at)
    write_as_customer(token=token, text="Hola", now=visited.ends_at)

    (found,) = collect_own_data([visited], business_name="Taller")

    text = json.dumps(found, ensure_ascii=False)
    assert found["booking"]["reference"] == visited.reference
    assert found["booking"]["email"] == "ana@example.com"
    assert found["feedback"]["comment"] == "Bien"
    assert [each["text"] for each in found["conversation"]] == ["Hola"]
    assert {each["purpose"] for each in found["consents"]} >= {"booking"}
    assert "otra@example.com" not in text
    assert "owner@taller.example" not in text


def test_erasing_takes_the_words_too(visited, token):
    give_feedback(token=token, given=GivenFeedback(4, "Soy Ana", may_publish=True), now=visited.ends_at)
    write_as_customer(token=token, text="Soy Ana", now=visited.ends_at)
    make_earlier_request(visited.id, kind=ERASURE, text="Soy Ana", now=visited.ends_at)
    hide_feedback(booking_id=visited.id, reason="Nombra a Ana", now=visited.ends_at, by=STAFF)

    erase(kind=CUSTOMER_KIND, row_ids=[visited.customer_id], now=visited.ends_at)

    found = json.dumps(collect_own_data([visited], business_name="Taller")[0]["feedback"])
    assert "Soy Ana" not in found
    said = find_feedback(booking_id=visited.id)
    assert said is not None
    assert (said.hidden_reason, said.hidings) == ("", ())
    assert list_open_requests() == ()


def test_an_answer_is_due_when_the_law_of_the_country_says(visited):
    asked_at = datetime(2026, 12, 7, 18, tzinfo=UTC)
    make_earlier_request(visited.id, kind=ERASURE, now=asked_at)

    (waiting,) = list_open_requests()

    # Mexico: twenty working days, without December 25 and January 1; of its clocks we are not sure.
    assert waiting.deadline.last_on == date(2027, 1, 6)
    assert (waiting.law.instrument, waiting.is_sure) == ("LFPDPPP (2025)", False)
    assert not waiting.is_late(waiting.deadline.ends_at - timedelta(seconds=1))
    assert waiting.is_late(waiting.deadline.ends_at)
    assert not replace(waiting, done_at=asked_at).is_late(waiting.deadline.ends_at)
    assert collect_own_data([visited], business_name="Taller")[0]["data_requests"][0]["answer_by"] == "2027-01-06"
