"""How a benchmark's figures are printed."""

from __future__ import annotations

import json

import pytest

from devtools.bench.report import Figure, print_figures

BASE = Figure("whole", 120.0, (119.0, 120.0, 121.0))


@pytest.mark.parametrize(("milliseconds", "is_met"), [(30.0, True), (40.0, True), (41.0, False)])
def test_a_figure_is_met_by_its_part_of_the_base(milliseconds, is_met):
    assert Figure("part", milliseconds, (), base=120.0, aim=1 / 3).is_met is is_met


def test_a_figure_without_base_or_aim_is_met():
    assert BASE.is_met
    assert (Figure("part", 500.0, (), base=120.0).is_met, BASE.ratio) == (True, None)


def test_a_table_says_which_aims_are_missed(capsys):
    met, missed = Figure("met", 30.0, (), base=120.0, aim=1 / 3), Figure("far", 60.0, (), base=120.0, aim=1 / 3)

    print_figures("Offers", [BASE, Figure("told", 12.0, (), base=120.0), met, missed], as_json=False)

    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["Offers"],
        ["whole", "120.0", "ms"],
        ["told", "12.0", "ms", "1/10"],
        ["met", "30.0", "ms", "1/4", "aim", "1/3:", "met"],
        ["far", "60.0", "ms", "1/2", "aim", "1/3:", "MISSED"],
    ]


def test_programs_get_every_run(capsys):
    print_figures("Offers", [Figure("part", 30.00049, (29.99951, 31.0), base=120.0, aim=0.2)], as_json=True)

    assert json.loads(capsys.readouterr().out) == {
        "benchmark": "Offers",
        "figures": [
            {
                "name": "part",
                "median_ms": 30.0,
                "runs_ms": [30.0, 31.0],
                "ratio": pytest.approx(0.25, abs=0.001),
                "aim": 0.2,
                "is_met": False,
            }
        ],
    }
