"""The page on which staff asks for a deposit before a visit."""

from __future__ import annotations

import re

import pytest

from scheduling.models import Booking, Service
from tests.factories.billing import take_transfers
from tests.integration.web.workspace.test_bookings import new_booking, some_start


@pytest.fixture
def booking(owner_client) -> Booking:
    take_transfers()
    typed = new_booking()
    owner_client.post("/workspace/bookings/new/", {**typed, "starts_at": some_start(typed["service"])})
    made = Booking.objects.get()
    Booking.objects.update(price_minor=100_000)
    return made


def address(booking: Booking) -> str:
    return f"/workspace/bookings/{booking.pk}/payments/ask/"


def test_staff_asks_for_an_amount_and_the_booking_waits_for_it(owner_client, booking):
    page = owner_client.get(f"/workspace/bookings/{booking.pk}/").content.decode()
    form = owner_client.get(address(booking)).content.decode()

    answer = owner_client.post(address(booking), {"amount": "300", "pay_within": "120"})

    booking.refresh_from_db()
    assert (address(booking) in page, 'value="1,000"' in form or 'value="1000"' in form) == (True, True)
    assert (answer.status_code, booking.status, booking.deposit_minor) == (302, "pending_payment", 30_000)
    after = owner_client.get(f"/workspace/bookings/{booking.pk}/").content.decode()
    assert ('id="pay-link"' in after, address(booking) in after) == (True, False)


@pytest.mark.parametrize("amount", ["", "0", "1001", "mucho"])
def test_amount_that_cannot_be_asked_changes_nothing(owner_client, booking, amount):
    answer = owner_client.post(address(booking), {"amount": amount, "pay_within": ""})

    booking.refresh_from_db()
    assert (answer.status_code, booking.status, 'role="alert"' in answer.content.decode()) == (422, "confirmed", True)


def test_what_waits_already_is_not_asked_again(owner_client, booking):
    owner_client.post(address(booking), {"amount": "300"})

    page = owner_client.get(address(booking)).content.decode()
    answer = owner_client.post(address(booking), {"amount": "500"})

    booking.refresh_from_db()
    assert ('name="amount"' in page, answer.status_code, booking.deposit_minor) == (False, 409, 30_000)


@pytest.mark.parametrize(
    ("kind", "values", "first"),
    [
        ("percent", {"deposit_percent": 30}, "300"),
        ("fixed", {"deposit_minor": 25_000}, "250"),
        ("fixed", {"deposit_minor": 200_000}, "1000"),
        ("none", {}, "1000"),
    ],
)
def test_what_the_service_asks_is_suggested_and_the_price_where_it_asks_nothing(
    owner_client, booking, kind, values, first
):
    Service.objects.update(deposit_kind=kind, deposit_above_minor=500_000, **values)

    form = owner_client.get(address(booking)).content.decode()

    assert re.search(r'name="amount"[^>]*value="([^"]*)"', form)[1].replace(",", "").removesuffix(".00") == first


def read_amount(owner_client, booking: Booking) -> str:
    form = owner_client.get(address(booking)).content.decode()
    return re.search(r'name="amount"[^>]*value="([^"]*)"', form)[1].replace(",", "").removesuffix(".00")


def test_extras_of_each_of_several_services_count(owner_client, booking):
    Service.objects.update(deposit_kind="percent", deposit_percent=50, deposit_above_minor=500_000)
    line = booking.lines.get()
    line.price_minor, line.add_ons = 30_000, [{"id": 1, "name": "Cera", "minutes": 0, "price_minor": 10_000}]
    line.save()
    line.pk, line.position, line.price_minor, line.add_ons = None, 1, 60_000, []
    line.save()

    assert read_amount(owner_client, booking) == "500"


def test_what_a_service_asked_that_is_offered_no_more_nobody_can_tell(owner_client, booking):
    Service.objects.update(deposit_kind="fixed", deposit_minor=25_000, is_active=False)

    assert read_amount(owner_client, booking) == "1000"


def test_never_more_than_the_price_is_suggested(owner_client, booking):
    Booking.objects.update(policy=booking.policy | {"deposit_waived_minor": 120_000})

    assert read_amount(owner_client, booking) == "1000"


def test_what_was_left_out_before_is_suggested(owner_client, booking):
    Booking.objects.update(policy=booking.policy | {"deposit_waived_minor": 12_000})

    form = owner_client.get(address(booking)).content.decode()

    assert re.search(r'name="amount"[^>]*value="([^"]*)"', form)[1].removesuffix(".00") == "120"
