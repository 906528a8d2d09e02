"""``./dev drill platform``: the whole server is backed up and brought back at this moment, on a second one.

Twice: with three small businesses, and with one more of 50,000 bookings and 2,000 photos. Prints seconds and sizes of
a full and of an incremental backup, and what `manage restore_drill` prints: how much would have been lost, how long it
took until a server answered, and whether every count and file is as it was. In between beat and a worker keep the log
for minutes while somebody writes (`devtools.drill.platform.beating`), and then everything is lost at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import say

BOOKINGS, PHOTOS, MINUTES = 50_000, 2000, 5.0


def run(argv: Sequence[str]) -> int:
    """Print the figures; 1 when anything that came back differs."""
    parser = argparse.ArgumentParser(prog="./dev drill platform")
    parser.add_argument("--bookings", type=int, default=BOOKINGS, help=f"default {BOOKINGS}; 0: small businesses alone")
    parser.add_argument("--photos", type=int, default=PHOTOS, help=f"of 30 kB each; default {PHOTOS}")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"with beat; default {MINUTES:g}; 0: without")
    parser.add_argument("--key", action="store_true", help="encrypt, and restore with the key")
    options = parser.parse_args(argv)
    set_up_django()
    from devtools.drill.platform.rounds import run_rounds  # noqa: PLC0415 - Django's apps come first

    is_equal = True
    rounds = run_rounds(
        bookings=options.bookings, photos=options.photos, is_encrypted=options.key, minutes=options.minutes
    )
    for found in rounds:
        say(f"== {found.name}")
        for line in found.lines:
            say(line)
        is_equal = is_equal and found.is_equal
    return 0 if is_equal else 1
