"""What customers and the business are told of money by card: what is asked, what goes back, and what went wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.enums import PaymentMeans
from billing.models import Payment, Refund
from billing.services.announcing import tell_of_payment
from billing.services.counter import take_payment
from billing.services.payments import receive_deposit
from billing.services.refunds import mark_refund_sent, refund_payment
from billing.types import CounterPayment
from devtools.stripe_server import money
from notifications.models import Event, Message
from notifications.services.delivery import send_message
from notifications.types.messages import EventView
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve
from scheduling.services.messages.deposits import remind_of_deposit
from tenants.models import DueWork
from tests.factories.billing import BANK, correct_price, take_transfers
from tests.factories.cards import book_with_deposit, list_refunds, status_of
from tests.factories.scheduling import CUSTOMER, MONDAY, STAFF, book

OWN = {"deposit_card", "refund_sent", "refund_late", "refund_twice"}


def list_told() -> list[str]:
    """What was told of money, in the order in which it was written."""
    told = Message.objects.order_by("pk").values_list("template", flat=True)
    return [each for each in told if each in OWN or each.startswith(("business_refund", "business_deposit"))]


def read(template: str) -> str:
    return Message.objects.get(template=template).body_text


@pytest.fixture
def paid_id(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    return booking_id


def test_who_closed_the_page_gets_the_link_after_a_quarter_of_the_time(till, account_id):
    booking_id = book_with_deposit(till)
    due = DueWork.objects.get(kind="deposit_reminder", row_id=booking_id)
    assert due.due_at == till.moment + timedelta(minutes=10)

    for _ in range(2):
        remind_of_deposit(booking_id, due.due_at)

    message = Message.objects.get(template="deposit_card")
    assert (list_told(), message.expires_at) == (["deposit_card"], get_booking(booking_id=booking_id).hold_expires_at)
    assert "paga $300 con tarjeta" in message.body_text
    assert "Pagar con tarjeta" in message.body_html


def test_who_pays_on_the_page_reads_nothing_of_a_move_there_and_back(till, account_id):
    booking_id = book_with_deposit(till)

    for starts_at in (MONDAY + timedelta(hours=2), MONDAY):
        move_booking(booking_id=booking_id, starts_at=starts_at, now=till.moment, by=STAFF)
        till.work()
    (message,) = Message.objects.filter(role="customer", status="queued")
    send_message(message.pk, till.moment + timedelta(minutes=10))

    assert Message.objects.filter(role="customer", status="sent").count() == 0


@pytest.mark.parametrize("state", ["processing", "reserved"])
def test_who_paid_is_not_urged(till, account_id, state):
    booking_id = book_with_deposit(till)
    till.start(booking_id)
    Payment.objects.update(state=state)

    remind_of_deposit(booking_id, till.moment)

    assert list_told() == []


def test_where_both_ways_are_open_the_account_is_told_and_the_button_pays_by_card(till, account_id):
    take_transfers()
    booking_id = book_with_deposit(till)

    message = Message.objects.get(template="deposit_requested")
    assert BANK.number in message.body_text
    assert "O paga con tarjeta con el botón de abajo." in message.body_text
    assert "Pagar con tarjeta" in message.body_html

    till.start(booking_id)  # who looked at the card page may transfer all the same
    remind_of_deposit(booking_id, till.moment)
    assert BANK.number in read("deposit_reminder")


def test_canceled_visit_tells_of_its_refund(till, paid_id):
    cancel_booking(booking_id=paid_id, now=till.moment, by=CUSTOMER)
    till.work()

    assert list_told() == ["business_refund", "refund_sent"]
    assert "Se devuelven $300" in read("business_refund")
    assert "te devolvió $300 a la tarjeta" in read("refund_sent")
    assert "La cita se canceló: según lo acordado, se devuelve lo pagado." in read("refund_sent")


def test_refund_by_hand_is_asked_of_the_business_and_told_when_it_is_sent(till, account_id):
    take_transfers()
    booking_id = book_with_deposit(till)
    receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF, means=PaymentMeans.TRANSFER)
    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.work()
    asked = list_told()

    mark_refund_sent(booking_id=booking_id, refund_id=Refund.objects.get().pk, now=till.moment, by=STAFF)
    till.work()

    assert (asked, list_told()) == (["business_refund"], ["business_refund", "refund_sent"])
    assert "Devuelve $300" in read("business_refund")
    assert "te mandó de vuelta $300" in read("refund_sent")


def test_what_staff_gives_back_is_told_to_the_customer_alone(till, paid_id):
    payment = Payment.objects.get(booking_id=paid_id)
    refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Esperó mucho", now=till.moment, by=STAFF)
    till.work()

    assert list_told() == ["refund_sent"]
    assert "$100" in read("refund_sent")
    assert "acordado" not in read("refund_sent")


def test_late_payment_whose_place_is_gone_is_told_with_an_apology_once(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)
    till.pass_by(timedelta(minutes=41))
    till.stand_in.world.things[session]["expires_at"] += 7200
    Payment.objects.filter(booking_id=booking_id).update(expires_at=till.moment + timedelta(hours=1))
    till.stand_in.pay(session)
    book(get_booking(booking_id=booking_id).service_id, MONDAY, now=till.moment)
    till.work()

    assert (status_of(booking_id), list_refunds(booking_id)) == ("expired", [(30_000, "done", "late")])
    assert list_told() == ["refund_late", "business_refund"]
    assert "Lo sentimos: tu anticipo de $300 llegó cuando la hora ya no estaba apartada" in read("refund_late")
    assert "El pago llegó cuando la hora ya no estaba apartada." in read("business_refund")


def test_deposit_that_came_twice_is_told_without_an_apology(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)
    receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF)
    till.stand_in.pay(session)
    till.post_all()
    till.work()

    assert status_of(booking_id) == "confirmed"
    assert list_told() == ["refund_twice", "business_refund"]
    assert "Tu cita sigue igual" in read("refund_twice")
    assert "Tu anticipo nos llegó dos veces." in read("refund_twice")
    assert "El anticipo llegó dos veces." in read("business_refund")


@pytest.mark.parametrize(("price", "at_counter"), [(100_000, 80_000), (100_000, 100_000)])
def test_more_than_was_due_did_not_come_twice(till, account_id, price, at_counter):
    """The whole price, or most of it, was paid at the counter before the card was charged."""
    booking_id = book_with_deposit(till, approval="request")
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    paid = CounterPayment(amount_minor=at_counter, means="cash", seen=1, is_despite=True)
    take_payment(booking_id=booking_id, paid=paid, now=till.moment, by=STAFF)
    till.work()

    message = Message.objects.get(template="refund_twice")
    assert message.subject.startswith("Pagaste de más y te lo devolvemos")
    assert "Nos llegó más de lo que hacía falta para tu cita." in message.body_text
    assert "dos veces" not in message.body_text
    assert "Se pagó más de lo que hacía falta." in read("business_refund")


def test_price_that_was_lowered_is_why_some_goes_back(till, account_id):
    till.moment = MONDAY - timedelta(days=3)
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    correct_price(booking_id, 10_000, now=till.moment)
    till.work()
    till.post_all()
    till.work()

    assert list_told()[-2:] == ["business_refund", "refund_sent"]
    why = "La cita cambió y ahora hace falta menos de lo que se pagó."
    assert (why in read("refund_sent"), why in read("business_refund")) == (True, True)


def test_late_cancellation_says_what_stays_as_agreed(till, account_id):
    booking_id = book_with_deposit(till, refund_free_minutes=60 * 24 * 60, refund_kept_percent=30)
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.work()

    assert "La cita se canceló: según lo acordado, $90 se quedan en el negocio." in read("refund_sent")


def test_what_the_business_called_off_is_said(till, paid_id):
    cancel_booking(booking_id=paid_id, now=till.moment, by=STAFF, reason="Se fue la luz")
    till.work()

    assert list_told() == ["refund_sent"]
    assert "El negocio canceló la cita." in read("refund_sent")


def test_payment_of_a_visit_that_was_canceled_before_makes_no_apology(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)
    till.stand_in.pay(session)
    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.post_all()
    till.work()

    told = list_told()
    text = "".join(Message.objects.filter(template__startswith="refund").values_list("body_text", flat=True))
    assert (status_of(booking_id), "Lo sentimos" in text, told) == ("cancelled", False, told)
    assert told


def test_refund_that_failed_is_told_to_the_business(till, paid_id):
    charge = next(each for each in till.stand_in.world.things.values() if each["object"] == "charge")
    charge["amount_refunded"] = 30_000  # the business sent it there, and nobody told us yet
    cancel_booking(booking_id=paid_id, now=till.moment, by=CUSTOMER)
    till.work()

    assert list_told() == ["business_refund", "business_refund_failed"]
    assert "Stripe no pudo devolver $300" in read("business_refund_failed")


def test_deposit_that_lapsed_is_told_to_the_business(till, account_id):
    booking_id = book_with_deposit(till, approval="request", answer_within_minutes=30 * 24 * 60)
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    payment = Payment.objects.get(booking_id=booking_id)
    money.cancel_intent(till.stand_in.world, till.stand_in.world.things[payment.provider_payment_id], "automatic")
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    assert status_of(booking_id) == "pending_payment"
    assert list_told() == ["deposit_card", "business_deposit_lost"]
    assert "El anticipo de $300" in read("business_deposit_lost")
    assert "Se lo pedimos otra vez" in read("business_deposit_lost")


def test_deposit_that_lapsed_during_the_visit_is_told_to_the_business(till, account_id):
    booking_id = book_with_deposit(till, approval="request")
    till.start(booking_id)
    Booking.objects.filter(pk=booking_id).update(status="in_progress", hold_expires_at=None)

    tell_again("payment.failed", booking_id, amount_minor=30_000, previous_state="reserved")

    assert list_told() == ["business_deposit_lost"]
    assert "La cita sigue en pie, sin anticipo." in read("business_deposit_lost")


@pytest.mark.parametrize("how", ["paid otherwise", "cancelled"])
def test_deposit_that_lapsed_and_is_not_missed_is_no_news(till, account_id, how):
    booking_id = book_with_deposit(till, approval="request")
    till.start(booking_id)
    standing = {"status": "in_progress"} if how == "paid otherwise" else {"status": "cancelled", "is_active": False}
    Booking.objects.filter(pk=booking_id).update(hold_expires_at=None, deposit_minor=0, **standing)

    tell_again("payment.failed", booking_id, amount_minor=30_000, previous_state="reserved")

    assert list_told() == []


def test_word_of_a_refund_without_its_number_is_no_news(till, paid_id):
    tell_again("payment.refunded", paid_id, amount_minor=30_000)

    assert list_told() == []


def test_failure_at_the_page_is_no_news(till, account_id):
    booking_id = book_with_deposit(till)
    till.start(booking_id)
    Payment.objects.update(state="failed")

    tell_again("payment.failed", booking_id, amount_minor=30_000, previous_state="open")

    assert list_told() == []


@pytest.mark.parametrize(
    ("change", "payload"),
    [
        ({}, {"booking_id": 0}),
        ({}, {}),
        ({"is_sample": True}, None),
        ({"is_test": True, "customer_id": None, "payer_id": None, "asset_id": None, "session_id": None}, None),
    ],
)
def test_of_samples_and_removed_bookings_nobody_is_told(till, paid_id, change, payload):
    payment = Payment.objects.get(booking_id=paid_id)
    refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="x", now=till.moment, by=STAFF)
    Booking.objects.filter(pk=paid_id).update(**change)
    event = Event.objects.get(kind="payment.refund_asked")
    said = event.payload if payload is None else payload

    tell_of_payment(EventView(event.pk, "payment.refunded", event.subject_id, said, event.occurred_at))

    assert list_told() == []


def test_dropped_refund_is_no_news(till, paid_id):
    payment = Payment.objects.get(booking_id=paid_id)
    refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="x", now=till.moment, by=STAFF)
    Refund.objects.update(state="dropped", done_at=till.moment)
    Payment.objects.update(refunded_minor=0)

    till.work()

    assert list_told() == []


def tell_again(kind: str, booking_id: int, **payload) -> None:
    payment = Payment.objects.get(booking_id=booking_id)
    tell_of_payment(EventView(1, kind, payment.pk, {"booking_id": booking_id} | payload, payment.opened_at))
