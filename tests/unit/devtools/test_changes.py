"""Changes that users notice: one well-formed file each, gathered by a release."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT
from devtools.changes import list_faults, read_settings


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    settings = read_settings(ROOT)
    (tmp_path / settings["directory"]).mkdir(parents=True)
    for name in ("pyproject.toml", settings["filename"], settings["template"]):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def write(checkout: Path, name: str, text: str) -> None:
    (checkout / "docs" / "changes" / name).write_text(text, encoding="utf-8")


def test_our_changes_are_well_formed() -> None:
    assert list(list_faults(ROOT)) == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("moving.fixed.md", "Moving a booking keeps\nits extras.\n", None),
        ("moving.mended.md", "Moving keeps extras.", "not named <what>.<kind>.md"),
        ("Moving.fixed.md", "Moving keeps extras.", "not named"),
        ("moving.fixed.txt", "Moving keeps extras.", "not named"),
        ("fixed.md", "Moving keeps extras.", "not named"),
        ("moving.fixed.md", "\n", "empty"),
        ("moving.fixed.md", "moving keeps extras.", "not a sentence"),
        ("moving.fixed.md", "Moving keeps extras", "not a sentence"),
        ("moving.fixed.md", "Moving keeps extras.\n\nAnd people.", "more than one paragraph"),
        ("moving.fixed.md", "- Moving keeps extras.", "list or heading"),
        ("moving.fixed.md", "Moving" + "\nmoving" * 60 + ".", "two sentences are enough"),
        ("moving.fixed.md", "Moving " + "m" * 120 + ".", "a line of more than 120 characters"),
        ("moving.fixed.md", "The service move_booking keeps extras.", "speaks of code or tickets ('move_booking')"),
        ("moving.fixed.md", "Moving keeps extras, see #12.", "speaks of code or tickets"),
        ("moving.fixed.md", "Moving calls `move`.", "speaks of code or tickets"),
    ],
)
def test_file_of_another_shape_is_refused(checkout: Path, name: str, text: str, fault: str | None) -> None:
    write(checkout, name, text)

    faults = list(list_faults(checkout))

    if fault is None:
        assert faults == []
    else:
        assert any(each.startswith(f"docs/changes/{name}: ") and fault in each for each in faults)


def test_page_without_the_place_for_releases_is_refused(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text("# Changelog\n")

    assert list(list_faults(checkout)) == [
        "CHANGELOG.md lacks the line '<!-- releases begin -->', below which releases go"
    ]


def test_release_gathers_the_files_by_kind(checkout: Path) -> None:
    write(checkout, "moving.fixed.md", "Moving a booking keeps\nits extras.\n")
    write(checkout, "asking.added.md", "Customers ask for a time that is taken.\n")
    command = [sys.executable, "-m", "towncrier", "build", "--yes", "--version", "9.1.0", "--date", "2027-01-02"]

    subprocess.run(command, cwd=checkout, check=True, capture_output=True)

    page = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    written = page.partition("<!-- releases begin -->\n")[2].partition("\n## 0.1.0")[0]
    assert written == (
        "\n## 9.1.0 (2027-01-02)\n\n### New\n\n- Customers ask for a time that is taken.\n\n"
        "### Mended\n\n- Moving a booking keeps\n  its extras.\n"
    )
    assert [path.name for path in (checkout / "docs" / "changes").iterdir()] == ["template.jinja"]
