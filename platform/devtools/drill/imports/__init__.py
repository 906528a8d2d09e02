"""``./dev drill imports``: a file with 10,000 customers is read, told of exactly, written and undone.

300 problems are planted in it, in 30 columns, with semicolons and in Latin-1; then once more with notes that make it as
large as a file may be.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import say

COUNT, PLANTED = 10_000, 300


def run(argv: Sequence[str]) -> int:
    """Print the figures; 1 when a problem was not told, or undoing left something."""
    parser = argparse.ArgumentParser(prog="./dev drill imports")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many customers (default {COUNT})")
    parser.add_argument("--planted", type=int, default=PLANTED, help=f"how many problems (default {PLANTED})")
    options = parser.parse_args(argv)
    set_up_django()
    from devtools.drill.imports.rounds import run_in_scratch  # noqa: PLC0415 - Django's apps come first

    is_right = True
    for figures in run_in_scratch(count=options.count, planted=options.planted):
        say(
            f"{figures.megabytes:.1f} MB: read {figures.read:.1f} s, checked {figures.checked:.1f} s, "
            f"written {figures.written:.1f} s, undone {figures.undone:.1f} s; {figures.created} created, "
            f"{figures.refused} left out, {figures.left} left after undoing; peak {figures.peak:.0f} MB"
        )
        is_right = is_right and figures.is_right
    return 0 if is_right else 1
