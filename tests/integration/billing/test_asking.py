"""A deposit that staff asks for later: of a request, or of a visit that is to come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.errors import PaymentStepRefused
from billing.models import Payment
from billing.selectors.asking import may_ask_for_deposit
from billing.selectors.payments import list_payments_of
from billing.services.asking import ask_for_deposit
from billing.services.payments import receive_deposit
from billing.services.refunds import refund_payment
from notifications.models import Message
from scheduling.errors import RequestInvalid, TransitionRefused
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.writing.expiry import expire_hold
from tests.factories.billing import add_up, take_transfers, tell_events
from tests.factories.feature_pairs import list_offered
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop

LATE = NOW + timedelta(days=1)


@pytest.fixture(params=["instant", "request"])
def shop(request, tenant) -> int:
    take_transfers()
    return make_shop(price_minor=1000, approval=request.param)[0]


def ask(booking_id: int, amount_minor: int = 400, *, pay_by=LATE, now=NOW) -> None:
    ask_for_deposit(booking_id=booking_id, amount_minor=amount_minor, pay_by=pay_by, now=now, by=STAFF)
    tell_events()


def stands(booking_id: int) -> tuple:
    row = Booking.objects.get(pk=booking_id)
    return row.status, row.deposit_minor, row.hold_expires_at


def may_ask(booking_id: int) -> bool:
    booking = get_booking(booking_id=booking_id)
    return may_ask_for_deposit(booking, list_payments_of(booking_id=booking_id), now=NOW)


def test_visit_waits_for_what_staff_asks_and_is_confirmed_once_it_is_there(shop):
    booking_id = book(shop).booking_id
    tell_events()
    assert may_ask(booking_id) is True

    ask(booking_id)

    assert stands(booking_id) == ("pending_payment", 400, LATE)
    assert list(Payment.objects.values_list("amount_minor", "state")) == [(400, "open")]
    assert Message.objects.filter(template="deposit_requested", role="customer").count() == 1
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    assert (stands(booking_id), add_up()["bank_transfer"]) == (("confirmed", 400, None), 400)
    assert may_ask(booking_id) is False


def test_place_is_free_again_when_nobody_pays_what_staff_asked(shop):
    booking_id = book(shop).booking_id
    ask(booking_id, pay_by=None)
    until = stands(booking_id)[2]

    assert 9 in list_offered(shop, now=until)
    expire_hold(booking_id, until)
    tell_events()

    assert (stands(booking_id)[0], Payment.objects.get().state) == ("expired", "expired")


def test_place_waits_no_longer_than_until_its_visit(shop):
    booking_id = book(shop).booking_id

    ask(booking_id, pay_by=MONDAY + timedelta(days=1))

    assert stands(booking_id)[2] == MONDAY


@pytest.mark.parametrize(
    ("values", "field"),
    [({"amount_minor": 0}, "amount"), ({"amount_minor": 1001}, "amount"), ({"pay_by": NOW}, "pay_by")],
)
def test_impossible_deposit_is_refused_and_nothing_changes(shop, values, field):
    booking_id = book(shop).booking_id
    before = stands(booking_id)

    with pytest.raises(RequestInvalid) as refused:
        ask(booking_id, **values)

    assert (list(refused.value.errors), stands(booking_id)) == ([field], before)


def test_open_price_is_no_limit(tenant):
    take_transfers()
    booking_id = book(make_shop()[0]).booking_id

    ask(booking_id, 10**9)

    assert stands(booking_id) == ("pending_payment", 10**9, LATE)


def test_deposit_that_is_there_is_not_asked_for_once_more(shop):
    booking_id = book(shop).booking_id
    ask(booking_id)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    before = stands(booking_id)

    with pytest.raises(PaymentStepRefused):
        ask(booking_id)

    assert stands(booking_id) == before


def test_deposit_that_the_bank_took_is_asked_for_once_more(shop):
    booking_id = book(shop).booking_id
    ask(booking_id)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    Payment.objects.update(disputed_minor=399)
    before = may_ask(booking_id)
    Payment.objects.update(disputed_minor=400)
    after = may_ask(booking_id)

    ask(booking_id)

    assert (before, after, stands(booking_id)[0]) == (False, True, "pending_payment")


def test_deposit_that_went_back_whole_is_asked_for_once_more(shop):
    booking_id = book(shop).booking_id
    ask(booking_id)
    payment_id = receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    refund_payment(payment_id=payment_id, amount_minor=399, reason="Sí", now=NOW, by=STAFF)
    before = may_ask(booking_id)
    refund_payment(payment_id=payment_id, amount_minor=1, reason="Sí", now=NOW, by=STAFF)
    after = may_ask(booking_id)

    ask(booking_id)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)

    assert (before, after, may_ask(booking_id)) == (False, True, False)
    assert stands(booking_id) == ("confirmed", 400, None)
    rows = Payment.objects.order_by("pk").values_list("state", "amount_minor", "refunded_minor")
    assert list(rows) == [("received", 400, 400), ("received", 400, 0)]


@pytest.mark.parametrize("what", ["cancelled", "begun", "asked"])
def test_nothing_is_asked_of_what_is_over_or_waits_already(shop, what):
    booking_id, now = book(shop).booking_id, NOW
    if what == "cancelled":
        cancel_booking(booking_id=booking_id, by=STAFF, reason="Se enfermó Eva", now=NOW)
    elif what == "begun":
        now = MONDAY
    else:
        ask(booking_id)
    before = stands(booking_id)

    with pytest.raises(TransitionRefused):
        ask(booking_id, now=now, pay_by=None)

    assert stands(booking_id) == before
