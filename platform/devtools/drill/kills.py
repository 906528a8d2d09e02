"""``./dev drill kills``: ``kill -9`` of workers and of Redis while bookings come in, again and again.

The tests kill once; here every round is another business, other moments and other work in hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.commands import run_python
from devtools.processes import own_environment
from devtools.terminal import say

TESTS = ("tests/e2e/whole/test_killed_servers.py", "tests/integration/scheduling/messages/test_killed_worker.py")
ROUNDS = 3


def run(argv: Sequence[str]) -> int:
    """Run the rounds, print how each went, and return 1 when anybody was not served or not told."""
    parser = argparse.ArgumentParser(prog="./dev drill kills")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often (default {ROUNDS})")
    options = parser.parse_args(argv)
    # -s: the tests say how many bookings, how slow, and how many messages left twice.
    command = ("-m", "devtools", "test", "-q", "-s", *TESTS)
    codes = [run_python(command, environment=own_environment()) for _ in range(options.rounds)]
    lost = sum(code != 0 for code in codes)
    say(f"{options.rounds} rounds of kills: {lost} lost something")
    return 1 if lost else 0
