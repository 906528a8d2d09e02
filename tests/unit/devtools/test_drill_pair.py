"""What the drills of two of everything and of the upgrade call a failure; `./dev drill two` kills and restarts."""

from __future__ import annotations

import pytest

from devtools.drill.pair.judging import Kept
from devtools.drill.pair.load import Load
from devtools.drill.pair.proxy import NEWER, read_version
from devtools.drill.pair.site import start_over
from devtools.drill.two import Round


def make_load(firsts: list[int], looks: list[int], *, booked: int) -> Load:
    return Load(firsts, {f"p{number}": f"R{number}" for number in range(booked)}, {"/": looks}, 1.234, 7.0)


def test_load_counts_first_answers_and_looks_that_are_wrong():
    load = make_load([201, 503, 0, 201], [200, 302, 502], booked=4)

    assert load.failed == 3
    assert load.describe() == (
        "4 booked in 7 s, first answers 1 × none, 2 × 201, 1 × 503, slowest 1.23 s; looks 1 × 200, 1 × 302, 1 × 502"
    )


@pytest.mark.parametrize(
    ("firsts", "booked", "faults"),
    [
        ([201, 503], 2, []),
        ([503, 503], 2, ["a kill: 2 requests failed"]),
        ([201, 201], 1, ["a kill: 1 people were never served"]),
    ],
)
def test_round_may_cost_so_many_requests_and_nobody_a_booking(firsts, booked, faults):
    tried = Round("a kill", lambda *_: None, most_failed=1, pause_seconds=0)

    assert tried.judge(make_load(firsts, [], booked=booked), wanted=2) == faults


@pytest.mark.parametrize("wrong", ["lost", "unknown", "untold"])
def test_work_is_whole_when_nothing_is_missing_or_more(wrong):
    figures = {"promised": 9, "lost": 0, "unknown": 0, "untold": 0, "mails": 10, "doubled": 1}

    assert Kept(**figures).describe() == (
        "9 confirmed: 0 lost, 0 booked twice or unknown, 0 not told; 10 mails, 1 of them twice"
    )
    assert Kept(**{**figures, wrong: 1}).judge(most_doubled=1) == ["work was lost"]


def test_mail_may_come_twice_where_a_worker_was_killed_with_it_in_hand():
    kept = Kept(promised=9, lost=0, unknown=0, untold=0, mails=10, doubled=1)

    assert (kept.judge(most_doubled=1), kept.judge()) == ([], ["1 mails came twice"])


@pytest.mark.parametrize(
    ("said", "is_newer"),
    [
        ("2.6.2\n", False),
        ("v2.10.2 h1:x", False),
        ("v2.11.1 h1:x", False),
        ("v2.11.2 h1:x", True),
        ("v2.11.7 h1:yj0Y4fYZ2", True),
        ("v3.0.0-beta.1 h1:x", True),
    ],
)
def test_newer_proxy_is_known_by_its_version(said, is_newer):
    assert (read_version(said) >= NEWER) is is_newer


def test_drill_starts_over_whatever_an_earlier_one_left(tmp_path):
    (tmp_path / "two" / "postgres").mkdir(parents=True)

    assert (start_over(tmp_path / "two"), start_over(tmp_path / "never")) == (tmp_path / "two", tmp_path / "never")
    assert list(tmp_path.iterdir()) == []
