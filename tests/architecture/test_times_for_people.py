"""Times that people read come from `kernel.formats`, which knows who writes 3:30 p.m. and who 15:30."""

from __future__ import annotations

import ast

import pytest

from config.environment import ROOT

ROOMS = ("scheduling", "platform", "api", "billing", "verticals", "tenants")
NOT_FOR_PEOPLE = {"devtools", "commands", "migrations"}
"""What operators and developers read is in UTC, to the minute."""


def find_clocks(code: str) -> list[str]:
    """Where code writes hours by itself: but for rows that name themselves (``__str__``: the shell, the log)."""
    tree = ast.parse(code)
    own = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__str__"]
    skipped = {id(part) for node in own for part in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = ast.unparse(node.format_spec)
            found += [spec] if "%H" in spec or "%I" in spec else []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found += [name] if name in {"strftime", "date_format", "time_format", "localize"} else []
    # A key that names a start is none that anybody reads.
    return [each for each in found if "T%H%M" not in each]


def test_nobody_else_writes_times():
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    found = [
        (str(path.relative_to(ROOT)), find_clocks(path.read_text()))
        for path in paths
        if not NOT_FOR_PEOPLE & set(path.parts)
    ]

    assert [each for each in found if each[1]] == []


@pytest.mark.parametrize(
    "line", ['text = f"{at:%H:%M}"', 'text = at.strftime("%H:%M")', 'text = date_format(at, "SHORT_DATETIME_FORMAT")']
)
def test_another_clock_would_be_found(line):
    assert find_clocks(line) != []
