from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.types import Availability, AvailableDay, AvailableSlot
from web.formats import get_formats
from web.parts.pickers import Picker, make_picker
from web.workspace.bookings.times import Times

TODAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 14, tzinfo=UTC)
MEXICO = "America/Mexico_City"


def make(count: int, step: int, *, minute: int = 0) -> Picker:
    """Return the times of a day from eight o'clock on."""
    starts = [EIGHT + timedelta(minutes=minute + each * step) for each in range(count)]
    day = AvailableDay(TODAY, True, tuple(AvailableSlot(at, at + timedelta(minutes=30)) for at in starts))
    found = Availability(MEXICO, (day,), starts[0] if starts else None)
    return make_picker(found, asked=TODAY, today=TODAY, pages=(None, None), formats=get_formats("es", "MX"))


def say(times) -> list[str]:
    return [f"{each.starts_at - timedelta(hours=6):%H:%M}" for each in times]


@pytest.mark.parametrize(
    ("picker", "few"),
    [
        (make(0, 15), []),
        (make(3, 50), ["08:00", "08:50", "09:40"]),
        (make(38, 15), [f"{hour:02d}:00" for hour in range(8, 18)]),
        (make(20, 30), [f"{hour:02d}:00" for hour in range(8, 18)]),
        (make(16, 60), [f"{hour:02d}:00" for hour in range(8, 24, 2)]),
        (make(16, 30, minute=10), ["08:10", "09:10", "10:10", "11:10", "12:10", "13:10", "14:10", "15:10"]),
    ],
    ids=["none", "few", "quarters", "halves", "many hours", "odd minutes"],
)
def test_some_of_the_day_are_shown_and_the_rest_waits(picker, few):
    times = Times(picker)

    assert say(times.few) == few
    assert sorted([*times.few, *times.more], key=lambda each: each.starts_at) == list(picker.times)


def test_the_next_are_shown_to_who_waits():
    times = Times(make(38, 15), is_soon=True)

    assert say(times.few) == say(times.few[:12]) == say(make(12, 15).times)
    assert len(times.more) == 26


def test_what_is_wanted_is_among_the_few():
    picker = make(38, 15)
    wanted = picker.times[5]

    times = Times(picker, chosen=wanted.value)

    assert say(times.few) == ["08:00", "09:00", "09:15", *(f"{hour:02d}:00" for hour in range(10, 18))]
    assert wanted not in times.more


def test_without_a_picker_there_is_nothing():
    assert (Times(None).few, Times(None).more) == ((), ())
