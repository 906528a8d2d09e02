"""``./dev drill copies``: a large business is backed up, tried, restored and taken along, and is the same each time.

50,000 bookings and 2,000 photos unless told otherwise. Prints seconds, sizes, the peak of memory, and how much longer
``pg_dump`` of the same schema takes in the same run (its rows alone).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import say

BOOKINGS, PHOTOS = 50_000, 2000


def run(argv: Sequence[str]) -> int:
    """Print the figures; 1 when anything that came back differs."""
    parser = argparse.ArgumentParser(prog="./dev drill copies")
    parser.add_argument("--bookings", type=int, default=BOOKINGS, help=f"default {BOOKINGS}")
    parser.add_argument("--photos", type=int, default=PHOTOS, help=f"of 30 kB each; default {PHOTOS}")
    options = parser.parse_args(argv)
    set_up_django()
    from devtools.drill.copies.rounds import run_in_scratch  # noqa: PLC0415 - Django's apps come first

    found = run_in_scratch(bookings=options.bookings, photos=options.photos)
    for step in found.steps:
        say(f"{step.name:<32} {step.seconds:8.2f} s  {step.about}")
    say(f"peak of memory: {found.peak_megabytes:.0f} MB, {found.start_megabytes:.0f} MB before the first archive")
    say(
        "ok    export, import, export: every table, sheet and file is equal"
        if found.is_equal
        else "FAIL  these differ:"
    )
    for each in found.differing:
        say(f"          {each}")
    return 0 if found.is_equal else 1
