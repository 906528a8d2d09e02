"""``./dev drill holds``: holds that ended and that nobody swept are in nobody's way, however many they are.

Sixty of one group of seven are confirmed at once: every seat is given, once. Then the next booking is timed
beside a thousand of them, onto the place of one, and beside none.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import say

LATE, HOLDS = 60, 1000


def run(argv: Sequence[str]) -> int:
    """Print the figures; 1 when a seat stayed free, was given twice, or somebody met an error."""
    parser = argparse.ArgumentParser(prog="./dev drill holds")
    parser.add_argument("--late", type=int, default=LATE, help=f"how many are confirmed at once (default {LATE})")
    parser.add_argument("--holds", type=int, default=HOLDS, help=f"how many stand around (default {HOLDS})")
    options = parser.parse_args(argv)
    set_up_django()
    from devtools.drill.holds.rounds import SEATS, run_in_scratch  # noqa: PLC0415 - Django's apps come first

    crowd, pace = run_in_scratch(late=options.late, holds=options.holds)
    say(
        f"{options.late} ended holds of a group of {SEATS}, confirmed at once: {crowd.accepted} accepted, "
        f"{crowd.refused} refused, {crowd.failed} failed; p50 {crowd.p50_ms:.0f} ms, p99 {crowd.p99_ms:.0f} ms"
    )
    say(
        f"the next booking over one beside no hold ({pace.usual_ms:.1f} ms): {pace.beside:.2f} beside "
        f"{options.holds} ended ones, {pace.onto:.2f} onto the place of one"
    )
    return 0 if crowd.is_right else 1
