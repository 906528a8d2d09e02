"""Templates and style sheets that people can read and merge."""

from __future__ import annotations

import re

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


SHEETS = sorted((ROOT / "platform" / "web" / "static" / "css").glob("*.css"))
SHORT_WORDS = {"is", "no", "of", "on", "to", "up"}


def list_classes(sheet: str) -> set[str]:
    """The classes of a style sheet; what stands in comments, texts and addresses is none."""
    bare = re.sub(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'|url\([^)]*\)", "", sheet, flags=re.DOTALL)
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", bare))


def is_words(name: str) -> bool:
    """Words have three letters and a vowel; a number may follow, as in ``hour-9``."""
    return (
        all(
            part in SHORT_WORDS or part.isdigit() or re.fullmatch(r"(?=.*[aeiouy])[a-z]{3,}", part)
            for part in name.split("-")
        )
        and not name[0].isdigit()
    )


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_classes_are_words(path):
    assert sorted(name for name in list_classes(path.read_text()) if not is_words(name)) == []


def test_abbreviated_classes_would_be_found():
    sheet = """
        .bh, .seg2:hover > .day-col_x { --r: .5rem; background: url(a.png) }
        /* .oc */ .is-on.hour-9 { content: ".kp" }
    """

    assert list_classes(sheet) == {"bh", "seg2", "day-col_x", "is-on", "hour-9"}
    assert {name for name in list_classes(sheet) if is_words(name)} == {"is-on", "hour-9"}
