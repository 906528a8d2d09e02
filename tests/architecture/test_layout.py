"""The house's outer walls: what lies where."""

from __future__ import annotations

import ast
from pathlib import Path

from config.environment import ROOT, VARIABLES

MAX_FUNCTION_LINES = 60
VAGUE_NAMES = {"utils.py", "helpers.py", "misc.py", "common.py"}


def list_code() -> list[Path]:
    """Every Python file of the rooms and the tests; which files may lie around is for ``./dev check`` to say."""
    folders = [path.parent for path in (*ROOT.glob("*/__init__.py"), *(ROOT / "platform").glob("*/__init__.py"))]
    return [path for folder in (*folders, ROOT / "tests") for path in folder.rglob("*.py")]


def test_shelf_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_standard_library_platform_wins():
    import platform

    assert platform.python_version_tuple()[0] == "3"


def test_no_vague_module_names():
    code = list_code()

    assert len(code) > 500
    assert [str(path) for path in code if path.name in VAGUE_NAMES] == []


def test_no_function_is_longer_than_a_screen():
    code = [path for path in list_code() if not {"tests", "migrations"} & {*path.relative_to(ROOT).parts}]
    functions = [
        (each.end_lineno - each.lineno + 1, each.name, str(path.relative_to(ROOT)))
        for path in code
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert len(functions) > 1000
    assert [each for each in functions if each[0] > MAX_FUNCTION_LINES] == []


def test_no_test_folder_hides_the_shelf():
    assert list((ROOT / "tests").rglob("platform")) == []


def test_environment_example_lists_every_variable():
    lines = (ROOT / "infra" / "environment.example").read_text().splitlines()
    named = {line.lstrip("# ").split("=", 1)[0] for line in lines if "=" in line and not line.startswith("## ")}

    assert named == set(VARIABLES)


def test_every_decision_has_a_number_of_its_own():
    pages = {path.name: path.read_text() for path in (ROOT / "docs" / "decisions").glob("0*.md")}

    assert len(pages) > 20
    assert len({name[:4] for name in pages}) == len(pages)
    assert [name for name, text in pages.items() if not text.startswith(f"# {int(name[:4])}. ")] == []
