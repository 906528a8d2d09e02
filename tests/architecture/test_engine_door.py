"""The engine has one door: other code imports its words and values from the package, not from its modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from config.environment import ROOT

INSIDE = ROOT / "scheduling" / "engine"
TOPS = ("platform", "tenants", "scheduling", "billing", "verticals", "api", "tests/factories", "tests/integration")


def find_reaching(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scheduling.engine."):
            yield f"{path.relative_to(ROOT)}: {node.module}"


def test_nobody_reaches_past_the_engine_s_door():
    paths = [path for top in TOPS for path in sorted((ROOT / top).rglob("*.py")) if INSIDE not in path.parents]

    assert [each for path in paths for each in find_reaching(path)] == []


def test_reaching_would_be_found():
    assert list(find_reaching(INSIDE / "slots.py")) != []
