"""What is paid across the counter: in parts, with tips, never more than is owed, and no click twice."""

from __future__ import annotations

import pytest

from billing.enums import PaymentMeans
from billing.errors import TOO_MUCH, TOO_MUCH_BESIDES, PaymentInvalid, PaymentsChanged
from billing.gateway.doors.by_hand import MOST_MINOR
from billing.models import Payment
from billing.selectors.payments import balance_booking, list_payments_of
from billing.services.counter import take_payment
from billing.types import CounterPayment
from scheduling.errors import BookingNotFound, TransitionRefused
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.billing import add_up, take_transfers, tell_events
from tests.factories.scheduling import NOW, STAFF, book, make_shop


@pytest.fixture
def booking_id(tenant) -> int:
    service_id, _ = make_shop(price_minor=100000)
    return book(service_id).booking_id


def take(
    booking_id: int, amount: int, *, tip: int = 0, seen: int = 0, note: str = "", is_despite: bool = False
) -> None:
    paid = CounterPayment(
        amount_minor=amount, tip_minor=tip, means=PaymentMeans.CASH, note=note, seen=seen, is_despite=is_despite
    )
    take_payment(booking_id=booking_id, paid=paid, now=NOW, by=STAFF)


def list_rows() -> list[tuple]:
    rows = Payment.objects.order_by("pk")
    return list(rows.values_list("purpose", "amount_minor", "means", "note", "received_by_id"))


def find_owed(booking_id: int) -> int | None:
    return balance_booking(get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id)).owed_minor


def test_price_is_paid_in_parts_with_a_tip(booking_id):
    take(booking_id, 40000, note=" a cuenta ")
    take(booking_id, 60000, tip=5000, seen=1)

    who = STAFF.user_id
    assert list_rows() == [
        ("balance", 40000, "cash", "a cuenta", who),
        ("balance", 60000, "cash", "", who),
        ("tip", 5000, "cash", "", who),
    ]
    assert (find_owed(booking_id), add_up()) == (0, {"at_business": 105000, "prepaid": -105000})


def test_tip_alone_is_noted(booking_id):
    take(booking_id, 0, tip=5000)

    assert ([row[0] for row in list_rows()], find_owed(booking_id)) == (["tip"], 100000)


@pytest.mark.parametrize(
    ("amount", "tip", "fields"),
    [
        (0, 0, ["amount"]),
        (100001, 0, ["amount"]),
        (-1, 0, ["amount"]),
        (-1, 5000, ["amount"]),
        (60000, -1, ["tip"]),
        (1, MOST_MINOR + 1, ["tip"]),
        (100001, MOST_MINOR + 1, ["amount", "tip"]),
    ],
)
def test_nothing_and_too_much_are_refused(booking_id, amount, tip, fields):
    with pytest.raises(PaymentInvalid) as refused:
        take(booking_id, amount, tip=tip)

    assert (list(refused.value.errors), list_rows()) == (fields, [])


def test_what_is_reserved_on_a_card_is_not_taken_twice(booking_id):
    take(booking_id, 30000)
    Payment.objects.update(state="reserved", purpose="deposit", received_at=None)

    with pytest.raises(PaymentInvalid) as refused:
        take(booking_id, 70001, seen=1)
    take(booking_id, 70000, seen=1)

    assert (refused.value.errors, find_owed(booking_id)) == ({"amount": (TOO_MUCH_BESIDES,)}, 30000)


@pytest.mark.parametrize(("amount", "is_despite"), [(100001, False), (100001, True)])
def test_more_than_the_price_is_refused_whatever_is_reserved(booking_id, amount, is_despite):
    take(booking_id, 30000)
    Payment.objects.update(state="reserved", purpose="deposit", received_at=None)

    with pytest.raises(PaymentInvalid) as refused:
        take(booking_id, amount, seen=1, is_despite=is_despite)

    assert (refused.value.errors, len(list_rows())) == ({"amount": (TOO_MUCH,)}, 1)


def test_whoever_took_what_is_reserved_all_the_same_says_so(booking_id):
    take(booking_id, 30000)
    Payment.objects.update(state="reserved", purpose="deposit", received_at=None)

    take(booking_id, 100000, seen=1, is_despite=True)

    assert find_owed(booking_id) == 0


@pytest.mark.parametrize("values", [{"policy": {"is_price_from": True}}, {"price_minor": None}])
def test_price_that_is_not_fixed_is_no_limit(booking_id, values):
    Booking.objects.update(**values)

    take(booking_id, 250000)

    assert [row[1] for row in list_rows()] == [250000]


def test_second_click_notes_nothing(booking_id):
    take(booking_id, 40000)

    with pytest.raises(PaymentsChanged):
        take(booking_id, 40000)

    assert len(list_rows()) == 1


def test_booking_that_is_over_takes_no_money(booking_id):
    cancel_booking(booking_id=booking_id, now=NOW, by=STAFF, reason="Cerramos")

    with pytest.raises(TransitionRefused):
        take(booking_id, 40000)

    assert list_rows() == []


def test_booking_that_waits_for_its_deposit_takes_no_balance(tenant):
    take_transfers()
    service_id, _ = make_shop(price_minor=100000, deposit_kind="fixed", deposit_minor=30000)
    booking_id = book(service_id, now=NOW).booking_id
    tell_events()

    with pytest.raises(TransitionRefused):
        take(booking_id, 40000, seen=1)

    assert [row[0] for row in list_rows()] == ["deposit"]


def test_unknown_booking_takes_no_money(booking_id):
    with pytest.raises(BookingNotFound):
        take(booking_id + 1, 40000)

    assert list_rows() == []
