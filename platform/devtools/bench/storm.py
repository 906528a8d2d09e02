"""``./dev bench storm [--seconds 60]``: 32 connections book, hold, move and cancel at once.

Afterwards SQL that shares nothing with the engine says what was over capacity. Each refusal is
looked at again, by SQL as well and with all locks: when the place is free and nobody gave
anything of it back since the request began, it was refused while free.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier

from django.db import DatabaseError, connection, transaction

from devtools.bench.business import HOURS
from devtools.overbooking import list_overbooked
from devtools.scratch import empty_scheduling, make_scratch_tenant
from kernel.clock import utc_now
from kernel.errors import DomainError
from kernel.ids import new_reference
from scheduling.engine import RulePeriod
from scheduling.enums import ActorKind, BookingSource, RuleScope
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.services.bookings import book_slot, submit_booking
from scheduling.services.cancellations import cancel_booking
from scheduling.services.holds import hold_slot, release_hold
from scheduling.services.moves import move_booking
from scheduling.services.rules import RuleSetup, save_rule
from scheduling.services.setups import (
    RequirementSetup,
    ResourceSetup,
    ServiceSetup,
    save_location,
    save_resource,
    save_service,
)
from scheduling.services.transactions import find_sqlstate, lock_resources
from scheduling.types import Actor, BookingDetails, CustomerDetails, SlotRequest
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OPENING = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
DETAILS = BookingDetails(customer=CustomerDetails(name="Storm", email="storm@scratch.example"), wants_reminders=False)
CUSTOMER, STAFF = Actor(kind=ActorKind.CUSTOMER), Actor(kind=ActorKind.STAFF)
CONNECTIONS, DAYS, LOOK_BACK, DEADLOCK = 32, 3, 5000, "40P01"
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
COUNT_SQL = """
SELECT count(*) FROM scheduling_booking b WHERE b.service_id = %(service)s AND b.is_active
  AND b.starts_at >= %(day)s AND b.starts_at < %(day)s + interval '1 day' AND b.id IS DISTINCT FROM %(own)s
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A service of the storm: a pool for each part, which lasts as long as the visit."""

    service_id: int
    pools: tuple[tuple[int, ...], ...]
    minutes: int
    buffer_minutes: int = 0
    seats: int | None = None
    daily_limit: int | None = None

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
    """A place that is given back; ``ended`` stays infinite while it is going on."""

    made: Made
    ended: float = math.inf

    def concerns(self, kind: Kind, starts_at: datetime, *, since: float) -> bool:
        """Tell whether it may have freed what somebody asked for since an instant."""
        mine, day = self.made.starts_at, starts_at.date()
        is_near = mine < kind.occupied_until(starts_at) and self.made.kind.occupied_until(mine) > starts_at
        is_counted = kind.daily_limit is not None and self.made.kind == kind and mine.date() == day
        return self.ended >= since and (is_near or is_counted)


@dataclass(slots=True)
class Log:
    """What happened; appending is atomic."""

    outcomes: list[tuple[str, str, float]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    checks: Counter[str] = field(default_factory=Counter)
    heap: deque[Made] = field(default_factory=deque)

    @contextmanager
    def giving_back(self, made: Made) -> Iterator[None]:
        """Note that a place is being given back."""
        mine = Return(made)
        self.returns.append(mine)
        yield
        mine.ended = time.monotonic()

    def take(self) -> Made | None:
        """Return a booking that nobody else has, if there is one."""
        try:
            return self.heap.popleft()
        except IndexError:
            return None


def run(argv: Sequence[str]) -> int:
    """Let it storm, print what was found, and return 1 when anything is not as it must be."""
    parser = argparse.ArgumentParser(prog="./dev bench storm")
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(argv)
    tenant = make_scratch_tenant(slug=f"storm-{new_reference().lower()}", now=utc_now())
    try:
        figures = storm(tenant, seconds=options.seconds)
    finally:
        drop_tenant(schema_name=tenant.schema_name)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:<28} {value:g}")
    return 0 if is_sound(figures) else 1


def is_sound(figures: dict[str, float]) -> bool:
    """Tell whether nothing was overbooked, nothing broke and nobody was refused in vain."""
    bad = ("over_capacity", "deadlocks_surfaced", "database_errors", "other_refusals", "refused_while_free")
    return not any(figures[name] for name in bad)


def storm(tenant: TenantInfo, *, seconds: float, connections: int = CONNECTIONS, seed: int = 7) -> dict[str, float]:
    """Empty the tenant, let so many connections loose on it, and return the figures."""
    kinds, deadlocks = call_in_tenant(tenant.schema_name, _prepare, tenant)
    log = Log()
    barrier = Barrier(connections)

    def work(number: int) -> None:
        dice = random.Random(seed * 1000 + number)  # noqa: S311 - a storm that can be repeated
        connection.ensure_connection()
        barrier.wait(120)
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            _act(dice, kinds, log)

    def connect(number: int) -> None:
        call_in_tenant(tenant.schema_name, work, number)
        connection.close()

    with ThreadPoolExecutor(connections) as pool:
        for each in [pool.submit(connect, number) for number in range(connections)]:
            each.result()
    return call_in_tenant(tenant.schema_name, _sum_up, log, deadlocks=deadlocks)


def _prepare(tenant: TenantInfo) -> tuple[list[Kind], int]:
    empty_scheduling(tenant)
    return make_kinds(), _read_deadlocks()


def make_kinds() -> list[Kind]:
    """Set up four people, three bays and a room, and five services that share them."""
    place = save_location(name="Storm", timezone="UTC", observes_public_holidays=False)

    def resource(name: str, capacity: int = 1) -> int:
        setup = ResourceSetup(name=name, type_name="Storm", location_id=place, hours=HOURS, capacity=capacity)
        return save_resource(setup)

    def kind(*pools: tuple[int, ...], minutes: int, buffer: int = 0, seats: int | None = None) -> Kind:
        setup = ServiceSetup(
            name="Storm",
            duration_minutes=minutes,
            step_minutes=30,
            buffer_after_minutes=buffer,
            seats=seats,
            requirements=tuple(RequirementSetup(resource_ids=pool) for pool in pools),
        )
        return Kind(save_service(setup), pools, minutes, buffer, seats)

    people = tuple(resource(f"Person {number}") for number in range(4))
    bays = tuple(resource(f"Bay {number}") for number in range(3))
    room = (resource("Room", 3),)
    counted = kind(bays, minutes=30)
    setup = RuleSetup(scope=RuleScope.SERVICE, period=RulePeriod.DAY, limit=6, service_id=counted.service_id)
    save_rule(setup, now=NOW)
    return [
        kind(people, bays, minutes=60),
        kind(tuple(reversed(bays)), tuple(reversed(people)), minutes=30, buffer=15),
        kind(people, room, minutes=90),
        kind(people, minutes=60, seats=4),
        Kind(counted.service_id, counted.pools, counted.minutes, daily_limit=6),
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
    request = SlotRequest(service_id=kind.service_id, starts_at=starts_at)
    began = time.monotonic()

    def book() -> None:
        made = book_slot(request=request, details=DETAILS, now=NOW, source=BookingSource.API)
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
        log.checks[_look_again(kind, starts_at, log, began=began)] += 1


def _move(made: Made, starts_at: datetime, log: Log) -> None:
    began = time.monotonic()
    with log.giving_back(made):
        is_refused = _time(
            "move", lambda: move_booking(booking_id=made.booking_id, starts_at=starts_at, now=NOW, by=CUSTOMER), log
        )
    if is_refused:
        log.checks[_look_again(made.kind, starts_at, log, began=began, own=made.booking_id)] += 1
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


def _look_again(kind: Kind, starts_at: datetime, log: Log, *, began: float, own: int = NOBODY) -> str:
    """Look at a refusal with all locks: ``full``, ``returned`` (free by now) or ``free`` (it was, all the time)."""
    with transaction.atomic():
        lock_resources([each for pool in kind.pools for each in pool])
        is_free = _is_free(kind, starts_at, own)
    if not is_free:
        return "full"
    others = (each for each in log.returns[-LOOK_BACK:] if each.made.booking_id != own)
    return "returned" if any(each.concerns(kind, starts_at, since=began) for each in others) else "free"


def _is_free(kind: Kind, starts_at: datetime, own: int) -> bool:
    with connection.cursor() as cursor:

        def count(sql: str, **values: int | datetime | list[int]) -> int:
            cursor.execute(sql, {"service": kind.service_id, "starts": starts_at, "own": own, **values})
            return int(cursor.fetchone()[0])

        if kind.daily_limit is not None:
            day = starts_at.replace(hour=0, minute=0)
            if count(COUNT_SQL, day=day) >= kind.daily_limit:
                return False
        if kind.seats is not None and count(SEAT_SQL, seats=kind.seats):
            return True
        ends_at = kind.occupied_until(starts_at)
        return all(count(FREE_SQL, pool=list(pool), ends=ends_at) for pool in kind.pools)


def _read_deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _sum_up(log: Log, *, deadlocks: int) -> dict[str, float]:
    counts = Counter(outcome for _, outcome, _ in log.outcomes)
    seconds = sorted(took for _, _, took in log.outcomes)
    acts = Counter(act for act, _, _ in log.outcomes)
    others = [code for code in counts if code not in {*REFUSED, "accepted", DEADLOCK}]
    figures: dict[str, float] = {
        "requests": len(log.outcomes),
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
        "refused_full_when_seen_again": log.checks["full"],
        "refused_freed_meanwhile": log.checks["returned"],
        "refused_while_free": log.checks["free"],
    }
    if seconds:
        figures["p50_ms"] = 1000 * seconds[len(seconds) // 2]
        figures["p99_ms"] = 1000 * seconds[int(len(seconds) * 0.99)]
    return figures
