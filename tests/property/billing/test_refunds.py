"""What goes back and what is kept, against exact fractions and a reading of the table line by line."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.engine import Circumstances, DepositConditions, Ending, RefundTerms, is_deposit_asked, split_received

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
minutes = st.integers(0, 60 * 24 * 60)
terms = st.builds(
    RefundTerms,
    free_until_minutes=st.none() | minutes,
    kept_percent=st.integers(0, 100),
    no_show_percent=st.integers(0, 100),
)
amounts = st.integers(0, 10**15)
ahead = st.integers(-3 * 24 * 60, 60 * 24 * 60)
optional = st.none() | st.integers(0, 10)
conditions = st.builds(
    DepositConditions,
    above_minor=optional,
    is_first_visit=st.booleans(),
    is_outside_hours=st.booleans(),
    ahead_minutes=optional,
    within_minutes=optional,
)
circumstances = st.builds(
    Circumstances,
    price_minor=optional,
    is_first_visit=st.booleans(),
    is_outside_hours=st.booleans(),
    lead_minutes=st.integers(0, 10),
    must_prepay=st.booleans(),
)


def read_table(table: RefundTerms, ending: Ending, minutes_ahead: int) -> Fraction:
    """The share that is kept, as somebody would read it out of the table."""
    lines = {Ending.BUSINESS: 0, Ending.LATE: 0, Ending.NO_SHOW: table.no_show_percent}
    if ending in lines:
        return Fraction(lines[ending], 100)
    if table.free_until_minutes is None or minutes_ahead < table.free_until_minutes:
        return Fraction(table.kept_percent, 100)
    return Fraction(0)


@given(amounts, terms, st.sampled_from(Ending), ahead)
def test_split_is_the_exact_share_with_halves_up_and_loses_nothing(received, table, ending, minutes_ahead):
    now = START - timedelta(minutes=minutes_ahead)

    split = split_received(received, table, ending=ending, starts_at=START, now=now)

    kept = math.floor(received * read_table(table, ending, minutes_ahead) + Fraction(1, 2))
    assert (split.kept_minor, split.back_minor) == (kept, received - kept)
    assert 0 <= split.back_minor <= received


@given(amounts, terms, ahead, st.integers(0, 24 * 60))
def test_calling_off_earlier_never_gives_back_less(received, table, minutes_ahead, earlier):
    backs = [
        split_received(
            received, table, ending=Ending.CUSTOMER, starts_at=START, now=START - timedelta(minutes=each)
        ).back_minor
        for each in (minutes_ahead, minutes_ahead + earlier)
    ]

    assert backs[0] <= backs[1] or table.free_until_minutes is None


@given(conditions, circumstances)
def test_deposit_is_asked_when_one_condition_holds_or_there_is_none(asked, seen):
    held = []
    if asked.above_minor is not None:
        held.append(seen.price_minor is not None and seen.price_minor > asked.above_minor)
    if asked.is_first_visit:
        held.append(seen.is_first_visit)
    if asked.is_outside_hours:
        held.append(seen.is_outside_hours)
    if asked.ahead_minutes is not None:
        held.append(seen.lead_minutes >= asked.ahead_minutes)
    if asked.within_minutes is not None:
        held.append(seen.lead_minutes < asked.within_minutes)

    assert is_deposit_asked(asked, seen) == (seen.must_prepay or not held or True in held)
