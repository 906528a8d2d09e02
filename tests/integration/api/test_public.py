"""The part of the API that anyone may call, as the widget does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator

from api.v1.reference import views
from scheduling.models import Booking, Service
from tests.conftest import HostClient

PAST = "2020-01-06T15:00:00Z"
CUSTOMER = {"name": "Laura Jiménez", "phone": "+525512345678", "email": "laura@example.com"}


@pytest.fixture
def api(customer_client):
    return customer_client


@pytest.fixture
def service(api):
    return api.get("/api/v1/services").json()["results"][0]


@pytest.fixture
def slot(api, service):
    """Far enough away for any cut-off."""
    today = datetime.now(tz=UTC).date() + timedelta(days=7)
    answer = api.get(
        "/api/v1/availability",
        {"service": service["id"], "from": today.isoformat(), "to": (today + timedelta(days=7)).isoformat()},
    ).json()
    return next(slot["starts_at"] for day in answer["days"] for slot in day["slots"])


def post(api, path, body, **headers):
    return api.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def book(api, service, slot, **changes):
    asset = {"make": "Nissan", "model": "Versa"}
    body = {"service": service["id"], "starts_at": slot, "customer": CUSTOMER, "asset": asset}
    return post(api, "bookings", {**body, **changes})


def test_request_says_until_when_it_is_answered(api, service, slot):
    instant = book(api, service, slot).json()
    Service.objects.update(approval="request")

    asked = book(api, service, slot, customer=CUSTOMER | {"name": "Luis Soto"}).json()

    deadline = Booking.objects.get(reference=asked["reference"]).hold_expires_at
    token = asked["manage_url"].rstrip("/").rsplit("/", 1)[1]
    assert (instant["status"], instant["answer_by"]) == ("confirmed", None)
    assert (asked["status"], asked["answer_by"]) == ("pending_approval", f"{deadline:%Y-%m-%dT%H:%M:%SZ}")
    assert api.get(f"/api/v1/manage/{token}").json()["answer_by"] == asked["answer_by"]


def test_business_describes_itself(api, tenant):
    answer = api.get("/api/v1/business").json()

    assert answer["name"] == tenant.name
    assert answer["currency"] == "MXN"
    assert answer["vertical"]["key"] == "automotive"
    assert {field["key"] for field in answer["vertical"]["asset_fields"]} >= {"make", "model", "year", "plate", "vin"}


def test_availability_answers_each_day(api, service):
    answer = api.get(
        "/api/v1/availability", {"service": service["id"], "from": "2030-01-07", "to": "2030-01-09"}
    ).json()

    assert [day["date"] for day in answer["days"]] == ["2030-01-07", "2030-01-08", "2030-01-09"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2030-01-07", "to": "2030-01-09"}, "service"),
        ({"service": "abc", "from": "2030-01-07", "to": "2030-01-09"}, "service"),
        ({"service": "1", "from": "x", "to": "2030-01-09"}, "from"),
        ({"service": "1", "from": "2030-01-09", "to": "2030-01-07"}, "to"),
        ({"service": "1", "from": "2030-01-01", "to": "2040-01-01"}, "to"),
        ({"service": "1", "from": "2030-01-01", "to": "2030-01-02", "party_size": "0"}, "party_size"),
        ({"service": "1", "from": "2030-01-01", "to": "2030-01-02", "color": "red"}, "color"),
    ],
)
def test_bad_availability_query_names_the_field(api, query, field):
    response = api.get("/api/v1/availability", query)

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert list(response.json()["errors"]) == [field]


def test_unknown_service_is_not_found(api):
    query = {"service": "999999", "from": "2030-01-07", "to": "2030-01-09"}

    assert api.get("/api/v1/availability", query).status_code == 404


def test_hold_then_book_then_manage(api, service, slot, tenant):
    held = post(api, "holds", {"service": service["id"], "starts_at": slot})
    booked = post(
        api,
        "bookings",
        {
            "hold": held.json()["id"],
            "token": held.json()["token"],
            "customer": CUSTOMER,
            "asset": {"make": "Nissan", "model": "Versa"},
        },
    )
    token = booked.json()["manage_url"].rstrip("/").rsplit("/", 1)[1]
    managed = api.get(f"/api/v1/manage/{token}").json()

    assert held.status_code == 201
    assert booked.status_code == 201
    assert booked.json()["status"] == "confirmed"
    assert booked.json()["manage_url"] == f"http://{tenant.primary_host}/b/{token}/"
    assert (managed["reference"], managed["starts_at"]) == (booked.json()["reference"], slot)
    assert post(api, f"manage/{token}/confirm", {}).json()["is_attendance_confirmed"] is True
    assert post(api, f"manage/{token}/cancel", {"reason": "viaje"}).json()["status"] == "cancelled"
    assert api.get(f"/api/v1/manage/{token}/calendar.ics").content.startswith(b"BEGIN:VCALENDAR")


def test_taken_slot_offers_alternatives(api, service, slot):
    for _ in range(20):
        response = book(api, service, slot, may_coincide=True)
        if response.status_code != 201:
            break

    assert response.status_code == 409
    assert response.json()["code"] in {"slot_taken", "slot_unavailable"}
    assert len(response.json()["alternatives"]) == 3


def test_released_hold_frees_its_place(api, service, slot):
    held = post(api, "holds", {"service": service["id"], "starts_at": slot}).json()

    assert api.delete(f"/api/v1/holds/{held['id']}").status_code == 204
    assert api.delete("/api/v1/holds/1.wrong").status_code == 404
    assert post(api, "holds", {"service": service["id"], "starts_at": slot}).status_code == 201


def test_idempotency_key_books_once(api, service, slot):
    body = {"service": service["id"], "starts_at": slot, "customer": CUSTOMER, "asset": {"make": "Kia", "model": "Rio"}}
    first = post(api, "bookings", body, idempotency_key="k-1")
    again = post(api, "bookings", body, idempotency_key="k-1")
    other = post(api, "bookings", {**body, "note": "other"}, idempotency_key="k-1")

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


def test_stranger_who_guesses_a_key_learns_nothing(api, service, slot, tenant):
    stranger = HostClient(tenant.primary_host, REMOTE_ADDR="198.51.100.9")
    asked = {"service": service["id"], "starts_at": slot}

    holds = [post(client, "holds", asked, idempotency_key="1") for client in (api, stranger)]

    assert [each.status_code for each in holds] == [201, 201]
    assert holds[0].json()["id"] != holds[1].json()["id"]


def test_key_that_two_customers_use_disturbs_neither(api, service, slot, tenant):
    stranger = HostClient(tenant.primary_host, REMOTE_ADDR="198.51.100.9")
    body = {"service": service["id"], "starts_at": slot, "customer": CUSTOMER, "asset": {"make": "Kia", "model": "Rio"}}
    other = {**body, "customer": {"name": "Otra Persona", "phone": "+525598765432"}}

    booked = [post(api, "bookings", body, idempotency_key="1"), post(stranger, "bookings", other, idempotency_key="1")]

    assert [each.status_code for each in booked] == [201, 201]
    assert booked[0].json()["reference"] != booked[1].json()["reference"]


def test_booking_is_repeated_from_another_network(api, service, slot, tenant):
    from scheduling.models import Booking

    elsewhere = HostClient(tenant.primary_host, REMOTE_ADDR="198.51.100.9")
    body = {"service": service["id"], "starts_at": slot, "customer": CUSTOMER, "asset": {"make": "Kia", "model": "Rio"}}
    first = post(api, "bookings", body, idempotency_key="k-1")

    again = post(elsewhere, "bookings", body, idempotency_key="k-1")

    assert (first.status_code, again.json()) == (201, first.json())
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer": {"name": "Ana", "phone": "12"}}, "customer.phone"),
        ({"customer": {"name": "A" * 10_000, "phone": "+525512345678"}}, "customer.name"),
        ({"customer": {"name": "Ana", "phone": "+525512345678", "age": 3}}, "customer.age"),
        ({"customer": {"name": "", "phone": "+525512345678"}}, "customer.name"),
        ({"starts_at": "yesterday"}, "starts_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_booking_names_the_field(api, service, slot, changes, field):
    response = book(api, service, slot, **changes)

    assert response.status_code == 422
    assert field in response.json()["errors"]


def test_past_slot_is_refused(api, service):
    response = book(api, service, "2020-01-06T15:00:00Z")

    assert response.status_code == 409
    assert response.json()["code"] == "slot_in_past"


def test_broken_json_is_a_problem(api):
    response = api.post("/api/v1/holds", "{", content_type="application/json")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_messages_are_in_the_callers_language(api):
    query = {"service": "999999", "from": "2030-01-07", "to": "2030-01-09"}
    spanish = api.get("/api/v1/availability", query, headers={"accept-language": "es"}).json()["detail"]
    english = api.get("/api/v1/availability", query, headers={"accept-language": "en"}).json()["detail"]

    assert english == "This service does not exist or is no longer offered."
    assert spanish == "Este servicio no existe o ya no se ofrece."


def test_other_sites_may_call_without_cookies(api):
    response = api.get("/api/v1/business", headers={"origin": "https://taller.example"})

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response


def test_another_tenants_token_is_unknown(api, service, slot, other_tenant):
    token = book(api, service, slot).json()["manage_url"].rstrip("/").rsplit("/", 1)[1]

    at_home = api.get(f"/api/v1/manage/{token}")
    next_door = HostClient(other_tenant.primary_host)
    abroad = [
        next_door.get(f"/api/v1/manage/{token}"),
        next_door.post(f"/api/v1/manage/{token}/cancel", {}, content_type="application/json"),
    ]

    assert (at_home.status_code, at_home.json()["starts_at"]) == (200, slot)
    assert [(answer.status_code, answer.json()["code"]) for answer in abroad] == [(404, "token_unknown")] * 2
    assert api.get(f"/api/v1/manage/{token}").json()["status"] == at_home.json()["status"]


def test_explaining_needs_staff(api, owner_client, service):
    query = {"service": service["id"], "starts_at": "2020-01-06T15:00:00Z"}

    assert api.get("/api/v1/availability/explain", query).status_code == 401
    answer = owner_client.get("/api/v1/availability/explain", query).json()
    assert answer["is_offered"] is False
    assert answer["reasons"][0]["code"] == "past"


def test_schema_and_docs_answer(api):
    schema, docs = api.get("/api/v1/schema/"), api.get("/api/v1/docs/")

    assert (schema.status_code, schema["Content-Type"]) == (200, "application/vnd.oai.openapi; charset=utf-8")
    assert "/api/v1/availability:" in schema.content.decode()
    assert (docs.status_code, '<div id="swagger-ui">' in docs.content.decode()) == (200, True)


def test_schema_says_once_what_many_calls_have_in_common(api):
    text = api.get("/api/v1/schema/", HTTP_ACCEPT="application/json").content
    document = json.loads(text)

    calls = [call for calls in document["paths"].values() for call in calls.values()]
    failures = [each for call in calls for status, each in call["responses"].items() if status >= "400"]
    shared = {f"#/components/responses/{name}" for name in document["components"]["responses"]}
    assert {json.dumps(each) for each in failures} == {json.dumps({"$ref": name}) for name in shared}
    parameters = [json.dumps(each) for call in calls for each in call.get("parameters", ()) if "$ref" not in each]
    assert sorted(parameters) == sorted(set(parameters))
    assert len(text) < 4_000 * len(calls)


def test_schema_is_made_once_for_everybody(api, other_tenant, monkeypatch):
    views._render_document.cache_clear()
    first = api.get("/api/v1/schema/", HTTP_ACCEPT_LANGUAGE="es")
    monkeypatch.setattr(SchemaGenerator, "get_schema", None)

    again = HostClient(other_tenant.primary_host).get("/api/v1/schema/", HTTP_ACCEPT_LANGUAGE="en")

    assert (again.status_code, again.content) == (200, first.content)


def test_window_of_62_days_is_the_longest(api, service):
    first = date(2030, 1, 1)
    longest = {"service": service["id"], "from": first.isoformat(), "to": (first + timedelta(days=61)).isoformat()}
    longer = {**longest, "to": (first + timedelta(days=62)).isoformat()}

    answer, refused = (api.get("/api/v1/availability", window) for window in (longest, longer))

    assert (answer.status_code, len(answer.json()["days"])) == (200, 62)
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")
    assert refused.json()["errors"] == {"to": ["Pide como máximo 62 días a la vez."]}


def test_one_visitor_cannot_keep_the_whole_day(api, service, slot, settings):
    settings.LIMITS = settings.LIMITS | {"holds_open": replace(settings.LIMITS["holds_open"], size=2)}
    body = {"service": service["id"], "starts_at": slot}
    first, second, third = (post(api, "holds", body) for _ in range(3))

    assert [first.status_code, second.status_code] == [201, 201]
    assert (third.status_code, third.json()["code"]) == (429, "throttled")
    assert 0 < int(third["Retry-After"]) <= 15 * 60
    assert api.delete(f"/api/v1/holds/{first.json()['id']}").status_code == 204
    assert post(api, "holds", body).status_code == 201


def test_time_given_back_again_makes_room_once(api, service, slot, settings):
    settings.LIMITS = settings.LIMITS | {"holds_open": replace(settings.LIMITS["holds_open"], size=2)}
    body = {"service": service["id"], "starts_at": slot}
    first, _ = (post(api, "holds", body) for _ in range(2))

    again = [api.delete(f"/api/v1/holds/{first.json()['id']}").status_code for _ in range(3)]

    assert again == [204] * 3
    assert [post(api, "holds", body).status_code for _ in range(2)] == [201, 429]


def test_time_that_ended_by_itself_makes_no_room_for_others(api, service, slot, settings):
    from scheduling.models import Booking

    settings.LIMITS = settings.LIMITS | {"holds_open": replace(settings.LIMITS["holds_open"], size=2)}
    body = {"service": service["id"], "starts_at": slot}
    first, _ = (post(api, "holds", body) for _ in range(2))
    Booking.objects.filter(pk=first.json()["id"].partition(".")[0]).update(hold_expires_at=datetime.now(tz=UTC))

    assert api.delete(f"/api/v1/holds/{first.json()['id']}").status_code == 204

    # What was counted for it is forgotten in time; the one that is counted first may be another by then.
    assert post(api, "holds", body).status_code == 429


def test_what_keeps_no_time_counts_for_none(api, service, slot, settings):
    settings.LIMITS = settings.LIMITS | {"holds_open": replace(settings.LIMITS["holds_open"], size=2)}
    body, key = {"service": service["id"], "starts_at": slot}, {"Idempotency-Key": "once"}
    wrong = [post(api, "holds", {**body, "starts_at": "soon"}), post(api, "holds", {**body, "starts_at": PAST})]

    kept, again = (post(api, "holds", body, **key) for _ in range(2))

    assert [answer.status_code for answer in (*wrong, kept, again)] == [422, 409, 201, 201]
    assert again.json()["id"] == kept.json()["id"]
    assert [post(api, "holds", body).status_code for _ in range(2)] == [201, 429]


def test_keeping_a_time_asks_redis_for_the_generation_and_all_limits_together(
    api, service, slot, assert_redis_round_trips
):
    cache.get("warm")

    with assert_redis_round_trips(2):
        answer = post(api, "holds", {"service": service["id"], "starts_at": slot})

    assert answer.status_code == 201


def test_search_that_finds_nothing_is_remembered_without_a_name(api, service, tenant):
    from scheduling.models import CapacityRule, RefusedDemand

    first = datetime.now(tz=UTC).date() + timedelta(days=7)
    query = {"service": service["id"], "from": first.isoformat(), "to": (first + timedelta(days=6)).isoformat()}
    free = api.get("/api/v1/availability", query).json()
    before = RefusedDemand.objects.count()
    CapacityRule.objects.create(scope="service", service_id=service["id"], period="day", measure="bookings", limit=0)
    refused = api.get("/api/v1/availability", query).json()

    assert [any(day["slots"] for day in answer["days"]) for answer in (free, refused)] == [True, False]
    assert before == 0
    assert {row.service_id for row in RefusedDemand.objects.all()} == {int(service["id"])}


QUESTION = {
    "key": "q00000a", "label": "¿Qué motor?", "kind": "choice", "is_required": True, "choices": ["4 cil.", "6 cil."],
    "texts": [{"language": "en", "label": "Which engine?", "choices": ["4 cyl.", "6 cyl."]}],
}  # fmt: skip


def test_services_are_told_in_the_language_of_the_call(api, service):
    texts = [{"language": "en", "name": "Oil change", "description": "With filter.", "category": "Upkeep"}]
    Service.objects.filter(pk=service["id"]).update(texts=texts, questions=[QUESTION])

    english, spanish = (
        api.get("/api/v1/services", headers={"Accept-Language": language}).json()["results"][0]
        for language in ("en", "es")
    )

    assert (english["name"], english["description"], english["category"]) == ("Oil change", "With filter.", "Upkeep")
    assert (spanish["name"], spanish["category"]) == (service["name"], service["category"])
    assert english["questions"] == [
        {
            "key": "q00000a",
            "label": "Which engine?",
            "kind": "choice",
            "is_required": True,
            "choices": [{"key": "4 cil.", "label": "4 cyl."}, {"key": "6 cil.", "label": "6 cyl."}],
        }
    ]


@pytest.mark.parametrize("answers", [None, {}, {"q00000a": "8 cil."}, {"q00000a": 4}, {"q00000a": {"x": []}}])
def test_questions_of_a_service_are_asked_by_the_api_too(api, service, slot, answers):
    Service.objects.filter(pk=service["id"]).update(questions=[QUESTION])

    refused = book(api, service, slot, **({} if answers is None else {"answers": answers}))
    booked = book(api, service, slot, answers={"q00000a": "4 cil."})

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["answers.q00000a"])
    assert booked.status_code == 201
    assert [each["answer"] for each in Booking.objects.get().answers["questions"]] == ["4 cil."]


def test_who_booked_reads_the_service_in_their_language(api, service, slot):
    texts = [{"language": "en", "name": "Oil change", "description": "", "category": ""}]
    Service.objects.filter(pk=service["id"]).update(texts=texts)
    token = book(api, service, slot).json()["manage_url"].rstrip("/").rsplit("/", 1)[1]

    told = {
        language: api.get(f"/api/v1/manage/{token}", headers={"Accept-Language": language}).json()["service"]
        for language in ("en", "es")
    }

    assert told == {"en": "Oil change", "es": service["name"]}
