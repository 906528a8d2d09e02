"""``./dev house [--at PATH]… [--json]``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from config.environment import ROOT
from devtools.house.figures import SERVICE_FIELDS, TOOLS, Figures, Long, compute_figures
from devtools.terminal import paint, say

LONGEST_FILE, LONGEST_FUNCTION, FULLEST_FOLDER = 450, 60, 18
_WIDTH = 26


def run_house(arguments: Sequence[str]) -> int:
    """Print the figures of this checkout, or of others beside each other."""
    parser = argparse.ArgumentParser(prog="./dev house", description="Figures of a checkout's structure.")
    parser.add_argument("--at", action="append", type=Path, help="a checkout, any commit; again for a second column")
    parser.add_argument("--json", action="store_true", help="everything, places too, as JSON")
    options = parser.parse_args(arguments)
    places = options.at or [ROOT]
    figures = {str(place): compute_figures(place.resolve()) for place in places}
    if options.json:
        say(json.dumps({place: asdict(each) for place, each in figures.items()}, indent=2))
        return 0
    for line in _list_lines(figures):
        say(line)
    return 0


def _list_lines(figures: dict[str, Figures]) -> Iterator[str]:
    every = list(figures.values())
    yield paint(_write_line("", [Path(place).name or place for place in figures]), "bold")
    yield "files · lines · arrows between files (between its folders)"
    for name in dict.fromkeys(name for each in every for name in each.folders):
        yield _write_line(f"  {name}", [_write_folder(each, name) for each in every])
    for title, read in _ROWS:
        yield _write_line(title, [read(each) for each in every])


def _write_line(title: str, cells: Sequence[str]) -> str:
    return f"{title:<52}" + "  ".join(f"{cell:<{_WIDTH}}" for cell in cells).rstrip()


def _write_folder(figures: Figures, name: str) -> str:
    folder = figures.folders.get(name)
    if folder is None:
        return "–"
    return f"{folder.files:>3} · {folder.lines:>5} · {folder.arrows:>3} ({folder.child_arrows})"


def _write_circles(figures: Figures) -> str:
    kinds = (figures.file_circles, figures.folder_circles, figures.room_circles)
    return " · ".join(str(len(circles)) for circles in kinds)


def _write_long(longs: Sequence[Long], limit: int) -> str:
    return f"{longs[0].lines} ({sum(each.lines > limit for each in longs)} above {limit})"


def _write_fullest(figures: Figures) -> str:
    counts = figures.fullest_folders.values()
    return f"{max(counts)} ({sum(count > FULLEST_FOLDER for count in counts)} above {FULLEST_FOLDER})"


def _write_places(places: Sequence[str]) -> str:
    tools = sum(place.startswith(TOOLS) for place in places)
    return f"{len(places) - tools} · {tools}"


def _write_field(field: str) -> tuple[str, Callable[[Figures], str]]:
    return f"files with {field}: product · tools", lambda figures: _write_places(figures.field_places[field])


_ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("circles: files · folders · rooms", _write_circles),
    ("longest file", lambda figures: _write_long(figures.longest_files, LONGEST_FILE)),
    ("longest function", lambda figures: _write_long(figures.longest_functions, LONGEST_FUNCTION)),
    ("fullest folder", _write_fullest),
    ("places that build a wish: product · tools", lambda figures: _write_places(figures.wish_places)),
    *(_write_field(field) for field in SERVICE_FIELDS),
    ("event → e-mail: imports down · up", lambda figures: f"{figures.telling.down} · {figures.telling.up}"),
    ("event → e-mail: tells · asks", lambda figures: f"{figures.telling.tells} · {figures.telling.asks}"),
    ("bookings named in notifications", lambda figures: str(figures.telling.mentions)),
)
