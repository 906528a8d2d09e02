"""Templates that people can read and merge."""

from __future__ import annotations

import pytest

from config.environment import ROOT

MAX_LINE = 200
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.is_file())


def test_templates_are_found():
    assert ROOT / "templates" / "base.html" in TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_lines_are_short(path):
    lines = path.read_text().splitlines()

    assert [number for number, line in enumerate(lines, start=1) if len(line) > MAX_LINE] == []
