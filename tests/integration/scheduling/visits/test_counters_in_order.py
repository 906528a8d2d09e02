"""Who writes counters date by date, and who gives back one of those dates at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import wraps
from threading import Event, local

import pytest
from django.db import connection

from database import transactions
from database.errors import DEADLOCK
from scheduling.engine import RulePeriod
from scheduling.enums import RuleScope
from scheduling.models import Booking
from scheduling.services.bookings.holds import release_hold
from scheduling.services.bookings.series import making
from scheduling.services.bookings.series.following import cancel_following, restore_following
from scheduling.services.bookings.transitions import decline
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.expiry import expire_hold
from tenants.context import tenant_scope
from tests.factories.feature_pairs import hold, repeat
from tests.factories.scheduling import (
    CUSTOMER,
    MONDAY,
    NOW,
    STAFF,
    book,
    make_place,
    make_resource,
    make_rule,
    make_service,
)
from tests.property.scheduling.recounts import list_drift

WEEK = "FREQ=DAILY;COUNT=4"
TUESDAY = MONDAY + timedelta(days=1)
MUCH_LATER = NOW + timedelta(hours=2)
SEEN_WAITING_SECONDS = 0.5
"""Less than PostgreSQL waits before it looks for a circle."""


@pytest.fixture
def house(scratch_tenant):
    """A place that counts its days and its weeks."""
    with tenant_scope(scratch_tenant):
        place = make_place()
        for period in (RulePeriod.DAY, RulePeriod.WEEK):
            make_rule(RuleScope.LOCATION, period, 50, location_id=place)
        yield place


@pytest.fixture
def meet(monkeypatch):
    """Run two jobs; the second one begins when the first has written counters once, and has a while for itself."""
    begin, done, who = Event(), Event(), local()

    def let_the_other_begin_after(write):
        @wraps(write)
        def write_and_meet(*args, **options):
            written = write(*args, **options)
            if getattr(who, "is_first", False) and not begin.is_set():
                begin.set()
                done.wait(SEEN_WAITING_SECONDS)
            return written

        return write_and_meet

    monkeypatch.setattr(Counters, "write", let_the_other_begin_after(Counters.write))
    monkeypatch.setattr(making, "book_slot", let_the_other_begin_after(making.book_slot))

    def run(tenant, first, second) -> None:
        def run_first() -> None:
            who.is_first = True
            with tenant_scope(tenant):
                try:
                    first()
                finally:
                    begin.set()
                    connection.close()

        def run_second() -> None:
            with tenant_scope(tenant):
                try:
                    connection.ensure_connection()
                    assert begin.wait(60)
                    second()
                finally:
                    done.set()
                    connection.close()

        with ThreadPoolExecutor(2) as pool:
            for each in (pool.submit(run_first), pool.submit(run_second)):
                each.result(120)

    return run


def keep_tuesday(service_id: int, ending: str):
    """Take a place on Tuesday, and return how to give it back."""
    if ending == "declined":
        made = book(service_id, TUESDAY)
        return lambda: decline(booking_id=made.booking_id, now=NOW, by=STAFF)
    held = hold(service_id, TUESDAY)
    if ending == "expired":
        return lambda: expire_hold(held.id, MUCH_LATER)
    return lambda: release_hold(hold_id=held.id, token=held.token, now=NOW)


@pytest.mark.parametrize("ending", ["declined", "expired", "released"])
def test_a_series_and_who_gives_back_one_of_its_days_wait_in_no_circle(
    scratch_tenant, house, meet, monkeypatch, ending
):
    # PostgreSQL ends one of two that wait in a circle; here nobody tries again.
    monkeypatch.setattr(transactions, "RACE_STATES", transactions.RACE_STATES - {DEADLOCK})
    mine = make_service((make_resource(house),))
    other = make_service((make_resource(house),), approval="request" if ending == "declined" else "instant")
    give_back = keep_tuesday(other, ending)

    meet(scratch_tenant, lambda: repeat(mine, rule=WEEK), give_back)

    assert Booking.objects.filter(is_active=True).count() == 4
    assert list_drift([]) == []


def test_dates_that_come_back_together_and_who_gives_back_another_wait_in_no_circle(
    scratch_tenant, house, meet, monkeypatch
):
    monkeypatch.setattr(transactions, "RACE_STATES", transactions.RACE_STATES - {DEADLOCK})
    mine, other = (make_service((make_resource(house),)) for _ in range(2))
    ids = [each.booking_id for each in repeat(mine, rule=WEEK, by=CUSTOMER).dates]
    cancel_following(booking_id=ids[0], now=NOW, by=STAFF, reason="Cerramos")
    give_back = keep_tuesday(other, "released")

    meet(scratch_tenant, lambda: restore_following(booking_id=ids[0], now=NOW, by=STAFF), give_back)

    assert Booking.objects.filter(is_active=True).count() == 4
    assert list_drift([]) == []


@pytest.mark.parametrize("ending", ["declined", "expired", "released"])
def test_who_leaves_a_group_that_a_series_joins_tries_again(scratch_tenant, house, meet, ending):
    approval = "request" if ending == "declined" else "instant"
    group = make_service((make_resource(house),), seats=3, approval=approval)
    give_back = keep_tuesday(group, ending)

    meet(scratch_tenant, lambda: repeat(group, rule=WEEK), give_back)

    assert Booking.objects.filter(is_active=True).count() == 4
    assert list_drift([]) == []
