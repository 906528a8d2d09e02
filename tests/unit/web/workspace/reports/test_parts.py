"""What reports are made of: periods, stretches, columns, tables and words."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from web.formats import get_formats
from web.workspace.reports.charts import Bar, draw_columns
from web.workspace.reports.periods import Period, PeriodKind, Versus, choose_period
from web.workspace.reports.spans import Stretch, cut_stretches
from web.workspace.reports.tables import Cell, add_bars
from web.workspace.reports.words import Change, say_growth, say_hours, say_points, say_share

ENGLISH = get_formats("en", "US")


@pytest.mark.parametrize(
    ("kind", "on", "days", "before", "year_before"),
    [
        ("day", "2026-03-01", "2026-03-01/2026-03-01", "2026-02-28/2026-02-28", "2025-03-02/2025-03-02"),
        ("week", "2026-01-01", "2025-12-29/2026-01-04", "2025-12-22/2025-12-28", "2024-12-30/2025-01-05"),
        ("month", "2024-02-29", "2024-02-01/2024-02-29", "2024-01-01/2024-01-31", "2023-02-01/2023-02-28"),
        ("month", "2026-12-31", "2026-12-01/2026-12-31", "2026-11-01/2026-11-30", "2025-12-01/2025-12-31"),
        ("quarter", "2026-01-31", "2026-01-01/2026-03-31", "2025-10-01/2025-12-31", "2025-01-01/2025-03-31"),
        ("year", "2026-07-01", "2026-01-01/2026-12-31", "2025-01-01/2025-12-31", "2025-01-01/2025-12-31"),
    ],
)
def test_period_has_one_before_and_one_a_year_before(kind, on, days, before, year_before):
    period = choose_period(PeriodKind(kind), on=date.fromisoformat(on))

    found = [period, period.find_versus(Versus.BEFORE), period.find_versus(Versus.YEAR)]
    assert [f"{each.first}/{each.last}" for each in found] == [days, before, year_before]
    assert period.find_versus(Versus.NOTHING) is None


def test_own_dates_are_compared_with_as_many_before():
    period = Period(PeriodKind.OWN, date(2026, 3, 1), date(2026, 3, 10))

    assert period.step(-1) == Period(PeriodKind.OWN, date(2026, 2, 19), date(2026, 2, 28))


@pytest.mark.parametrize(("first_weekday", "first"), [(0, "2026-11-23"), (6, "2026-11-22"), (5, "2026-11-28")])
def test_week_begins_as_the_country_has_it(first_weekday, first):
    week = choose_period(PeriodKind.WEEK, on=date(2026, 11, 28), first_weekday=first_weekday)

    assert (week.first.isoformat(), week.days) == (first, 7)


def test_long_periods_are_cut_into_weeks_and_months():
    month, quarter, year = date(2026, 1, 31), date(2026, 3, 31), date(2026, 12, 31)
    first = date(2026, 1, 1)

    assert [len(cut_stretches(first, last)) for last in (first, month, quarter, year)] == [1, 31, 13, 12]
    assert cut_stretches(first, quarter)[-1] == Stretch(date(2026, 3, 26), date(2026, 3, 31))
    assert cut_stretches(date(2026, 1, 20), date(2026, 6, 10))[-1] == Stretch(
        date(2026, 6, 1), date(2026, 6, 10), is_month=True
    )


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([], [0, 1, 2, 3, 4]),
        ([0], [0, 1, 2, 3, 4]),
        ([5, 1], [0, 2, 4, 6, 8]),
        ([27], [0, 10, 20, 30, 40]),
        ([1999], [0, 500, 1000, 1500, 2000]),
    ],
)
def test_lines_behind_columns_stand_for_round_numbers(values, ticks):
    chart = draw_columns([Bar("", value, None, "") for value in values])

    assert [tick.value for tick in chart.ticks] == ticks


def test_columns_are_as_high_as_their_numbers_and_lie_in_the_drawing():
    chart = draw_columns([Bar(str(n), n, 8 - n, f"{n}", f"/{n}") for n in (0, 4, 8)])

    assert [bar.height for bar in chart.bars] == [0, 83.0, 166.0]
    assert [bar.other_height for bar in chart.bars] == [166.0, 83.0, 0]
    assert all(bar.y + bar.height == chart.bottom for bar in chart.bars)
    assert all(chart.left <= bar.other_x < bar.x and bar.x + bar.width <= chart.width for bar in chart.bars)
    assert not draw_columns([Bar("1", 1, None, "")]).has_other


def test_only_so_many_columns_are_named_as_there_is_room_for():
    chart = draw_columns([Bar(str(n), 1, None, "") for n in range(31)])

    assert [bar.label for bar in chart.bars if bar.label] == [str(n) for n in range(0, 31, 3)]


def test_bars_of_a_table_are_parts_of_the_largest():
    rows = [(Cell("a", "a"), Cell(5, "5", "/a")), (Cell("b", "b"), Cell(10, "10")), (Cell("c", "c"), Cell(None, "–"))]

    found = add_bars(rows, 1)

    assert [row[1].part for row in found] == [50.0, 100.0, 0.0]
    assert (found[0][1].url, found[0][0]) == ("/a", rows[0][0])
    assert add_bars(rows[2:], 1) == tuple(rows[2:])


@override("en")
def test_figures_are_told_in_words():
    assert (say_share(ENGLISH, 0.0412), say_share(ENGLISH, None)) == ("4.1%", "–")
    assert say_share(get_formats("es", "MX"), 0.5) == "50.0\u202f%"
    assert say_growth(ENGLISH, 11, 10) == Change("+10.0%", "good", "10")
    assert say_growth(ENGLISH, 9, 10, is_good=None) == Change("−10.0%", "", "10")
    assert say_growth(ENGLISH, 3, 0, is_good=False) == Change("+3", "bad", "0")
    assert say_growth(ENGLISH, 0, 0) == Change("no change,", "", "0")
    assert say_points(ENGLISH, 0.1, 0.15, is_good=False) == Change("−5.0 points", "good", "15.0%")
    assert say_points(ENGLISH, 0.1, 0.1, is_good=False) == Change("no change,", "", "10.0%")
    assert say_points(ENGLISH, None, 0.1, is_good=True) is None
    assert (say_hours(ENGLISH, 5.25), say_hours(ENGLISH, 60), say_hours(ENGLISH, None)) == ("5.2 h", "2.5 days", "–")
