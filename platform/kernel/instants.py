"""Between aware instants and whole minutes since 1970-01-01T00:00Z, which engines count in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY_MINUTES = 1440


def to_minutes(instant: datetime) -> int:
    """Return the minute in which an aware instant lies, rounded down."""
    return (instant - EPOCH) // MINUTE


def is_mid_minute(instant: datetime) -> bool:
    """Tell whether seconds have passed in the instant's minute."""
    return bool((instant - EPOCH) % MINUTE)


def count_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """Return how many whole minutes a period has."""
    return (ends_at - starts_at) // MINUTE


@lru_cache(maxsize=2**15)
def to_instant(minute: int) -> datetime:
    """Return the aware UTC instant of a minute; the same object again for months that are often asked."""
    return EPOCH + timedelta(0, minute * 60)


@lru_cache(maxsize=512)
def is_known_timezone(name: str) -> bool:
    """Tell whether ``name`` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
