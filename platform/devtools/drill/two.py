"""``./dev drill two``: two of everything behind Caddy; one of each is killed, then all are restarted in turn.

300 bookings each time, by programs that ask again with the same key, and others who look all the time. A restart
in order may cost nobody a request; a ``kill -9`` may cost those whom the process was just serving a second try with
Debian's Caddy 2.6, and nothing with one that reads the marked lines of its file. Nothing that was confirmed may be
missing, and everybody is told, in the end of what the killed worker had in hand: its leases run out as they do in
production.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.environment import read_environment
from devtools.drill.pair import proxy
from devtools.drill.pair.judging import look_at_work
from devtools.drill.pair.load import VISITORS, Load, booking, read_shop
from devtools.drill.pair.site import Pair, running_pair, start_over
from devtools.servers.embedded import running_servers
from devtools.terminal import complain, say

BOOKINGS = 300
PAUSE_SECONDS = 1.2
"""Of each visitor: a restart of everything takes a minute, and people book all the while."""
IN_HAND = 1
"""Mails that a killed worker may have handed over and not noted: it does one thing at a time."""
SLUG = "de-a-dos"

Act = Callable[[Pair, Callable[[int], None], int], None]


@dataclass(frozen=True, slots=True)
class Round:
    """Something that happens while people book.

    Attributes:
        most_failed: How many requests it may cost.
        pause_seconds: How long each visitor waits between two bookings.
    """

    name: str
    act: Act
    most_failed: int
    pause_seconds: float

    def judge(self, load: Load, *, wanted: int) -> list[str]:
        """Say what must not be: requests that failed beyond what it may cost, people who were never served."""
        missing = wanted - len(load.booked)
        return [
            *([f"{self.name}: {load.failed} requests failed"] if load.failed > self.most_failed else []),
            *([f"{self.name}: {missing} people were never served"] if missing else []),
        ]


def run(argv: Sequence[str]) -> int:
    """Run both rounds and print what visitors saw; 1 when something failed that must not, or is missing."""
    parser = argparse.ArgumentParser(prog="./dev drill two")
    parser.add_argument("--bookings", type=int, default=BOOKINGS, help=f"of each round (default {BOOKINGS})")
    options = parser.parse_args(argv)
    state = start_over(read_environment().state_dir / "two")
    with running_servers(state, is_durable=True) as servers, running_pair(state / "site", servers) as pair:
        caddy = proxy.find_caddy()
        say(f"Caddy {'with' if proxy.is_newer(caddy) else 'without'} the marked lines: {caddy}")
        schema = pair.fill(SLUG, bookings=0)
        shop = read_shop(pair, SLUG, count=2 * options.bookings)
        killed = 0 if proxy.is_newer(caddy) else VISITORS
        rounds = (
            Round("kill -9 of a web process and a worker", _kill_one_of_each, most_failed=killed, pause_seconds=0.0),
            Round("restart of everything in turn", _restart_in_turn, most_failed=0, pause_seconds=PAUSE_SECONDS),
        )
        booked: dict[str, str] = {}
        faults: list[str] = []
        for number, each in enumerate(rounds):
            first, pause = number * options.bookings, each.pause_seconds
            with booking(pair, shop, count=options.bookings, first=first, pause_seconds=pause) as (load, wait_for):
                each.act(pair, wait_for, options.bookings)
                within = len(load.booked)
            booked |= load.booked
            say(f"{each.name}, {within} booked when it was over: {load.describe()}; failed requests: {load.failed}")
            faults += each.judge(load, wanted=options.bookings)
        kept = look_at_work(pair, schema, booked)
    say(f"work: {kept.describe()}")
    faults += kept.judge(most_doubled=IN_HAND)
    for fault in faults:
        complain(fault)
    return 1 if faults else 0


def _kill_one_of_each(pair: Pair, wait_for: Callable[[int], None], bookings: int) -> None:
    wait_for(bookings // 6)
    pair.kill("web-1")
    wait_for(bookings // 2)
    pair.kill("worker-1")


def _restart_in_turn(pair: Pair, wait_for: Callable[[int], None], bookings: int) -> None:
    wait_for(bookings // 10)
    pair.restart_all()
