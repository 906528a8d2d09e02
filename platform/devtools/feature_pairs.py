"""``./dev pairs [--matrix]``: which features are tested two at a time, read from the names of the tests.

A pair is tested by ``test_<one>_with_<other>`` in ``tests/integration/scheduling/pairs/``; a further test of the
same pair ends in ``_when_…``. The page has one line for each pair, so that a new test changes one line; the
matrix, of which every line would change, is drawn on demand.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import os.path
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.environment import ROOT
from devtools.terminal import say

TESTS = ROOT / "tests" / "integration" / "scheduling" / "pairs"
PAGE = ROOT / "docs" / "feature-pairs.md"

FEATURES = {
    "group": "Group session",
    "series": "Series",
    "approval": "Approval",
    "hold": "Hold",
    "expired_hold": "Expired hold",
    "override": "Staff override",
    "rule": "Capacity rule",
    "deposit": "Deposit",
    "add_ons": "Add-ons",
    "several_services": "Several services",
    "party": "Party size",
    "choice": "Chosen resource",
    "reschedule": "Move",
    "buffers": "Buffers",
    "several_resources": "Several resources",
    "closed_day": "Time off, exceptions",
    "round_robin": "Round robin",
}
INTRODUCTION = """\
# Feature pairs

Features of scheduling are tested two at a time, on a real database: what is offered must be what is booked,
whatever else is switched on. — means that nobody has written a test for that pair.

`./dev pairs` writes this page from the tests, and a test fails when it is out of date; `./dev pairs --matrix`
draws the matrix.
"""
NOT_TESTED = "—"


@dataclass(frozen=True, slots=True)
class PairTest:
    """A test of two features."""

    pair: frozenset[str]
    name: str
    file: Path


def list_pair_tests(folder: Path = TESTS) -> Iterator[PairTest]:
    """List the tests of pairs by file and place; functions with other names test no pair.

    Raises:
        ValueError: A name speaks of a feature that does not exist, or of one with itself.
    """
    for file in sorted(folder.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and "_with_" in node.name:
                yield PairTest(pair=_read_pair(node.name), name=node.name, file=file)


def run_pairs(arguments: Sequence[str]) -> int:
    """Write the page and say how many pairs are tested; or print the matrix instead."""
    parser = argparse.ArgumentParser(prog="./dev pairs")
    parser.add_argument("--matrix", action="store_true", help="print the matrix as Markdown, write nothing")
    if parser.parse_args(arguments).matrix:
        say(render_matrix())
        return 0
    PAGE.write_text(render_page(), encoding="utf-8")
    tests = _group()
    say(f"{len(tests)} of {len(list(_list_pairs()))} pairs are tested, by {sum(map(len, tests.values()))} tests")
    return 0


def render_page(folder: Path = TESTS, page: Path = PAGE) -> str:
    """Return the page as Markdown: one line for each pair."""
    tests = _group(folder)
    lines = []
    for one, other in _list_pairs():
        found = tests.get(frozenset({one, other}), [])
        names = ", ".join(f"[`{each.name}`]({os.path.relpath(each.file, page.parent)})" for each in found)
        lines.append(f"- {FEATURES[one]} and {FEATURES[other].lower()}: {names or NOT_TESTED}")
    return "\n".join([INTRODUCTION, *lines, ""])


def render_matrix(folder: Path = TESTS) -> str:
    """Return the matrix as Markdown: how many tests each pair has."""
    tests = _group(folder)
    rows = [f"| | {' | '.join(FEATURES.values())} |", "|---" * (len(FEATURES) + 1) + "|"]
    for one, title in FEATURES.items():
        counts = [len(tests.get(frozenset({one, other}), [])) for other in FEATURES]
        cells = [
            "" if other == one else str(count or NOT_TESTED) for other, count in zip(FEATURES, counts, strict=True)
        ]
        rows.append(f"| **{title}** | {' | '.join(cells)} |")
    return "\n".join(rows)


def _group(folder: Path = TESTS) -> dict[frozenset[str], list[PairTest]]:
    tests: dict[frozenset[str], list[PairTest]] = {}
    for each in list_pair_tests(folder):
        tests.setdefault(each.pair, []).append(each)
    return tests


def _list_pairs() -> Iterator[tuple[str, str]]:
    return itertools.combinations(FEATURES, 2)


def _read_pair(name: str) -> frozenset[str]:
    one, _, rest = name.removeprefix("test_").partition("_with_")
    pair = frozenset({one, rest.partition("_when_")[0]})
    if len(pair) != len("ab") or not pair <= FEATURES.keys():
        message = f"{name}: not two of {', '.join(FEATURES)}"
        raise ValueError(message)
    return pair
