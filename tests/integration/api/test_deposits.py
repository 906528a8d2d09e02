"""Booking what asks for a deposit: what is to be paid is answered, and staff alone leaves it out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from billing.models import Payment
from scheduling.models import Booking, Service
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.billing import BANK, ask_deposits, take_transfers, tell_events
from tests.integration.api.conftest import make_booking_body

PATH = "/api/v1/bookings"
DEPOSIT = 10_000


@pytest.fixture
def asking(tenant) -> str:
    """The id of a service that asks for a deposit."""
    take_transfers()
    ask_deposits(DEPOSIT)
    return str(Service.objects.filter(deposit_kind="fixed").order_by("position", "pk").first().pk)


@pytest.fixture
def program(tenant) -> HostClient:
    return HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'bookings': 'write'})}"})


def post(client: HostClient, path: str, body: object):
    return client.post(path, body, content_type="application/json")


def make_body(client: HostClient, service: str, **changes) -> dict[str, object]:
    first = datetime.now(tz=UTC).date() + timedelta(days=7)
    query = {"service": service, "from": first, "to": first + timedelta(days=7)}
    days = client.get("/api/v1/availability", query).json()["days"]
    start = next(slot["starts_at"] for day in days for slot in day["slots"])
    return make_booking_body(client, service=service, starts_at=start, **changes)


def test_customer_reads_how_much_until_when_and_where(customer_client, asking):
    answer = post(customer_client, PATH, make_body(customer_client, asking))
    booking = Booking.objects.get()

    assert (answer.status_code, answer.json()["status"]) == (201, "pending_payment")
    payment = answer.json()["payment"]
    assert payment == {
        "amount": {"amount_minor": DEPOSIT, "currency": "MXN"},
        "is_on_card": False,
        "expires_at": payment["expires_at"],
        "url": answer.json()["manage_url"],
        "ways": ["bank_transfer"],
        "instructions": {
            "holder": BANK.holder, "bank": BANK.bank, "number": BANK.number, "tax_id": "", "note": "",
            "reference": booking.reference,
        },
        "credit": None,
    }  # fmt: skip
    assert datetime.fromisoformat(payment["expires_at"]) == booking.hold_expires_at
    token = answer.json()["manage_url"].rstrip("/").rpartition("/")[2]
    assert customer_client.get(f"/api/v1/manage/{token}").json()["payment"] == payment


def test_nothing_is_said_of_paying_once_the_time_is_over(customer_client, asking):
    answer = post(customer_client, PATH, make_body(customer_client, asking)).json()
    Booking.objects.update(hold_expires_at=datetime.now(tz=UTC) - timedelta(minutes=1))

    token = answer["manage_url"].rstrip("/").rpartition("/")[2]
    assert "payment" not in customer_client.get(f"/api/v1/manage/{token}").json()


def test_it_is_paid_at_the_business_where_nothing_is_taken_from_afar(customer_client, asking):
    take_transfers(is_on=False)

    payment = post(customer_client, PATH, make_body(customer_client, asking)).json()["payment"]

    assert (payment["ways"], payment["instructions"]) == (["at_business"], None)


def test_program_asks_for_the_deposit_unless_it_says_why_not(program, asking):
    asked = post(program, PATH, make_body(program, asking))
    until = datetime.now(tz=UTC) + timedelta(days=1)
    later = post(program, PATH, make_body(program, asking, deposit={"pay_by": until.isoformat()}))
    without = post(program, PATH, make_body(program, asking, deposit={"is_asked": False, "reason": "De siempre"}))

    rows = [Booking.objects.get(pk=each.json()["id"]) for each in (asked, later, without)]
    assert [(row.status, row.deposit_minor) for row in rows] == [
        ("pending_payment", DEPOSIT), ("pending_payment", DEPOSIT), ("confirmed", 0),
    ]  # fmt: skip
    assert [asked.json()["payment"]["amount"]["amount_minor"], "payment" in without.json()] == [DEPOSIT, False]
    assert (rows[1].hold_expires_at, rows[2].policy["deposit_waived_minor"]) == (until, DEPOSIT)
    assert rows[2].history.get().history_change_reason == "De siempre"
    tell_events()
    assert list(Payment.objects.values_list("booking_id", flat=True)) == [rows[0].pk, rows[1].pk]


@pytest.mark.parametrize(
    ("deposit", "field"),
    [
        ({"is_asked": False}, "deposit.reason"),
        ({"is_asked": False, "reason": "  "}, "deposit.reason"),
        ({"pay_by": "2020-01-01T00:00:00Z"}, "deposit.pay_by"),
        ({"waive": True}, "deposit.waive"),
    ],
)
def test_choice_that_makes_no_sense_books_nothing(program, asking, deposit, field):
    answer = post(program, PATH, make_body(program, asking, deposit=deposit))

    assert (answer.status_code, list(answer.json()["errors"]), Booking.objects.count()) == (422, [field], 0)


def test_hold_says_what_is_asked_of_whoever_comes_for_the_first_time(customer_client, asking):
    Service.objects.filter(pk=asking).update(deposit_first_visit=True)
    body = make_body(customer_client, asking)
    slot = {name: body[name] for name in ("service", "starts_at")}

    held = post(customer_client, "/api/v1/holds", slot).json()
    booked = post(
        customer_client,
        PATH,
        {name: body[name] for name in ("customer", "asset")} | {"hold": held["id"], "token": held["token"]},
    ).json()

    assert (held["deposit"], held["first_deposit"]["amount_minor"]) == (None, DEPOSIT)
    assert booked["payment"]["amount"] == held["first_deposit"]


def test_customer_decides_nothing_about_the_deposit(customer_client, asking):
    body = make_body(customer_client, asking, deposit={"is_asked": False, "reason": "Porque sí"})

    answer = post(customer_client, PATH, body)

    assert (answer.status_code, Booking.objects.count()) == (401, 0)


def test_staff_moves_what_waits_and_its_customer_does_not(customer_client, program, asking):
    body = make_body(customer_client, asking)
    made = post(customer_client, PATH, body).json()
    booking = Booking.objects.get()
    later = {"starts_at": (booking.starts_at + timedelta(hours=1)).isoformat()}
    token = made["manage_url"].rstrip("/").rpartition("/")[2]

    refused = post(customer_client, f"/api/v1/manage/{token}/reschedule", later)
    moved = post(program, f"{PATH}/{booking.pk}/reschedule", later)

    after = Booking.objects.get()
    assert (refused.status_code, moved.status_code, moved.json()["status"]) == (409, 200, "pending_payment")
    assert (after.starts_at - booking.starts_at, after.hold_expires_at) == (timedelta(hours=1), booking.hold_expires_at)
    waiting = customer_client.get(f"/api/v1/manage/{token}").json()["payment"]
    assert waiting["amount"]["amount_minor"] == DEPOSIT
