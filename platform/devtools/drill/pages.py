"""``./dev drill pages``: are pages and calls fast enough against a bare view, in the median of the rounds?

The figures are those of ``./dev bench http``, which has the goals too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from devtools.processes import own_environment
from devtools.terminal import complain, say

ROUNDS = 5


def run(argv: Sequence[str]) -> int:
    """Measure, print each ratio beside its goal, and return 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="./dev drill pages")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds of the measurement (default {ROUNDS})")
    options = parser.parse_args(argv)
    command = [sys.executable, "-m", "devtools.inside", "bench", "http", "--json", "--rounds", str(options.rounds)]
    done = subprocess.run(command, env=own_environment(), stdout=subprocess.PIPE, check=False)
    if done.returncode:
        complain(f"the measurement ended with {done.returncode}")
        return 1
    missed = judge(json.loads(done.stdout)["here"])
    return 1 if missed else 0


def judge(figures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Print each kind that has a goal and return the names of those that miss it."""
    missed = []
    for each in figures:
        if each["goal"] is None:
            continue
        ratio = median(each["ratios"])
        outcome = "met" if ratio >= each["goal"] else "MISSED"
        say(f"{each['name']:<14} {ratio:.2f} of the bare view, goal {each['goal']:.2f}: {outcome}")
        if outcome != "met":
            missed.append(each["name"])
    return missed
