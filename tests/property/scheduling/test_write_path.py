"""The write path as a machine: whatever is done in whatever order, the same things always hold.

Raise ``SEEDS`` for a long run; a failure prints its seed and its steps, and ``Phase.shrink`` makes
them few (that takes minutes).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from devtools.scratch.overbooking import list_overbooked
from scheduling.engine import Measure, RulePeriod, Strategy
from scheduling.enums import BookingStatus, ConflictChoice
from scheduling.errors import HoldExpired, SeriesConflict, SlotTaken, SlotUnavailable
from scheduling.models import Booking, Series, Session
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.contents.changes import change_visit
from scheduling.services.bookings.holds import release_hold
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.series.making import book_series
from scheduling.services.bookings.transitions import approve, decline
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import OverrideReason, SlotRequest, VisitChange
from tests.factories.feature_pairs import hold, limit, list_offered, make_add_on, override, submit
from tests.factories.scheduling import (
    CUSTOMER,
    DETAILS,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_wish,
)
from tests.property.scheduling.recounts import CountedRule, list_drift

REFUSALS = (SlotTaken, SlotUnavailable, HoldExpired)
FIRST_SEED, SEEDS = 20260101, 3
EXAMPLES, STEPS = 7, 18
DAILY = "FREQ=DAILY;COUNT=3"
URGENT = OverrideReason(reason="Urgencia", user_id=7)

ANYONE, WITH_BAY, GROUP, COUNTED, REQUESTED = range(5)
HOURS = st.integers(0, 4)
SERVICES = st.integers(0, 4)
ACTORS = st.sampled_from([CUSTOMER, STAFF])
INDEX = st.integers(0, 99)


def attempt(write):
    """Return what a write made, or None when it was refused."""
    try:
        return write()
    except REFUSALS:
        return None


class WritePath(RuleBasedStateMachine):
    """Two people and a bay for two; services of one, of two resources, a group, counted ones and requests."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        place = make_place()
        self.people = tuple(make_resource(place, f"P{number}") for number in range(2))
        bay = (make_resource(place, "B", capacity=2),)
        self.services = [
            make_service(self.people),
            make_service(self.people, bay, duration_minutes=90, buffer_after_minutes=15),
            make_service(self.people, seats=3),
            make_service(bay, duration_minutes=30),
            make_service(self.people, approval="request", strategy=Strategy.ROUND_ROBIN),
        ]
        self.rules = [
            self.count(ANYONE, 300, Measure.MINUTES, RulePeriod.WEEK),
            self.count(GROUP, 5, Measure.SEATS, RulePeriod.DAY),
            self.count(COUNTED, 2, Measure.BOOKINGS, RulePeriod.DAY),
        ]
        self.extra = make_add_on(self.services[GROUP], minutes=60)
        self.now, self.turn = NOW, 0
        self.holds, self.made = [], []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    def count(self, service, amount, measure, period):
        service_id = self.services[service]
        return CountedRule(limit(service_id, amount, measure, period), service_id, measure.value, period.value)

    def word(self, service, party, is_longer):
        """Say what is asked beside service and time: only the group has parties and add-ons here."""
        return {"party_size": party, "add_on_ids": (self.extra,) * is_longer} if service == GROUP else {}

    def is_offered(self, service_id, starts_at, **question):
        return starts_at.hour in list_offered(service_id, now=self.now, day=starts_at.date(), **question)

    def pick(self, index) -> Booking:
        return Booking.objects.get(pk=self.made[index % len(self.made)])

    def again(self, booking):
        """Say what moving asks: the same visit with the same choice."""
        return {
            "moving_booking_id": booking.pk,
            "resource_ids": wish_of(booking).resource_ids,
            "party_size": booking.party_size,
            "add_on_ids": tuple(each["id"] for each in booking.lines.get().add_ons),
        }

    @rule(service=SERVICES, hour=HOURS, held=st.booleans(), party=st.integers(1, 2), is_longer=st.booleans())
    def ask(self, service, hour, held, party, is_longer):
        """What is offered is accepted, what is not is refused."""
        self.try_to_take(service, hours_later(hour), held=held, word=self.word(service, party, is_longer))

    @rule(index=INDEX, held=st.booleans(), is_longer=st.booleans())
    def join(self, index, held, is_longer):
        """Ask for a group that runs already."""
        starts = list(Session.objects.filter(is_active=True).order_by("pk").values_list("starts_at", flat=True))
        if starts:
            starts_at = starts[index % len(starts)]
            self.try_to_take(GROUP, starts_at, held=held, word=self.word(GROUP, 1, is_longer))

    def try_to_take(self, service, starts_at, *, held, word):
        service_id = self.services[service]
        is_offered = self.is_offered(service_id, starts_at, **word)

        made = attempt(lambda: (hold if held else book)(service_id, starts_at, now=self.now, **word))

        assert (made is not None) == is_offered
        if made is not None and held:
            self.holds.append(made)
        elif made is not None:
            self.made.append(made.booking_id)

    @rule(minutes=st.sampled_from([1, 9, 11, 60]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.holds)
    @rule(index=INDEX, is_late=st.booleans())
    def finish_hold(self, index, is_late):
        """A hold is good until it ends, and after that while its place is free."""
        held = self.holds.pop(index % len(self.holds))
        self.now = max(self.now, held.expires_at) if is_late else self.now
        booking = Booking.objects.get(pk=held.id)
        is_free = self.is_offered(booking.service_id, booking.starts_at, **self.again(booking))

        made = attempt(lambda: submit(held, now=self.now))

        assert (made is not None) == (is_free or self.now < held.expires_at)
        self.made += [made.booking_id] if made is not None else []

    @precondition(lambda self: self.holds)
    @rule(index=INDEX, is_swept=st.booleans())
    def drop_hold(self, index, is_swept):
        held = self.holds[index % len(self.holds)]
        if is_swept:
            expire_hold(held.id, self.now)
        else:
            self.holds.remove(held)
            release_hold(hold_id=held.id, token=held.token, now=self.now)

    @precondition(lambda self: self.made)
    @rule(index=INDEX, hour=HOURS, by=ACTORS)
    def move(self, index, hour, by):
        booking, starts_at = self.pick(index), hours_later(hour)
        is_offered = self.is_offered(booking.service_id, starts_at, **self.again(booking))

        moved = attempt(lambda: move_booking(booking_id=booking.pk, starts_at=starts_at, now=self.now, by=by))

        assert (moved is not None) == is_offered
        assert Booking.objects.get(pk=booking.pk).starts_at == (starts_at if moved else booking.starts_at)

    @precondition(lambda self: self.made)
    @rule(index=INDEX, service=SERVICES, hour=st.none() | HOURS, party=st.integers(1, 2), is_longer=st.booleans())
    def change(self, index, service, hour, party, is_longer):
        """Another visit in the same booking, or it stays as it was; who was chosen stays where they do this, too."""
        booking, service_id = self.pick(index), self.services[service]
        starts_at = booking.starts_at if hour is None else hours_later(hour)
        word = {"party_size": 1, "add_on_ids": ()} | self.word(service, party, is_longer)
        chosen = () if service == COUNTED else tuple({*wish_of(booking).resource_ids} & {*self.people})
        before = self.describe(booking)
        question = {"moving_booking_id": booking.pk, "resource_ids": chosen, **word}
        is_offered = self.is_offered(service_id, starts_at, **question)
        wanted = VisitChange(service_ids=(service_id,), starts_at=None if hour is None else starts_at, **word)

        made = attempt(lambda: change_visit(change=wanted, booking_id=booking.pk, now=self.now, by=STAFF))

        after = self.describe(Booking.objects.get(pk=booking.pk))
        asked = (service_id, starts_at, word["party_size"], word["add_on_ids"])
        assert (made is not None) == (is_offered or before == asked)
        assert after == (asked if made else before)

    def describe(self, booking):
        extras = tuple(each["id"] for each in booking.lines.get().add_ons)
        return booking.service_id, booking.starts_at, booking.party_size, extras

    @precondition(lambda self: self.made)
    @rule(index=INDEX, person=st.integers(0, 1))
    def reassign(self, index, person):
        """The same time with the person that staff names, or nothing changes."""
        booking, person_id = self.pick(index), self.people[person]
        if booking.service_id == self.services[COUNTED]:
            return
        starts_at, chosen = booking.starts_at, {"resource_ids": (person_id,)}
        is_offered = self.is_offered(booking.service_id, starts_at, **{**self.again(booking), **chosen})

        moved = attempt(
            lambda: move_booking(booking_id=booking.pk, starts_at=starts_at, now=self.now, by=STAFF, **chosen)
        )

        assert (moved is not None) == is_offered

    @precondition(lambda self: self.made)
    @rule(index=INDEX, hour=HOURS)
    def force_move(self, index, hour):
        booking, starts_at = self.pick(index), hours_later(hour)

        move_booking(booking_id=booking.pk, starts_at=starts_at, now=self.now, by=STAFF, override=URGENT)

        assert Booking.objects.get(pk=booking.pk).starts_at == starts_at

    @rule(service=SERVICES, hour=HOURS)
    def force(self, service, hour):
        self.made.append(override(self.services[service], hours_later(hour), now=self.now).booking_id)

    @precondition(lambda self: self.made)
    @rule(index=INDEX)
    def cancel(self, index):
        booking_id = self.made.pop(index % len(self.made))
        cancel_booking(booking_id=booking_id, reason="x", now=self.now, by=STAFF)

    @precondition(lambda self: self.made)
    @rule(index=INDEX, is_approved=st.booleans())
    def answer(self, index, is_approved):
        requests = Booking.objects.filter(pk__in=self.made, status=BookingStatus.PENDING_APPROVAL)
        waiting = list(requests.order_by("pk"))
        if not waiting:
            return
        booking_id = waiting[index % len(waiting)].pk
        if is_approved:
            approve(booking_id=booking_id, now=self.now, by=STAFF)
        else:
            decline(booking_id=booking_id, now=self.now, by=STAFF)
            self.made.remove(booking_id)

    @rule(service=SERVICES, hour=HOURS, choice=st.sampled_from(ConflictChoice), by=ACTORS, is_longer=st.booleans())
    def repeat(self, service, hour, choice, by, is_longer):
        """A series does on each date what one booking after the other would, or nothing at all."""
        word = self.word(service, 1, is_longer)
        request = SlotRequest(make_wish(self.services[service], **word), hours_later(hour))
        expected = self.foresee(request, choice)
        before = (Booking.objects.count(), Series.objects.count())
        try:
            report = book_series(request=request, rule=DAILY, details=DETAILS, on_conflict=choice, now=self.now, by=by)
        except SeriesConflict as refusal:
            seen = [(each["outcome"], None) for each in refusal.report]
            assert seen == [(outcome, None) for outcome, _ in expected]
            assert (Booking.objects.count(), Series.objects.count()) == before
            return
        assert [(each.outcome, each.starts_at) for each in report.dates] == expected
        self.made += [each.booking_id for each in report.dates if each.booking_id]

    def foresee(self, request, choice) -> list[tuple[str, datetime | None]]:
        before = transaction.savepoint()
        found = [self.foresee_date(request, timedelta(days=day), choice) for day in range(3)]
        transaction.savepoint_rollback(before)
        return found

    def foresee_date(self, request, later, choice):
        asked = request.starts_at + later
        wish = request.wish
        word = {"party_size": wish.party_size, "add_on_ids": wish.add_on_ids}
        offered = list_offered(wish.service_ids, now=self.now, day=asked.date(), **word)
        nearest = sorted(offered, key=lambda hour: (abs(hour - asked.hour), hour))
        if asked.hour in offered:
            outcome, starts_at = "booked", asked
        elif choice == ConflictChoice.MOVE and nearest:
            outcome, starts_at = "moved", asked + timedelta(hours=nearest[0] - asked.hour)
        else:
            return ("conflict" if choice == ConflictChoice.FAIL else "skipped"), None
        book(wish.service_ids, starts_at, now=self.now, **word)
        return outcome, starts_at

    @invariant()
    def nothing_is_overbooked(self):
        assert list_overbooked(now=self.now) == []

    @invariant()
    def everything_adds_up(self):
        assert list_drift(self.rules) == []

    @invariant()
    def one_that_is_offered_is_accepted_and_one_that_is_not_is_refused(self):
        self.turn += 1
        service = self.turn % len(self.services)
        service_id, word = self.services[service], self.word(service, 2, self.turn % 2 == 0)
        offered = list_offered(service_id, now=self.now, **word)
        refused = [hour for hour in range(8, 18) if hour not in offered]
        for hours, is_accepted in ((offered, True), (refused, False)):
            if hours:
                before = transaction.savepoint()
                starts_at = hours_later(hours[self.turn * 7 % len(hours)] - 9)
                made = attempt(partial(book, service_id, starts_at, now=self.now, **word))
                assert (made is not None) == is_accepted
                transaction.savepoint_rollback(before)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(FIRST_SEED, FIRST_SEED + SEEDS))
def test_write_path_holds_whatever_is_done(tenant, number):
    print(f"seed {number}")

    run_state_machine_as_test(
        seed(number)(WritePath),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
