"""``./dev bench plans``: offers and bookings with each of PostgreSQL's ways to plan, in turns on one connection.

Mode by mode in another process every time the noise of a busy machine is larger than what is measured.
Here the three modes take turns within one process, so that whatever disturbs one disturbs all. CPU of this
process and of its PostgreSQL backend together, in milliseconds a call: the medians of the rounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from statistics import median

from config.environment import PLAN_CACHE_MODES
from database.connection import connection
from devtools.bench.business import make_business
from devtools.scratch.shop import add_service, add_shop
from devtools.scratch.spent import read_cpu
from devtools.scratch.tenant import empty_scheduling, temporary_tenant
from devtools.terminal import say
from kernel.ids import new_reference
from scheduling.enums import BookingSource
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CUSTOMER, AvailabilityQuery, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OPENING = datetime(2026, 1, 12, 15, 0, tzinfo=UTC)
ROUNDS, CALLS, DAYS, STAFF, TIMES_A_DAY = 12, 8, 30, 20, 30
WINDOWS = ("A 100", "B")
"""Of `devtools.bench.availability`: one person's 30 days, and 20 people in 10 bays with 5,000 bookings."""


def run(argv: Sequence[str]) -> int:
    """Measure and print, or with ``--json`` print for programs."""
    with temporary_tenant("bench") as tenant:
        figures = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    if "--json" in argv:
        say(json.dumps(figures))
        return 0
    for name, each in figures.items():
        say(f"{name:<8} " + "  ".join(f"{mode} {milliseconds:6.2f} ms" for mode, milliseconds in each.items()))
    return 0


def _measure_all(tenant: TenantInfo) -> dict[str, Mapping[str, float]]:
    figures = {}
    for name in WINDOWS:
        business = make_business(tenant, name, now=NOW)
        first = NOW.date() + timedelta(days=1)
        query = AvailabilityQuery(Wish((business.service_id,)), from_on=first, to_on=first + timedelta(days=DAYS - 1))
        figures[name] = _compare_modes(partial(get_availability, query=query, now=NOW))
    empty_scheduling(tenant)
    _, pools = add_shop(staff=STAFF)
    starts = _list_starts()
    service_id = add_service(*pools, name="Plans", duration_minutes=15)
    figures["booking"] = _compare_modes(lambda: _book(service_id, next(starts)))
    return figures


def _compare_modes(work: Callable[[], object]) -> Mapping[str, float]:
    """Return the median CPU milliseconds of a call under each mode."""
    found: dict[str, list[float]] = {mode: [] for mode in PLAN_CACHE_MODES}
    for number in range(ROUNDS + 1):
        for mode in PLAN_CACHE_MODES:
            with connection.cursor() as cursor:
                cursor.execute(f"SET plan_cache_mode = {mode}")
            began = read_cpu()
            for _ in range(CALLS):
                work()
            if number:  # in the first round PostgreSQL still makes plans whichever the mode is
                found[mode].append((read_cpu() - began) / CALLS)
    return {mode: 1000 * median(each) for mode, each in found.items()}


def _book(service_id: int, starts_at: datetime) -> None:
    request = SlotRequest(wish=Wish((service_id,)), starts_at=starts_at)
    customer = CustomerDetails(name="Bench", email=f"{new_reference().lower()}@scratch.example")
    details = VisitDetails(customer=customer, wants_reminders=False)
    book_slot(request=request, details=details, now=NOW, source=BookingSource.API, by=CUSTOMER)


def _list_starts() -> Iterator[datetime]:
    """Give each start of a day as often as there are people, then those of the next day."""
    for number in count():
        day, time_of_day = divmod(number // STAFF, TIMES_A_DAY)
        yield OPENING + timedelta(days=day, minutes=15 * time_of_day)
