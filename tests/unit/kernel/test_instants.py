from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from kernel.instants import count_minutes, is_mid_minute, to_instant, to_minutes

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_minutes_and_instants_are_each_other_s_way_back():
    assert to_instant(to_minutes(NOON)) == NOON
    assert to_minutes(NOON.astimezone(timezone(timedelta(hours=-6)))) == to_minutes(NOON)


def test_seconds_are_rounded_down_and_told():
    later = NOON + timedelta(seconds=59)

    assert (to_minutes(later), is_mid_minute(later)) == (to_minutes(NOON), True)
    assert is_mid_minute(NOON) is False


def test_a_period_has_whole_minutes():
    assert count_minutes(NOON, NOON + timedelta(minutes=90, seconds=30)) == 90
