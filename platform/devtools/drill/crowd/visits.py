"""What the server's process behind one place in the pool keeps while tenant after tenant books over it."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from django.conf import settings

from database.connection import connection
from devtools.scratch.shop import add_service, add_shop
from devtools.scratch.tenant import make_scratch_tenant
from devtools.terminal import say
from kernel.ids import new_reference
from scheduling.enums import BookingSource
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CUSTOMER, AvailabilityQuery, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OPENING = datetime(2026, 1, 12, 15, 0, tzinfo=UTC)
DETAILS = VisitDetails(customer=CustomerDetails(name="Crowd", email="crowd@scratch.example"), wants_reminders=False)
MOST_KILOBYTES_PER_TENANT = 4096
"""Above what was measured: enough to see that connections are replaced."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking: the server's process that served it, that one's private memory afterwards, and the time it took."""

    process: int
    kilobytes: int
    seconds: float


def run(count: int) -> int:
    """Book once in so many tenants and print the figures; 1 when the memory grew past what the limit allows."""
    made = [make_scratch_tenant(slug=f"crowd-{new_reference().lower()}", now=NOW) for _ in range(count)]
    try:
        services = [call_in_tenant(tenant.schema_name, _set_up) for tenant in made]
        connection.close_pool()
        visits = [_visit(tenant.schema_name, service) for tenant, service in zip(made, services, strict=True)]
    finally:
        for tenant in made:
            drop_tenant(schema_name=tenant.schema_name)
    limit: int = settings.TENANTS_PER_CONNECTION
    first, most = visits[0].kilobytes, max(visit.kilobytes for visit in visits)
    say(
        f"{count} tenants over one place in the pool, replaced after {limit}: "
        f"{len({visit.process for visit in visits})} connections, first visit {first / 1024:.1f} MB, "
        f"most {most / 1024:.1f} MB, {(most - first) / 1024 / max(1, min(limit, count) - 1):.2f} MB a tenant, "
        f"median visit {1000 * median(visit.seconds for visit in visits):.1f} ms"
    )
    return 1 if most - first > MOST_KILOBYTES_PER_TENANT * min(limit, count) else 0


def _set_up() -> int:
    _, pools = add_shop(staff=2)
    return add_service(*pools, name="Crowd")


def _visit(schema_name: str, service_id: int) -> Visit:
    began_at = time.perf_counter()
    with ThreadPoolExecutor(1) as thread:  # as a request: a thread that takes a connection and gives it back
        process, kilobytes = thread.submit(partial(_look_and_book, schema_name, service_id)).result()
    return Visit(process, kilobytes, time.perf_counter() - began_at)


def _look_and_book(schema_name: str, service_id: int) -> tuple[int, int]:
    try:
        process = call_in_tenant(schema_name, _visit_inside, service_id)
        return process, _read_private_kilobytes(process)
    finally:
        connection.close()


def _visit_inside(service_id: int) -> int:
    wish = Wish(service_ids=(service_id,))
    query = AvailabilityQuery(wish=wish, from_on=OPENING.date(), to_on=OPENING.date())
    get_availability(query=query, now=NOW)
    request = SlotRequest(wish=wish, starts_at=OPENING)
    book_slot(request=request, details=DETAILS, now=NOW, source=BookingSource.API, by=CUSTOMER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _read_private_kilobytes(process: int) -> int:
    """Return what the process has for itself: shared buffers are everybody's."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0
