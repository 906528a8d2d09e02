"""How much of each room the tests run: measured, shown, and held to a floor that only rises.

The floors and the reasons for low ones are in ``tests/coverage.toml``. A floor is a whole
percentage of statements and branches together, as coverage.py counts them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.processes import own_environment
from devtools.terminal import paint, say
from devtools.testing.ran import CONFIG, FILES, list_measured, write_data

FLOORS = ROOT / "tests" / "coverage.toml"


@dataclass(frozen=True, slots=True)
class Room:
    """A folder's figures.

    Attributes:
        name: The folder, from the checkout, for example ``platform/accounts``.
        covered: Statements and branches that ran.
        total: All statements and branches.
        missing_lines: Lines that did not run, in how many files.
        missing_files: In how many files they are.
    """

    name: str
    covered: int
    total: int
    missing_lines: int
    missing_files: int

    @property
    def percent(self) -> float:
        """Return the covered part; of a folder without a statement, all of it."""
        return 100 * self.covered / self.total if self.total else 100.0


class Measurement:
    """One run's measuring: the variables that start it in each process, and what came out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"

    @property
    def report(self) -> Path:
        """Return where the lines that did not run are listed."""
        return self._folder / "report.txt"

    def variables(self) -> dict[str, str]:
        """Forget earlier measuring and return what makes pytest's processes note what they run."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        (self._folder / FILES).write_text("".join(f"{path}\n" for path in list_measured()), encoding="utf-8")
        return {"TURNERO_MEASURED": str(self._folder)}

    def read(self) -> dict[str, Any]:
        """Join what the processes wrote and return coverage's JSON report.

        Raises:
            DevtoolsError: Nothing was measured.
        """
        figures = self._folder / "report.json"
        write_data(self._folder, self._data)
        # Each reads every file of ours again, for seconds.
        with ThreadPoolExecutor() as pool, self.report.open("wb") as output:
            listed = pool.submit(self._run, "report", "--show-missing", "--skip-covered", output=output)
            self._run("json", "--quiet", "-o", str(figures))
            listed.result()
        content: dict[str, Any] = json.loads(figures.read_text(encoding="utf-8"))
        return content

    def _run(self, command: str, *arguments: str, output: Any = subprocess.PIPE) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "coverage", command, f"--rcfile={CONFIG}", *arguments],
            cwd=ROOT,
            env=own_environment(COVERAGE_FILE=str(self._data)),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != 0:
            message = f"coverage {command}: {(done.stdout or b'').decode(errors='replace').strip()}"
            raise DevtoolsError(message)


def load_floors(path: Path = FLOORS) -> dict[str, int]:
    """Return the floor of each room, in whole percent."""
    floors: dict[str, int] = tomllib.loads(path.read_text(encoding="utf-8"))["floors"]
    return floors


def count_rooms(report: Mapping[str, Any], names: Iterable[str]) -> list[Room]:
    """Add up a report's files by the longest of ``names`` that they lie under.

    Raises:
        DevtoolsError: A file lies under none of them.
    """
    longest_first = sorted(names, key=len, reverse=True)
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for file, figures in report["files"].items():
        room = next((name for name in longest_first if file.startswith(f"{name}/")), None)
        if room is None:
            message = f"{file} lies in no room of {FLOORS.name}; give its room a floor there"
            raise DevtoolsError(message)
        found[room].append(figures["summary"])
    return [_add_up(name, found[name]) for name in sorted(longest_first)]


def _add_up(name: str, files: Sequence[Mapping[str, Any]]) -> Room:
    def add(key: str) -> int:
        return sum(int(file.get(key, 0)) for file in files)

    return Room(
        name=name,
        covered=add("covered_lines") + add("covered_branches"),
        total=add("num_statements") + add("num_branches"),
        missing_lines=add("missing_lines"),
        missing_files=sum(bool(file["missing_lines"]) for file in files),
    )


def find_falls(rooms: Iterable[Room], floors: Mapping[str, int]) -> list[str]:
    """Say which rooms fell below their floor."""
    return [
        f"{room.name} fell to {room.percent:.2f} %, its floor is {floors[room.name]} %: test what was added"
        for room in rooms
        if room.percent < floors[room.name]
    ]


def find_rises(rooms: Iterable[Room], floors: Mapping[str, int]) -> list[str]:
    """Say which floors can be raised by a point or more."""
    return [
        f"{room.name} rose to {room.percent:.2f} %: raise its floor from {floors[room.name]} to {int(room.percent)}"
        f" in tests/{FLOORS.name}, so that it stays there"
        for room in rooms
        if int(room.percent) > floors[room.name]
    ]


def list_lines(rooms: Iterable[Room], floors: Mapping[str, int]) -> list[str]:
    """Return the table of rooms: percentage, floor, and what is missing."""
    lines = [f"{'room':<24} {'covered':>9} {'floor':>6}  lines not run"]
    for room in rooms:
        missing = f"{room.missing_lines} in {room.missing_files} files" if room.missing_lines else ""
        lines.append(f"{room.name:<24} {room.percent:>7.2f} % {floors[room.name]:>4} %  {missing}".rstrip())
    return lines


def show_coverage(measurement: Measurement, *, is_whole: bool) -> bool:
    """Print the figures of each room; after a whole run tell whether all floors hold, and which can be raised."""
    floors = load_floors()
    rooms = count_rooms(measurement.read(), floors)
    say()
    for line in list_lines(rooms, floors):
        say(line)
    say(f"What did not run, line by line: {measurement.report}")
    if not is_whole:
        return True
    falls = find_falls(rooms, floors)
    for line in find_rises(rooms, floors):
        say(paint(line, "yellow"))
    for line in falls:
        say(paint(line, "red"))
    return not falls
