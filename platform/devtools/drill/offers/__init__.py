"""``./dev drill offers``: 500 random bookings; every door that shows times for them takes exactly those.

Extras, parties, several services, chosen people and groups, at random businesses with limits and
holds. Each time that the customer's pages, the workspace and the API offer is taken through the
same door and undone; others are asked for too, and must be refused.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import complain, say

COUNT, SEED = 500, 7


def run(argv: Sequence[str]) -> int:
    """Check, print what each door offered and how often it was wrong; 1 when it ever was."""
    parser = argparse.ArgumentParser(prog="./dev drill offers")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many bookings (default {COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"other businesses (default {SEED})")
    options = parser.parse_args(argv)
    set_up_django()
    logging.disable(logging.WARNING)  # every refusal is logged, and most of them are as it should be
    from devtools.drill.offers.rounds import run_in_scratch  # noqa: PLC0415 - Django's apps come first

    report = run_in_scratch(count=options.count, seed=options.seed)
    shares = ", ".join(f"{number} with {name}" for name, number in sorted(report.features.items()))
    say(f"{report.bookings} bookings (seed {options.seed}): {shares}")
    for name, offered in report.offered.items():
        wrong = {kind: sum(each.door == name and each.kind == kind for each in report.findings) for kind in KINDS}
        said = ", ".join(f"{wrong[kind]} {text}" for kind, text in KINDS.items())
        say(f"{name:<24} {offered:6} times offered, {report.tried[name]:6} asked for: {said}")
    for each in report.findings[:SHOWN]:
        complain(f"{each.kind}: {each.door} at {each.starts_at:%Y-%m-%d %H:%M}Z for {each.wish}")
    return 1 if report.findings else 0


KINDS = {"refused": "offered and refused", "hidden": "given without being offered"}
SHOWN = 20
