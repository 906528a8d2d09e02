"""The catalogs ``<room>/locale/<language>/LC_MESSAGES/django.po`` and their compiled form.

One per room, sorted by text and without places, so that two people who add texts seldom touch the same lines.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.messages.extraction import SHELVES, Text
from kernel.languages import LANGUAGES, SOURCE_LANGUAGE

TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
"""Languages that have catalogs, which must be complete."""

FORMAL_CATALOG = Path("platform/web/tones/es_Formal/LC_MESSAGES/django.po")
"""Spanish texts that say *usted*: of all rooms, those that address a customer."""
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
_SAID_AGAIN = re.compile(r"(.{12,}?)\1+", re.DOTALL)
"""A text that is one text several times, as it comes of filling a catalog more than once."""


Identity = tuple[str, str | None]
"""Text (the singular of two) and context: what a translation is looked up by."""


def catalog_path(room: str, language: str, root: Path = ROOT) -> Path:
    """Return where a room's catalog of a language is; ``room`` is its folder, relative to the checkout."""
    return root / room / "locale" / language / "LC_MESSAGES" / "django.po"


def list_catalogs(language: str, root: Path = ROOT) -> dict[str, Path]:
    """Find the catalogs of a language: room → path, in the order of the rooms."""
    return {path.relative_to(root).parents[3].as_posix(): path for path in _find_files(language, ".po", root)}


def load_catalog(path: Path, language: str) -> Catalog:
    """Read a catalog, or make an empty one.

    Raises:
        DevtoolsError: The file is not a catalog; the text names the line.
    """
    if not path.exists():
        return Catalog(locale=language)
    try:
        with path.open("rb") as handle:
            return read_po(handle, locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        message = f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path} is not a valid catalog: {error}"
        raise DevtoolsError(message) from error


def merge(texts: Iterable[Text], known: Iterable[Catalog], language: str) -> Catalog:
    """Return a catalog of exactly ``texts``, each with its translation in the first of ``known`` that has one.

    Nothing is guessed (no fuzzy entries) and obsolete entries are dropped.
    """
    merged = Catalog(locale=language, project="Turnero", fuzzy=False)
    for text in texts:
        merged.add(text.id, context=text.context, auto_comments=text.comments)
    sources = tuple(known)
    for message in list_entries(merged):
        for catalog in sources:
            before = catalog.get(first_id(message), context=message.context)
            if before is not None and _is_same_shape(before, message, merged.num_plurals) and any(_strings(before)):
                message.string = before.string
                message.user_comments = before.user_comments
                break
    return merged


def render(catalog: Catalog) -> bytes:
    """Return a catalog as a file's content, the same bytes for the same texts: sorted, no dates, no places."""
    output = io.BytesIO()
    write_po(output, catalog, width=100, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header.encode() + output.getvalue().strip() + b"\n"


def list_faults(catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with the translations: missing ones, doubled ones, and lost or invented placeholders."""
    for message in list_entries(catalog):
        strings = _strings(message)
        if not all(strings):
            yield f"not translated: {first_id(message)!r}"
            continue
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        allowed = {name for text in ids for name in _placeholders(text)}
        needed = _placeholders(ids[-1])
        for position, string in enumerate(strings):
            if _SAID_AGAIN.fullmatch(string):
                yield f"says the same again: {first_id(message)!r} → {string!r}"
            found = _placeholders(string)
            # The singular may drop the number; the last form must have everything.
            is_last = position == len(strings) - 1
            if found - allowed or (is_last and needed - found):
                yield f"placeholders differ: {first_id(message)!r} → {string!r}"


def list_differences(catalogs: Mapping[str, Catalog]) -> Iterator[str]:
    """Yield each text that two rooms translate differently: one of them has to give it a context."""
    strings: dict[Identity, dict[tuple[str, ...], str]] = {}
    for room, catalog in catalogs.items():
        for message in list_entries(catalog):
            if all(_strings(message)):
                rooms = strings.setdefault(identify(message), {})
                rooms.setdefault(tuple(_strings(message)), room)
    for (text, _context), rooms in strings.items():
        if len(rooms) > 1:
            yield f"translated differently in {' and '.join(rooms.values())}: {text!r}"


def compile_catalogs(root: Path = ROOT) -> None:
    """Compile each catalog whose compiled form is missing or older; remove the compiled form of one that is gone."""
    _compile(path for path in [root / FORMAL_CATALOG] if path.exists())
    for language in TRANSLATED:
        _compile(list_catalogs(language, root).values())
        for compiled in _find_files(language, ".mo", root):
            if not compiled.with_suffix(".po").exists():
                compiled.unlink(missing_ok=True)


def _find_files(language: str, suffix: str, root: Path) -> list[Path]:
    inner = catalog_path("", language, Path()).with_suffix(suffix)
    return sorted(path for shelf in (".", *SHELVES) for path in (root / shelf).glob(f"*/{inner}"))


def _compile(sources: Iterable[Path]) -> None:
    for source in sources:
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        moment = source.stat().st_mtime_ns
        catalog = load_catalog(source, source.parents[1].name.split("_")[0])
        draft = target.with_suffix(f".{os.getpid()}.draft")
        with draft.open("wb") as handle:
            write_mo(handle, catalog)
        os.utime(draft, ns=(moment, moment))
        draft.replace(target)


def list_entries(catalog: Catalog) -> Iterator[Message]:
    """Yield the texts of a catalog, without its header."""
    return (message for message in catalog if message.id)


def identify(message: Message) -> Identity:
    """Return what a translation is looked up by."""
    return first_id(message), message.context


def first_id(message: Message) -> str:
    """Return the text, or the singular of two."""
    return str(message.id[0]) if isinstance(message.id, (tuple, list)) else str(message.id)


def _strings(message: Message) -> list[str]:
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return [form or "" for form in forms]


def _is_same_shape(before: Message, now: Message, plurals: int) -> bool:
    if now.pluralizable:
        return bool(before.pluralizable) and len(_strings(before)) == plurals
    return not before.pluralizable


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text)}
