"""``./dev bench booking``: whole bookings through the services against a plain INSERT.

WRITE FLOOR: one row of the bookings' size in a transaction of its own. Both over the same number
of connections, in the same run; figures are per second and the ratio of the two. ``sql_of`` is
the same over one connection, counting only the time inside statements. Then 32 warm connections
fight for few people: how many were accepted, refused, deadlocked, and the slowest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from statistics import median
from threading import Barrier, BrokenBarrierError

from django.db import DatabaseError, connection

from devtools.bench.business import HOURS
from devtools.overbooking import list_overbooked
from devtools.scratch import empty_scheduling, make_scratch_tenant
from kernel.clock import utc_now
from kernel.errors import DomainError
from kernel.ids import new_reference
from scheduling.engine import RulePeriod
from scheduling.enums import BookingSource, RuleScope
from scheduling.services.bookings import book_slot
from scheduling.services.rules import RuleSetup, save_rule
from scheduling.services.setups import (
    RequirementSetup,
    ResourceSetup,
    ServiceSetup,
    save_location,
    save_resource,
    save_service,
)
from scheduling.types import BookingDetails, CustomerDetails, SlotRequest
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FIRST = datetime(2026, 1, 12, 15, 0, tzinfo=UTC)
DETAILS = BookingDetails(customer=CustomerDetails(name="Bench", email="bench@scratch.example"), wants_reminders=False)
WRITERS, FIGHTERS, BOOKINGS, SINGLE = 4, 32, 400, 100
CONTESTED = 8
"""Times that everybody wants."""


def run(argv: Sequence[str]) -> int:
    """Measure and print."""
    tenant = make_scratch_tenant(slug=f"bench-{new_reference().lower()}", now=utc_now())
    try:
        results = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    finally:
        drop_tenant(schema_name=tenant.schema_name)
    if "--json" in argv:
        print(json.dumps(results))
    else:
        for name, value in results.items():
            print(f"{name:<36} {value:.3f}")
    return 0


def _measure_all(tenant: TenantInfo) -> dict[str, float]:
    floor, floor_sql = _measure_floor(tenant)
    one, one_sql = _measure_bookings(tenant, with_bay_and_rule=False)
    two, two_sql = _measure_bookings(tenant, with_bay_and_rule=True)
    return {
        "write_floor_per_second": floor,
        "one_resource_over_floor": one / floor,
        "two_resources_and_rule_over_floor": two / floor,
        "sql_of_one_resource_over_floor": floor_sql / one_sql,
        "sql_of_two_resources_and_rule_over_floor": floor_sql / two_sql,
        **_fight(tenant),
    }


def _measure_floor(tenant: TenantInfo) -> tuple[float, float]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor (id bigserial PRIMARY KEY, at timestamptz, body text)")

    def insert(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_floor (at, body) VALUES (now(), %s)", [f"{number:0600}"])

    return _count_per_second(tenant, insert), _time_statements(insert)


def _measure_bookings(tenant: TenantInfo, *, with_bay_and_rule: bool) -> tuple[float, float]:
    service_id = _make_shop(tenant, staff=20, bays=20 if with_bay_and_rule else 0)
    if with_bay_and_rule:
        setup = RuleSetup(scope=RuleScope.SERVICE, period=RulePeriod.DAY, limit=10_000, service_id=service_id)
        save_rule(setup, now=NOW)

    def book(number: int) -> None:
        _book(service_id, number % 20)

    return _count_per_second(tenant, book, jobs=BOOKINGS - SINGLE), _time_statements(book)


def _time_statements(work: Callable[[int], None]) -> float:
    """Return the median seconds that one job spends inside its statements."""
    spent: list[float] = []

    def watch(execute: Callable[..., object], *arguments: object) -> object:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent[-1] += time.perf_counter() - began

    with connection.execute_wrapper(watch):
        for number in range(SINGLE):
            spent.append(0)
            work(number)
    return median(spent)


def _fight(tenant: TenantInfo) -> dict[str, float]:
    service_id = _make_shop(tenant, staff=3, bays=2)
    outcomes: list[tuple[str, float]] = []

    def try_booking(number: int) -> None:
        began = time.perf_counter()
        try:
            _book(service_id, number % CONTESTED)
            outcome = "accepted"
        except DomainError as refusal:
            outcome = refusal.code
        except DatabaseError:
            outcome = "database_error"
        outcomes.append((outcome, time.perf_counter() - began))

    def warm(number: int) -> None:
        _book(service_id, CONTESTED + number)

    _count_per_second(tenant, try_booking, connections=FIGHTERS, jobs=640, warm=warm)
    seconds = sorted(each for _, each in outcomes)
    return {
        "fight_accepted": sum(outcome == "accepted" for outcome, _ in outcomes),
        "fight_refused": sum(outcome == "slot_taken" for outcome, _ in outcomes),
        "fight_other": sum(outcome not in {"accepted", "slot_taken"} for outcome, _ in outcomes),
        "fight_over_capacity": len(list_overbooked(now=NOW)),
        "fight_p99_ms": seconds[int(len(seconds) * 0.99)] * 1000,
    }


def _make_shop(tenant: TenantInfo, *, staff: int, bays: int) -> int:
    empty_scheduling(tenant)
    place = save_location(name="Bench", timezone="America/Mexico_City", observes_public_holidays=False)
    pools = [
        tuple(
            save_resource(ResourceSetup(name=f"{kind} {number}", type_name=kind, location_id=place, hours=HOURS))
            for number in range(size)
        )
        for kind, size in (("Staff", staff), ("Bay", bays))
        if size
    ]
    requirements = tuple(RequirementSetup(resource_ids=pool) for pool in pools)
    return save_service(ServiceSetup(name="Bench", duration_minutes=60, step_minutes=60, requirements=requirements))


def _book(service_id: int, slot: int) -> None:
    starts_at = FIRST + timedelta(days=slot // 3, hours=slot % 3)
    request = SlotRequest(service_id=service_id, starts_at=starts_at)
    book_slot(request=request, details=DETAILS, now=NOW, source=BookingSource.API)


def _count_per_second(
    tenant: TenantInfo,
    work: Callable[[int], None],
    *,
    connections: int = WRITERS,
    jobs: int = BOOKINGS,
    warm: Callable[[int], None] | None = None,
) -> float:
    """Do the jobs over so many connections that begin together; return jobs per second.

    ``warm`` is done once by each before: a pool's connections have read the catalog long ago.
    """
    barrier = Barrier(connections + 1)

    def work_in_turn(first: int) -> None:
        connection.ensure_connection()
        if warm:
            warm(first)
        barrier.wait(60)
        for number in range(first, jobs, connections):
            work(number)

    def write(first: int) -> None:
        call_in_tenant(tenant.schema_name, work_in_turn, first)
        connection.close()

    with ThreadPoolExecutor(connections) as pool:
        waiting = [pool.submit(write, first) for first in range(connections)]
        with suppress(BrokenBarrierError):  # a writer failed to connect: its own error says why
            barrier.wait(60)
        began = time.perf_counter()
        errors = [error for each in waiting if (error := each.exception()) is not None]
        for error in sorted(errors, key=lambda error: isinstance(error, BrokenBarrierError)):
            raise error
    return jobs / (time.perf_counter() - began)
