"""Drills that are tests, repeated: every round has another business, other moments and other work in hand."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.commands import run_python
from devtools.processes import own_environment
from devtools.terminal import say

ROUNDS = 3


def repeat_tests(name: str, tests: Sequence[str], argv: Sequence[str], *, what: str) -> int:
    """Run the tests as often as asked, print how each round went, and return 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog=f"./dev drill {name}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often (default {ROUNDS})")
    options = parser.parse_args(argv)
    # -s: the tests say how many bookings, how slow, and how many messages left twice.
    command = ("-m", "devtools", "test", "-q", "-s", *tests)
    codes = [run_python(command, environment=own_environment()) for _ in range(options.rounds)]
    lost = sum(code != 0 for code in codes)
    say(f"{options.rounds} rounds of {what}: {lost} lost something")
    return 1 if lost else 0
