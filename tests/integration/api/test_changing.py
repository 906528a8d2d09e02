"""Services, extras and party of a booking, changed by REST: by programs, and by the link."""

from __future__ import annotations

import pytest

from scheduling.models import Booking, Service
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.scheduling import make_place, make_resource, make_service
from tests.integration.api.conftest import make_booking_body

PATH = "/api/v1/bookings"


@pytest.fixture
def program(tenant) -> HostClient:
    return HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'bookings': 'write'})}"})


@pytest.fixture
def services(tenant) -> tuple[int, int]:
    """1000 and 60 minutes, 500 and 30; one person does both."""
    eva = make_resource(make_place(), "Eva")
    return (
        make_service((eva,), name="Aceite", price_minor=1000, duration_minutes=60, step_minutes=30),
        make_service((eva,), name="Frenos", price_minor=500, duration_minutes=30, step_minutes=30),
    )


def post(client: HostClient, path: str, body: object, **headers: str):
    return client.post(path, body, content_type="application/json", headers=headers)


@pytest.fixture
def booked(program, services) -> dict:
    Service.objects.exclude(pk__in=services).update(is_online=False)
    answer = post(program, PATH, make_booking_body(program, service=str(services[0])))
    assert answer.status_code == 201, answer.content
    return answer.json()


def find_token(booked: dict) -> str:
    return booked["manage_url"].rstrip("/").rsplit("/", 1)[1]


def list_names() -> list[str]:
    return [each.service_name for each in Booking.objects.get().lines.all()]


def test_program_previews_and_changes(program, services, booked):
    body = {"services": [str(each) for each in services]}

    preview = post(program, f"{PATH}/{booked['id']}/change/preview", body)
    assert list_names() == ["Aceite"]
    changed = post(program, f"{PATH}/{booked['id']}/change", {**body, "mark": preview.json()["mark"]})
    late = post(program, f"{PATH}/{booked['id']}/change", {"services": body["services"][:1], **preview_mark(preview)})

    assert (preview.status_code, changed.status_code, late.status_code) == (200, 200, 409)
    said, now = preview.json(), changed.json()
    assert (said["services"], said["price"]["amount_minor"], said["due"], said["back"]) == (
        ["Aceite", "Frenos"], 1500, None, None,
    )  # fmt: skip
    assert (now["starts_at"], now["ends_at"], now["price"]) == (said["starts_at"], said["ends_at"], said["price"])
    assert late.json()["code"] == "booking_changed"
    assert list_names() == ["Aceite", "Frenos"]


def preview_mark(preview) -> dict[str, str]:
    return {"mark": preview.json()["mark"]}


def test_same_key_changes_once(program, services, booked):
    body = {"services": [str(each) for each in services]}

    answers = [
        post(program, f"{PATH}/{booked['id']}/change", body, **{"Idempotency-Key": "once"}).content for _ in range(2)
    ]

    assert (answers[0], Booking.objects.get().sequence) == (answers[1], 1)


def test_customer_previews_and_changes_by_the_link(customer_client, services, booked):
    path = f"/api/v1/manage/{find_token(booked)}/change"
    body = {"services": [str(each) for each in services]}

    preview = post(customer_client, f"{path}/preview", body)
    changed = post(customer_client, path, {**body, **preview_mark(preview)})

    assert (preview.status_code, changed.status_code) == (200, 200)
    assert (changed.json()["service"], changed.json()["price"]["amount_minor"]) == ("Aceite + Frenos", 1500)
    assert changed.json()["reference"] == booked["reference"]


def test_customer_asks_for_somebody_whom_customers_may_choose(customer_client, services, booked):
    path = f"/api/v1/manage/{find_token(booked)}/change"

    refused = post(customer_client, path, {"services": [str(services[1])], "resource": "999"})

    assert (refused.status_code, refused.json()["code"], list_names()) == (404, "resource_not_found", ["Aceite"])


def test_taken_time_is_told_with_alternatives(program, services, booked):
    other = post(
        program,
        PATH,
        make_booking_body(program, service=str(services[1]), starts_at=Booking.objects.get().ends_at.isoformat()),
    )
    assert other.status_code == 201, other.content

    refused = post(program, f"{PATH}/{booked['id']}/change", {"services": [str(each) for each in services]})

    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert refused.json()["alternatives"]
    assert Booking.objects.get(pk=booked["id"]).lines.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"services": []}, "services"),
        ({"services": ["1"] * 6}, "services"),
        ({"party_size": 0}, "party_size"),
        ({"unknown": 1}, "unknown"),
        ({"deposit": {"is_asked": False}}, "deposit.reason"),
        ({"add_ons": ["999"]}, "add_ons"),
    ],
)
def test_what_makes_no_sense_is_named(program, booked, body, field):
    answer = post(program, f"{PATH}/{booked['id']}/change", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert Booking.objects.get().sequence == 0


def test_booking_that_does_not_exist(program):
    answers = [post(program, f"{PATH}/999/{name}", {}) for name in ("change", "change/preview")]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "booking_not_found")] * 2


def test_link_of_another_business_is_unknown(services, booked, other_tenant):
    next_door = HostClient(other_tenant.primary_host)
    path = f"/api/v1/manage/{find_token(booked)}/change"

    answers = [post(next_door, each, {"services": [str(services[1])]}) for each in (path, f"{path}/preview")]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "token_unknown")] * 2
    assert list_names() == ["Aceite"]


def test_who_may_not_override_changes_nothing_over_the_rules(tenant, booked, services):
    reader = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'bookings': 'read'})}"})

    answer = post(reader, f"{PATH}/{booked['id']}/change", {"services": [str(services[1])]})

    assert (answer.status_code, list_names()) == (403, ["Aceite"])
