"""Find the texts to translate in the code and in the templates."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "mark": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
"""Functions whose arguments are texts; ``mark`` is ``kernel.text.mark``."""

CODE_FOLDERS = ("platform", "tenants", "scheduling", "billing", "verticals", "api")
SHELVES = ("platform", "verticals")
"""Folders whose own folders are the rooms."""
TEMPLATE_FOLDERS = ("templates", "platform", "verticals")
TEMPLATE_ROOMS = {
    "emails": "platform/notifications",
    "sms": "platform/notifications",
    "operators": "platform/operators",
    "privacy": "platform/privacy",
    "tenants": "tenants",
}
"""Folder in ``templates`` → the room that renders it; all others are rendered by ``platform/web``."""
_TEMPLATE_SUFFIXES = {".html", ".txt"}
# The tools speak English and their fixtures are not texts of the product.
_SKIPPED = {"devtools", "static", "locale", "__pycache__", "migrations"}


@dataclass(frozen=True, slots=True)
class Text:
    """One text to translate and the file it was found in.

    Attributes:
        id: The English text, or singular and plural.
        context: What tells two equal texts apart, or None.
        place: The file, relative to the checkout.
        comments: Notes for translators.
    """

    id: str | tuple[str, str]
    context: str | None
    place: str
    comments: tuple[str, ...]

    @property
    def room(self) -> str:
        """The folder of the room whose catalog holds this text, relative to the checkout."""
        first, *others = self.place.split("/")
        if first == "templates":
            return TEMPLATE_ROOMS.get(others[0], "platform/web")
        # A file that lies on the shelf itself (verticals/registry.py) belongs to the shelf.
        return f"{first}/{others[0]}" if first in SHELVES and len(others) > 1 else first


def collect_texts(root: Path) -> list[Text]:
    """Collect every text of the checkout, in the order of the files."""
    return [text for path in list_sources(root) for text in read_texts(path, root=root)]


def list_sources(root: Path) -> list[Path]:
    """List the Python files and templates that may hold texts."""
    code = {path for folder in CODE_FOLDERS for path in (root / folder).rglob("*.py")}
    templates = {
        path
        for folder in TEMPLATE_FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in _TEMPLATE_SUFFIXES and (folder == "templates" or "templates" in path.parts)
    }
    return sorted(path for path in code | templates if not _SKIPPED & set(path.relative_to(root).parts))


def read_texts(path: Path, *, root: Path) -> Iterator[Text]:
    """Yield the texts of one file.

    Raises:
        SyntaxError: A template has an unbalanced translation block; the message names the file.
    """
    source = path.read_text(encoding="utf-8")
    place = path.relative_to(root).as_posix()
    if path.suffix in _TEMPLATE_SUFFIXES:
        source = _as_python(source, place)
    if not any(f"{keyword}(" in source for keyword in KEYWORDS):
        return
    handle = io.BytesIO(source.encode())
    for _, message, comments, context in extract(
        "python", handle, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=False
    ):
        identity = (str(message[0]), str(message[1])) if isinstance(message, (tuple, list)) else str(message)
        yield Text(id=identity, context=context, place=place, comments=tuple(comments))


def _as_python(source: str, place: str) -> str:
    from django.utils.translation.template import templatize  # noqa: PLC0415 - only templates need Django

    # templatize() blanks everything but the texts, keeping spaces; Python would call them bad indentation.
    return "\n".join(line.lstrip() for line in templatize(source, origin=place).splitlines()) + "\n"
