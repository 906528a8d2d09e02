"""``./dev messages [--check]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog

from config.environment import ROOT
from devtools.messages.catalogs import (
    TRANSLATED,
    Identity,
    catalog_path,
    compile_catalogs,
    identify,
    list_catalogs,
    list_differences,
    list_entries,
    list_faults,
    load_catalog,
    merge,
    render,
)
from devtools.messages.extraction import Text, collect_texts
from devtools.terminal import complain, say

_SHOWN = 40


def run_messages(arguments: Sequence[str]) -> int:
    """Bring the catalogs up to date and compile them; or, with ``--check``, only say what is wrong."""
    parser = argparse.ArgumentParser(prog="./dev messages")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is missing")
    options = parser.parse_args(arguments)
    faults = list_all_faults() if options.check else update_catalogs()
    for fault in faults[:_SHOWN]:
        say(fault)
    if len(faults) > _SHOWN:
        say(f"… and {len(faults) - _SHOWN} more")
    if options.check and faults:
        complain(f"{len(faults)} faults in the translations; run ./dev messages, then fill in the empty ones")
    return 1 if options.check and faults else 0


def update_catalogs(root: Path = ROOT) -> list[str]:
    """Rewrite the catalogs from the sources, compile them, and return what is left to translate.

    A text that moves to another room, or that another room has too, brings its translation along.
    """
    faults: list[str] = []
    for language in TRANSLATED:
        old = {room: load_catalog(path, language) for room, path in list_catalogs(language, root).items()}
        new = _merge_all(root, language, old)
        for room in old.keys() - new.keys():
            catalog_path(room, language, root).unlink()
        for room, catalog in new.items():
            path, content = catalog_path(room, language, root), render(catalog)
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        faults += _name_faults(language, new)
    compile_catalogs(root)
    return faults


def list_all_faults(root: Path = ROOT) -> list[str]:
    """Return what ``--check`` complains about; writes nothing."""
    faults: list[str] = []
    for language in TRANSLATED:
        old = {room: load_catalog(path, language) for room, path in list_catalogs(language, root).items()}
        new = _merge_all(root, language, old)
        for room in sorted(old.keys() | new.keys()):
            wanted, found = _identities(new.get(room)), _identities(old.get(room))
            name = f"{language} in {room}"
            faults += [f"{name}: not in the catalog: {text!r}" for text, _ in sorted(wanted - found, key=str)]
            faults += [f"{name}: no longer used: {text!r}" for text, _ in sorted(found - wanted, key=str)]
            if wanted == found and catalog_path(room, language, root).read_bytes() != render(new[room]):
                faults.append(f"{name}: not as ./dev messages writes it (order, doubles, comments)")
        faults += _name_faults(language, old)
        faults += [f"{language}: {fault}" for fault in list_differences(old)]
    return faults


def _merge_all(root: Path, language: str, old: dict[str, Catalog]) -> dict[str, Catalog]:
    by_room: dict[str, list[Text]] = {}
    for text in collect_texts(root):
        by_room.setdefault(text.room, []).append(text)
    return {
        room: merge(texts, [old[room], *old.values()] if room in old else old.values(), language)
        for room, texts in sorted(by_room.items())
    }


def _name_faults(language: str, catalogs: dict[str, Catalog]) -> list[str]:
    return [f"{language} in {room}: {fault}" for room, catalog in catalogs.items() for fault in list_faults(catalog)]


def _identities(catalog: Catalog | None) -> set[Identity]:
    return {identify(message) for message in list_entries(catalog)} if catalog is not None else set()
