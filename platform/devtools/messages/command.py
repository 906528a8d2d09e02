"""``./dev messages [--check]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from config.environment import ROOT
from devtools.messages.catalogs import (
    LANGUAGES,
    LOCALE_FOLDER,
    TRANSLATED,
    catalog_path,
    compile_catalogs,
    list_faults,
    load_catalog,
    merge,
    render,
)
from devtools.messages.extraction import collect_texts
from devtools.terminal import complain, say

_SHOWN = 40


def run_messages(arguments: Sequence[str]) -> int:
    """Bring the catalogues up to date and compile them; or, with ``--check``, only say what is wrong."""
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


def update_catalogs(root: Path = ROOT, folder: Path = LOCALE_FOLDER) -> list[str]:
    """Rewrite the catalogues from the sources, compile them, and return what is left to translate."""
    texts = collect_texts(root)
    faults = []
    for language in LANGUAGES:
        path = catalog_path(language, folder)
        catalog = merge(texts, load_catalog(path, language), language)
        content = render(catalog)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        complete = language in TRANSLATED
        faults += [f"{language}: {fault}" for fault in list_faults(catalog, must_be_complete=complete)]
    compile_catalogs(folder)
    return faults


def list_all_faults(root: Path = ROOT, folder: Path = LOCALE_FOLDER) -> list[str]:
    """Return what ``--check`` complains about; writes nothing."""
    texts = collect_texts(root)
    faults = []
    for language in LANGUAGES:
        known = load_catalog(catalog_path(language, folder), language)
        catalog = merge(texts, known, language)
        wanted = {(message.id, message.context) for message in catalog if message.id}
        found = {(message.id, message.context) for message in known if message.id}
        faults += [f"{language}: not in the catalogue: {identity[0]!r}" for identity in sorted(wanted - found, key=str)]
        faults += [f"{language}: no longer used: {identity[0]!r}" for identity in sorted(found - wanted, key=str)]
        complete = language in TRANSLATED
        missing = {repr(identity[0]) for identity in wanted - found}
        faults += [
            f"{language}: {fault}"
            for fault in list_faults(catalog, must_be_complete=complete)
            if fault.removeprefix("not translated: ") not in missing
        ]
    return faults
