"""Only the room of tenants enters a tenant: everybody else works in the one that was entered."""

from __future__ import annotations

import ast
from pathlib import Path

from config.environment import ROOT

ENTERING = {"tenant_scope", "set_tenant", "set_schema", "schema_context", "tenant_context"}
OUTSIDE = ("platform", "scheduling", "billing", "verticals", "api")


def find_entering(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        names = [getattr(node, "attr", ""), getattr(node, "id", "")]
        if isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
        found += [f"{path.relative_to(ROOT)}: {name}" for name in names if name in ENTERING]
    return found


def test_only_tenants_enters_a_tenant():
    found = [each for top in OUTSIDE for path in sorted((ROOT / top).rglob("*.py")) for each in find_entering(path)]

    assert found == []


def test_entering_would_be_found():
    assert find_entering(ROOT / "tenants" / "jobs.py") != []
