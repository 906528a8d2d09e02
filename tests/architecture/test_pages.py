"""Templates and style sheets that people can read and merge."""

from __future__ import annotations

import re
from html.parser import HTMLParser

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


ROWS = [path for path in TEMPLATES if 'class="acts"' in path.read_text()]


@pytest.mark.parametrize("path", ROWS, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_acts_of_a_row_say_what_of_them_stays_on_a_phone(path):
    assert re.search(r'class="[^"]*\bkept\b', path.read_text()), "without it nobody can do any of it there"


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


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
ASKING = {f"hx-{verb}" for verb in ("delete", "get", "patch", "post", "put")}
TAGS = re.compile(r"{#.*?#}|{%.*?%}", re.DOTALL)
INCLUDE = re.compile(r"""{%-?\s*include\s+["']([^"']+)["'].*?%}""", re.DOTALL)


class NestedRequests(HTMLParser):
    """Finds elements whose request htmx would answer into an element around them: they say no target of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.around: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        is_silent = "hx-target" not in said and said.get("hx-swap") != "none"
        if ASKING & said.keys() and is_silent and any(has_target for _, has_target in self.around):
            self.found.append(self.get_starttag_text() or tag)
        if tag not in VOID:
            self.around.append((tag, "hx-target" in said))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        open_tags = [name for name, _ in self.around]
        if tag in open_tags:
            del self.around[len(open_tags) - 1 - open_tags[::-1].index(tag) :]


def list_nested_requests(template: str) -> list[str]:
    """List the elements of a template, with what it includes, that inherit the target of an element around them."""
    parser = NestedRequests()
    parser.feed(TAGS.sub(" ", include_all(template)))
    parser.close()
    return parser.found


def include_all(template: str) -> str:
    """Return a template with what it includes by name in its place."""
    return INCLUDE.sub(lambda found: include_all((ROOT / "templates" / found[1]).read_text()), template)


@pytest.mark.parametrize(
    "path",
    [path for path in TEMPLATES if path.suffix == ".html" and "hx-target" in path.read_text()],
    ids=lambda path: str(path.relative_to(ROOT / "templates")),
)
def test_what_stands_in_a_target_has_its_own(path):
    assert list_nested_requests(path.read_text()) == []


def test_an_inherited_target_would_be_found():
    page = """<main hx-get="{% url 'a' %}" hx-target="#main"><img src="x">{% if a %}<p>{% endif %}
        <section{% if a %} hx-get="b"{% endif %}></section><a hx-get="c" hx-target="this"></a>
        <form hx-post="d" hx-swap="none"></form></main><nav hx-get="e"></nav>"""

    assert [re.findall(r'hx-get="(\w)"', tag) for tag in list_nested_requests(page)] == [["b"]]
    board = (ROOT / "templates" / "workspace" / "board.html").read_text()
    assert "fits_url" in include_all(board)
