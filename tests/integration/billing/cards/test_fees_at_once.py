"""Two people who tap at once, and two workers that charge at once: one charge."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import stripe
from django.db import connection

from billing.errors import FeeNotDue
from billing.models import Payment
from billing.services.cards.looking import look_at_payment
from billing.services.fees import charge_fee, waive_fee
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from kernel.errors import Unavailable
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import transitions
from tenants.context import tenant_scope
from tests.factories.cards import Till, book_with_deposit, count_captured
from tests.factories.scheduling import STAFF

MANY = 6


def test_fee_that_many_tap_and_many_workers_charge_is_charged_once(scratch_tenant, settings, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    till = Till()
    with StandIn(now=till.now) as stand_in:
        till.stand_in = stand_in
        settings.STRIPE_KEY, settings.STRIPE_URL = API_KEY, stand_in.url
        settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_NOTICE_SECRETS = (SECRET,), (NOTICE_SECRET,)
        with tenant_scope(scratch_tenant):
            till.connect()
            booking_id = book_with_deposit(till, is_deposit_on_card=True)
            stand_in.pay(till.start(booking_id))
            payment_id = Payment.objects.get().pk
            look_at_payment(payment_id, till.moment)
            till.moment = get_booking(booking_id=booking_id).starts_at + timedelta(minutes=20)
            transitions.mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
        ready = Barrier(MANY)

        def run(number: int) -> None:
            try:
                with tenant_scope(scratch_tenant), suppress(FeeNotDue, Unavailable):
                    ready.wait(20)
                    if number == 0:
                        waive_fee(booking_id=booking_id, reason="Tarde", now=till.moment, by=STAFF)
                    charge_fee(booking_id=booking_id, seen_minor=30_000, now=till.moment, by=STAFF)
                    look_at_payment(payment_id, till.moment)
            finally:
                connection.close()

        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(run, range(MANY)))
        with tenant_scope(scratch_tenant):
            look_at_payment(payment_id, till.moment)
            rows = list(Payment.objects.values_list("state", "amount_minor", "refunded_minor"))
        ends = {"received": 30_000, "waived": 0}  # whoever was first
        assert [(amount, back) for _, amount, back in rows] == [(30_000, 0)]
        assert count_captured(stand_in) == ends[rows[0][0]]
