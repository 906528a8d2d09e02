"""Dates, times and lengths as people and programs write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scheduling.services.imports.visits.moments import (
    Moment,
    find_order,
    read_date,
    read_length,
    read_moment,
    read_time,
)
from scheduling.types.imports.options import DateOrder

XMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-25", "2026/12/25", "25/12/2026", "25-12-26", "25.12.2026", "25 12 2026", "25 dic 2026", "25-dic-26",
        "25 de diciembre de 2026", "25 de diciembre del 2026", "viernes 25/12/2026", "vie, 25 de dic. 2026",
        "December 25, 2026", "Dec 25th, 2026", "Fri 25 Dec 2026", " 25/12/2026 ",
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(text):
    assert read_date(text, DateOrder.DAY) == XMAS


@pytest.mark.parametrize(
    "text", ["", "31/02/2026", "2026-13-01", "0/0/0", "mañana", "25/12", "12", "25 foo 2026", "2026"]
)
def test_what_is_no_date_is_none(text):
    assert read_date(text, DateOrder.DAY) is None


def test_the_order_says_which_is_the_month():
    assert read_date("12/08/2026", DateOrder.DAY) == date(2026, 8, 12)
    assert read_date("12/08/2026", DateOrder.MONTH) == date(2026, 12, 8)
    assert read_date("25/12/2026", DateOrder.MONTH) is None


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("10:30", 630), ("10.30", 630), ("10h30", 630), ("9:05:00", 545), ("3 pm", 900), ("3:15 p. m.", 915),
        ("12 am", 0), ("12 PM", 720), ("15 h", 900), ("15 hrs", 900), ("0:00", 0), ("11:45 a.m.", 705),
        ("24:00", None), ("10:75", None), ("13 pm", None), ("0 am", None), ("pronto", None), ("", None),
    ],
)  # fmt: skip
def test_times_are_read_on_either_clock(text, minute):
    assert read_time(text) == minute


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90), ("90 min", 90), ("1:30", 90), ("1h30", 90), ("1 h 30 min", 90), ("1.5 h", 90), ("1,5 horas", 90),
        ("2 hours", 120), ("1899-12-30 01:30", 90), ("1899-12-30", None), ("0", None), ("mucho", None), ("", None),
        ("9" * 310 + " h", None), ("9" * 5000 + " min", None), ("1." + "3" * 400 + " h", 80), ("9999 h", 599_940),
    ],
)  # fmt: skip
def test_lengths_are_minutes(text, minutes):
    assert read_length(text) == minutes


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-25 10:30", Moment(XMAS, 630)),
        ("25/12/2026 10:30", Moment(XMAS, 630)),
        ("25/12/2026, 3:00 p. m.", Moment(XMAS, 900)),
        ("2026-12-25T10:30:00", Moment(XMAS, 630)),
        ("25 de diciembre de 2026 a las 10:30", Moment(XMAS, 630)),
        ("Dec 25, 2026 at 3 pm", Moment(XMAS, 900)),
        ("46381", Moment(XMAS)),
        ("46381.4375", Moment(XMAS, 630)),
        ("25/12/2026", Moment(XMAS)),
        ("10:30", Moment(minute=630)),
        ("1899-12-30 10:30", Moment(minute=630)),
        ("1899-12-30", Moment(minute=0)),
        ("1899-12-30 99:99", None),
        ("2026-12-25T10:30:00-06:00", Moment(at=datetime(2026, 12, 25, 16, 30, tzinfo=UTC))),
        ("2026-12-25T10:30Z", Moment(at=datetime(2026, 12, 25, 10, 30, tzinfo=UTC))),
        ("31/02/2026 10:30", None),
        ("25/12/2026 99:99", None),
        ("12345", None),
        ("99999", None),
    ],
)
def test_a_cell_has_a_date_a_time_or_both(text, moment):
    assert read_moment(text, DateOrder.DAY) == moment


@pytest.mark.parametrize(
    ("cells", "country", "order"),
    [
        (["12/08/2026", "13/2/26"], "US", DateOrder.DAY),
        (["12/08/2026", "lun 2/13/26 10:00"], "MX", DateOrder.MONTH),
        (["12/08/2026"], "US", DateOrder.MONTH),
        (["12/08/2026"], "MX", DateOrder.DAY),
        (["13/2/26", "2/13/26"], "MX", DateOrder.DAY),
        (["2026-12-25", ""], "MX", DateOrder.DAY),
        (["13/13/2026"], "US", DateOrder.MONTH),
    ],
)
def test_one_date_proves_the_order_of_all(cells, country, order):
    assert find_order(cells, country) == order
