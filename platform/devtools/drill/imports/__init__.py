"""``./dev drill imports``: a file with 10,000 customers is read, told of exactly, written, brought again and undone.

300 problems are planted in it, in 30 columns, with semicolons and in Latin-1; then once more with what makes it as
large as a file may be. Then visits, with a mark of their encoding, dates as numbers, and days and months in either
order.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import say

COUNT, VISITS, PLANTED = 10_000, 600, 300


def run(argv: Sequence[str]) -> int:
    """Print the figures; 1 when a problem was not told, or undoing left something."""
    parser = argparse.ArgumentParser(prog="./dev drill imports")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many customers (default {COUNT})")
    parser.add_argument("--visits", type=int, default=VISITS, help=f"how many visits (default {VISITS})")
    parser.add_argument("--planted", type=int, default=PLANTED, help=f"how many problems (default {PLANTED})")
    options = parser.parse_args(argv)
    set_up_django()
    from devtools.drill.imports.rounds import run_in_scratch  # noqa: PLC0415 - Django's apps come first

    is_right = True
    for figures in run_in_scratch(count=options.count, visits=options.visits, planted=options.planted):
        say(
            f"{figures.name}, {figures.megabytes:.1f} MB: taken {figures.taken:.1f} s, "
            f"read {figures.read:.1f} s, checked {figures.checked:.1f} s, "
            f"written {figures.written:.1f} s, undone {figures.undone:.1f} s; {figures.created} created, "
            f"{figures.refused} left out, {figures.again} made again, {figures.left} left after undoing; "
            f"peak {figures.peak:.0f} MB, {figures.before:.0f} MB before"
            f"{'' if figures.is_right else '; WRONG'}"
        )
        is_right = is_right and figures.is_right
    return 0 if is_right else 1
