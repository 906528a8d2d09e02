"""The write path as a machine: whatever is done in whatever order, the same things always hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from devtools.overbooking import list_overbooked
from kernel.errors import DomainError
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.services.cancellations import cancel_booking
from scheduling.services.expiry import expire_hold
from scheduling.services.holds import release_hold
from tests.factories.feature_pairs import hold, limit, list_offered, move, override, submit
from tests.factories.scheduling import CUSTOMER, NOW, STAFF, book, hours_later, make_place, make_resource, make_service

HOURS = st.integers(0, 4)
SERVICES = st.integers(0, 3)
EXAMPLES, STEPS = 12, 14


class WritePath(RuleBasedStateMachine):
    """Two people and a bay for two; services of one, of two resources, a group, and a counted one."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        place = make_place()
        people = tuple(make_resource(place, f"P{number}") for number in range(2))
        bay = (make_resource(place, "B", capacity=2),)
        self.services = [
            make_service(people),
            make_service(people, bay, duration_minutes=90, buffer_after_minutes=15),
            make_service(people, seats=2),
            make_service(bay, duration_minutes=30),
        ]
        limit(self.services[3], 2)
        self.now = NOW
        self.holds, self.made = [], []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    @rule(service=SERVICES, hour=HOURS, held=st.booleans())
    def ask(self, service, hour, held):
        """What is offered is accepted, what is not is refused."""
        service_id, starts_at = self.services[service], hours_later(hour)
        is_offered = starts_at.hour in list_offered(service_id, now=self.now)
        try:
            if held:
                self.holds.append(hold(service_id, starts_at, now=self.now))
            else:
                self.made.append(book(service_id, starts_at, now=self.now))
            is_accepted = True
        except (SlotTaken, SlotUnavailable):
            is_accepted = False
        assert is_accepted == is_offered

    @rule(minutes=st.sampled_from([1, 9, 11, 60]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(data=st.data(), late=st.booleans())
    def finish_hold(self, data, late):
        if not self.holds:
            return
        held = self.holds.pop(data.draw(st.integers(0, len(self.holds) - 1)))
        if late:
            self.now = max(self.now, held.expires_at)
        try:
            self.made.append(submit(held, now=self.now))
        except DomainError:
            # Only what has ended may be refused.
            assert self.now >= held.expires_at

    @rule(data=st.data(), is_swept=st.booleans())
    def drop_hold(self, data, is_swept):
        if not self.holds:
            return
        held = self.holds[data.draw(st.integers(0, len(self.holds) - 1))]
        if is_swept:
            expire_hold(held.id, self.now)
        else:
            self.holds.remove(held)
            release_hold(hold_id=held.id, token=held.token, now=self.now)

    @rule(data=st.data(), hour=HOURS)
    def move(self, data, hour):
        if not self.made:
            return
        made = self.made[data.draw(st.integers(0, len(self.made) - 1))]
        service_id = self.read_service(made)
        is_offered = hours_later(hour).hour in list_offered(service_id, now=self.now, moving_booking_id=made.booking_id)
        try:
            move(made, hours_later(hour), by=CUSTOMER, now=self.now)
            is_accepted = True
        except (SlotTaken, SlotUnavailable):
            is_accepted = False
        assert is_accepted == is_offered

    @rule(data=st.data())
    def cancel(self, data):
        if self.made:
            made = self.made.pop(data.draw(st.integers(0, len(self.made) - 1)))
            cancel_booking(booking_id=made.booking_id, reason="x", now=self.now, by=STAFF)

    @rule(service=SERVICES, hour=HOURS)
    def force(self, service, hour):
        self.made.append(override(self.services[service], hours_later(hour), now=self.now))

    @invariant()
    def nothing_is_overbooked(self):
        assert list_overbooked(now=self.now) == []

    def read_service(self, made):
        from scheduling.models import Booking

        return Booking.objects.values_list("service_id", flat=True).get(pk=made.booking_id)


@pytest.mark.slow
def test_write_path_holds_whatever_is_done(tenant):
    run_state_machine_as_test(
        WritePath,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
