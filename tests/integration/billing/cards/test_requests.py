"""A request whose deposit is reserved first: taken when it is approved, let go when it is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Payment
from billing.services.cards import looking
from billing.services.cards.looking import look_at_payment
from billing.services.payments import waive_deposit
from devtools.stripe_server import money
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import approve, decline
from tenants.models import DueWork
from tenants.services.due_work import perform_due_work
from tests.factories.billing import add_up
from tests.factories.cards import book_with_deposit, count_captured, list_payments, outside, status_of
from tests.factories.scheduling import MONDAY, STAFF, book


@pytest.fixture
def booking_id(till, account_id):
    booking_id = book_with_deposit(till, approval="request", answer_within_minutes=30 * 24 * 60)
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    return booking_id


def find_intent(till, booking_id):
    return till.stand_in.world.things[Payment.objects.get(booking_id=booking_id).provider_payment_id]


def test_deposit_of_a_request_is_reserved(till, booking_id):
    assert (status_of(booking_id), list_payments(booking_id)) == (
        "pending_approval", [("stripe", "reserved", 30_000, 0)],
    )  # fmt: skip
    assert (find_intent(till, booking_id)["status"], count_captured(till.stand_in), add_up()) == (
        "requires_capture", 0, {},
    )  # fmt: skip


def test_request_is_answered_before_the_reservation_lapses(till, booking_id):
    assert get_booking(booking_id=booking_id).answer_by <= till.moment + timedelta(days=6)


def test_approved_request_takes_what_was_reserved_once(till, booking_id):
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()
    look_at_payment(Payment.objects.get(booking_id=booking_id).pk, till.moment)
    till.post_all()
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)) == ("confirmed", [("stripe", "received", 30_000, 0)])
    assert (count_captured(till.stand_in), add_up()) == (30_000, {"stripe": 30_000, "prepaid": -30_000})


def test_declined_request_lets_go_what_was_reserved(till, booking_id):
    decline(booking_id=booking_id, now=till.moment, by=STAFF, reason="Sin piezas")
    till.work()

    assert (list_payments(booking_id)[0][1], find_intent(till, booking_id)["status"]) == ("closed", "canceled")
    assert (count_captured(till.stand_in), add_up()) == (0, {})


def test_reserved_deposit_that_is_waived_is_let_go_and_owed_no_more(till, booking_id):
    for _ in range(2):
        waive_deposit(booking_id=booking_id, now=till.moment, by=STAFF, reason="La conocemos")
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    booking = get_booking(booking_id=booking_id)
    assert (booking.status, booking.deposit_minor, booking.agreed.deposit_waived_minor) == ("confirmed", 0, 30_000)
    assert (list_payments(booking_id)[0][1], find_intent(till, booking_id)["status"]) == ("waived", "canceled")
    assert (count_captured(till.stand_in), add_up()) == (0, {})
    reasons = Booking.history.filter(id=booking_id).values_list("history_change_reason", flat=True)
    assert list(reasons).count("La conocemos") == 1


def test_request_that_nobody_answers_lets_go_what_was_reserved(till, booking_id):
    till.pass_by(timedelta(days=8))
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("expired", "closed")
    assert find_intent(till, booking_id)["status"] == "canceled"


def test_visit_whose_reservation_lapsed_waits_for_its_deposit_again(till, booking_id):
    money.cancel_intent(till.stand_in.world, find_intent(till, booking_id), "automatic")
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()
    assert (status_of(booking_id), [each[1] for each in list_payments(booking_id)]) == (
        "pending_payment", ["failed", "open"],
    )  # fmt: skip

    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert (status_of(booking_id), [each[1] for each in list_payments(booking_id)]) == (
        "confirmed", ["failed", "received"],
    )  # fmt: skip
    assert add_up() == {"stripe": 30_000, "prepaid": -30_000}


def test_visit_whose_reservation_lapsed_is_free_again_when_nobody_pays(till, booking_id):
    money.cancel_intent(till.stand_in.world, find_intent(till, booking_id), "automatic")
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()
    till.pass_by(timedelta(minutes=41))
    till.work()

    assert (status_of(booking_id), [each[1] for each in list_payments(booking_id)]) == (
        "expired", ["failed", "expired"],
    )  # fmt: skip


def test_visit_that_has_begun_stays_without_what_was_reserved(till, booking_id):
    money.cancel_intent(till.stand_in.world, find_intent(till, booking_id), "automatic")
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    till.moment = MONDAY
    till.work()

    assert (status_of(booking_id), [each[1] for each in list_payments(booking_id)]) == ("confirmed", ["failed"])


def test_request_is_looked_at_while_it_waits(till, booking_id):
    till.pass_by(timedelta(minutes=15))
    till.work()

    assert list_payments(booking_id)[0][1] == "reserved"


def test_late_reservation_whose_place_is_taken_is_let_go(till, account_id):
    booking_id = book_with_deposit(till, approval="request")
    session = till.start(booking_id)
    till.pass_by(timedelta(minutes=41))
    till.stand_in.world.things[session]["expires_at"] += 7200
    till.stand_in.pay(session)
    book(get_booking(booking_id=booking_id).service_id, MONDAY, now=till.moment)
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("expired", "closed")
    assert find_intent(till, booking_id)["status"] == "canceled"


def test_late_reservation_takes_its_place_again(till, account_id):
    booking_id = book_with_deposit(till, approval="request")
    session = till.start(booking_id)
    till.pass_by(timedelta(minutes=41))
    till.stand_in.world.things[session]["expires_at"] += 7200
    till.stand_in.pay(session)
    till.post_all()
    row = DueWork.objects.filter(kind="card_event").latest("pk")
    with outside():
        perform_due_work(schema_name=row.schema_name, kind=row.kind, row_id=row.row_id, now=till.moment)

    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("pending_approval", "reserved")


def test_what_is_reserved_for_a_visit_that_needs_no_answer_any_more_is_taken(till, account_id):
    booking_id = book_with_deposit(till, approval="request")
    till.stand_in.pay(till.start(booking_id))
    Booking.objects.filter(pk=booking_id).update(status="confirmed", hold_expires_at=None)

    till.post_all()
    till.work()

    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


def test_booking_that_is_gone_takes_nothing(tenant):
    assert not looking._is_approved(0)
