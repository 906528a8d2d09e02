"""``./dev bench http``: pages and calls through the served application, against a bare Django view.

The application is served as in ``./dev demo`` (uvicorn, one process, DEBUG off), with its sample
businesses in a database of its own. FLOOR: a view without any middleware in the same server, through
the same handler and the same database connections; it answers 100 rows, or inserts one. Eight
connections that are kept alive. Every round sends each kind once, one kind after the other; a ratio is
the application's requests per second over the floor's of the same round, and its median counts.
``cpu``: milliseconds of CPU for one request in the server, its PostgreSQL and its Redis.

``--at PATH`` serves another checkout beside this one, with a database and a floor of its own, and
measures both in turns: before and after, in the same minutes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from config.environment import ROOT, read_environment
from devtools.bench.callers.traffic import Passage, send_all
from devtools.bench.callers.visitors import Visitors
from devtools.bench.serving import Served, Spent, serve
from devtools.servers.embedded import Servers

CONNECTIONS, ROUNDS = 8, 5
READS, WRITES = 400, 150
"""Requests of one kind in one round."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests that are measured together.

    Attributes:
        floor: The kind that it is compared with; empty: it is a floor itself.
        goal: The least ratio to the floor that is still good; None: only reported.
    """

    name: str
    make: Callable[[Visitors, int], list[bytes]]
    status: int
    requests: int
    floor: str = ""
    goal: float | None = None


KINDS = (
    Kind("read_floor", lambda visitors, count: [visitors.read_rows()] * count, 200, READS),
    Kind("first_page", lambda visitors, count: [visitors.open_page()] * count, 200, READS, "read_floor", 0.40),
    Kind("availability", lambda visitors, count: [visitors.ask_week()] * count, 200, READS, "read_floor", 0.50),
    Kind("board", lambda visitors, count: [visitors.open_board()] * count, 200, WRITES, "read_floor"),
    Kind("write_floor", lambda visitors, count: [visitors.insert_row()] * count, 201, READS),
    Kind("booking", lambda visitors, count: visitors.list_bookings(count), 201, WRITES, "write_floor", 0.25),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind in one round."""

    passage: Passage
    spent: Spent


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of one kind over all rounds; CPU in milliseconds for one request."""

    name: str
    per_second: float
    ratios: tuple[float, ...]
    server_ms: float
    database_ms: float
    redis_ms: float
    client_ms: float
    goal: float | None = None

    @property
    def ratio(self) -> float | None:
        """Its requests per second over the floor's; None: it is a floor."""
        return median(self.ratios) if self.ratios else None

    @property
    def is_met(self) -> bool:
        """Tell whether the goal is reached, if there is one."""
        return self.goal is None or self.ratio is None or self.ratio >= self.goal


class Subject:
    """One served checkout and those who ask it."""

    def __init__(self, name: str, served: Served) -> None:
        self.name = name
        self.rounds: dict[str, list[Measured]] = {kind.name: [] for kind in KINDS}
        self._served = served
        self._visitors = Visitors(served.port)

    def send(self, kind: Kind, *, is_kept: bool = True) -> None:
        """Send the requests of one kind; those to warm up with are not kept."""
        requests = kind.make(self._visitors, kind.requests)
        before = self._served.read_spent()
        passage = send_all(self._served.port, requests, status=kind.status, connections=CONNECTIONS)
        if is_kept:
            self.rounds[kind.name].append(Measured(passage, self._served.read_spent().since(before)))

    def list_figures(self) -> list[Figures]:
        """Return what the rounds say."""
        return [summarize(kind, self.rounds[kind.name], self.rounds.get(kind.floor)) for kind in KINDS]


def run(argv: Sequence[str]) -> int:
    """Measure and print."""
    options = _parse(argv)
    environment = read_environment()
    servers = Servers(database_url=environment.database_url or "", redis_url=environment.redis_url or "")
    roots = {"here": ROOT} | ({"there": options.at.resolve()} if options.at else {})
    with ExitStack() as stack:
        subjects = []
        for number, (name, root) in enumerate(roots.items(), start=1):
            state = environment.state_dir / f"http-{name}"
            served = stack.enter_context(serve(root, servers, number=number, state=state))
            subjects.append(Subject(name, served))
        _measure(subjects, options.rounds)
        results = {subject.name: subject.list_figures() for subject in subjects}
    if options.json:
        print(json.dumps({name: [asdict(each) for each in figures] for name, figures in results.items()}))
    else:
        for name, figures in results.items():
            _print(roots[name], figures)
    return 0


def summarize(kind: Kind, rounds: Sequence[Measured], floors: Sequence[Measured] | None) -> Figures:
    """Take the medians; ``floors`` are the same rounds of what the kind is compared with."""

    def find_milliseconds(read: Callable[[Measured], float]) -> float:
        return median(read(each) / each.passage.requests for each in rounds) * 1000

    pairs = zip(rounds, floors, strict=True) if floors else ()
    ratios = tuple(own.passage.per_second / floor.passage.per_second for own, floor in pairs)
    return Figures(
        name=kind.name,
        per_second=median(each.passage.per_second for each in rounds),
        ratios=ratios,
        server_ms=find_milliseconds(lambda each: each.spent.server),
        database_ms=find_milliseconds(lambda each: each.spent.database),
        redis_ms=find_milliseconds(lambda each: each.spent.redis),
        client_ms=find_milliseconds(lambda each: each.passage.client_seconds),
        goal=kind.goal,
    )


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench http")
    parser.add_argument("--at", type=Path, metavar="PATH", help="measure the checkout there in turns with this one")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many rounds ({ROUNDS})")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


def _measure(subjects: Sequence[Subject], rounds: int) -> None:
    """Send everything in turns; the first round warms up."""
    for number in range(rounds + 1):
        for kind in KINDS:
            for subject in subjects if number % 2 else subjects[::-1]:
                subject.send(kind, is_kept=number > 0)


def _print(root: Path, figures: Sequence[Figures]) -> None:
    print(f"{root}: medians of {len(figures[0].ratios or figures[1].ratios)} rounds, {CONNECTIONS} connections")
    for each in figures:
        line = f"  {each.name:<13}{each.per_second:7.0f} /s"
        line += f"   cpu {each.server_ms:6.2f} + {each.database_ms:5.2f} + {each.redis_ms:5.2f} ms"
        line += f"   client {each.client_ms:5.2f} ms"
        if each.ratio is not None:
            line += f"   ratio {each.ratio:.2f} ({min(each.ratios):.2f}-{max(each.ratios):.2f})"
        if each.goal is not None:
            line += f"  goal >= {each.goal:.2f}: {'met' if each.is_met else 'MISSED'}"
        print(line)
