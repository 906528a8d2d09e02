"""One archive of each day at first, later one of each month; the newest is always kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenants.services.copies.retention import DAYS, MONTHS, choose_kept

TONIGHT = datetime(2026, 11, 26, 8, 40, tzinfo=UTC)


def every_night(nights: int) -> list[datetime]:
    return [TONIGHT - timedelta(days=night) for night in range(nights)]


def test_first_weeks_keep_every_night():
    assert choose_kept(every_night(DAYS)) == set(every_night(DAYS))


def test_two_years_of_nights_keep_35_days_and_the_ends_of_12_months():
    kept = sorted(choose_kept(every_night(730)))

    assert kept[-DAYS:] == sorted(every_night(DAYS))
    assert [at.date().isoformat() for at in kept[:-DAYS]] == [
        "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
        "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30",
    ]  # fmt: skip


def test_of_one_day_the_newest_stays():
    twice = [TONIGHT, TONIGHT - timedelta(hours=3)]

    assert choose_kept(twice) == {TONIGHT}


def test_nights_without_one_push_none_out():
    rare = [TONIGHT - timedelta(days=300 * number) for number in range(5)]

    assert choose_kept(rare) == set(rare)


def test_nothing_keeps_nothing():
    assert choose_kept([]) == frozenset()


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), max_size=300))  # noqa: DTZ001
def test_newest_of_the_last_days_and_months_that_have_one_are_kept(made):
    days = sorted({at.date() for at in made})[-DAYS:]
    months = sorted({(at.year, at.month) for at in made})[-MONTHS:]

    of_days = {max(at for at in made if at.date() == day) for day in days}
    of_months = {max(at for at in made if (at.year, at.month) == month) for month in months}
    assert choose_kept(made) == of_days | of_months
