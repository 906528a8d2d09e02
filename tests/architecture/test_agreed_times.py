"""The instant of a booking and its agreed wall time are written together, in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from config.environment import ROOT

ROOMS = ("scheduling", "platform", "api", "billing", "verticals", "tenants")
DOOR = ROOT / "scheduling" / "services" / "writing" / "agreed.py"
COLUMNS = {"starts_at", "agreed_on", "agreed_minute", "agreed_fold", "agreed_timezone"}


def find_writes(code: str) -> list[str]:
    """Where a booking is given a start: an attribute, a new row, an update of rows."""
    found = []
    for node in ast.walk(ast.parse(code)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        each = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
        found += [
            ast.unparse(target)
            for target in each
            if isinstance(target, ast.Attribute) and target.attr in COLUMNS and "booking" in ast.unparse(target.value)
        ]
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            is_row = name.endswith(("Booking", "Booking.objects.create"))
            is_update = "Booking.objects" in name and name.endswith(".update")
            given = {keyword.arg for keyword in node.keywords}
            if (is_row or is_update) and given & COLUMNS:
                found.append(name)
    return found


def list_sources() -> list[Path]:
    return [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]


def test_only_one_place_writes_the_time_of_a_booking():
    found = [(str(path.relative_to(ROOT)), find_writes(path.read_text())) for path in list_sources() if path != DOOR]

    assert [each for each in found if each[1]] == []
    assert find_writes(DOOR.read_text()) != []


@pytest.mark.parametrize(
    "line",
    [
        "booking.starts_at = start",
        "booking.starts_at, booking.ends_at = start, end",
        "Booking(reference=reference, starts_at=start)",
        "Booking.objects.create(starts_at=start)",
        "Booking.objects.filter(pk=1).update(starts_at=start)",
    ],
)
def test_another_place_would_be_found(line):
    assert find_writes(line) != []
