"""The heavy proofs: which there are, what they are told, and when they fail."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from config.environment import ROOT
from devtools.drill import kills, owner, pages, repeated, restart, worlds
from devtools.drill.command import DRILLS, run_drill
from devtools.drill.owner import ways
from devtools.drill.owner.walk import Count


def answer(codes: Iterator[int], seen: list[dict[str, object]]) -> object:
    """A stand-in for ``run_python`` that notes what it is asked and ends with the next code."""

    def run_python(arguments: list[str], *, environment: dict[str, str]) -> int:
        seen.append({"arguments": tuple(arguments), "count": environment.get(worlds.COUNT_VARIABLE)})
        return next(codes)

    return run_python


def test_drills_are_listed_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_drill([]) == 0

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(DRILLS)


def test_unknown_drill_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_drill(["flood"]) == 2

    assert "unknown drill 'flood'; one of: worlds," in capsys.readouterr().err


@pytest.mark.parametrize("name", DRILLS)
def test_every_drill_can_be_run(name: str) -> None:
    assert callable(importlib.import_module(f"devtools.drill.{name}").run)


@pytest.mark.parametrize(("code", "says"), [(0, "7 worlds: engine and oracle agree"), (1, "DIFFER")])
def test_worlds_are_as_many_as_asked(
    code: int, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[dict[str, object]] = []
    monkeypatch.setattr(worlds, "run_python", answer(iter([code]), seen))

    assert run_drill(["worlds", "--count", "7"]) == code

    assert seen == [{"arguments": ("-m", "devtools", "test", "-q", worlds.TESTS), "count": "7"}]
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(("name", "tests"), [("kills", kills.TESTS), ("restart", restart.TESTS)])
@pytest.mark.parametrize(("codes", "code", "lost"), [((0, 0, 0), 0, 0), ((0, 1, 0), 1, 1)])
def test_repeated_drills_fail_when_one_round_does(
    name: str,
    tests: tuple[str, ...],
    codes: tuple[int, ...],
    code: int,
    lost: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen: list[dict[str, object]] = []
    monkeypatch.setattr(repeated, "run_python", answer(iter(codes), seen))

    assert run_drill([name]) == code

    assert [each["arguments"] for each in seen] == [("-m", "devtools", "test", "-q", "-s", *tests)] * 3
    assert [(ROOT / each).is_file() for each in tests] == [True] * len(tests)
    assert f": {lost} lost something" in capsys.readouterr().out


def test_pages_are_judged_by_the_median_of_their_rounds(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [
        {"name": "read_floor", "ratios": [], "goal": None},
        {"name": "first_page", "ratios": [0.1, 0.41, 0.9], "goal": 0.4},
        {"name": "booking", "ratios": [0.24, 0.1, 0.9], "goal": 0.25},
    ]

    assert pages.judge(figures) == ["booking"]

    assert capsys.readouterr().out.splitlines() == [
        "first_page     0.41 of the bare view, goal 0.40: met",
        "booking        0.24 of the bare view, goal 0.25: MISSED",
    ]


@pytest.mark.parametrize(
    ("more", "code", "complaint"), [(Count(), 0, ""), (Count(fields=1, pages=2), 1, "15 pages, at most 13")]
)
def test_a_way_that_grew_is_told(more: Count, code: int, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    parts = [("4 mechanics", Count(9, 4, 11)), ("5 rules", Count(9, 4, 17))]

    assert owner.judge(ways.MOST_TO_FIRST_BOOKING + more, parts) == code

    printed = capsys.readouterr()
    assert ("the workshop: 18 pages, 8 fields, 28 clicks" in printed.out, complaint in printed.err) == (True, True)


def test_the_link_of_a_mail_is_found() -> None:
    assert ways.find_verify_link("Confirmar: http://x.example/sign-up/verify/1-2.ab/ \n--") == (
        "http://x.example/sign-up/verify/1-2.ab/"
    )
    with pytest.raises(LookupError):
        ways.find_verify_link("Hola")
