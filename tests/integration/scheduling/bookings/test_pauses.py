"""Work that stands still: what the database refuses, two taps at once, and what undoing leaves behind."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from scheduling.enums import BookingStatus
from scheduling.errors import TransitionRefused
from scheduling.errors.visits import PauseUnknown
from scheduling.models import Booking
from scheduling.selectors.bookings.history import list_history
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import complete_visit, pause_visit, resume_visit, start_visit
from scheduling.services.bookings.undoing import undo_step
from tenants.context import current_tenant, tenant_scope
from tests.factories.scheduling import MONDAY, STAFF, book, make_shop
from verticals.registry import get_vertical

PAUSE, RESUMED, DONE = (MONDAY + timedelta(minutes=minutes) for minutes in (10, 25, 50))


@pytest.fixture
def running(tenant) -> int:
    booking_id = book(make_shop()[0]).booking_id
    start_visit(booking_id=booking_id, now=MONDAY, by=STAFF)
    return booking_id


def read(booking_id: int) -> tuple[str, str, int]:
    row = Booking.objects.get(pk=booking_id)
    return row.status, row.pause_state, row.paused_minutes


def test_pause_is_counted_when_work_goes_on_and_again_changes_nothing(running):
    for _ in range(2):
        pause_visit(booking_id=running, now=PAUSE, by=STAFF)
    assert read(running) == ("in_progress", "paused", 0)
    pause_visit(booking_id=running, state="waiting_parts", now=PAUSE + timedelta(minutes=5), by=STAFF)
    assert get_booking(booking_id=running).progress.paused_at == PAUSE

    for at in (RESUMED, DONE):
        resume_visit(booking_id=running, now=at, by=STAFF)

    assert read(running) == ("in_progress", "", 15)
    steps = [(each.pause, each.is_status_new) for each in list_history(booking_id=running)]
    assert steps[-4:] == [(None, True), ("paused", False), ("waiting_parts", False), ("", False)]


def test_finishing_ends_the_pause_and_undoing_brings_back_work_not_the_pause(running):
    pause_visit(booking_id=running, now=PAUSE, by=STAFF)
    complete_visit(booking_id=running, now=DONE, by=STAFF)
    assert read(running) == ("completed", "", 40)

    undo_step(booking_id=running, status=BookingStatus.COMPLETED, now=DONE, by=STAFF)

    assert read(running) == ("in_progress", "", 40)


def test_undoing_the_start_ends_the_pause_and_starting_again_counts_anew(running):
    pause_visit(booking_id=running, now=PAUSE, by=STAFF)
    undo_step(booking_id=running, status=BookingStatus.IN_PROGRESS, now=RESUMED, by=STAFF)
    assert read(running) == ("confirmed", "", 0)

    start_visit(booking_id=running, now=DONE, by=STAFF)

    assert read(running) == ("in_progress", "", 0)


@pytest.mark.parametrize("step", [pause_visit, resume_visit])
def test_finished_and_not_begun_visits_are_not_paused(running, step):
    complete_visit(booking_id=running, now=PAUSE, by=STAFF)
    before = Booking.objects.values().get(pk=running)

    with pytest.raises(TransitionRefused) as refused:
        step(booking_id=running, now=DONE, by=STAFF)
    other = book(make_shop()[0]).booking_id
    with pytest.raises(TransitionRefused):
        step(booking_id=other, now=MONDAY, by=STAFF)

    assert refused.value.params == {"status": BookingStatus.COMPLETED.label}
    assert Booking.objects.values().get(pk=running) == before


@pytest.mark.parametrize(("vertical", "state"), [("salon", ""), ("salon", "paused"), ("automotive", "ready")])
def test_trade_pauses_only_as_it_says(running, tenant, monkeypatch, vertical, state):
    pack = get_vertical(vertical)
    monkeypatch.setattr("scheduling.services.bookings.transitions.get_vertical", lambda _key: pack)

    with pytest.raises(PauseUnknown):
        pause_visit(booking_id=running, state=state, now=PAUSE, by=STAFF)

    assert read(running) == ("in_progress", "", 0)


@pytest.mark.parametrize(
    "values",
    [
        {"pause_state": "paused"},
        {"paused_at": MONDAY},
        {"pause_state": "paused", "paused_at": MONDAY, "status": "arrived"},
        {"late_minutes": 20},
        {"late_minutes": 481, "late_for": MONDAY},
        {"late_for": MONDAY},
    ],
)
def test_database_refuses_what_cannot_be(running, values):
    with pytest.raises(IntegrityError, match=r"scheduling_booking_(paused|late)"), transaction.atomic():
        Booking.objects.filter(pk=running).update(**values)


def test_two_taps_at_once_make_one_pause(scratch_tenant, django_db_blocker):
    with django_db_blocker.unblock():
        with tenant_scope(scratch_tenant):
            booking_id = book(make_shop()[0]).booking_id
            start_visit(booking_id=booking_id, now=MONDAY, by=STAFF)
        barrier, failed = Barrier(2), []

        def tap() -> None:
            try:
                with tenant_scope(scratch_tenant):
                    assert current_tenant() == scratch_tenant
                    barrier.wait()
                    pause_visit(booking_id=booking_id, now=PAUSE, by=STAFF)
            except Exception as error:  # noqa: BLE001 - told by the assertion
                failed.append(error)
            finally:
                connection.close()

        taps = [Thread(target=tap) for _ in range(2)]
        for each in taps:
            each.start()
        for each in taps:
            each.join()
        with tenant_scope(scratch_tenant):
            steps = [each.pause for each in list_history(booking_id=booking_id)]
            rows = Booking.history.filter(id=booking_id, pause_state="paused").count()

    assert (failed, steps.count("paused"), rows) == ([], 1, 1)
