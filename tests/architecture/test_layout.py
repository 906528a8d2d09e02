"""The house's outer walls: what lies where."""

from __future__ import annotations

import subprocess
from pathlib import Path

from config.environment import ROOT, VARIABLES

TOP_LEVEL = {
    "platform", "tenants", "verticals", "scheduling", "billing", "api", "templates", "tests", "infra",
    "pyproject.toml", "README.md", "LICENSE", "docs", "CHANGELOG.md", "dev",
    "requirements.txt", "requirements-demo.txt", "requirements-dev.txt",
}  # fmt: skip
VAGUE_NAMES = {"utils.py", "helpers.py", "misc.py", "common.py"}


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [Path(line) for line in listing.stdout.splitlines() if (ROOT / line).exists()]


def test_shelf_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_standard_library_platform_wins():
    import platform

    assert platform.python_version_tuple()[0] == "3"


def test_top_level_holds_what_the_owner_fixed():
    names = {path.parts[0] for path in tracked_files()}

    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_no_vague_module_names():
    assert [str(path) for path in tracked_files() if path.name in VAGUE_NAMES] == []


def test_no_test_folder_hides_the_shelf():
    assert [str(path) for path in tracked_files() if path.parts[0] == "tests" and "platform" in path.parts[:-1]] == []


def test_environment_example_lists_every_variable():
    lines = (ROOT / "infra" / "environment.example").read_text().splitlines()
    named = {line.lstrip("# ").split("=", 1)[0] for line in lines if "=" in line and not line.startswith("## ")}

    assert named == set(VARIABLES)
