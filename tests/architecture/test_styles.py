"""Style sheets: names are words, and nothing is dead on either side."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from config.environment import ROOT

SHEETS = sorted((ROOT / "platform" / "web" / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "platform" / "web" / "static" / "js").glob("*.js"))
PAGES = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if "emails" not in path.parts and path.name != "verify_email.html"  # a mail brings its own style
]
CODE = sorted(path for top in ("web", "operators") for path in (ROOT / "platform" / top).rglob("*.py"))
MAX_LINE = 200
MAX_LINES = 600
SHORTEST = 3

OLD_ABBREVIATIONS = {
    "act", "app", "asid", "bkg", "blk", "btn", "cap", "caps", "chk", "col", "dayb", "dl", "err", "grp", "gut",
    "hintbar", "kbd", "lab", "lbl", "mtr", "nojs", "num", "okmark", "opt", "org", "pri", "ref", "rowlist", "scrollx",
    "seg", "seg2", "sub", "sum", "tabs2", "tel",
}  # fmt: skip
"""What classes were called once, and what such names would be again."""

STEMS = {"hour", "minute", "hours", "minutes", "from", "span", "lane", "lanes", "level"}
"""Classes with a number behind a hyphen; `web.workspace.board.layout` and `picker.html` make them."""

SHORT_WORDS = {"is", "no", "of", "on", "to"}
"""Short parts of names such as ``is-on``."""

NOT_YET_STYLED: set[str] = set()
"""Inputs that no page shows yet; their style comes with the first page that does."""


@cache
def read_defined() -> dict[str, set[str]]:
    """Return the sheets that name each class."""
    found: dict[str, set[str]] = {}
    for sheet in SHEETS:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        heads = re.sub(r'"[^"]*"', "", re.sub(r"\{[^{}]*\}", "{}", text))
        for name in re.findall(r"\.([A-Za-z_][\w-]*)", heads):
            found.setdefault(name, set()).add(sheet.name)
    return found


@cache
def read_classes_of_pages() -> dict[str, set[str]]:
    """Return the templates that write each class in an attribute, an icon or a field."""
    found: dict[str, set[str]] = {}
    for path in PAGES:
        text = path.read_text()
        values = re.findall(r'(?<![\w-])class="((?:[^"{]|\{[%{].*?[%}]\})*)"', text, flags=re.DOTALL)
        values += re.findall(r'\{% icon \S+ "([^"]*)" %\}', text) + re.findall(r'\bcss="([^"]*)"', text)
        for value in values:
            # What Django prints is one word with what stands beside it: "level-{{ day.level }}".
            for word in re.sub(r"\{\{.*?\}\}", "\0", re.sub(r"\{%.*?%\}", " ", value)).split():
                if "\0" not in word:
                    found.setdefault(word, set()).add(str(path.relative_to(ROOT)))
    return found


@cache
def read_words_of_code() -> set[str]:
    """Return every word within a string of our scripts and of the code behind the pages."""
    texts = [
        text for path in (*SCRIPTS, *CODE) for text in re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", path.read_text())
    ]
    return {word for text in texts for word in re.findall(r"[A-Za-z_][\w-]*", text)}


def is_numbered(name: str) -> bool:
    stem, _, number = name.rpartition("-")
    return stem in STEMS and number.isdigit()


def find_bad_names(names: set[str]) -> set[str]:
    """Return those that are no words: too short, abbreviated, or with a digit that says nothing."""
    return {
        name
        for name in names
        if not is_numbered(name)
        and (
            not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
            or any(len(part) < SHORTEST and part not in SHORT_WORDS for part in name.split("-"))
            or name in SHORT_WORDS
            or OLD_ABBREVIATIONS & {name, *name.split("-")}
        )
    }


@pytest.mark.parametrize("name", ["ok", "bk-foot", "seg2", "nv", "col", "s-conf", "mt1", "l2", "dayB", "btn-large"])
def test_what_is_no_word_is_found(name):
    assert find_bad_names({name}) == {name}


def test_sheets_and_pages_are_found():
    assert {"core.css", "board.css"} <= {sheet.name for sheet in SHEETS}
    assert {"board", "visit", "button"} <= set(read_defined())
    assert {"board", "visit", "button", "flips"} <= set(read_classes_of_pages())


def test_classes_are_words():
    assert find_bad_names(set(read_defined()) | set(read_classes_of_pages())) == set()


def test_every_class_of_a_sheet_is_used():
    used = set(read_classes_of_pages()) | read_words_of_code()

    dead = {name: sheets for name, sheets in read_defined().items() if name not in used and not is_numbered(name)}

    assert dead == {}


def test_every_class_of_a_page_is_styled_or_looked_for():
    scripted = {name for path in SCRIPTS for name in re.findall(r"\.([a-z][a-z-]+)", path.read_text())}
    unknown = set(read_classes_of_pages()) - set(read_defined()) - scripted

    assert unknown == NOT_YET_STYLED


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_are_short(sheet: Path):
    lines = sheet.read_text().splitlines()

    assert len(lines) <= MAX_LINES
    assert [number for number, line in enumerate(lines, start=1) if len(line) > MAX_LINE] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_what_only_screen_readers_see_makes_no_page_wider(sheet):
    """An absolute box in something that scrolls counts for the width of the page around it; a fixed one never does."""
    blocks = re.findall(r"\{([^{}]*clip-path: inset\(50%\)[^{}]*)\}", sheet.read_text())

    assert [block for block in blocks if "position: fixed;" not in block] == []
