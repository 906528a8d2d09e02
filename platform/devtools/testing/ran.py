"""What the processes of a test run noted of themselves, turned into coverage.py's data.

Their probes (``tests/harness/probes.py``) note lines that were begun and ways that branching lines took. coverage.py
knows, from the source, the two lines that a branching line leads to; which of them is the way into the body is
certain from where the body lies.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from coverage import Coverage, CoverageData
from coverage.parser import PythonParser

from config.environment import ROOT

CONFIG = ROOT / "pyproject.toml"
FILES = "files.txt"
"""Lists, in the folder of a measurement, the files whose lines count."""

_ENTRY = -1
"""As coverage.py has it: an arc from here begins at a line, wherever one came from."""


def list_measured() -> list[Path]:
    """List the files whose lines count (``[tool.coverage.run]``)."""
    settings = Coverage(config_file=str(CONFIG))
    folders, omitted = (settings.get_option(f"run:{name}") for name in ("source", "omit"))
    found = (path for folder in _texts(folders) for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if not any(fnmatch(str(path), pattern) for pattern in _texts(omitted)))


def _texts(option: object) -> list[str]:
    return [str(each) for each in option] if isinstance(option, list) else []


def write_data(folder: Path, target: Path) -> None:
    """Join what each process wrote into ``folder``, as data for ``coverage report``.

    Args:
        folder: Of one measurement.
        target: coverage.py's file; it must not be there yet.
    """
    joined: dict[str, list[Any]] = defaultdict(list)
    for written in sorted(folder.glob("*.ran.json")):
        for path, facts in json.loads(written.read_text(encoding="utf-8")).items():
            joined[path] += facts
    data = CoverageData(str(target))
    data.add_arcs({path: make_arcs(Path(path).read_text(encoding="utf-8"), facts) for path, facts in joined.items()})
    # What nobody imported did not run, and counts.
    data.touch_files((folder / FILES).read_text(encoding="utf-8").splitlines())
    data.write()


def make_arcs(source: str, facts: Iterable[int | Mapping[str, Any]]) -> set[tuple[int, int]]:
    """Return the arcs, from line to line, that a module's facts prove.

    Args:
        source: The module's text.
        facts: Numbers of lines that were begun, and ways: ``line``, ``body`` (its first and last line), ``is_taken``.
    """
    known = list(facts)
    parser = PythonParser(text=source)
    parser.parse_source()
    leads: dict[int, set[int]] = defaultdict(set)
    for start, end in parser.arcs():
        leads[start].add(end)
    arcs = {(_ENTRY, fact) for fact in known if isinstance(fact, int)}
    for way in (fact for fact in known if not isinstance(fact, int)):
        first, last = way["body"]
        ends = {end for end in leads[way["line"]] if (first <= end <= last) == way["is_taken"]}
        arcs |= {(way["line"], end) for end in ends}
    return arcs
