"""A card instead of a deposit, and the fee for not coming, for programs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import utc_now
from scheduling.enums import DepositKind
from scheduling.models import Booking
from scheduling.services.bookings.transitions import mark_no_show
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.cards import list_payments
from tests.factories.scheduling import STAFF, book, make_shop
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures


@pytest.fixture
def program(tenant) -> HostClient:
    return HostClient(
        tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'payments': 'write', 'bookings': 'read'})}"}
    )


@pytest.fixture
def booking_id(till, account_id):  # noqa: F811
    till.moment = utc_now() - timedelta(days=3)
    service_id, _ = make_shop(
        price_minor=100_000, deposit_kind=DepositKind.FIXED, deposit_minor=30_000, is_deposit_on_card=True
    )
    starts_at = (till.moment + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    made = book(service_id, starts_at, now=till.moment)
    till.work()
    till.stand_in.pay(till.start(made.booking_id))
    till.post_all()
    till.work()
    till.moment = utc_now()
    mark_no_show(booking_id=made.booking_id, now=till.moment, by=STAFF)
    return made.booking_id


def post(client: HostClient, booking_id: int, step: str, body: object):
    return client.post(f"/api/v1/bookings/{booking_id}/{step}", body, content_type="application/json")


def test_program_charges_the_fee_that_it_names(till, program, booking_id):  # noqa: F811
    other = post(program, booking_id, "charge_fee", {"amount_minor": 29_999})
    answer = post(program, booking_id, "charge_fee", {"amount_minor": 30_000})
    till.moment = utc_now()
    till.work()

    assert (other.status_code, other.json()["code"]) == (409, "fee_changed")
    read = program.get(f"/api/v1/bookings/{booking_id}").json()
    assert (answer.status_code, read["deposit_on_card"], read["deposit"]["amount_minor"]) == (200, True, 30_000)
    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


def test_program_that_names_no_fee_charges_what_was_agreed(till, program, booking_id):  # noqa: F811
    post(program, booking_id, "charge_fee", {})
    till.moment = utc_now()
    till.work()

    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


def test_program_waives_the_fee_for_a_reason(program, booking_id):
    missing = post(program, booking_id, "waive_fee", {})
    answer = post(program, booking_id, "waive_fee", {"reason": "Se enfermó"})
    late = post(program, booking_id, "charge_fee", {"amount_minor": 30_000})

    assert (missing.status_code, answer.status_code, late.status_code) == (422, 200, 409)
    assert list_payments(booking_id)[0][1] == "waived"


def test_customer_reads_that_a_card_is_left(till, account_id, customer_client):  # noqa: F811
    service_id, _ = make_shop(
        price_minor=100_000, deposit_kind=DepositKind.FIXED, deposit_minor=30_000, is_deposit_on_card=True
    )
    starts_at = (utc_now() + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)
    body = {"service": str(service_id), "starts_at": starts_at.isoformat()}
    hold = customer_client.post("/api/v1/holds", body, content_type="application/json").json()
    made = book(service_id, starts_at + timedelta(hours=1), now=utc_now())
    token = made.manage_token
    payment = customer_client.get(f"/api/v1/manage/{token}").json()["payment"]

    assert (hold["deposit_on_card"], hold["deposit"]["amount_minor"]) == (True, 30_000)
    assert (payment["is_on_card"], payment["ways"], payment["amount"]["amount_minor"]) == (True, ["stripe"], 30_000)
    assert Booking.objects.get(pk=made.booking_id).status == "pending_payment"
