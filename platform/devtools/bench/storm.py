"""``./dev bench storm [--seconds 60]``: 32 connections book, hold, move and cancel at once.

Afterwards SQL that shares nothing with the engine says what was over capacity. Each refusal is
looked at again, by SQL as well and in one snapshot: when the place is free and nobody gave
anything of it back since the request began, it was refused while free. The connections belong
to a few processes; ``--isolation "repeatable read"`` gives them another default.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import DatabaseError, connection, transaction

from database.errors import find_sqlstate
from devtools.bench.workers import SERVERS_OWN, find_percentile, run_in_tenant
from devtools.scratch.overbooking import list_overbooked
from devtools.scratch.shop import add_place, add_rule, add_service, add_team
from devtools.scratch.tenant import empty_scheduling, temporary_tenant
from kernel.errors import DomainError
from scheduling.engine import BookablePeriod, RulePeriod
from scheduling.enums import ActorKind, BookingSource, RuleScope
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot, release_hold
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.types import CUSTOMER, Actor, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OPENING = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
DETAILS = VisitDetails(customer=CustomerDetails(name="Storm", email="storm@scratch.example"), wants_reminders=False)
STAFF = Actor(kind=ActorKind.STAFF)
CONNECTIONS, PROCESSES, DAYS, DEADLOCK = 32, 4, 3, "40P01"
MOST_P99_MS = 500.0
"""What the design asks for."""
NOBODY = 0
"""No booking has this id; a NULL would be equal to the missing booking of a group's rows."""
REFUSED = frozenset({SlotTaken.code, SlotUnavailable.code})

FREE_SQL = """
SELECT count(*) FROM scheduling_resource r WHERE r.id = ANY(%(pool)s) AND r.capacity > (
  SELECT count(*) FROM scheduling_allocation a
  WHERE a.resource_id = r.id AND a.is_active AND a.starts_at < %(ends)s AND a.ends_at > %(starts)s
    AND a.booking_id IS DISTINCT FROM %(own)s)
"""
SEAT_SQL = """
SELECT count(*) FROM scheduling_session s WHERE s.service_id = %(service)s AND s.is_active
  AND s.starts_at = %(starts)s AND %(seats)s > (
    SELECT coalesce(sum(b.party_size), 0) FROM scheduling_booking b WHERE b.session_id = s.id AND b.is_active)
"""
PERIODS_SQL = """
SELECT b.starts_at, b.ends_at FROM scheduling_booking b WHERE b.service_id = %(service)s AND b.is_active
  AND b.starts_at < %(ends)s AND b.ends_at > %(starts)s AND b.id IS DISTINCT FROM %(own)s
"""
COUNT_SQL = """
SELECT count(*) FROM scheduling_booking b WHERE b.service_id = %(service)s AND b.is_active
  AND b.starts_at >= %(day)s AND b.starts_at < %(day)s + interval '1 day' AND b.id IS DISTINCT FROM %(own)s
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A service of the storm: a pool for each part, which lasts as long as the visit.

    ``daily_limit`` or ``most_at_once`` are of a rule that counts starts on ``limited_weekdays``; nothing starts at or
    after ``last_hour``.
    """

    service_id: int
    pools: tuple[tuple[int, ...], ...]
    minutes: int
    buffer_minutes: int = 0
    seats: int | None = None
    daily_limit: int | None = None
    limited_weekdays: tuple[int, ...] = tuple(range(7))
    most_at_once: int | None = None
    last_hour: int | None = None

    def counts(self, starts_at: datetime) -> bool:
        """Tell whether its rule counts a start."""
        return starts_at.weekday() in self.limited_weekdays

    def occupied_until(self, starts_at: datetime) -> datetime:
        """Return the end of what a visit takes, buffer included."""
        return starts_at + timedelta(minutes=self.minutes + self.buffer_minutes)


@dataclass(frozen=True, slots=True)
class Made:
    """A booking of the storm; whoever takes it from the heap has it alone."""

    kind: Kind
    booking_id: int
    starts_at: datetime


@dataclass(slots=True)
class Return:
    """A place that is given back; ``ended`` stays infinite while it is going on.

    Instants are of the machine's monotonic clock, which all its processes share.
    """

    made: Made
    began: float
    ended: float = math.inf

    def concerns(self, kind: Kind, starts_at: datetime, *, since: float) -> bool:
        """Tell whether it may have freed what somebody asked for since an instant."""
        mine, day = self.made.starts_at, starts_at.date()
        is_near = mine < kind.occupied_until(starts_at) and self.made.kind.occupied_until(mine) > starts_at
        is_counted = kind.daily_limit is not None and self.made.kind == kind and mine.date() == day
        return self.ended >= since and (is_near or is_counted)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A refused request whose place was free when somebody looked again."""

    kind: Kind
    starts_at: datetime
    began: float
    looked: float
    own: int

    def is_explained(self, returns: Sequence[Return]) -> bool:
        """Tell whether somebody gave something of the place back between request and look."""
        others = (each for each in returns if each.made.booking_id != self.own and each.began <= self.looked)
        return any(each.concerns(self.kind, self.starts_at, since=self.began) for each in others)


@dataclass(slots=True)
class Log:
    """What happened on one connection; the bookings in its heap are its own."""

    outcomes: list[tuple[str, str, float]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    suspicions: list[Suspicion] = field(default_factory=list)
    full: int = 0
    heap: deque[Made] = field(default_factory=deque)

    @contextmanager
    def giving_back(self, made: Made) -> Iterator[None]:
        """Note that a place is being given back."""
        mine = Return(made, time.monotonic())
        self.returns.append(mine)
        yield
        mine.ended = time.monotonic()

    def take(self) -> Made | None:
        """Return the oldest booking of the heap, if there is one."""
        return self.heap.popleft() if self.heap else None


def run(argv: Sequence[str]) -> int:
    """Let it storm, print what was found, and return 1 when anything is not as it must be."""
    parser = argparse.ArgumentParser(prog="./dev bench storm")
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--isolation", default=SERVERS_OWN, help="default isolation level of the connections")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(argv)
    with temporary_tenant("storm") as tenant:
        figures = storm(tenant, seconds=options.seconds, processes=PROCESSES, isolation=options.isolation)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            goal = ""
            if name == "p99_ms":
                goal = f"  goal <= {MOST_P99_MS:g}: {'met' if value <= MOST_P99_MS else 'MISSED'}"
            print(f"{name:<28} {value:g}{goal}")
    return 0 if is_sound(figures) else 1


def is_sound(figures: dict[str, float]) -> bool:
    """Tell whether nothing was overbooked, nothing broke and nobody was refused in vain."""
    bad = ("over_capacity", "deadlocks_surfaced", "database_errors", "other_refusals", "refused_while_free")
    return not any(figures[name] for name in bad)


def storm(
    tenant: TenantInfo,
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    processes: int = 1,
    isolation: str = SERVERS_OWN,
    seed: int = 7,
) -> dict[str, float]:
    """Empty the tenant, let so many connections loose on it, and return the figures."""
    kinds, deadlocks = call_in_tenant(tenant.schema_name, _prepare, tenant)
    logs = run_in_tenant(
        partial(_storm_on, kinds, seconds, seed),
        schema_name=tenant.schema_name,
        connections=connections,
        processes=processes,
        isolation=isolation,
    )
    return call_in_tenant(tenant.schema_name, _sum_up, logs, deadlocks=deadlocks)


def _storm_on(kinds: Sequence[Kind], seconds: float, seed: int, number: int, wait: Callable[[], object]) -> Log:
    dice = random.Random(seed * 1000 + number)  # noqa: S311 - a storm that can be repeated
    log = Log()
    wait()
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        _act(dice, kinds, log)
    return log


def _prepare(tenant: TenantInfo) -> tuple[list[Kind], int]:
    empty_scheduling(tenant)
    return make_kinds(), _read_deadlocks()


def make_kinds() -> list[Kind]:
    """Set up four people, three bays and a room, and seven services that share them."""
    place = add_place("Storm")

    def team(*names: str, capacity: int = 1) -> tuple[int, ...]:
        return add_team(place, names, type_name="Storm", capacity=capacity)

    def kind(name: str, *pools: tuple[int, ...], minutes: int, buffer: int = 0, seats: int | None = None) -> Kind:
        service_id = add_service(
            *pools, name=name, duration_minutes=minutes, step_minutes=30, buffer_after_minutes=buffer, seats=seats
        )
        return Kind(service_id, pools, minutes, buffer, seats)

    people = team(*(f"Person {number}" for number in range(4)))
    bays = team(*(f"Bay {number}" for number in range(3)))
    room = team("Room", capacity=3)
    counted, peak = kind("Counted", bays, minutes=30), kind("Peak", people, minutes=60)
    limits: dict[str, Any] = {"scope": RuleScope.SERVICE, "weekdays": (0, 1), "now": NOW}
    add_rule(**limits, period=RulePeriod.DAY, limit=6, service_id=counted.service_id)
    mornings = tuple(BookablePeriod(weekday, 540, 780) for weekday in range(DAYS))
    early = add_service(
        people, name="Early", duration_minutes=60, step_minutes=30, bookable_hours=mornings, latest_start_minute=750
    )
    add_rule(**limits, period=RulePeriod.MOMENT, limit=2, service_id=peak.service_id)
    return [
        kind("Job", people, bays, minutes=60),
        kind("Check", tuple(reversed(bays)), tuple(reversed(people)), minutes=30, buffer=15),
        kind("Talk", people, room, minutes=90),
        kind("Class", people, minutes=60, seats=4),
        replace(counted, daily_limit=6, limited_weekdays=(0, 1)),
        replace(peak, most_at_once=2, limited_weekdays=(0, 1)),
        Kind(early, (people,), 60, last_hour=13),
    ]


def _act(dice: random.Random, kinds: Sequence[Kind], log: Log) -> None:
    act = dice.choices(("book", "hold", "move", "cancel"), weights=(40, 15, 20, 25))[0]
    starts_at = OPENING + timedelta(days=dice.randrange(DAYS), minutes=30 * dice.randrange(14))
    if act in {"book", "hold"}:
        _make(act, dice.choice(kinds), starts_at, log)
        return
    made = log.take()
    if made is None:
        return
    if act == "move" and made.kind.seats is None:
        _move(made, starts_at, log)
        return
    with log.giving_back(made):
        _time("cancel", lambda: cancel_booking(booking_id=made.booking_id, reason="storm", now=NOW, by=STAFF), log)


def _make(act: str, kind: Kind, starts_at: datetime, log: Log) -> None:
    request = SlotRequest(Wish((kind.service_id,)), starts_at)
    began = time.monotonic()

    def book() -> None:
        made = book_slot(request=request, details=DETAILS, now=NOW, source=BookingSource.API, by=CUSTOMER)
        log.heap.append(Made(kind, made.booking_id, starts_at))

    def hold() -> None:
        held = hold_slot(request=request, now=NOW, source=BookingSource.API)
        made = Made(kind, held.id, starts_at)
        if held.id % 3:
            submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=NOW)
            log.heap.append(made)
            return
        with log.giving_back(made):
            release_hold(hold_id=held.id, token=held.token, now=NOW)

    if _time(act, book if act == "book" else hold, log):
        _look_again(kind, starts_at, log, began=began)


def _move(made: Made, starts_at: datetime, log: Log) -> None:
    began = time.monotonic()
    with log.giving_back(made):
        is_refused = _time(
            "move", lambda: move_booking(booking_id=made.booking_id, starts_at=starts_at, now=NOW, by=CUSTOMER), log
        )
    if is_refused:
        _look_again(made.kind, starts_at, log, began=began, own=made.booking_id)
        log.heap.append(made)
    else:
        log.heap.append(Made(made.kind, made.booking_id, starts_at))


def _time(act: str, work: Callable[[], object], log: Log) -> bool:
    """Do it, note how it went and how long it took; return whether it was refused for want of a place."""
    began = time.perf_counter()
    outcome = "accepted"
    try:
        work()
    except DomainError as refusal:
        outcome = refusal.code
    except DatabaseError as error:
        outcome = find_sqlstate(error) or "UNKNOWN"
    log.outcomes.append((act, outcome, time.perf_counter() - began))
    return outcome in REFUSED


def _look_again(kind: Kind, starts_at: datetime, log: Log, *, began: float, own: int = NOBODY) -> None:
    """Look at a refusal in one snapshot: the place is full, or there is a suspicion."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:  # no locks: they would hold up those whom the storm measures
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        is_free = _is_free(kind, starts_at, own)
    if is_free:
        log.suspicions.append(Suspicion(kind, starts_at, began, time.monotonic(), own))
    else:
        log.full += 1


def _is_free(kind: Kind, starts_at: datetime, own: int) -> bool:
    if kind.last_hour is not None and starts_at.hour >= kind.last_hour:
        return False
    with connection.cursor() as cursor:

        def count(sql: str, **values: int | datetime | list[int]) -> int:
            cursor.execute(sql, {"service": kind.service_id, "starts": starts_at, "own": own, **values})
            return int(cursor.fetchone()[0])

        if kind.daily_limit is not None and kind.counts(starts_at):
            day = starts_at.replace(hour=0, minute=0)
            if count(COUNT_SQL, day=day) >= kind.daily_limit:
                return False
        if kind.most_at_once is not None and kind.counts(starts_at):
            span = {"starts": starts_at, "ends": starts_at + timedelta(minutes=kind.minutes)}
            cursor.execute(PERIODS_SQL, {"service": kind.service_id, "own": own, **span})
            there = cursor.fetchall()
            edges = {max(first, starts_at) for first, _ in there}
            if any(sum(first <= at < last for first, last in there) >= kind.most_at_once for at in edges):
                return False
        if kind.seats is not None and count(SEAT_SQL, seats=kind.seats):
            return True
        ends_at = kind.occupied_until(starts_at)
        return all(count(FREE_SQL, pool=list(pool), ends=ends_at) for pool in kind.pools)


def _read_deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _sum_up(logs: Sequence[Log], *, deadlocks: int) -> dict[str, float]:
    outcomes = [each for log in logs for each in log.outcomes]
    returns = [each for log in logs for each in log.returns]
    suspicions = [each for log in logs for each in log.suspicions]
    unexplained = sum(not each.is_explained(returns) for each in suspicions)
    counts = Counter(outcome for _, outcome, _ in outcomes)
    seconds = [took for _, _, took in outcomes]
    acts = Counter(act for act, _, _ in outcomes)
    others = [code for code in counts if code not in {*REFUSED, "accepted", DEADLOCK}]
    figures: dict[str, float] = {
        "requests": len(outcomes),
        "books": acts["book"],
        "holds": acts["hold"],
        "moves": acts["move"],
        "cancels": acts["cancel"],
        "accepted": counts["accepted"],
        "refused": sum(counts[code] for code in REFUSED),
        # Our own codes are lower case, PostgreSQL's are not.
        "other_refusals": sum(counts[code] for code in others if code.islower()),
        "database_errors": sum(counts[code] for code in others if not code.islower()),
        "deadlocks_surfaced": counts[DEADLOCK],
        "deadlocks_retried": _read_deadlocks() - deadlocks - counts[DEADLOCK],
        "over_capacity": len(list_overbooked(now=NOW)),
        "refused_full_when_seen_again": sum(log.full for log in logs),
        "refused_freed_meanwhile": len(suspicions) - unexplained,
        "refused_while_free": unexplained,
    }
    for act in sorted(acts):
        took = (each for name, _, each in outcomes if name == act)
        figures[f"p99_{act}_ms"] = 1000 * find_percentile(took, 0.99)
    figures["p50_ms"] = 1000 * find_percentile(seconds, 0.5)
    figures["p99_ms"] = 1000 * find_percentile(seconds, 0.99)
    return figures
