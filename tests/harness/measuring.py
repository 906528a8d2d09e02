"""Measuring which lines the tests run, as a plug-in of pytest's (``-p tests.harness.measuring``).

``./dev test`` reads what each process writes and makes coverage.py's report of it
(``devtools.testing.coverage``). Loaded before everything of ours, so that imports count, too.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from tests.harness.probes import Probes, compile_probed

FOLDER = "TURNERO_MEASURED"
"""The variable with the folder that lists the files to measure and gets what ran; without it nothing is measured."""

ROOT = Path(__file__).resolve().parents[2]
MODULES: dict[str, Probes] = {}
"""The probes of each module that was imported, by its file."""
WRITTEN_TO: list[Path] = []
"""The folder, while this process is measured."""


class ProbedLoader(SourceFileLoader):
    """Loads modules with probes in them; they are kept nowhere, as nobody else wants them."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        registry = f"__import__({__name__!r}, fromlist=['']).MODULES[{path!r}].hits"
        code, probes = compile_probed(self.get_data(path), path, registry)
        # A module that is loaded again goes on in the same list.
        MODULES.setdefault(path, probes)
        return code


def make_hook(is_ours: Callable[[str], bool]) -> Callable[[str], FileFinder]:
    """Return what finds modules in folders of the checkout (``sys.path_hooks``)."""

    def find_in(folder: str) -> FileFinder:
        if not Path(folder).is_relative_to(ROOT) or ".venv" in folder:
            raise ImportError(folder)
        return FileFinder(folder, (ExtensionFileLoader, EXTENSION_SUFFIXES), (choose_loader, SOURCE_SUFFIXES))

    def choose_loader(fullname: str, path: str) -> SourceFileLoader:
        return (ProbedLoader if is_ours(path) else SourceFileLoader)(fullname, path)

    return find_in


def measure(environ: Mapping[str, str]) -> None:
    """Measure this process, if that is asked for: what it imports from now on."""
    if FOLDER not in environ:
        return
    folder = Path(environ[FOLDER])
    files = set((folder / "files.txt").read_text(encoding="utf-8").splitlines())
    sys.path_hooks.insert(0, make_hook(files.__contains__))
    sys.path_importer_cache.clear()
    WRITTEN_TO.append(folder)
    atexit.register(write, folder)


def write(folder: Path) -> None:
    """Write what ran: of each module the proven facts."""
    facts: dict[str, list[Any]] = {
        path: [fact if isinstance(fact, int) else asdict(fact) for fact in probes.list_proven()]
        for path, probes in MODULES.items()
    }
    draft = folder / f"{os.getpid()}.draft"
    draft.write_text(json.dumps(facts), encoding="utf-8")
    draft.rename(folder / f"{os.getpid()}.ran.json")  # the last whole one stays


def pytest_sessionfinish() -> None:
    """Write what ran while pytest still waits for this process: on its way out it may be killed after ten seconds."""
    for folder in WRITTEN_TO:
        write(folder)


measure(os.environ)
