"""Many real connections at once; the judge is SQL that shares nothing with the engine."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from api.services.idempotency import Answer, run_once
from devtools.scratch.overbooking import list_overbooked
from scheduling.engine import BookablePeriod, RulePeriod, Strategy
from scheduling.enums import RuleScope
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.models import Allocation, RuleTake, RuleUsage
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from tenants.context import tenant_scope
from tests.factories.feature_pairs import hold, list_group_times, make_add_on, submit
from tests.factories.scheduling import (
    CUSTOMER,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_rule,
    make_service,
    make_shop,
)
from tests.property.scheduling.recounts import list_drift

THREADS = 16


def run_at_once(tenant, jobs, *, isolation=None):
    """Run the jobs over `THREADS` connections that begin together; count what came out."""
    barrier = Barrier(THREADS)

    def work(number):
        outcomes = Counter()
        with tenant_scope(tenant):
            connection.ensure_connection()
            if isolation:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET default_transaction_isolation TO '{isolation}'")
            barrier.wait(60)
            for job in jobs[number::THREADS]:
                try:
                    job()
                    outcomes["accepted"] += 1
                except (SlotTaken, SlotUnavailable) as refusal:
                    outcomes[refusal.code] += 1
            if isolation:
                with connection.cursor() as cursor:
                    cursor.execute("RESET default_transaction_isolation")
        connection.close()
        return outcomes

    with ThreadPoolExecutor(THREADS) as pool:
        return dict(sum(pool.map(work, range(THREADS)), Counter()))


def in_scratch(tenant, make):
    with tenant_scope(tenant):
        return make()


@pytest.mark.parametrize("strategy", [Strategy.FIXED_ORDER, Strategy.LEAST_BUSY, Strategy.ROUND_ROBIN])
def test_everybody_is_served_while_somebody_is_free(scratch_tenant, strategy):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(20, strategy=strategy))

    outcomes = run_at_once(scratch_tenant, [lambda: book(service_id)] * 24)

    assert outcomes == {"accepted": 20, "slot_taken": 4}
    assert in_scratch(scratch_tenant, lambda: list_overbooked(now=NOW)) == []


@pytest.mark.parametrize("isolation", [None, "repeatable read"])
def test_one_slot_goes_to_one_customer(scratch_tenant, isolation):
    service_id, _ = in_scratch(scratch_tenant, make_shop)

    outcomes = run_at_once(scratch_tenant, [lambda: book(service_id)] * 32, isolation=isolation)

    assert outcomes == {"accepted": 1, "slot_taken": 31}


def test_repeatable_read_serves_everybody_too(scratch_tenant):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(8))

    outcomes = run_at_once(scratch_tenant, [lambda: book(service_id)] * 16, isolation="repeatable read")

    assert outcomes == {"accepted": 8, "slot_taken": 8}


def book_with_key(service_id, number):
    def run():
        book(service_id)
        return Answer(201, "{}")

    return run_once(endpoint="bookings", key=f"key-{number}", caller="", body={}, is_personal=False, now=NOW, run=run)


def test_repeatable_read_serves_bookings_with_keys_too(scratch_tenant):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(8))
    jobs = [partial(book_with_key, service_id, number) for number in range(16)]

    outcomes = run_at_once(scratch_tenant, jobs, isolation="repeatable read")

    assert outcomes == {"accepted": 8, "slot_taken": 8}


def test_steps_wait_for_each_other_under_repeatable_read(scratch_tenant):
    def make():
        service_id, _ = make_shop()
        make_rule(RuleScope.SERVICE, RulePeriod.DAY, 9, service_id=service_id)
        return [book(service_id, hours_later(hour)).booking_id for hour in range(6)]

    booking_ids = in_scratch(scratch_tenant, make)
    jobs = [partial(cancel_booking, booking_id=each, reason="x", now=NOW, by=STAFF) for each in booking_ids]

    outcomes = run_at_once(scratch_tenant, jobs * 6, isolation="repeatable read")

    assert outcomes == {"accepted": 36}
    assert in_scratch(scratch_tenant, lambda: list(RuleUsage.objects.values_list("used"))) == [(0,)]


def test_seats_of_a_group_are_counted_exactly(scratch_tenant):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(2, seats=7))

    outcomes = run_at_once(scratch_tenant, [lambda: book(service_id, party_size=2)] * 16)

    assert outcomes == {"accepted": 6, "slot_taken": 10}
    assert in_scratch(scratch_tenant, lambda: list_overbooked(now=NOW)) == []


def test_daily_limit_holds_over_different_times_and_people(scratch_tenant):
    def make():
        service_id, _ = make_shop(4)
        make_rule(RuleScope.SERVICE, RulePeriod.DAY, 5, service_id=service_id)
        return service_id

    service_id = in_scratch(scratch_tenant, make)

    outcomes = run_at_once(
        scratch_tenant, [lambda hour=hour: book(service_id, hours_later(hour)) for hour in range(8)] * 4
    )

    assert outcomes == {"accepted": 5, "slot_taken": 27}


def test_crossed_resources_and_moves_never_overbook_nor_deadlock(scratch_tenant):
    def make():
        place = make_place()
        people = [make_resource(place, f"P{number}") for number in range(3)]
        bays = [make_resource(place, f"B{number}", capacity=2) for number in range(2)]
        services = [
            make_service(tuple(people), tuple(bays), step_minutes=15),
            make_service(tuple(reversed(bays)), tuple(reversed(people)), step_minutes=15, duration_minutes=45),
            make_service(tuple(bays), step_minutes=15, duration_minutes=30, buffer_after_minutes=15),
        ]
        return services, [book(services[0], hours_later(hour)).booking_id for hour in range(6)]

    services, booking_ids = in_scratch(scratch_tenant, make)
    dice = random.Random(7)
    starts = [MONDAY + timedelta(minutes=15 * quarter) for quarter in range(16)]
    jobs = [
        partial(book, dice.choice(services), dice.choice(starts))
        if dice.random() < 0.6
        else partial(
            move_booking, booking_id=dice.choice(booking_ids), starts_at=dice.choice(starts), now=NOW, by=STAFF
        )
        for _ in range(96)
    ]

    outcomes = run_at_once(scratch_tenant, jobs)

    assert sum(outcomes.values()) == 96
    assert set(outcomes) <= {"accepted", "slot_taken"}
    assert in_scratch(scratch_tenant, lambda: list_overbooked(now=NOW)) == []


def test_checker_sees_a_planted_overlap(tenant):
    service_id, (person,) = make_shop()
    made = book(service_id)
    assert list_overbooked(now=NOW) == []

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE scheduling_allocation DROP CONSTRAINT scheduling_lane_free")
    row = Allocation.objects.get(booking_id=made.booking_id)
    row.pk, row.starts_at = None, row.ends_at - timedelta(minutes=1)
    row.ends_at += timedelta(hours=1)
    row.save(force_insert=True)

    assert list_overbooked(now=NOW) == [("resource", person, 2, 1)]


def test_database_itself_refuses_the_overlap(tenant):
    from django.db import IntegrityError, transaction

    service_id, _ = make_shop()
    row = Allocation.objects.get(booking_id=book(service_id).booking_id)
    row.pk = None

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        row.save(force_insert=True)

    assert refusal.value.__cause__.sqlstate == "23P01"


def test_hold_beside_a_confirmation_puts_no_end_to_the_group(scratch_tenant):
    def make():
        service_id, _ = make_shop(seats=3)
        return service_id, hold(service_id)

    service_id, held = in_scratch(scratch_tenant, make)
    is_confirmed = Event()

    def confirm_slowly():
        with tenant_scope(scratch_tenant), transaction.atomic():
            submit(held)
            is_confirmed.set()
            time.sleep(0.5)
        connection.close()

    def hold_meanwhile():
        with tenant_scope(scratch_tenant):
            is_confirmed.wait(30)
            hold(service_id, now=NOW + timedelta(minutes=5))
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(confirm_slowly), pool.submit(hold_meanwhile)]:
            each.result()

    # One booking is confirmed: whatever becomes of the hold, the group's resources stay taken.
    ends = in_scratch(scratch_tenant, lambda: list(Allocation.objects.values_list("hold_expires_at", flat=True)))
    assert ends == [None]


def test_group_that_is_joined_and_left_at_once_lasts_as_long_as_its_longest(scratch_tenant):
    def make():
        service_id, _ = make_shop(seats=40)
        book(service_id)
        return service_id, [make_add_on(service_id, minutes=minutes) for minutes in (30, 60)]

    service_id, extras = in_scratch(scratch_tenant, make)

    def come_and_go(extra):
        made = book(service_id, add_on_ids=(extra,))
        cancel_booking(token=made.manage_token, now=NOW, by=CUSTOMER)

    outcomes = run_at_once(scratch_tenant, [partial(come_and_go, extras[number % 2]) for number in range(64)])

    assert outcomes == {"accepted": 64}
    assert in_scratch(scratch_tenant, lambda: list_drift([])) == []
    assert in_scratch(scratch_tenant, list_group_times) == [(9, 10)]


def test_simultaneous_customers_never_exceed_the_moment(scratch_tenant):
    def make():
        service_id, _ = make_shop(8, step_minutes=30, bookable_hours=(BookablePeriod(0, 540, 720),))
        make_rule(RuleScope.TENANT, RulePeriod.MOMENT, 3, weekdays=(0,))
        return service_id

    service_id = in_scratch(scratch_tenant, make)
    jobs = [lambda half=half: book(service_id, hours_later(half / 2)) for half in (0, 1, 2)] * 8

    for isolation in ("read committed", "repeatable read"):
        outcomes = run_at_once(scratch_tenant, jobs, isolation=isolation)
        assert sum(outcomes.values()) == 24
        assert set(outcomes) <= {"accepted", "slot_taken"}

    def read():
        rows = [(row.starts_at, row.ends_at) for row in RuleTake.objects.all()]
        most = max(sum(start <= minute < end for start, end in rows) for minute, _ in rows)
        return most, list_overbooked(now=NOW)

    assert in_scratch(scratch_tenant, read) == (3, [])
