"""Whenever and wherever a visit is completed, its customer is asked after it, within a day, and by day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.services.aftercare.times import DAY_BEGINS, DAY_ENDS, find_asking_instant
from verticals.contract import FeedbackAsk

ZONES = st.sampled_from(
    ["America/Mexico_City", "America/Santiago", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]
)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ASKS = st.sampled_from([FeedbackAsk.TWO_HOURS, FeedbackAsk.EVENING])
LONGEST = timedelta(hours=27)
"""From just after one evening to the morning after the next, across a change of the clocks."""


@settings(max_examples=500, deadline=None)
@given(INSTANTS, ASKS, ZONES)
def test_question_comes_after_the_visit_and_by_day(completed_at, ask, timezone):
    found = find_asking_instant(completed_at=completed_at, ask=ask, timezone=timezone)

    assert found is not None
    assert completed_at < found <= completed_at + LONGEST
    local = found.astimezone(ZoneInfo(timezone))
    assert DAY_BEGINS <= local.hour * 60 + local.minute < DAY_ENDS
