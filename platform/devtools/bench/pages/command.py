"""Serves, walks, lets Lighthouse look, and prints both tables."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from config.environment import ROOT, Environment, read_environment
from devtools.bench.checkouts import checked_out
from devtools.bench.pages import served
from devtools.bench.pages.lighthouse import GOALS, Look, install, look_at, take_median
from devtools.bench.pages.walker import Seen, Walker
from devtools.bench.serving import Served, serve
from devtools.chromium import find_chromium
from devtools.errors import DevtoolsError
from devtools.servers.embedded import Servers
from devtools.terminal import say

ROUNDS, RUNS = 15, 3
FIRST = "first page"
LOOKED = (FIRST, "vehicle", "times", "details", "manage page")
"""What Lighthouse looks at; only the first one is for search engines, the others ask them to stay away."""

LANGUAGE = "es-MX"


@dataclass(frozen=True, slots=True)
class Step:
    """What one answer costs: medians over all rounds.

    Attributes:
        ratio: Of the times, to the same step of the version it is compared with, median of the rounds; None: there is
            none. ``cpu_ratio`` is that of ``cpu_ms``.
    """

    name: str
    milliseconds: float
    cpu_ms: float
    queries: int
    most_queries: int
    ratio: float | None = None
    cpu_ratio: float | None = None


def run(argv: Sequence[str]) -> int:
    """Measure and print; 1 when the first page misses a goal."""
    options = _parse(argv)
    environment = read_environment()
    load = os.getloadavg()
    with ExitStack() as stack:
        script = install(environment.state_dir / "tools") if options.only != "server" else None
        here, there = _serve_all(stack, environment, options.against)
        steps, earlier = measure(here, there, options.rounds) if options.only != "lighthouse" else ([], [])
        looks = _look(here, script, options.runs) if script is not None else {}
    if options.json:
        found = {"load": load, "steps": steps, "earlier": earlier, "looks": looks}
        print(json.dumps(found, default=asdict))
    else:
        say(f"load before: {' '.join(f'{each:.2f}' for each in load)}")
        _print_steps(steps, earlier, options.rounds, options.against)
        _print_looks(looks, options.runs)
    missed = looks[FIRST].list_missed() if looks else []
    for each in missed:
        say(f"MISSED on the first page: {each}")
    return 1 if missed else 0


def measure(here: Walker, there: Walker | None, rounds: int) -> tuple[list[Step], list[Step]]:
    """Walk through both in turns; the first round warms up. Returns the steps of each."""
    walkers = [here] if there is None else [here, there]
    kept: list[list[list[Seen]]] = [[] for _ in walkers]
    for number in range(rounds + 1):
        for which in range(len(walkers)) if number % 2 else reversed(range(len(walkers))):
            seen = walkers[which].walk(number)
            if number:
                kept[which].append(seen)
    earlier = kept[1] if there else []
    return summarize(kept[0], earlier), summarize(earlier, [])


def summarize(rounds: Sequence[Sequence[Seen]], earlier: Sequence[Sequence[Seen]]) -> list[Step]:
    """Take the medians; ``earlier`` are the same rounds of what the steps are compared with."""
    if not rounds:
        return []
    own, others = [_by_name(each) for each in rounds], [_by_name(each) for each in earlier]
    steps = []
    for name in own[0]:
        pairs = list(zip(own, others, strict=True)) if others and name in others[0] else []
        steps.append(
            Step(
                name=name,
                milliseconds=median(each[name].milliseconds for each in own),
                cpu_ms=median(each[name].cpu_ms for each in own),
                queries=round(median(each[name].queries for each in own)),
                most_queries=max(each[name].queries for each in own),
                ratio=median(now[name].milliseconds / then[name].milliseconds for now, then in pairs)
                if pairs
                else None,
                cpu_ratio=median(now[name].cpu_ms / old[name].cpu_ms for now, old in pairs) if pairs else None,
            )
        )
    return steps


def _by_name(seen: Sequence[Seen]) -> dict[str, Seen]:
    return {each.name: each for each in seen}


def _serve_all(stack: ExitStack, environment: Environment, against: str) -> tuple[Walker, Walker | None]:
    """Serve this checkout, and the other version when one is named."""
    servers = Servers(database_url=environment.database_url or "", redis_url=environment.redis_url or "")
    state = environment.state_dir
    roots = [ROOT]
    if against:
        roots.append(stack.enter_context(checked_out(against, state / "pages" / "against")))
    walkers = []
    for number, root in enumerate(roots, start=1):
        with _naming(root):
            running: Served = stack.enter_context(
                serve(root, servers, number=number, state=state / f"pages-{number}", script=Path(served.__file__))
            )
        walkers.append(Walker(running.port, running.database_url))
    return walkers[0], walkers[1] if against else None


@contextmanager
def _naming(root: Path) -> Iterator[None]:
    try:
        yield
    except DevtoolsError as error:
        message = f"{root} cannot be served: {error}"
        raise DevtoolsError(message) from error


def _look(walker: Walker, script: Path, runs: int) -> dict[str, Look]:
    chromium = find_chromium()
    if chromium is None:
        raise DevtoolsError("there is no Chromium; on Debian or Ubuntu run: apt install chromium")
    looks = {}
    for number, name in enumerate(LOOKED):
        walker.walk(9000 + number)  # a time is kept for ten minutes only
        url = walker.origin + walker.paths[name]
        looks[name] = take_median([look_at(script, url, chromium=chromium, language=LANGUAGE) for _ in range(runs)])
    return looks


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench pages")
    parser.add_argument("--against", default="", metavar="COMMIT", help="walk through that version in turns with this")
    parser.add_argument("--only", choices=("server", "lighthouse"), default="", help="leave the other part out")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many visitors walk ({ROUNDS})")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs of Lighthouse for each page ({RUNS})")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


def _print_steps(steps: Sequence[Step], earlier: Sequence[Step], rounds: int, against: str) -> None:
    if not steps:
        return
    compared = f"; then the same at {against}, and ratios" if earlier else ""
    say(f"time in the server and CPU of its Python, medians of {rounds} rounds, and queries{compared}")
    before: Mapping[str, Step] = {each.name: each for each in earlier}
    for step in steps:
        line = f"  {step.name:<14}{_describe(step)}"
        if step.name in before:
            line += f"   {_describe(before[step.name])}   x{step.ratio:.2f}, CPU x{step.cpu_ratio:.2f}"
        say(line)


def _describe(step: Step) -> str:
    most = f"-{step.most_queries}" if step.most_queries != step.queries else ""
    return f"{step.milliseconds:7.1f} ms {step.cpu_ms:6.1f} ms {step.queries:>4}{most:<4}"


def _print_looks(looks: Mapping[str, Look], runs: int) -> None:
    if not looks:
        return
    say(f"Lighthouse on a phone, median of {runs} runs: {', '.join(GOALS)}; largest paint, shift, requests, bytes")
    for name, look in looks.items():
        scores = "".join(f"{look.scores[each]:>5}" for each in GOALS)
        sizes = ", ".join(f"{kind} {size}" for kind, size in look.sizes.items())
        say(f"  {name:<14}{scores}   {look.shown_ms:5.0f} ms   {look.shift:.3f}   {look.requests:>2}   {sizes}")
        if look.faults:
            say(f"  {'':<14} not passed: {', '.join(look.faults)}")
