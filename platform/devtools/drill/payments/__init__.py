"""``./dev drill payments``: 2,000 random walks, a crowd, a thousand processes that are killed, and a scan for cards.

After each walk of customers, staff, provider, postman and workers, what was received less what went back is what the
ledger says and what the provider has; no visit is without its deposit, and no deposit without a visit, a refund or what
the terms keep. Of 200 customers for 50 places 50 pay and come. Processes die between charge and commit: nobody is
charged twice. At last every card of the stand-in is used, and no card number is anywhere afterwards. The provider is
the stand-in.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import complain, say

COUNT, SEED, KILLS, SHOWN = 2000, 1, 100, 20
PORTION = 250
"""Walks that share a business and a stand-in; what they found is printed when they have ended."""


def run(argv: Sequence[str]) -> int:
    """Do the four parts, print what happened and what was wrong; 1 when anything was."""
    parser = argparse.ArgumentParser(prog="./dev drill payments")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many walks (default {COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the first walk (default {SEED})")
    parser.add_argument(
        "--kills", type=int, default=KILLS, help=f"payments that are killed at a point (default {KILLS})"
    )
    options = parser.parse_args(argv)
    set_up_django()
    logging.disable(logging.ERROR)  # refusals, and faults that are caused here; not what ends the drill
    from devtools.drill.payments import rounds  # noqa: PLC0415 - Django's apps come first
    from devtools.drill.payments.deaths import POINTS  # noqa: PLC0415

    done, count = Counter[str](), 0
    last = options.seed + options.count
    for first in range(options.seed, last, PORTION):
        happened, findings = rounds.walk_in_scratch(range(first, min(first + PORTION, last)))
        done += happened
        count += _complain(findings)
    say(f"{options.count} walks from seed {options.seed}, {sum(done.values())} steps")
    for name, said in sorted(_group(done).items()):
        say(f"  {name:<12} {said}")
    crowd = rounds.serve_crowd_in_scratch()
    say(
        f"200 customers for 50 places: {crowd.visits} visits, {crowd.captured} captured, {crowd.free} never charged, "
        f"{crowd.refused_falsely} false refusals"
    )
    count += _complain([*crowd.findings, *["the crowd was served wrongly"] * (not crowd.is_right)])
    not_healed = rounds.kill_in_scratch(options.kills)
    say(f"{options.kills} payments killed at each of {len(POINTS)} points: {len(not_healed)} findings")
    count += _complain(not_healed)
    scan = rounds.scan_in_scratch()
    say(f"card numbers: {len(scan.found)} in {', '.join(f'{read} of {place}' for place, read in scan.read.items())}")
    count += _complain(scan.findings)
    say(f"{count} findings")
    return 1 if count else 0


def _complain(findings: Sequence[str]) -> int:
    """Print what a part found as soon as it has ended; return how much it was."""
    for each in findings[:SHOWN]:
        complain(each)
    return len(findings)


def _group(done: Counter[str]) -> dict[str, str]:
    names = {name.rpartition(" ")[0] for name in done}
    kinds = ("done", "refused", "died")
    return {
        name: ", ".join(f"{done[f'{name} {kind}']} {kind}" for kind in kinds if done[f"{name} {kind}"])
        for name in names
    }
