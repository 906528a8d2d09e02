"""The catalogues ``platform/config/locale/*/LC_MESSAGES/django.po`` and their compiled form."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.messages.extraction import Text

LOCALE_FOLDER = ROOT / "platform" / "config" / "locale"
LANGUAGES = ("en", "es")
TRANSLATED = ("es",)
"""Languages that must be complete; English is the source and may leave every text as it is."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def catalog_path(language: str, folder: Path = LOCALE_FOLDER) -> Path:
    """Return where the catalogue of a language is."""
    return folder / language / "LC_MESSAGES" / "django.po"


def load_catalog(path: Path, language: str) -> Catalog:
    """Read a catalogue, or make an empty one.

    Raises:
        DevtoolsError: The file is not a catalogue; the text names the line.
    """
    if not path.exists():
        return Catalog(locale=language)
    try:
        with path.open("rb") as handle:
            return read_po(handle, locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        message = f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path} is not a valid catalogue: {error}"
        raise DevtoolsError(message) from error


def merge(texts: Iterable[Text], known: Catalog, language: str) -> Catalog:
    """Return a catalogue of exactly ``texts``, with the translations that are already known.

    Nothing is guessed (no fuzzy entries) and obsolete entries are dropped.
    """
    merged = Catalog(locale=language, project="Turnero", fuzzy=False)
    for text in texts:
        merged.add(text.id, context=text.context, locations=[(text.place, 0)], auto_comments=text.comments)
    for message in _entries(merged):
        before = known.get(_first_id(message), context=message.context)
        if before is not None and _is_same_shape(before, message, merged.num_plurals):
            message.string = before.string
            message.user_comments = before.user_comments
        # Exactly one line per file, whatever the number of places in it.
        message.locations = sorted(set(message.locations))
    return merged


def render(catalog: Catalog) -> bytes:
    """Return a catalogue as a file's content, the same bytes for the same texts: no dates."""
    output = io.BytesIO()
    write_po(
        output, catalog, width=100, omit_header=True, sort_by_file=True, include_lineno=False, ignore_obsolete=True
    )
    header = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header.encode() + output.getvalue().strip() + b"\n"


def list_faults(catalog: Catalog, *, must_be_complete: bool) -> Iterator[str]:
    """Yield what is wrong with the translations: missing ones, and lost or invented placeholders."""
    for message in _entries(catalog):
        strings = _strings(message)
        if not all(strings):
            if must_be_complete:
                yield f"not translated: {_first_id(message)!r}"
            continue
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        allowed = {name for text in ids for name in _placeholders(text)}
        needed = _placeholders(ids[-1])
        for position, string in enumerate(strings):
            found = _placeholders(string)
            # The singular may drop the number; the last form must have everything.
            is_last = position == len(strings) - 1
            if found - allowed or (is_last and needed - found):
                yield f"placeholders differ: {_first_id(message)!r} → {string!r}"


def compile_catalogs(folder: Path = LOCALE_FOLDER) -> None:
    """Compile each catalogue whose compiled form is missing or older."""
    for source in sorted(folder.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        moment = source.stat().st_mtime_ns
        catalog = load_catalog(source, source.parents[1].name)
        draft = target.with_suffix(f".{os.getpid()}.draft")
        with draft.open("wb") as handle:
            write_mo(handle, catalog)
        os.utime(draft, ns=(moment, moment))
        draft.replace(target)


def _entries(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _first_id(message: Message) -> str:
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
