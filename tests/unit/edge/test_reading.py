from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from edge.reading import read_date, read_instant


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2026-13-45", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("<script>", None),
        ("", None),
        (None, None),
    ],
)
def test_read_date_takes_only_dates_that_can_be_meant(text, on):
    assert read_date(text) == on


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00-06:00", datetime(2026, 11, 23, 15, tzinfo=UTC)),
        ("2026-11-23T09:00", None),
        ("yesterday", None),
        ("0001-01-01T00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("", None),
        (None, None),
    ],
)
def test_read_instant_takes_only_instants_that_can_be_meant(text, at):
    assert read_instant(text) == at
