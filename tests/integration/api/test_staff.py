"""What staff does to bookings by the API: a step is taken back, a mistake put right, once and by whom may."""

from __future__ import annotations

import json

import pytest

from accounts.models import User
from kernel.clock import utc_now
from scheduling.enums import ActorKind
from scheduling.models import Booking, Customer, Service
from scheduling.services.bookings import transitions
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.types import Actor
from tests.conftest import HostClient
from tests.integration.api.conftest import make_booking_body


@pytest.fixture
def booking(customer_client) -> Booking:
    customer_client.post("/api/v1/bookings", make_booking_body(customer_client), content_type="application/json")
    return Booking.objects.get()


def post(client: HostClient, path: str, body: object = None, **headers: str):
    raw = json.dumps({} if body is None else body)
    return client.post(f"/api/v1/bookings/{path}", raw, content_type="application/json", headers=headers)


def cancel(booking: Booking) -> None:
    cancel_booking(booking_id=booking.pk, reason="x", now=utc_now(), by=Actor(kind=ActorKind.STAFF))
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_last_step_is_taken_back(owner_client, booking):
    cancel(booking)

    answer = post(owner_client, f"{booking.pk}/undo", {"status": "cancelled"})

    booking.refresh_from_db()
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(booking.pk),
        "reference": booking.reference,
        "status": "confirmed",
        "starts_at": answer.json()["starts_at"],
        "ends_at": answer.json()["ends_at"],
    }
    assert (booking.status, booking.is_active) == ("confirmed", True)


def test_undo_sent_twice_changes_nothing_more(owner_client, booking):
    cancel(booking)
    key = {"Idempotency-Key": "once"}

    answers = [
        post(owner_client, f"{booking.pk}/undo", {"status": "cancelled"}, **key),
        post(owner_client, f"{booking.pk}/undo", {"status": "cancelled"}, **key),
        post(owner_client, f"{booking.pk}/undo", {"status": "cancelled"}),
    ]
    other = post(owner_client, f"{booking.pk}/undo", {"status": "arrived"}, **key)

    assert [answer.status_code for answer in answers] == [200] * 3
    assert {answer.content for answer in answers} == {answers[0].content}
    assert Booking.history.filter(id=booking.pk, status="confirmed").count() == 2
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": "confirmed"}, {"status": ""}])
def test_which_step_is_taken_back_has_to_be_said(owner_client, booking, body):
    cancel(booking)

    answer = post(owner_client, f"{booking.pk}/undo", body)

    booking.refresh_from_db()
    assert (answer.status_code, list(answer.json()["errors"]), booking.status) == (422, ["status"], "cancelled")


def test_nothing_to_take_back_is_said(owner_client, booking):
    answer = post(owner_client, f"{booking.pk}/undo", {"status": "arrived"})

    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")


def test_of_two_steps_a_repeated_call_takes_back_one(owner_client, booking):
    for step in (transitions.mark_arrived, transitions.start_visit):
        step(booking_id=booking.pk, now=utc_now(), by=Actor(kind=ActorKind.STAFF))

    answers = [post(owner_client, f"{booking.pk}/undo", {"status": "in_progress"}) for _ in range(2)]

    booking.refresh_from_db()
    assert ([answer.json()["status"] for answer in answers], booking.status) == (["arrived"] * 2, "arrived")


def test_place_that_somebody_took_is_not_taken_again(owner_client, customer_client, booking):
    cancel(booking)
    service, starts_at = str(booking.service_id), booking.starts_at.isoformat()
    for number in range(9):
        body = {
            **make_booking_body(customer_client),
            "service": service,
            "starts_at": starts_at,
            "customer": {"name": "Eva", "email": f"eva-{number}@example.com"},
        }
        customer_client.post("/api/v1/bookings", body, content_type="application/json", REMOTE_ADDR=f"10.{number}.0.1")

    answer = post(owner_client, f"{booking.pk}/undo", {"status": "cancelled"})

    booking.refresh_from_db()
    assert (answer.status_code, answer.json()["code"], booking.status) == (409, "slot_taken", "cancelled")


def test_what_is_sent_is_corrected_and_the_rest_stays(owner_client, booking):
    before = dict(booking.asset_data)

    answer = post(owner_client, f"{booking.pk}/correct", {"customer": {"name": "Ana Ruiz"}, "price_minor": 12300})

    booking.refresh_from_db()
    body = answer.json()
    assert (answer.status_code, body["is_changed"]) == (200, True)
    assert (body["price"], body["price_kind"]) == ({"amount_minor": 12300, "currency": "MXN"}, "fixed")
    assert (booking.customer_name, booking.customer_phone, booking.price_minor) == ("Ana Ruiz", "+525512345678", 12300)
    assert (booking.asset_data, Customer.objects.get().name) == (before, "Ana")
    assert "Ana" not in answer.content.decode()


def test_everything_can_be_corrected_with_the_customers_record(owner_client, booking):
    body = {
        "customer": {"name": "Eva Soto", "phone": "", "email": "EVA@example.com"},
        "asset": {"make": "Mazda", "model": "3", "plate": "abc-123-d", "year": None},
        "note": "  Trae llave  ",
        "price_kind": "on_request",
        "is_customer_too": True,
    }

    answer = post(owner_client, f"{booking.pk}/correct", body)

    booking.refresh_from_db()
    assert (answer.status_code, answer.json()["price"], answer.json()["price_kind"]) == (200, None, "on_request")
    assert (booking.customer_name, booking.customer_phone, booking.customer_email) == (
        "Eva Soto",
        "",
        "eva@example.com",
    )
    assert (booking.asset_data["make"], booking.note, booking.price_minor) == ("Mazda", "Trae llave", None)
    assert Customer.objects.get().name == "Eva Soto"


@pytest.mark.parametrize("agreed", [{"is_price_from": True}, {}])
def test_a_price_that_might_have_become_more_is_made_final(owner_client, booking, agreed):
    Service.objects.filter(pk=booking.service_id).update(price_kind="from", price_minor=50000)
    Booking.objects.filter(pk=booking.pk).update(price_minor=50000, policy=agreed)

    first, again = (post(owner_client, f"{booking.pk}/correct", {"price_kind": "fixed"}).json() for _ in range(2))

    assert (first["price"]["amount_minor"], first["price_kind"], first["is_changed"]) == (50000, "fixed", True)
    assert (again["price_kind"], again["is_changed"]) == ("fixed", False)


def test_a_fixed_price_needs_an_amount(owner_client, booking):
    Booking.objects.filter(pk=booking.pk).update(price_minor=None)

    answer = post(owner_client, f"{booking.pk}/correct", {"price_kind": "fixed"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["price_minor"])


@pytest.mark.parametrize("body", [{}, {"customer": None}, {"customer": {}}, {"note": None, "price_minor": None}])
def test_what_is_not_sent_changes_nothing(owner_client, booking, body):
    before = Booking.history.count()

    answer = post(owner_client, f"{booking.pk}/correct", body)

    assert (answer.status_code, answer.json()["is_changed"], Booking.history.count()) == (200, False, before)


def test_correction_upon_what_somebody_else_corrected_is_refused(owner_client, booking):
    mark = post(owner_client, f"{booking.pk}/correct", {}).json()["mark"]
    second = post(owner_client, f"{booking.pk}/correct", {"note": "Uno", "mark": mark})

    third = post(owner_client, f"{booking.pk}/correct", {"note": "Dos", "mark": mark})

    booking.refresh_from_db()
    assert (second.status_code, third.status_code, third.json()["code"]) == (200, 409, "booking_changed")
    assert booking.note == "Uno"


def test_correction_sent_twice_answers_the_same(owner_client, booking):
    key = {"Idempotency-Key": "once"}
    answers = [post(owner_client, f"{booking.pk}/correct", {"note": "Uno"}, **key) for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert answers[1].json()["is_changed"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"customer": {"name": ""}}, "customer.name"),
        ({"customer": {"phone": "961"}}, "customer.phone"),
        ({"customer": {"email": "ana@"}}, "customer.email"),
        ({"asset": {"make": "Nissan", "model": "Versa", "vin": "1"}}, "asset.vin"),
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 1.5}, "price_minor"),
        ({"price_minor": 10**16}, "price_minor"),
        ({"price_minor": 1, "price_kind": "on_request"}, "price_minor"),
        ({"price_kind": "free"}, "price_kind"),
        ({"note": "x" * 3000}, "note"),
        ({"starts_at": "2026-12-01T15:00:00Z"}, "starts_at"),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_bad_input_is_said_at_its_field_and_changes_nothing(owner_client, booking, body, field, language):
    before = Booking.objects.values().get()

    answer = post(owner_client, f"{booking.pk}/correct", body, **{"Accept-Language": language})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert Booking.objects.values().get() == before


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "-1", "1.5"])
@pytest.mark.parametrize(("step", "body"), [("undo", {"status": "cancelled"}), ("correct", {})])
def test_booking_that_does_not_exist(owner_client, number, step, body):
    answer = post(owner_client, f"{number}/{step}", body)

    assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")


@pytest.mark.parametrize("role", ["provider", "read_only", ""])
@pytest.mark.parametrize("step", ["undo", "correct"])
def test_whoever_may_not_changes_nothing(tenant, booking, role, step):
    client = HostClient(tenant.primary_host)
    if role:
        client.force_login(User.objects.create(email=f"{role}@example.com", name=role, role=role))
    before = Booking.objects.values().get()

    answer = post(client, f"{booking.pk}/{step}", {"note": "x"} if step == "correct" else {})

    assert answer.status_code == (403 if role else 401)
    assert Booking.objects.values().get() == before


def test_other_sites_act_in_nobodys_name(tenant, owner_client, booking):
    client = HostClient(tenant.primary_host, enforce_csrf_checks=True)
    client.cookies = owner_client.cookies

    assert post(client, f"{booking.pk}/correct", {"note": "x"}).status_code == 403
    assert Booking.objects.get().note == ""
