"""When a customer is asked how it was: two hours later or the same evening, and never at night."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.services.aftercare.times import find_asking_instant
from verticals.contract import FeedbackAsk

MEXICO = ZoneInfo("America/Mexico_City")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MEXICO)


@pytest.mark.parametrize(
    ("ask", "completed", "expected"),
    [
        (FeedbackAsk.TWO_HOURS, at(23, 11), at(23, 13)),
        (FeedbackAsk.TWO_HOURS, at(23, 18, 29), at(23, 20, 29)),
        (FeedbackAsk.TWO_HOURS, at(23, 18, 30), at(24, 9)),
        (FeedbackAsk.TWO_HOURS, at(23, 23), at(24, 9)),
        (FeedbackAsk.TWO_HOURS, at(24, 1), at(24, 9)),
        (FeedbackAsk.TWO_HOURS, at(24, 8), at(24, 10)),
        (FeedbackAsk.EVENING, at(23, 11), at(23, 19, 30)),
        (FeedbackAsk.EVENING, at(23, 19, 30), at(23, 19, 31)),
        (FeedbackAsk.EVENING, at(23, 20, 29), at(24, 9)),
        (FeedbackAsk.EVENING, at(24, 0, 30), at(24, 19, 30)),
    ],
)
def test_customers_are_asked_by_day(ask, completed, expected):
    found = find_asking_instant(completed_at=completed.astimezone(UTC), ask=ask, timezone="America/Mexico_City")

    assert found == expected


def test_nobody_is_asked_where_it_is_off():
    assert find_asking_instant(completed_at=at(23, 11), ask=FeedbackAsk.OFF, timezone="America/Mexico_City") is None
