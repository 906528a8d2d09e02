"""The published matrix of feature pairs, read from the names of the tests.

A cell is a test ``test_<one>_with_<other>`` in ``tests/integration/scheduling/pairs/``; a further one for the
same pair ends in ``_when_…``. ``python -m devtools.feature_pairs`` writes ``docs/feature-pairs.md``.
"""

from __future__ import annotations

import ast
import os.path
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.environment import ROOT

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
whatever else is switched on. ✓ leads to the file of the test; its name is in the list below. — means that
nobody has written a test for that pair.

This page is written from the tests; a test fails when it is out of date:

    PYTHONPATH=.:platform .venv/bin/python -m devtools.feature_pairs
"""


@dataclass(frozen=True, slots=True)
class PairTest:
    """A test of two features."""

    pair: frozenset[str]
    name: str
    file: Path


def list_pair_tests(folder: Path = TESTS) -> Iterator[PairTest]:
    """List the tests of pairs by file and place; functions with other names are no cells.

    Raises:
        ValueError: A name speaks of a feature that does not exist, or of one with itself.
    """
    for file in sorted(folder.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and "_with_" in node.name:
                yield PairTest(pair=_read_pair(node.name), name=node.name, file=file)


def render_page(folder: Path = TESTS, page: Path = PAGE) -> str:
    """Return the page as Markdown."""
    tests: dict[frozenset[str], list[PairTest]] = {}
    for each in list_pair_tests(folder):
        tests.setdefault(each.pair, []).append(each)
    possible = len(FEATURES) * (len(FEATURES) - 1) // 2
    count = f"{len(tests)} of {possible} pairs are tested, by {sum(map(len, tests.values()))} tests."
    return "\n".join([INTRODUCTION, count, "", *_list_rows(tests, page), "", *_list_names(tests), ""])


def _read_pair(name: str) -> frozenset[str]:
    one, _, rest = name.removeprefix("test_").partition("_with_")
    pair = frozenset({one, rest.partition("_when_")[0]})
    if len(pair) != len("ab") or not pair <= FEATURES.keys():
        message = f"{name}: not two of {', '.join(FEATURES)}"
        raise ValueError(message)
    return pair


def _list_rows(tests: Mapping[frozenset[str], list[PairTest]], page: Path) -> Iterator[str]:
    yield f"| | {' | '.join(FEATURES.values())} |"
    yield "|---" * (len(FEATURES) + 1) + "|"
    for one, title in FEATURES.items():
        cells = [_cell(tests.get(frozenset({one, other}), []), page, is_same=one == other) for other in FEATURES]
        yield f"| **{title}** | {' | '.join(cells)} |"


def _cell(tests: list[PairTest], page: Path, *, is_same: bool) -> str:
    if is_same:
        return ""
    if not tests:
        return "—"
    address = os.path.relpath(tests[0].file, page.parent)
    return f'[✓]({address} "{tests[0].name}")'


def _list_names(tests: Mapping[frozenset[str], list[PairTest]]) -> Iterator[str]:
    order = list(FEATURES)
    for pair in sorted(tests, key=lambda pair: sorted(map(order.index, pair))):
        one, other = sorted(pair, key=order.index)
        names = ", ".join(f"`{each.name}`" for each in tests[pair])
        yield f"- {FEATURES[one]} and {FEATURES[other].lower()}: {names}"


def main() -> int:
    """Write the page."""
    PAGE.write_text(render_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
