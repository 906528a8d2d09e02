"""How long things are kept: the table, and what a wrong one is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kernel.law.clocks import read_period
from kernel.law.retention import find_before, find_retention, list_retention, read_retention

TABLE = """
[[periods]]
places = [""]
purpose = "messages"
keep = "24 months"
binding = false
source = "Own choice"
confidence = "H"
"""


def test_table_says_how_long_where_from_and_how_sure() -> None:
    table = {
        purpose: {place: str(row.keep) for place, row in rows.items()} for purpose, rows in list_retention().items()
    }
    assert table == {
        "messages": {"": "24 months"},
        "requests": {"": "36 months", "ES": "36 months"},
    }
    assert (find_retention("requests", "ES").is_binding, find_retention("requests", "MX").is_binding) == (True, False)


@pytest.mark.parametrize(
    ("keep", "now", "before"),
    [
        ("24 months", datetime(2028, 2, 29, 8, tzinfo=UTC), datetime(2026, 2, 28, 8, tzinfo=UTC)),
        ("36 months", datetime(2029, 1, 31, 8, tzinfo=UTC), datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("90 days", datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2025, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_period_goes_back_by_the_calendar(keep: str, now: datetime, before: datetime) -> None:
    assert find_before(read_period(keep), now) == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("24 months", "2 years", "is no period"),
        ("24 months", "72 hours", "say how long"),
        ("Own choice", "", "say how long"),
        ('"H"', '"X"', "say how long"),
        ('[""]', '["", ""]', "everywhere comes twice"),
        ('[""]', '["ES"]', "no row holds everywhere: messages"),
        ('purpose = "messages"', "", "not a table of periods"),
        ("binding = false", "binding = false\nplanet = 1", "not a table of periods"),
    ],
)
def test_a_wrong_table_is_refused(old: str, new: str, message: str) -> None:
    assert read_retention(TABLE)["messages"][""].find_before(datetime(2026, 11, 28, tzinfo=UTC)).year == 2024

    with pytest.raises(ValueError, match=message):
        read_retention(TABLE.replace(old, new))
