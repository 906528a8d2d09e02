"""``./dev pictures``: takes the product page's pictures anew, from a running ``./dev demo``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from config.environment import ROOT, read_environment
from devtools.chromium import find_chromium
from devtools.errors import DevtoolsError
from devtools.pictures.camera import PICTURES, take_pictures
from devtools.terminal import say
from kernel.iso import parse_date

FOLDER = ROOT / "platform" / "web" / "static" / "img" / "product"
LARGEST_KILOBYTES = 110
SATURDAY = 5


def run_pictures(arguments: Sequence[str]) -> int:
    """Take the pictures, say how large they are, and return 1 when one is too large for the page."""
    options = parse_arguments(arguments)
    executable = find_chromium()
    if executable is None:
        raise DevtoolsError("there is no Chromium; on Debian or Ubuntu run: apt install chromium")
    host = options.host or find_demo(read_environment().state_dir)
    take_pictures(host, on=options.date, folder=FOLDER, executable=executable)
    sizes = {each.name: (FOLDER / each.name).stat().st_size // 1024 for each in PICTURES}
    for name, kilobytes in sizes.items():
        say(f"{name:<22} {kilobytes:>4} kB")
    return int(max(sizes.values()) > LARGEST_KILOBYTES)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read ``[--host localhost:8000] [--date 2026-11-26]``."""
    parser = argparse.ArgumentParser(prog="./dev pictures")
    parser.add_argument("--host", help="of the demo; else of the one that runs from this checkout")
    parser.add_argument("--date", type=parse_date, default=None, help="the board's day; else the next working day")
    options = parser.parse_args(arguments)
    options.date = options.date or find_working_day(date.today())  # noqa: DTZ011 - a date to look at, not an instant
    return options


def find_working_day(today: date) -> date:
    """Return the next day from Monday to Friday: its bookings are still to come, so the board shows them all alike."""
    day = today + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def find_demo(state: Path) -> str:
    """Return host and port of the demo that runs on a state folder.

    Raises:
        DevtoolsError: None does.
    """
    try:
        url = json.loads((state / "demo.json").read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError) as error:
        raise DevtoolsError("no demo runs here; start one with ./dev demo in another terminal") from error
    return str(url).removeprefix("http://").rstrip("/")
