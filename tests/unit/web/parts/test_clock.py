"""Hours as people type them."""

from __future__ import annotations

import pytest

from web.parts.clock import read_minute, read_periods


@pytest.mark.parametrize(
    ("typed", "minute"),
    [
        ("8", 480), ("830", 510), ("0830", 510), ("8 pm", 1200), ("20:00", 1200), ("8am", 480), ("8 a. m.", 480),
        ("8:30 p.m.", 1230), ("8.30", 510), ("20h", 1200), ("20h30", 1230), ("12 am", 0), ("12 pm", 720),
        ("12:30 am", 30), ("0", 0), ("24", 1440), ("24:00", 1440), ("mediodía", 720), ("Midnight", 1440),
        ("8:00\xa0a.m.", 480), (" 9 ", 540), ("20:00 pm", 1200),
        ("", None), ("x", None), ("24:01", None), ("25", None), ("8:60", None), ("13 am", None), ("0 pm", None),
        ("-8", None), ("99999", None), ("8:5", None), ("1 a", None),
    ],
)  # fmt: skip
def test_times_are_read_in_every_usual_spelling(typed, minute):
    assert read_minute(typed) == minute


@pytest.mark.parametrize(
    ("typed", "periods"),
    [
        ("", []),
        ("8-13, 14-18", [(480, 780), (840, 1080)]),
        ("8 a 13 y 14 a 18", [(480, 780), (840, 1080)]),
        ("8 to 13 and 14 to 18", [(480, 780), (840, 1080)]),
        ("8:00\xa0a.m.–1:00\xa0p.m., 2:00\xa0p.m.–6:00\xa0p.m.", [(480, 780), (840, 1080)]),
        ("8 a.m. a 6 p.m.", [(480, 1080)]),
        ("8-13\n14-18", [(480, 780), (840, 1080)]),
        ("18-2", [(1080, 1560)]),
        ("8-8", [(480, 1920)]),
        ("22 hasta 0", [(1320, 1440)]),
        ("0-24", [(0, 1440)]),
        ("24-8", None),
        ("8", None),
        ("8-", None),
        ("8--9", None),
        ("8-25", None),
        ("8-9 o 10-11", None),
        ("8-9, " * 200, None),
    ],
)
def test_periods_are_read_with_any_dash_and_any_comma(typed, periods):
    assert read_periods(typed) == periods
