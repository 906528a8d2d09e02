"""``./dev bench booking``: whole bookings through the services against a plain INSERT.

WRITE FLOOR: one row of the bookings' size in a transaction of its own, same client, same number of
connections, same run, fsync and synchronous_commit on for both. ``sql_of_…``: what a booking sends,
sent by a bare client (see `devtools.bench.replaying`): the writing statement alone, and with the
reads before it. ``sql_of_taking_…``: the part of it that decides, which is what the prototypes behind
the goals wrote: for one resource the lock and the allocation, for two the locks, the booking's row,
two allocations and the rule's counter; no customer, history, line, event or due work.
``service_…``: through the services in Python, with the CPU of one booking there. Then 32 connections
of several processes fight for few people, under the server's default isolation and under
REPEATABLE READ.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from django.db import DatabaseError, connection

from database.errors import find_sqlstate
from database.locks import add_lock_part
from database.statements import Statement
from devtools.bench.replaying import EMPTY_SQL, Sent, recording, replay
from devtools.bench.workers import find_percentile, run_in_tenant
from devtools.scratch.overbooking import list_overbooked
from devtools.scratch.shop import add_rule, add_service, add_shop
from devtools.scratch.tenant import empty_scheduling, temporary_tenant
from kernel.errors import DomainError
from kernel.instants import to_minutes
from scheduling.engine import RulePeriod
from scheduling.enums import BookingSource, BookingStatus, RuleScope
from scheduling.selectors.availability.plans import Plan, load_plan_at
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.writing.allocations import add_allocation_parts
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.placement import Asked, Place, pick_place
from scheduling.services.writing.records import Agreed, make_booking, note_rules
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FIRST = datetime(2026, 1, 12, 15, 0, tzinfo=UTC)
DETAILS = VisitDetails(customer=CustomerDetails(name="Bench", email="bench@scratch.example"), wants_reminders=False)
STAFF, TIMES, WRITERS, PROCESSES = 20, 40, 4, 2
FIGHTERS, FIGHT_PROCESSES, TRIES, CONTESTED = 32, 4, 1280, 8
"""So many connections try so often to get times that everybody wants."""
ISOLATIONS = {"fight": "", "fight_repeatable_read": "repeatable read"}

OWNER_SQL = """
INSERT INTO scheduling_session (service_id, starts_at, ends_at, resource_key, seats, seats_taken, is_active)
VALUES (%s, %s, %s, '', 1, 0, false) RETURNING id
"""
"""An allocation belongs to a booking or to a group; a group's row may stay from round to round."""
ALLOCATION_SQL = """
INSERT INTO scheduling_allocation (session_id, resource_id, lane_id, part_index, starts_at, ends_at, is_active,
  is_override)
SELECT %(booking_owner_id)s::int8, l.resource_id, l.id, 0, %(booking_at)s::timestamptz,
  %(booking_at)s::timestamptz + interval '1 hour', true, false
FROM locked, scheduling_resourcelane l WHERE l.resource_id = %(booking_resource_id)s::int8 AND l.number = 1
RETURNING id
"""

LEAST = {"sql_of_one_resource": 0.6, "sql_of_two_resources_and_rule": 0.35}
MOST = {
    f"{fight}_{name}": limit
    for fight in ISOLATIONS
    for name, limit in (("other", 0), ("over_capacity", 0), ("p99_ms", 500))
}
"""What the design asks for."""


def run(argv: Sequence[str]) -> int:
    """Measure and print."""
    with temporary_tenant("bench") as tenant:
        results = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    missed = [name for name, goal in LEAST.items() if results[name] < goal]
    missed += [name for name, goal in MOST.items() if results[name] > goal]
    if "--json" in argv:
        print(json.dumps({"results": results, "goals": {"least": LEAST, "most": MOST}, "missed": missed}))
        return 0
    for name, value in results.items():
        line = f"{name:<52} {value:10.3f}"
        if name in LEAST or name in MOST:
            goal = f">= {LEAST[name]}" if name in LEAST else f"<= {MOST[name]}"
            line += f"  goal {goal}: {'MISSED' if name in missed else 'met'}"
        print(line)
    return 0


def _measure_all(tenant: TenantInfo) -> dict[str, float]:
    results: dict[str, float] = {}
    for name, has_bay_and_rule in (("one_resource", False), ("two_resources_and_rule", True)):
        results |= _measure_bookings(tenant, name, has_bay_and_rule=has_bay_and_rule)
    for name, isolation in ISOLATIONS.items():
        results |= {f"{name}_{key}": value for key, value in _fight(tenant, isolation).items()}
    return results


def _measure_bookings(tenant: TenantInfo, name: str, *, has_bay_and_rule: bool) -> dict[str, float]:
    service_id = _make_shop(tenant, staff=STAFF, bays=STAFF if has_bay_and_rule else 0)
    if has_bay_and_rule:
        add_rule(scope=RuleScope.SERVICE, period=RulePeriod.DAY, limit=10_000, service_id=service_id, now=NOW)
    jobs: list[list[Sent]] = []
    cpu: list[float] = []
    _book(service_id, TIMES)  # the customer is there from now on
    with recording(jobs):
        for number in range(STAFF * TIMES):
            jobs.append([])
            began = time.thread_time()
            _book(service_id, number % TIMES)
            cpu.append(time.thread_time() - began)
    many = replay(tenant.schema_name, jobs, connections=WRITERS)
    taking = replay(tenant.schema_name, _record_taking(service_id, is_whole=has_bay_and_rule), connections=WRITERS)
    single = replay(tenant.schema_name, jobs, connections=1)
    spans = run_in_tenant(
        partial(_book_share, service_id), schema_name=tenant.schema_name, connections=WRITERS, processes=PROCESSES
    )
    took = max(ended for _, ended in spans) - min(began for began, _ in spans)
    return {
        f"{name}_write_floor_per_second": many.floor_per_second,
        f"sql_of_{name}": many.writes_over_floor,
        f"sql_of_taking_{name}": taking.writes_over_floor,
        f"sql_of_{name}_with_reads": many.all_over_floor,
        f"sql_of_{name}_one_connection": single.writes_over_floor,
        f"sql_of_{name}_with_reads_one_connection": single.all_over_floor,
        f"service_{name}": STAFF * TIMES / took / many.floor_per_second,
        f"service_{name}_client_cpu_ms": median(cpu) * 1000,
        f"service_{name}_statements": float(median(len(job) for job in jobs)),
    }


def _record_taking(service_id: int, *, is_whole: bool) -> list[list[Sent]]:
    """Record what takes the places of as many bookings; `replay` left the shop empty."""
    jobs: list[list[Sent]] = []
    with connection.cursor() as cursor:
        cursor.execute(EMPTY_SQL)
        cursor.execute(OWNER_SQL, [service_id, NOW, NOW + timedelta(hours=1)])
        owner_id = cursor.fetchone()[0]
    with recording(jobs):
        for number in range(STAFF * TIMES):
            jobs.append([])
            request = _request(service_id, number % TIMES)
            plan = load_plan_at(wish=request.wish, starts_at=request.starts_at)
            place = pick_place(Asked(plan=plan, start_minute=to_minutes(request.starts_at), now=NOW))
            if place is None:
                message = "this service has no seats, and staff forces nothing"
                raise RuntimeError(message)
            statement = Statement()
            add_lock_part(statement, place.stretches)
            if is_whole:
                _add_whole(statement, plan, place)
            else:
                values = {"owner_id": owner_id, "resource_id": place.resource_ids[0], "at": request.starts_at}
                statement.add("booking", ALLOCATION_SQL, values)
            statement.fetch("SELECT id FROM booking")
    return jobs


def _add_whole(statement: Statement, plan: Plan, place: Place) -> None:
    booking = make_booking(plan, place, Agreed(status=BookingStatus.CONFIRMED, source=BookingSource.API, now=NOW))
    counters = Counters()
    note_rules(plan, place, booking, counters=counters)
    statement.insert("booking", [booking], source="CROSS JOIN locked")
    add_allocation_parts(statement, place, None, booking, now=NOW)
    counters.add_part(statement)


def _book_share(service_id: int, number: int, wait: Callable[[], object]) -> tuple[float, float]:
    """Book every fourth of all; one more before, for a pool's connections are warm."""
    _book(service_id, 2 * TIMES + number)
    wait()
    began = time.monotonic()
    for each in range(number, STAFF * TIMES, WRITERS):
        # Somewhere else than what was sent again.
        _book(service_id, 3 * TIMES + each % TIMES)
    return began, time.monotonic()


def _fight(tenant: TenantInfo, isolation: str) -> dict[str, float]:
    service_id = _make_shop(tenant, staff=3, bays=2)
    work = partial(_fight_on, service_id)
    shares = run_in_tenant(
        work,
        schema_name=tenant.schema_name,
        connections=FIGHTERS,
        processes=FIGHT_PROCESSES,
        isolation=isolation,
    )
    outcomes = [each for share in shares for each in share]
    return {
        "accepted": sum(outcome == "accepted" for outcome, _ in outcomes),
        "refused": sum(outcome == "slot_taken" for outcome, _ in outcomes),
        "other": sum(outcome not in {"accepted", "slot_taken"} for outcome, _ in outcomes),
        "over_capacity": len(list_overbooked(now=NOW)),
        "p50_ms": find_percentile((seconds for _, seconds in outcomes), 0.5) * 1000,
        "p99_ms": find_percentile((seconds for _, seconds in outcomes), 0.99) * 1000,
    }


def _fight_on(service_id: int, number: int, wait: Callable[[], object]) -> list[tuple[str, float]]:
    with suppress(DomainError):
        _book(service_id, CONTESTED + number)
    wait()
    outcomes: list[tuple[str, float]] = []
    for each in range(number, TRIES, FIGHTERS):
        began = time.perf_counter()
        try:
            _book(service_id, each // FIGHTERS % CONTESTED)
            outcome = "accepted"
        except DomainError as refusal:
            outcome = refusal.code
        except DatabaseError as error:
            outcome = find_sqlstate(error) or "UNKNOWN"
        outcomes.append((outcome, time.perf_counter() - began))
    return outcomes


def _make_shop(tenant: TenantInfo, *, staff: int, bays: int) -> int:
    empty_scheduling(tenant)
    _place, pools = add_shop(staff=staff, bays=bays)
    return add_service(*pools, name="Bench", step_minutes=60)


def _request(service_id: int, slot: int) -> SlotRequest:
    return SlotRequest(Wish((service_id,)), FIRST + timedelta(days=slot // 3, hours=slot % 3))


def _book(service_id: int, slot: int) -> None:
    book_slot(request=_request(service_id, slot), details=DETAILS, now=NOW, source=BookingSource.API, by=CUSTOMER)
