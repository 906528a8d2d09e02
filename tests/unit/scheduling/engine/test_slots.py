from datetime import date, timedelta

import pytest

from scheduling.engine import (
    Align,
    Requirement,
    Session,
    Slot,
    find_next_free,
    find_slots,
    find_starts,
    list_chunks,
    visit_of,
)
from tests.unit.scheduling.engine.builders import MONDAY, at, every_day, person, service, snapshot_of


def hours_of(starts):
    return [(start - at(0)) / 60 for start in starts]


def ask(snapshot, spec, units=1):
    return hours_of(find_starts(snapshot, visit_of(spec), at(0), at(24), units))


def test_slots_carry_start_end_and_no_seats():
    slots = find_slots(snapshot_of(person(1, 9, 11)), visit_of(service()), at(0), at(24))

    assert slots == [Slot(at(9), at(10), None), Slot(at(10), at(11), None)]


def test_asked_range_is_half_open():
    assert find_starts(snapshot_of(person(1)), visit_of(service()), at(10), at(12)) == [at(10), at(11)]
    assert find_starts(snapshot_of(person(1)), visit_of(service()), at(10), at(10)) == []


def test_gap_alignment_restarts_after_bookings_breaks_and_openings():
    worker = person(1, 9, 14, breaks=every_day(11, 12))
    snapshot = snapshot_of(worker, rows=[(1, at(9, 50), at(10, 5), 1)])
    spec = service(duration_minutes=25, step_minutes=25, align=Align.GAP)

    found = find_starts(snapshot, visit_of(spec), at(0), at(24))

    wanted = [(9, 0), (9, 25), (10, 5), (10, 30), (12, 0), (12, 25), (12, 50), (13, 15)]
    assert found == [at(hour, minute) for hour, minute in wanted]


def test_gap_begins_at_the_neighbors_end_whatever_the_own_buffer():
    snapshot = snapshot_of(person(1, 9, 12), rows=[(1, at(9), at(10), 1)])
    spec = service(duration_minutes=30, step_minutes=20, align=Align.GAP, buffer_before_minutes=10)

    assert find_starts(snapshot, visit_of(spec), at(0), at(24)) == [at(10, 20), at(10, 40), at(11), at(11, 20)]


def test_period_alignment_takes_the_openings_of_the_first_pool_only():
    early, late = person(1, 9, 12), person(2, 10, 12)
    spec = service(Requirement((2,)), Requirement((1,)), duration_minutes=45, step_minutes=45)

    assert ask(snapshot_of(early, late), spec) == [10, 10.75]


def test_clock_alignment_with_a_step_that_does_not_divide_the_day_restarts_at_midnight():
    spec = service(duration_minutes=7, step_minutes=7 * 60, align=Align.CLOCK)
    tuesday = MONDAY + timedelta(days=1)

    found = find_starts(snapshot_of(person(1, 0, 24)), visit_of(spec), at(0), at(24, on=tuesday))

    assert hours_of(found) == [0, 7, 14, 21, 24, 31, 38, 45]


def test_capacity_counts_units_at_every_minute():
    room = person(1, 9, 12, capacity=3)
    rows = [(1, at(9), at(10), 1), (1, at(9, 30), at(10, 30), 1), (1, at(10), at(11), 1)]

    assert ask(snapshot_of(room, rows=rows), service()) == [9, 10, 11]
    assert ask(snapshot_of(room, rows=rows), service(), units=2) == [11]
    assert ask(snapshot_of(room, rows=rows), service(), units=4) == []


def test_seconds_within_the_minute_count_for_notice():
    spec = service(minimum_notice_minutes=60)
    worker = person(1, 9, 12)

    assert ask(snapshot_of(worker, now_minute=at(9)), spec) == [10, 11]
    assert ask(snapshot_of(worker, now_minute=at(9), now_is_mid_minute=True), spec) == [11]


def test_booking_window_counts_local_dates():
    snapshot = snapshot_of(person(1, 9, 10), now_minute=at(23, 59))
    end = at(0) + 5 * 1440

    found = find_starts(snapshot, visit_of(service(booking_window_days=1)), at(0), end)

    assert found == [at(9, on=MONDAY + timedelta(days=1))]


def test_session_offers_its_seats_and_other_starts_the_whole_room():
    session = Session(1, at(10), 2, ((1, at(10), at(11)),))
    spec = service(seats=3, step_minutes=30)
    snapshot = snapshot_of(person(1, 9, 12, capacity=5), sessions=(session,))

    slots = find_slots(snapshot, visit_of(spec), at(0), at(24))

    assert slots == [Slot(at(9), at(10), 3), Slot(at(10), at(11), 1), Slot(at(11), at(12), 3)]
    assert ask(snapshot, spec, units=2) == [9, 11]
    assert ask(snapshot, spec, units=4) == []


def test_session_that_takes_no_time_is_in_nobodys_way():
    session = Session(2, at(10), 1, ((1, at(10), at(10)),))
    snapshot = snapshot_of(person(1, 9, 12), sessions=(session,))

    assert ask(snapshot, service()) == [9, 10, 11]


def test_session_under_another_booking_cannot_be_joined():
    session = Session(1, at(10), 1, ((1, at(10), at(11)),))
    snapshot = snapshot_of(person(1, 9, 12), rows=[(1, at(10, 30), at(10, 40), 1)], sessions=(session,))

    assert ask(snapshot, service(seats=3)) == [9, 11]


def test_session_off_the_grid_is_offered_only_with_gap_alignment():
    session = Session(1, at(10, 7), 1, ((1, at(10, 7), at(11, 7)),))
    snapshot = snapshot_of(person(1, 10, 12), sessions=(session,))

    assert find_starts(snapshot, visit_of(service(seats=3)), at(0), at(24)) == []
    gaps = service(seats=3, align=Align.GAP)
    assert find_starts(snapshot, visit_of(gaps), at(0), at(24)) == [at(10, 7)]


def test_session_of_a_pair_is_joined_only_as_that_pair():
    session = Session(1, at(9), 1, ((1, at(9), at(10)), (3, at(9), at(10))))
    people = [person(resource_id, 9, 10) for resource_id in (1, 2, 3)]
    spec = service(Requirement((1, 2)), Requirement((3,)), seats=3)

    assert find_slots(snapshot_of(*people, sessions=(session,)), visit_of(spec), at(0), at(24)) == [
        Slot(at(9), at(10), 2)
    ]
    assert ask(snapshot_of(*people, sessions=(session,)), service(Requirement((2,)), Requirement((3,)), seats=3)) == []


def test_next_free_looks_past_a_closed_month():
    closed = person(1, 9, 10, time_off=((at(0), at(0) + 30 * 1440),))
    horizon = at(0) + 365 * 1440

    found = find_next_free(snapshot_of(closed), visit_of(service()), at(0), horizon)

    start = at(9, on=date(2026, 2, 11))
    assert found == Slot(start, start + 60, None)
    assert find_next_free(snapshot_of(closed), visit_of(service()), at(0), at(24)) is None


def test_chunks_double_and_end_at_the_horizon():
    week = 7 * 1440

    assert list(list_chunks(5, 5 + 4 * week)) == [(5, 5 + week), (5 + week, 5 + 3 * week), (5 + 3 * week, 5 + 4 * week)]
    assert list(list_chunks(5, 5)) == []


@pytest.mark.parametrize("units", [1, 2])
def test_double_booked_rows_and_rows_without_length_are_harmless(units):
    rows = [(1, at(9), at(10), 1), (1, at(9), at(10), 1), (1, at(9, 30), at(9, 45), 5), (1, at(11), at(11), 9)]

    assert ask(snapshot_of(person(1, 9, 12, capacity=2), rows=rows), service(), units) == [10, 11]


def test_a_part_is_blocked_only_where_it_lies():
    spec = service(
        Requirement((1,), duration_minutes=20),
        Requirement((2,), starts_after_minutes=30),
        step_minutes=10,
        buffer_before_minutes=10,
        buffer_after_minutes=10,
    )
    people = [person(1, 9, 11), person(2, 9, 12)]
    visit = visit_of(spec)

    by_first = find_starts(snapshot_of(*people, rows=[(1, at(9, 30), at(9, 40), 1)]), visit, at(0), at(24))
    by_second = find_starts(snapshot_of(*people, rows=[(2, at(10), at(10, 10), 1)]), visit, at(0), at(24))

    free = [at(9, minute) for minute in range(0, 60, 10)] + [at(10, minute) for minute in range(0, 50, 10)]
    assert by_first == [start for start in free if start <= at(9) or start >= at(9, 50)]
    assert by_second == [start for start in free if start >= at(9, 50)]


def test_sessions_that_overlap_each_other_cannot_be_joined():
    long = Session(1, at(9), 1, ((1, at(9), at(11)),))
    late = Session(1, at(10), 1, ((1, at(10), at(11)),))
    short = Session(1, at(10, 30), 1, ((1, at(10, 30), at(11)),))
    spec = service(seats=3, step_minutes=30)

    assert ask(snapshot_of(person(1, 9, 13), sessions=(long, late)), spec) == [9, 11, 11.5, 12]
    assert ask(snapshot_of(person(1, 9, 13), sessions=(late, short)), spec) == [9, 11, 11.5, 12]


def test_session_with_a_further_resource_cannot_be_joined():
    session = Session(1, at(9), 1, ((1, at(9), at(10)), (2, at(9), at(10))))
    snapshot = snapshot_of(person(1, 9, 11), person(2, 9, 11), sessions=(session,))

    assert ask(snapshot, service(seats=3)) == [10]


def test_seats_left_are_those_of_the_emptiest_session():
    sessions = (Session(1, at(9), 1, ((1, at(9), at(10)),)), Session(1, at(9), 3, ((2, at(9), at(10)),)))
    snapshot = snapshot_of(person(1, 9, 10), person(2, 9, 10), sessions=sessions)

    slots = find_slots(snapshot, visit_of(service(Requirement((1, 2)), seats=4)), at(0), at(24))

    assert slots == [Slot(at(9), at(10), 3)]


def test_pools_that_overlap_through_a_third_compete():
    spec = service(Requirement((1, 9)), Requirement((9,)), Requirement((1,)))

    assert ask(snapshot_of(person(1), person(9)), spec) == []
