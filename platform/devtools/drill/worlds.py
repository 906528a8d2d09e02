"""``./dev drill worlds``: the engine against the minute-by-minute oracle, in many random worlds.

The tests have the same cases for the first 240 worlds; a failure names the seed of its world.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools.commands import run_python
from devtools.processes import own_environment
from devtools.terminal import say

TESTS = "tests/property/scheduling/test_engine_agreement.py"
COUNT_VARIABLE = "RANDOM_WORLDS"
COUNT = 2500


def run(argv: Sequence[str]) -> int:
    """Run the cases and return pytest's exit code."""
    parser = argparse.ArgumentParser(prog="./dev drill worlds")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many worlds (default {COUNT})")
    options = parser.parse_args(argv)
    variables = own_environment(**{COUNT_VARIABLE: str(options.count)})
    code = run_python(["-m", "devtools", "test", "-q", TESTS], environment=variables)
    say(f"{options.count} worlds: engine and oracle {'agree' if code == 0 else 'DIFFER'}")
    return code
