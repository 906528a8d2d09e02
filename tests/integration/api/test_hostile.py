"""What only an attacker sends, or what only an attacker would find."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest

from api.throttles import WriteLimits
from scheduling.models import Booking, Resource, Service
from tests.integration.api.conftest import make_booking_body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (rb'{"customer": {"name": "Ana", "phone": "\ud800"}}', 400),
        (rb'{"\ud800": 1}', 400),
        (b'{"answers": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
        (b'{"note": "' + b"a" * 1_000_000 + b'"}', 413),
        (b'{"note": "' + b"a" * 3_000_000 + b'"}', 413),
    ],
)
def test_hostile_bodies_are_refused_as_problems(customer_client, caplog, body, status):
    answer = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert [record.name for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "sent", [{"name": "a" * 11_000_000}, {f"field{number}": "x" for number in range(1_100)}], ids=["large", "many"]
)
def test_forms_that_are_refused_are_no_errors_of_ours(customer_client, caplog, sent):
    answer = customer_client.post("/visits/", sent)

    assert 400 <= answer.status_code < 500
    assert [record.name for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_answers_are_not_kept_by_caches(customer_client):
    answers = [customer_client.get(f"/api/v1/{path}") for path in ("services", "manage/unknown")]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store", "no-store"]


def test_throttle_does_not_believe_what_callers_say_of_themselves(rf):
    request = rf.post("/", headers={"X-Forwarded-For": "203.0.113.7"}, REMOTE_ADDR="198.51.100.1")

    assert WriteLimits().get_ident(request) == "198.51.100.1"


def test_docs_run_no_script_that_the_policy_forbids(customer_client):
    page = customer_client.get("/api/v1/docs/")

    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert re.findall(r"<script>|<script(?![^>]*\bsrc=)[^>]*>", page.content.decode()) == []
    script = customer_client.get("/api/v1/docs/?script=")
    assert (script.status_code, script.headers["Content-Type"]) == (200, "application/javascript")


def test_only_offered_resources_can_be_asked_for(customer_client, tenant):
    service = Service.objects.get(pk=customer_client.get("/api/v1/services").json()["results"][0]["id"])
    offered = customer_client.get("/api/v1/resources", {"service": service.pk}).json()["results"][0]["id"]
    Resource.objects.filter(pk=offered).update(is_customer_choosable=False)
    day = (datetime.now(tz=UTC) + timedelta(days=7)).date().isoformat()
    asked = {"service": str(service.pk), "resource": offered}

    seen = customer_client.get("/api/v1/availability", {**asked, "from": day, "to": day})
    held = customer_client.post(
        "/api/v1/holds", {**asked, "starts_at": f"{day}T15:00:00Z"}, content_type="application/json"
    )

    assert [(answer.status_code, answer.json()["code"]) for answer in (seen, held)] == [
        (404, "resource_not_found"),
        (404, "resource_not_found"),
    ]
    assert not Booking.objects.exists()


def test_what_nobody_sees_is_not_stored(customer_client, tenant):
    body = make_booking_body(
        customer_client,
        customer={"name": "Ana\u202e zereP\u200b", "phone": "+525512345678"},
        asset={"make": "Nissan\u2066", "model": "Versa"},
        answers={"note": "hace \u202eruido\u200b"},
        note="llego\u202e tarde",
    )

    booked = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    booking = Booking.objects.get()
    assert booked.status_code == 201
    assert (booking.customer_name, booking.note, booking.answers) == (
        "Ana zereP",
        "llego tarde",
        {"note": "hace ruido"},
    )
    assert booking.asset_label == "Nissan Versa"


def test_answer_that_cannot_be_stored_is_refused(customer_client, tenant):
    body = make_booking_body(customer_client, answers={"note": "a\x00b"})

    answer = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["answers.note"])
    assert not Booking.objects.exists()


@pytest.mark.parametrize("half", [{"hold": "1"}, {"token": "x"}])
def test_half_a_hold_beside_a_start_is_refused(customer_client, tenant, half):
    body = make_booking_body(customer_client, **half)

    answer = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["hold"])
    assert not Booking.objects.exists()
