"""The two rounds of the drill, in a scratch tenant."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier

from django.db import connection

from devtools.bench.workers import find_percentile
from devtools.scratch.shop import add_place, add_service, add_team
from devtools.scratch.tenant import empty_scheduling, make_scratch_tenant
from kernel.clock import utc_now
from kernel.errors import DomainError
from kernel.ids import new_reference
from scheduling.engine import WeeklyPeriod
from scheduling.enums import BookingSource
from scheduling.errors import HoldExpired
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.types import CUSTOMER, CustomerDetails, HeldSlot, SlotRequest, VisitDetails, Wish
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
OPENING = datetime(2026, 1, 12, 0, 0, tzinfo=UTC)
ALWAYS = tuple(WeeklyPeriod(weekday, 0, 1440) for weekday in range(7))
DETAILS = VisitDetails(customer=CustomerDetails(name="Holds", email="holds@scratch.example"), wants_reminders=False)
SEATS, ROUNDS, WARM_UP, STEP = 7, 25, 5, timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What came of confirming all at once."""

    accepted: int
    refused: int
    failed: int
    p50_ms: float
    p99_ms: float

    @property
    def is_right(self) -> bool:
        """Tell whether every seat was given once, and nobody met an error."""
        return (self.accepted, self.failed) == (min(SEATS, self.accepted + self.refused), 0)


@dataclass(frozen=True, slots=True)
class Pace:
    """Medians: of a booking beside no hold, and over that of the others."""

    usual_ms: float
    beside: float
    onto: float


def run_in_scratch(*, late: int, holds: int) -> tuple[Crowd, Pace]:
    """Do both rounds in tenants of their own."""
    crowded, quiet = (make_scratch_tenant(slug=f"holds-{new_reference().lower()}", now=utc_now()) for _ in range(2))
    try:
        return confirm_at_once(crowded, late), time_next_booking(crowded, quiet, holds)
    finally:
        for tenant in (crowded, quiet):
            drop_tenant(schema_name=tenant.schema_name)


def confirm_at_once(tenant: TenantInfo, count: int) -> Crowd:
    """Let holds of one group end, and confirm them all, each over a connection of its own."""
    held = call_in_tenant(tenant.schema_name, _hold_group, tenant, count)
    barrier = Barrier(count)

    def confirm(hold: HeldSlot) -> tuple[str, float]:
        connection.ensure_connection()
        barrier.wait(60)
        began = time.perf_counter()
        outcome = "accepted"
        try:
            submit_booking(hold_id=hold.id, token=hold.token, details=DETAILS, now=LATER)
        except HoldExpired:
            outcome = "refused"
        except DomainError:
            outcome = "failed"
        return outcome, 1000 * (time.perf_counter() - began)

    def work(hold: HeldSlot) -> tuple[str, float]:
        answer = call_in_tenant(tenant.schema_name, confirm, hold)
        connection.close()
        return answer

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(work, held))
    accepted, refused, failed = (
        sum(outcome == word for outcome, _ in answers) for word in ("accepted", "refused", "failed")
    )
    took = sorted(milliseconds for _, milliseconds in answers)
    return Crowd(accepted, refused, failed, statistics.median(took), find_percentile(took, 0.99))


def time_next_booking(crowded: TenantInfo, quiet: TenantInfo, count: int) -> Pace:
    """Book where no hold is, beside ended ones and onto the place of one, in turns."""
    services = [call_in_tenant(each.schema_name, _open_shop, each) for each in (crowded, quiet)]
    held = [OPENING + number * STEP for number in range(count)]
    call_in_tenant(crowded.schema_name, lambda: [_hold(services[0], each) for each in held])
    usual, beside, onto = list[float](), list[float](), list[float]()
    for number in range(ROUNDS + WARM_UP):
        free = held[-1] + (number + 1) * STEP
        usual.append(call_in_tenant(quiet.schema_name, _time_booking, services[1], free))
        beside.append(call_in_tenant(crowded.schema_name, _time_booking, services[0], free))
        onto.append(call_in_tenant(crowded.schema_name, _time_booking, services[0], held[3 * number % count]))
    one, two, three = (statistics.median(each[WARM_UP:]) for each in (usual, beside, onto))
    return Pace(one, two / one, three / one)


def _open_shop(tenant: TenantInfo) -> int:
    empty_scheduling(tenant)
    (person,) = add_team(add_place("Holds"), ["Crowded"], type_name="Staff", hours=ALWAYS)
    return add_service((person,), name="Crowded", duration_minutes=5, step_minutes=5)


def _hold_group(tenant: TenantInfo, count: int) -> list[HeldSlot]:
    """Hold seats of one group of `SEATS`, each after the last one ended."""
    empty_scheduling(tenant)
    (room,) = add_team(add_place("Holds"), ["Room"], type_name="Room", hours=ALWAYS)
    group = add_service((room,), name="Group", seats=SEATS)
    return [_hold(group, OPENING, now=NOW - number * timedelta(minutes=20)) for number in range(count, 0, -1)]


def _hold(service_id: int, starts_at: datetime, *, now: datetime = NOW) -> HeldSlot:
    request = SlotRequest(Wish(service_ids=(service_id,)), starts_at)
    return hold_slot(request=request, now=now, source=BookingSource.PAGE)


def _time_booking(service_id: int, starts_at: datetime) -> float:
    request = SlotRequest(Wish(service_ids=(service_id,)), starts_at)
    began = time.perf_counter()
    book_slot(request=request, details=DETAILS, now=LATER, source=BookingSource.PAGE, by=CUSTOMER)
    return 1000 * (time.perf_counter() - began)
