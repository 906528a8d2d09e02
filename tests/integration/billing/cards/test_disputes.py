"""Disputes: what a customer's bank takes back, and what comes back of it, however the events arrive."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from billing.engine import Balance
from billing.enums import DisputeState
from billing.errors import RefundTooLarge
from billing.gateway.errors import EventRefused
from billing.models import Difference, Dispute, LedgerEntry, Payment, PaymentAccount
from billing.public.models import PaymentAccountOwner, WebhookEvent
from billing.selectors.disputes import list_disputes_of, list_open_disputes
from billing.selectors.payments import balance_booking, list_payments_of
from billing.services.announcing import tell_of_payment
from billing.services.asking import ask_for_deposit
from billing.services.cards import comparing
from billing.services.cards.disputing import look_at_dispute
from billing.services.cards.keys import read_row
from billing.services.refunds import refund_payment
from devtools.stripe_server import money
from devtools.stripe_server.server import Fault
from notifications.models import Message
from notifications.types.messages import EventView
from scheduling.enums import BookingStatus
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.transitions import complete_visit, mark_arrived, mark_no_show
from scheduling.services.bookings.undoing import undo_step
from tenants.errors import RetryLater
from tests.factories.billing import add_up, make_refund, pay
from tests.factories.cards import book_with_deposit, list_payments, list_refunds, outside, status_of
from tests.factories.scheduling import CUSTOMER, STAFF
from tests.integration.billing.cards.test_saved_cards import book_and_miss, charge

TAKEN = {"prepaid": -30_000, "disputed": 30_000, "stripe": 0}
BACK = {"prepaid": -30_000, "disputed": 0, "stripe": 30_000}


@pytest.fixture
def booking_id(till, account_id):
    """Somebody has paid a deposit."""
    made = book_with_deposit(till)
    till.stand_in.pay(till.start(made))
    till.post_all()
    till.work()
    return made


@pytest.fixture
def payment(booking_id):
    return Payment.objects.get(booking_id=booking_id)


@pytest.fixture
def dispute(till, payment):
    """The bank asks it back; we have not heard of it."""
    intent = till.stand_in.world.things[payment.provider_payment_id]
    return money.open_dispute(till.stand_in.world, till.stand_in.world.things[intent["latest_charge"]])


def find_charge(till):
    return next(each for each in till.stand_in.world.things.values() if each["object"] == "charge")


def hear(till) -> None:
    till.post_all()
    till.work()


def list_disputes() -> list[tuple]:
    return list(Dispute.objects.values_list("state", "amount_minor", "taken_minor"))


def told() -> list[str]:
    found = Message.objects.filter(template__startswith="business_disput").order_by("pk")
    return list(found.values_list("template", flat=True))


def test_dispute_is_noted_with_what_the_bank_took(till, payment, dispute):
    hear(till)

    (found,) = list_disputes_of(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (found.state, found.reason, found.amount_minor, found.taken_minor, found.currency) == (
        "open", "fraud", 30_000, 30_000, "MXN",
    )  # fmt: skip
    assert (found.opened_at, found.answer_by, found.closed_at) == (till.moment, till.moment + timedelta(days=7), None)
    assert list_open_disputes() == (found,)
    assert (payment.dispute_state, payment.disputed_minor, payment.state) == ("open", 30_000, "received")
    assert add_up() == TAKEN
    entry = LedgerEntry.objects.get(kind="disputed")
    assert (entry.dispute_id, entry.refund_id, entry.by_id) == (found.id, None, None)
    assert str(Dispute.objects.get()) == f"dispute of payment {payment.pk}"


def test_dispute_that_is_won_brings_the_money_back(till, payment, dispute):
    hear(till)
    opened_at = till.moment
    till.pass_by(timedelta(days=20))
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    payment.refresh_from_db()
    assert (list_disputes(), add_up()) == ([("won", 30_000, 0)], BACK)
    assert (payment.dispute_state, payment.disputed_minor) == ("won", 0)
    assert (Dispute.objects.get().closed_at, Dispute.objects.get().opened_at) == (till.moment, opened_at)
    assert list_open_disputes() == ()


def test_dispute_that_is_lost_keeps_the_money_away(till, payment, dispute):
    hear(till)
    money.close_dispute(till.stand_in.world, dispute, is_won=False)
    hear(till)

    assert (list_disputes(), add_up()) == ([("lost", 30_000, 30_000)], TAKEN)


def test_dispute_that_is_answered_is_with_the_bank(till, dispute):
    hear(till)
    dispute["status"] = "under_review"
    till.stand_in.world.tell("charge.dispute.updated", dispute)
    hear(till)

    assert (list_disputes(), add_up()) == ([("answered", 30_000, 30_000)], TAKEN)
    assert told() == ["business_disputed"]


def test_bank_that_only_asks_has_taken_nothing(till, dispute):
    dispute.update(status="warning_needs_response", balance_transactions=[])
    hear(till)

    assert (list_disputes(), add_up()["stripe"]) == ([("open", 30_000, 0)], 30_000)
    assert not LedgerEntry.objects.filter(kind="disputed").exists()


@pytest.mark.parametrize("seed", range(4))
def test_events_late_twice_and_shuffled_lead_to_the_same(till, account_id, seed):
    """The card is disputed at once: nobody told us yet that it paid."""
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id), "createDispute")
    (dispute,) = till.stand_in.world.find_all("dispute", account_id)
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    events = till.stand_in.postman.take_all() * 2
    Random(seed).shuffle(events)

    for event in events:
        till.post(event)
        till.work()

    assert (list_disputes(), add_up()["stripe"], status_of(booking_id)) == ([("won", 30_000, 0)], 30_000, "confirmed")


def test_dispute_whose_event_alone_arrives_settles_its_payment_first(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id), "createDispute")
    events = [each for each in till.stand_in.postman.take_all() if each["type"] == "charge.dispute.created"]

    for event in events:
        till.post(event)
    till.work()

    assert (list_payments(booking_id), status_of(booking_id)) == ([("stripe", "received", 30_000, 0)], "confirmed")
    assert (list_disputes(), add_up()) == ([("open", 30_000, 30_000)], TAKEN)


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_of_somebody_else"}, {"at": -301}, {"at": 301}], ids=["forged", "replayed", "future"]
)
def test_event_that_is_not_of_the_provider_and_of_now_changes_nothing(till, dispute, how):
    how = {name: till.now() + value if name == "at" else value for name, value in how.items()}

    for event in till.stand_in.postman.take_all():
        with pytest.raises(EventRefused):
            till.post(event, **how)
    till.work()

    assert (list_disputes(), WebhookEvent.objects.filter(kind="dispute").count()) == ([], 0)


def test_event_says_nothing_that_is_believed(till, dispute):
    lies = {"status": "lost", "amount": 1, "balance_transactions": []}
    for event in till.stand_in.postman.take_all():
        till.post(event | {"data": {"object": dispute | lies}})
    till.work()

    assert list_disputes() == [("open", 30_000, 30_000)]


def test_event_that_names_another_account_changes_nothing(till, dispute, other_tenant):
    stranger = till.stand_in.open_account()
    PaymentAccountOwner.objects.create(
        provider_account_id=stranger, schema_name=other_tenant.schema_name, created_at=till.moment
    )

    for event in till.stand_in.postman.take_all():
        till.post(event | {"account": stranger, "id": f"{event['id']}x"})
    till.work()

    assert (list_disputes(), WebhookEvent.objects.filter(done_at=None).count()) == ([], 0)
    connection.set_tenant(other_tenant)
    assert list_disputes() == []


def test_dispute_of_what_the_business_sold_elsewhere_is_none_of_ours(till, account_id, booking_id):
    world = till.stand_in.world
    intent = money.make_intent(world, account_id, amount=5_000, currency="mxn")
    money.take(world, intent, money.make_method(world, account_id, money.CARDS["createDispute"]))
    hear(till)

    assert (list_disputes(), add_up()) == ([], {"stripe": 30_000, "prepaid": -30_000})


def test_dispute_of_a_payment_that_is_not_settled_here_waits_for_a_person(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)
    Payment.objects.update(amount_minor=29_000)  # the provider took another amount than is asked here
    till.stand_in.pay(session, "createDispute")
    (dispute,) = till.stand_in.world.find_all("dispute", account_id)

    look_at_dispute(account_id=account_id, dispute_id=dispute["id"], now=till.moment)

    assert (list_disputes(), add_up()) == ([], {})


def test_what_was_asked_earlier_does_not_overwrite_what_was_asked_later(till, account_id, dispute):
    look_at_dispute(account_id=account_id, dispute_id=dispute["id"], now=till.moment)
    before = till.moment - timedelta(seconds=1)
    money.close_dispute(till.stand_in.world, dispute, is_won=False)

    with pytest.raises(RetryLater) as later:
        look_at_dispute(account_id=account_id, dispute_id=dispute["id"], now=before)

    assert (list_disputes(), later.value.at) == ([("open", 30_000, 30_000)], till.moment + timedelta(minutes=2))


def test_event_whose_account_is_closed_to_us_is_followed_once_it_is_open_again(till, account_id, dispute):
    private = till.stand_in.world.private[account_id]
    private["state"] = "gone"
    hear(till)
    before = (list_disputes(), WebhookEvent.objects.filter(kind="dispute", done_at=None).count())

    private["state"] = "active"
    till.pass_by(timedelta(hours=1))
    till.work()

    assert (before, list_disputes()) == (([], 2), [("open", 30_000, 30_000)])


def test_event_whose_account_stays_closed_to_us_is_done_after_a_week(till, account_id, dispute):
    till.stand_in.world.private[account_id]["state"] = "gone"
    hear(till)
    till.pass_by(timedelta(days=8))
    till.work()

    assert (list_disputes(), WebhookEvent.objects.filter(done_at=None).count()) == ([], 0)


def test_dispute_waits_for_a_provider_that_does_not_answer(till, dispute):
    till.stand_in.faults += [Fault.ERROR] * 9
    till.post_all()
    till.work()
    before = list_disputes()

    till.stand_in.faults.clear()
    till.pass_by(timedelta(minutes=2))
    till.work()

    assert (before, list_disputes()) == ([], [("open", 30_000, 30_000)])


def test_what_the_bank_has_is_not_given_back_again(till, payment, dispute):
    hear(till)

    with pytest.raises(RefundTooLarge) as refused:
        refund_payment(payment_id=payment.pk, amount_minor=1, reason="Sí", now=till.moment, by=STAFF)

    assert (refused.value.left_minor, list_refunds(payment.booking_id)) == (0, [])
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)
    refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Sí", now=till.moment, by=STAFF)
    till.work()
    assert (list_refunds(payment.booking_id), add_up()["stripe"]) == ([(10_000, "done", "kinder")], 20_000)


def test_part_that_went_back_is_not_disputed(till, payment):
    refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Sí", now=till.moment, by=STAFF)
    till.work()
    intent = till.stand_in.world.things[payment.provider_payment_id]
    money.open_dispute(till.stand_in.world, till.stand_in.world.things[intent["latest_charge"]])
    hear(till)

    assert (list_disputes(), add_up()) == (
        [("open", 20_000, 20_000)],
        {"stripe": 0, "prepaid": -20_000, "disputed": 20_000},
    )


def test_managers_are_told_when_it_opens_and_how_it_ends(till, dispute):
    hear(till)
    hear(till)
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    assert told() == ["business_disputed", "business_dispute_decided"]
    opened, decided = (Message.objects.get(template=each).body_text for each in told())
    assert "regrese $300" in opened
    assert "hasta el" in opened
    assert "de vuelta en tu cuenta de Stripe" in decided


def test_lost_dispute_is_told_without_a_deadline_that_is_none(till, dispute):
    dispute["evidence_details"]["due_by"] = None
    hear(till)
    money.close_dispute(till.stand_in.world, dispute, is_won=False)
    hear(till)

    opened, decided = (Message.objects.get(template=each).body_text for each in told())
    assert "hasta el" not in opened
    assert "se quedan con tu cliente" in decided


@pytest.mark.parametrize("is_taken_later", [False, True])
def test_inquiry_is_told_without_money_that_moved_until_it_does(till, dispute, is_taken_later):
    world, moved = till.stand_in.world, list(dispute["balance_transactions"])
    dispute.update(status="warning_needs_response", balance_transactions=[])
    hear(till)
    if is_taken_later:
        dispute.update(status="needs_response", balance_transactions=moved)
        world.tell("charge.dispute.funds_withdrawn", dispute)
        hear(till)
        money.close_dispute(world, dispute, is_won=True)
    else:
        dispute["status"] = "warning_closed"
        world.tell("charge.dispute.closed", dispute)
    hear(till)

    first, *between, last = [each.body_text for each in Message.objects.filter(template__in=told()).order_by("pk")]
    assert ("Todavía no retiró nada" in first, "retiene" in first, "el banco puede retirarlo" in first) == (
        True, False, True,
    )  # fmt: skip
    assert ["El banco retiene el dinero" in each for each in between] == ([True] if is_taken_later else [])
    assert ("están de vuelta" in last, "No retiró nada" in last) == (is_taken_later, not is_taken_later)


def test_mail_about_somebody_without_a_name_begins_with_a_capital(till, payment, dispute):
    Booking.objects.update(customer_name="")
    hear(till)

    body = Message.objects.get(template="business_disputed").body_text
    assert "Alguien pidió a su banco" in body


def test_what_is_true_no_more_is_told_to_nobody(till, payment, dispute):
    till.post_all()
    money.close_dispute(till.stand_in.world, dispute, is_won=False)
    till.work()
    payload = {"booking_id": payment.booking_id, "dispute_id": Dispute.objects.get().pk}
    tell_of_payment(EventView(9_000, "payment.disputed", payment.pk, payload, till.moment))
    Dispute.objects.update(state=DisputeState.OPEN, closed_at=None)
    tell_of_payment(EventView(9_001, "payment.dispute_decided", payment.pk, payload, till.moment))

    assert told() == ["business_dispute_decided"]


def test_dispute_of_a_sample_is_told_to_nobody(till, payment, dispute):
    Booking.objects.update(is_sample=True)
    hear(till)

    assert (list_disputes(), told()) == ([("open", 30_000, 30_000)], [])


def compare(till) -> list[tuple]:
    till.pass_by(timedelta(hours=25))
    with outside():
        comparing.compare_account(PaymentAccountOwner.objects.get().pk, till.moment)
    rows = Difference.objects.filter(settled_at=None).order_by("pk")
    return list(rows.values_list("kind", "ours_minor", "theirs_minor"))


def test_night_makes_good_what_nobody_told(till, dispute):
    till.stand_in.postman.take_all()
    first = compare(till)
    opened = list_disputes()
    till.pass_by(timedelta(days=30))
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    till.stand_in.postman.take_all()

    assert (first, opened) == ([], [("open", 30_000, 30_000)])
    assert (compare(till), list_disputes(), add_up()) == ([], [("won", 30_000, 0)], BACK)


def test_night_tells_when_the_dispute_and_the_balance_differ(till, dispute):
    dispute["balance_transactions"][0]["amount"] = -29_000
    till.stand_in.postman.take_all()

    assert compare(till) == [("disputed", 29_000, 30_000)]
    dispute["balance_transactions"][0]["amount"] = -30_000
    assert (compare(till), add_up()) == ([], TAKEN)


def test_night_looks_at_disputes_that_ended_without_money_that_moved(till, dispute):
    hear(till)
    till.pass_by(timedelta(days=30))
    compare(till)
    till.pass_by(timedelta(days=30))
    money.close_dispute(till.stand_in.world, dispute, is_won=False)
    till.stand_in.postman.take_all()

    assert (compare(till), list_disputes(), add_up()) == ([], [("lost", 30_000, 30_000)], TAKEN)


def test_night_leaves_alone_what_the_provider_corrects_of_its_own_accord(till, account_id, dispute):
    hear(till)
    row = money.book(till.stand_in.world, dispute, "adjustment", -700)
    row["source"] = None

    assert (compare(till), list_disputes()) == ([], [("open", 30_000, 30_000)])
    assert PaymentAccount.objects.get(door="stripe").compared_until is not None


def cancel(till, booking_id: int, by=CUSTOMER) -> None:
    cancel_booking(booking_id=booking_id, now=till.moment, by=by)
    till.work()


@pytest.mark.parametrize("is_won", [True, False])
def test_visit_called_off_while_disputed_gives_back_what_the_bank_returns(till, booking_id, payment, dispute, is_won):
    hear(till)
    cancel(till, booking_id)
    before = (list_refunds(booking_id), add_up())
    till.pass_by(timedelta(days=20))
    money.close_dispute(till.stand_in.world, dispute, is_won=is_won)
    hear(till)
    hear(till)

    assert before == ([], TAKEN)
    assert list_refunds(booking_id) == ([(30_000, "done", "policy")] if is_won else [])
    assert add_up() == ({"prepaid": 0, "disputed": 0, "stripe": 0} if is_won else TAKEN)
    assert not Message.objects.filter(template="business_refund_failed").exists()


def test_part_that_the_bank_left_goes_back_and_the_rest_when_it_returns(till, booking_id, payment, dispute):
    dispute["amount"], dispute["balance_transactions"][0]["amount"] = 10_000, -10_000
    hear(till)
    find_charge(till)["disputed"] = False  # the rest can be sent
    cancel(till, booking_id)
    before = list_refunds(booking_id)
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    assert (before, list_refunds(booking_id)) == (
        [(20_000, "done", "policy")],
        [(20_000, "done", "policy"), (10_000, "done", "policy")],
    )


def test_what_the_bank_has_is_not_kept(till, booking_id, payment, dispute):
    hear(till)
    till.pass_by(Booking.objects.get().starts_at - till.moment + timedelta(minutes=30))
    mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()
    kept_while_disputed = add_up()
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)
    kept_once_won = add_up()
    money.open_dispute(till.stand_in.world, find_charge(till))
    hear(till)

    assert kept_while_disputed == TAKEN
    assert kept_once_won == {"prepaid": 0, "disputed": 0, "stripe": 30_000, "kept": -30_000}
    assert add_up() == TAKEN | {"kept": 0}
    assert list_refunds(booking_id) == []


def test_visit_whose_deposit_the_bank_took_owes_it_and_takes_a_new_one(till, booking_id, payment, dispute):
    hear(till)
    money.close_dispute(till.stand_in.world, dispute, is_won=False)
    hear(till)
    owed = balance(booking_id)
    ask_for_deposit(booking_id=booking_id, amount_minor=30_000, pay_by=None, now=till.moment, by=STAFF)
    till.work()
    till.stand_in.pay(till.start(booking_id))
    hear(till)

    assert (owed, balance(booking_id)) == (Balance(30_000, 0, 100_000), Balance(0, 30_000, 70_000))
    assert (list_refunds(booking_id), status_of(booking_id)) == ([], "confirmed")


def pay_again(till, booking_id: int) -> None:
    """The bank keeps the deposit, and the customer pays another one."""
    (dispute,) = till.stand_in.world.find_all("dispute", PaymentAccount.objects.get(door="stripe").provider_id)
    hear(till)
    money.close_dispute(till.stand_in.world, dispute, is_won=False)
    hear(till)
    till.pass_by(timedelta(hours=1))
    ask_for_deposit(booking_id=booking_id, amount_minor=30_000, pay_by=None, now=till.moment, by=STAFF)
    till.work()
    till.stand_in.pay(till.start(booking_id))
    hear(till)


def win_after_all(till, dispute) -> None:
    till.pass_by(timedelta(hours=1))
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    for _ in range(2):
        hear(till)


def list_told_of_refunds() -> list[str]:
    found = Message.objects.filter(template__contains="refund").order_by("pk")
    return list(found.values_list("template", flat=True))


def test_deposit_that_was_paid_again_goes_back_once_when_the_bank_returns_the_first(till, booking_id, payment, dispute):
    pay_again(till, booking_id)

    win_after_all(till, dispute)

    assert list_payments(booking_id) == [("stripe", "received", 30_000, 30_000), ("stripe", "received", 30_000, 0)]
    assert (list_refunds(booking_id), status_of(booking_id)) == ([(30_000, "done", "late")], "confirmed")
    assert (balance(booking_id), add_up()) == (Balance(0, 30_000, 70_000), BACK)
    assert list_told_of_refunds() == ["refund_twice", "business_refund"]


def test_deposit_that_was_paid_again_goes_back_whole_although_a_part_of_the_other_was_kept(
    till, booking_id, payment, dispute
):
    pay_again(till, booking_id)
    till.pass_by(Booking.objects.get().starts_at - till.moment + timedelta(minutes=30))
    mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    win_after_all(till, dispute)

    assert list_payments(booking_id) == [("stripe", "received", 30_000, 30_000), ("stripe", "received", 30_000, 0)]
    assert add_up() == {"prepaid": 0, "disputed": 0, "stripe": 30_000, "kept": -30_000}
    assert list_told_of_refunds() == ["business_refund", "refund_sent"]


def test_deposit_that_came_back_stays_when_staff_gave_the_other_one_back(till, booking_id, payment, dispute):
    pay_again(till, booking_id)
    again = Payment.objects.exclude(pk=payment.pk).get()
    refund_payment(payment_id=again.pk, amount_minor=30_000, reason="Sí", now=till.moment, by=STAFF)
    till.work()

    win_after_all(till, dispute)

    assert (list_refunds(booking_id), balance(booking_id)) == (
        [(30_000, "done", "kinder")], Balance(0, 30_000, 70_000),
    )  # fmt: skip


@pytest.mark.parametrize(("counter_minor", "back_minor"), [(100_000, 30_000), (80_000, 10_000), (70_000, 0)])
def test_price_that_was_paid_at_the_counter_meanwhile_is_not_paid_over(
    till, booking_id, payment, dispute, counter_minor, back_minor
):
    hear(till)
    till.pass_by(Booking.objects.get().starts_at - till.moment + timedelta(minutes=90))
    pay(booking_id, counter_minor, now=till.moment)
    mark_arrived(booking_id=booking_id, now=till.moment, by=STAFF)
    complete_visit(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    win_after_all(till, dispute)

    assert list_refunds(booking_id) == ([(back_minor, "done", "late")] if back_minor else [])
    assert balance(booking_id).held_minor == 30_000 + counter_minor - back_minor
    assert list_told_of_refunds() == (["business_refund", "refund_sent"] if back_minor else [])


def test_what_the_provider_refused_to_send_does_not_go_as_a_surplus_either(till, booking_id, payment, dispute):
    make_refund(payment, amount_minor=30_000, state="failed", done_at=till.moment)
    pay_again(till, booking_id)

    win_after_all(till, dispute)

    assert list_refunds(booking_id) == [(30_000, "failed", "policy")]


def balance(booking_id: int) -> Balance:
    return balance_booking(get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id))


@pytest.mark.parametrize("is_undone", [False, True])
def test_fee_that_the_bank_returns_is_kept_or_goes_back_when_it_is_no_longer_due(till, account_id, is_undone):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    till.work()
    dispute = money.open_dispute(till.stand_in.world, find_charge(till))
    hear(till)
    while_disputed = add_up()
    if is_undone:
        undo_step(booking_id=booking_id, status=BookingStatus.NO_SHOW, now=till.moment, by=STAFF)
        till.work()
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    assert while_disputed == TAKEN | {"kept": 0}
    assert list_refunds(booking_id) == ([(30_000, "done", "business")] if is_undone else [])
    assert (add_up()["kept"], add_up()["stripe"]) == ((0, 0) if is_undone else (-30_000, 30_000))


def test_what_the_provider_refused_once_does_not_go_by_itself_when_the_bank_returns_it(till, booking_id, dispute):
    """People were told to send it another way."""
    payment = Payment.objects.get()
    hear(till)
    make_refund(payment, amount_minor=30_000, state="failed", done_at=till.moment)
    cancel(till, booking_id)

    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    assert (list_refunds(booking_id), add_up()) == ([(30_000, "failed", "policy")], BACK)


def test_of_several_disputes_the_one_that_waits_is_shown(till, payment, dispute):
    hear(till)
    till.pass_by(timedelta(days=1))
    later = money.open_dispute(till.stand_in.world, find_charge(till))
    later["balance_transactions"].clear()
    money.close_dispute(till.stand_in.world, later, is_won=False)
    hear(till)

    payment.refresh_from_db()
    assert (list_disputes(), payment.dispute_state) == ([("open", 30_000, 30_000), ("lost", 30_000, 0)], "open")


@pytest.mark.parametrize("key", [None, "", "t0_other:deposit:7:1", "{own}", "{own}:deposit", "{own}:deposit:x:1"])
def test_key_of_nobody_leads_to_no_row(tenant, key):
    own = tenant.schema_name

    assert read_row(key and key.format(own=own)) is None
    assert read_row(f"{own}:deposit:7:1") == 7
