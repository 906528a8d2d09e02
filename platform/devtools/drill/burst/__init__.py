"""``./dev drill burst``: 300 bookings at once, in one business and in several; how long do customers wait for word?

With the demo's settings: one worker with two processes, mails and SMS by the local carriers. Some of the
bookings are cancelled by their customers at once, some are later moved there and back by staff. Customers'
confirmations must leave within 30 s (p95) though each booking also tells the owner and a mechanic; of a booking
no message may overtake another, and what was undone may not leave at all.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from devtools.bench.settings import set_up_django
from devtools.terminal import complain, say

BOOKINGS, BUSINESSES = 300, 6
MOST_P95_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 300.0


def run(argv: Sequence[str]) -> int:
    """Book, wait until everything has left, print the figures; 1 when one is not as it must be."""
    parser = argparse.ArgumentParser(prog="./dev drill burst")
    parser.add_argument("--count", type=int, default=BOOKINGS, help=f"bookings of a burst (default {BOOKINGS})")
    options = parser.parse_args(argv)
    set_up_django()
    logging.disable(logging.WARNING)
    from devtools.drill.burst.rounds import prepare_platform, run_burst, running_businesses  # noqa: PLC0415 - Django's apps come first
    from devtools.drill.burst.worker import running_worker  # noqa: PLC0415

    is_right = True
    prepare_platform()
    with TemporaryDirectory() as folder, running_worker(Path(folder)):
        for businesses in (1, BUSINESSES):
            with running_businesses(businesses) as tenants:
                report = run_burst(tenants, bookings=options.count, wait_seconds=LONGEST_WAIT_SECONDS)
            say(f"{options.count} bookings in {businesses} business(es), made in {report.booked_seconds:.1f} s")
            for line in report.describe():
                say(f"  {line}")
            faults = report.list_faults(most_p95_seconds=MOST_P95_SECONDS)
            for fault in faults:
                complain(fault)
            is_right = is_right and not faults
    return 0 if is_right else 1
