"""Who notes a deposit and who waives it, cancels it or settles it at once: everybody locks the booking first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, local

import pytest
from django.db import connection, transaction

from billing.enums import PaymentState
from billing.errors import PaymentStepRefused
from billing.models import LedgerEntry, Payment
from billing.services import following, payments
from billing.services.movements import lock_asking
from billing.services.payments import miss_deposit, receive_deposit, waive_deposit
from scheduling.enums import DepositKind
from scheduling.errors import TransitionRefused
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import transitions
from scheduling.services.bookings.contents.changes import change_visit
from scheduling.types import VisitChange
from tenants.context import tenant_scope
from tests.factories.billing import take_transfers, tell_events
from tests.factories.scheduling import CUSTOMER, NOW, STAFF, book, hours_later, make_service, make_shop

ROUNDS = 5


def book_with_deposit(starts_at) -> int:
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FIXED, deposit_minor=300)
    made = book(service_id, starts_at)
    tell_events()
    return made.booking_id


def run_in(tenant, job, *arguments) -> object:
    try:
        with tenant_scope(tenant):
            return job(*arguments)
    except (PaymentStepRefused, TransitionRefused):
        return None
    finally:
        connection.close()


def test_noting_a_deposit_waits_for_the_booking_with_no_payment_locked(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        take_transfers()
        booking_id = book_with_deposit(hours_later(1))
    accept, has_booking, who = transitions.accept_payment, Event(), local()

    def accept_payment(**values) -> None:
        if who.name == "waives":
            accept(**values)
            has_booking.set()
            who.waits.wait(0.5)  # the other one stands before the booking by now
            return
        assert has_booking.wait(10)
        accept(**values)

    monkeypatch.setattr(payments.transitions, "accept_payment", accept_payment)

    def run(name, job) -> object:
        who.name, who.waits = name, Event()
        return run_in(scratch_tenant, lambda: job(booking_id=booking_id, now=NOW, by=STAFF))

    with ThreadPoolExecutor(2) as pool:
        noted, waived = pool.submit(run, "notes", receive_deposit), pool.submit(run, "waives", waive_deposit)
        noted.result(30), waived.result(30)

    with tenant_scope(scratch_tenant):
        # The waiver was first; the money that came all the same is noted.
        assert get_booking(booking_id=booking_id).status == "confirmed"
        assert list(Payment.objects.values_list("state", "amount_minor")) == [("received", 300)]


def test_who_follows_a_change_waits_for_the_asking_with_no_payment_locked(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        take_transfers()
        service_id, people = make_shop(price_minor=1000, deposit_kind=DepositKind.FIXED, deposit_minor=300)
        booking_id = book(service_id, hours_later(1)).booking_id
        tell_events()
        receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
        tell_events()
        other = make_service(tuple(people), price_minor=2000, deposit_kind=DepositKind.FIXED, deposit_minor=500)
        change_visit(booking_id=booking_id, change=VisitChange(service_ids=(other,)), by=CUSTOMER, now=NOW)
    look, has_begun = following.get_booking, Event()

    def get_booking_slowly(**values):
        has_begun.set()
        return look(**values)

    monkeypatch.setattr(following, "get_booking", get_booking_slowly)
    monkeypatch.setattr(following, "lock_asking", lambda number: (has_begun.set(), lock_asking(number)), raising=False)

    with ThreadPoolExecutor(1) as pool, tenant_scope(scratch_tenant), transaction.atomic():
        lock_asking(booking_id)
        follower = pool.submit(run_in, scratch_tenant, tell_events)
        assert has_begun.wait(10)
        with pytest.raises(TimeoutError):
            follower.result(0.5)  # it stands before the asking by now
        free = list(Payment.objects.select_for_update(nowait=True).values_list("state", "amount_minor"))
        transaction.on_commit(lambda: follower.result(30))

    with tenant_scope(scratch_tenant):
        assert free == [("received", 300)]
        assert list(Payment.objects.order_by("pk").values_list("state", "amount_minor")) == [
            ("received", 300), ("open", 200),
        ]  # fmt: skip


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_deposit_noted_waived_and_missed_at_once_ends_in_one_way(scratch_tenant, round_number):
    with tenant_scope(scratch_tenant):
        take_transfers()
        booking_id = book_with_deposit(hours_later(round_number))
    start = Barrier(3)

    def run(job, values) -> object:
        start.wait(10)
        return run_in(scratch_tenant, lambda: job(booking_id=booking_id, now=NOW, by=STAFF, **values))

    jobs = [(receive_deposit, {}), (waive_deposit, {}), (miss_deposit, {"reason": "No llegó"})]
    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(run, *job) for job in jobs]:
            each.result(30)

    with tenant_scope(scratch_tenant):
        status = get_booking(booking_id=booking_id).status
        (state,) = Payment.objects.values_list("state", flat=True)
        assert (status, state) in {
            ("confirmed", PaymentState.RECEIVED),
            ("confirmed", PaymentState.WAIVED),
            ("cancelled", PaymentState.RECEIVED),
            ("cancelled", PaymentState.FAILED),
            ("cancelled", PaymentState.CLOSED),
        }
        assert LedgerEntry.objects.count() == (state == PaymentState.RECEIVED)
