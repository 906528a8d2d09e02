from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.types import Availability, AvailableDay, AvailableSlot
from web.formats import get_formats
from web.parts.pickers import find_week, make_picker

TODAY = date(2026, 11, 23)
MEXICO = "America/Mexico_City"
FORMATS = get_formats("es", "MX")


def slot(day: int, hour: int) -> AvailableSlot:
    at = datetime(2026, 11, day, hour + 6, tzinfo=UTC)
    return AvailableSlot(at, at + timedelta(minutes=45))


def availability(*slots: AvailableSlot, next_available: datetime | None = None) -> Availability:
    days = []
    for offset in range(7):
        on = TODAY + timedelta(days=offset)
        mine = tuple(each for each in slots if (each.starts_at - timedelta(hours=6)).date() == on)
        days.append(AvailableDay(on, on.weekday() < 6, mine))
    first = slots[0].starts_at if slots else next_available
    return Availability(MEXICO, tuple(days), first)


def pick(found: Availability, **more):
    return make_picker(found, **({"asked": None, "today": TODAY, "pages": (None, None), "formats": FORMATS} | more))


def test_the_first_day_with_a_free_time_is_chosen():
    picker = pick(availability(slot(24, 9), slot(24, 16), slot(25, 8)))

    assert picker.chosen_on == date(2026, 11, 24)
    assert [time.starts_at for time in picker.morning] == [slot(24, 9).starts_at]
    assert [time.starts_at for time in picker.afternoon] == [slot(24, 16).starts_at]
    assert (picker.first_on, picker.first_day_word) == (date(2026, 11, 24), "tomorrow")
    assert picker.chosen_count == 2


@pytest.mark.parametrize(
    ("shown", "first"),
    [
        ((slot(24, 9), slot(25, 8)), slot(25, 8)),
        ((slot(24, 9),), None),
        ((), slot(24, 9)),
        ((slot(25, 8),), slot(25, 8)),
    ],
    ids=["another one", "no other one", "on another page", "the own one is elsewhere"],
)
def test_the_own_time_of_a_visit_that_moves_is_not_offered_first(shown, first):
    own = slot(24, 9).starts_at
    found = replace(availability(*shown), next_available=own)

    picker = pick(found, own=own)

    assert (picker.first, picker.chosen_count) == (first and first.starts_at, min(len(shown), 1))
    assert (picker.first_on is None) == (first is None)


def test_days_tell_how_much_is_free():
    many = [slot(25, hour) for hour in range(8, 18)]
    picker = pick(availability(slot(24, 9), *many, *[slot(26, hour) for hour in range(9, 14)]))

    assert [(day.count, day.level) for day in picker.days] == [(0, 0), (1, 1), (10, 3), (5, 2), (0, 0), (0, 0), (0, 0)]
    assert [day.is_open for day in picker.days][-1] is False


def test_a_taken_time_stays_in_its_place_crossed_out():
    taken = slot(24, 10).starts_at

    picker = pick(availability(slot(24, 9), slot(24, 11)), taken=taken, nearest=(slot(24, 11), slot(25, 9)))

    assert [time.is_gone for time in picker.morning] == [False, True, False]
    assert [time.is_same_day for time in picker.nearest] == [True, False]


def test_a_full_week_still_knows_the_next_free_time():
    later = datetime(2026, 11, 30, 14, 30, tzinfo=UTC)

    picker = pick(availability(next_available=later))

    assert picker.is_week_full
    assert picker.first_on == date(2026, 11, 30)
    assert not picker.has_times


@pytest.mark.parametrize(
    ("asked", "window", "start", "before", "after"),
    [
        (None, 60, 0, None, 7),
        (date(2026, 11, 1), 60, 0, None, 7),
        (TODAY + timedelta(days=6), 60, 0, None, 7),
        (TODAY + timedelta(days=7), 60, 7, 0, 14),
        (TODAY + timedelta(days=27), 60, 21, 14, None),
        (TODAY + timedelta(days=40), 60, 35, 28, None),
        (TODAY + timedelta(days=9999), 60, 56, 49, None),
        (TODAY + timedelta(days=3), 5, 0, None, None),
        (TODAY + timedelta(days=10), None, 7, 0, 14),
    ],
)
def test_week_pages_roll_from_today_and_end_with_the_window(asked, window, start, before, after):
    def day(offset: int | None) -> date | None:
        return None if offset is None else TODAY + timedelta(days=offset)

    assert find_week(asked, today=TODAY, window_days=window) == (day(start), day(before), day(after))


def test_a_date_beyond_the_calendar_is_no_crash():
    assert find_week(date.max, today=TODAY, window_days=None)[0] < date(2029, 1, 1)
    assert find_week(date.min, today=TODAY, window_days=60)[0] == TODAY


def test_staff_may_turn_weeks_without_end():
    asked = TODAY + timedelta(days=63)

    assert find_week(asked, today=TODAY, is_endless=True) == (
        asked,
        asked - timedelta(days=7),
        asked + timedelta(days=7),
    )


def test_all_times_of_a_day_come_in_order():
    picker = pick(availability(slot(24, 9), slot(24, 16)))

    assert [time.starts_at for time in picker.times] == [slot(24, 9).starts_at, slot(24, 16).starts_at]
