"""A burst of bookings, and what became of its messages."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO

from django.core.management import call_command
from django.db import connection

from devtools.bench.workers import find_percentile
from devtools.scratch.shop import add_service, add_shop
from devtools.scratch.tenant import empty_scheduling, make_scratch_tenant
from kernel.clock import utc_now
from kernel.ids import new_reference
from scheduling.enums import ActorKind, BookingSource
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.messages.standing import MERGED_WITHIN
from scheduling.types import CUSTOMER, Actor, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

STAFF = Actor(kind=ActorKind.STAFF)
SLOTS_A_DAY = 8
UNDONE = frozenset({1, 11, 21})
CANCELLED = frozenset({3, 18})
"""Which of thirty bookings are moved there and back by staff, or cancelled by their customers."""
THIRTY = 30
ELSEWHERE = timedelta(days=40)
CONFIRMATION = "booking_confirmed"
OPEN_SQL = """
SELECT count(*) FROM public.tenants_duework
WHERE schema_name = ANY(%s) AND kind IN ('event', 'event_later', 'message') AND due_at <= %s AND NOT is_parked
"""
DELIVERIES_SQL = """
SELECT subject_id, role, template, "to", reason, created_at, sent_at FROM notifications_message
WHERE subject_id IS NOT NULL ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as somebody sees it who looks at clocks only."""

    subject_id: int
    role: str
    template: str
    to: str
    reason: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking of the burst, and what was done to it besides."""

    schema_name: str
    booking_id: int
    starts_at: datetime
    is_undone: bool
    is_cancelled: bool


@dataclass(slots=True)
class Report:
    """What left, and when."""

    booked_seconds: float = 0.0
    booked: list[Booked] = field(default_factory=list)
    deliveries: dict[tuple[str, int], list[Delivery]] = field(default_factory=dict)
    still_waiting: int = 0

    def list_waits(self, *, is_customer: bool) -> list[float]:
        """Return how long confirmations to customers, or notices to others, took; in seconds."""
        sent = [each for rows in self.deliveries.values() for each in rows if each.sent_at is not None]
        return sorted(
            (each.sent_at - each.created_at).total_seconds()
            for each in sent
            if each.sent_at is not None
            and (each.template == CONFIRMATION if is_customer else each.role not in {"", "customer"})
        )

    def describe(self) -> list[str]:
        """Return the figures, a line for each kind of reader."""
        lines = []
        for name, is_customer in (("confirmations to customers", True), ("notices to the business", False)):
            waits = self.list_waits(is_customer=is_customer)
            figures = ", ".join(f"p{share} {find_percentile(waits, share / 100):.1f} s" for share in (50, 95, 99))
            lines.append(f"{name:<27} {len(waits):5} sent: {figures}")
        undone = sum(each.is_undone for each in self.booked)
        told = len(self.list_told_undone())
        return [*lines, f"order broken: {len(self.list_overtaken())}; undone moves: {undone}, of them told: {told}"]

    def list_overtaken(self) -> list[Booked]:
        """Return the bookings of which a later message left before an earlier one."""
        return [each for each in self.booked if self._is_overtaken(each)]

    def list_told_undone(self) -> list[Booked]:
        """Return the bookings of which somebody was told a move that was undone."""
        return [
            each
            for each in self.booked
            if each.is_undone
            and any(row.sent_at is not None and row.template.endswith("moved") for row in self._list_rows(each))
        ]

    def list_faults(self, *, most_p95_seconds: float) -> list[str]:
        """Say what is not as it must be."""
        waits = self.list_waits(is_customer=True)
        wanted = sum(not each.is_cancelled for each in self.booked)
        faults = []
        if self.still_waiting:
            faults.append(f"{self.still_waiting} messages have not left")
        if len(waits) < wanted:
            reasons = Counter(row.reason for rows in self.deliveries.values() for row in rows if row.sent_at is None)
            faults.append(f"{len(waits)} of at least {wanted} confirmations left; not sent: {dict(reasons)}")
        if waits and find_percentile(waits, 0.95) >= most_p95_seconds:
            faults.append(f"p95 of confirmations is {find_percentile(waits, 0.95):.1f} s, not below {most_p95_seconds}")
        if self.list_overtaken():
            faults.append(f"messages of {len(self.list_overtaken())} bookings overtook each other")
        if self.list_told_undone():
            faults.append(f"{len(self.list_told_undone())} undone moves were told")
        return faults

    def _list_rows(self, booked: Booked) -> list[Delivery]:
        return self.deliveries.get((booked.schema_name, booked.booking_id), [])

    def _is_overtaken(self, booked: Booked) -> bool:
        """Tell whether, for one reader, the order of sending was not the order of writing."""
        readers: dict[tuple[str, str], list[datetime]] = {}
        for row in self._list_rows(booked):
            if row.sent_at is not None:
                readers.setdefault((row.role, row.to), []).append(row.sent_at)
        return any(instants != sorted(instants) for instants in readers.values())


def prepare_platform() -> None:
    """Make the tables that the worker looks into from its start."""
    call_command("migrate_platform", verbosity=0, stdout=StringIO())


@contextmanager
def running_businesses(count: int) -> Iterator[list[TenantInfo]]:
    """Provision businesses for one burst; they are dropped with the block."""
    tenants: list[TenantInfo] = []
    try:
        for _ in range(count):
            slug = f"burst-{new_reference().lower()}"
            tenants.append(make_scratch_tenant(slug=slug, now=utc_now()))
        yield tenants
    finally:
        for tenant in tenants:
            drop_tenant(schema_name=tenant.schema_name)


def run_burst(tenants: Sequence[TenantInfo], *, bookings: int, wait_seconds: float) -> Report:
    """Book as fast as one process can, a turn for each business, and wait until nothing waits any more.

    Then staff moves some there and back, and it waits until that would have been told.
    """
    report = Report()
    each = -(-bookings // len(tenants))
    services = [call_in_tenant(tenant.schema_name, _set_up, tenant, each) for tenant in tenants]
    schemas = [tenant.schema_name for tenant in tenants]
    began = time.monotonic()
    for number in range(bookings):
        place = number % len(tenants)
        report.booked.append(
            call_in_tenant(schemas[place], _book, schemas[place], services[place], number, len(tenants))
        )
    report.booked_seconds = time.monotonic() - began
    report.still_waiting = _wait(schemas, seconds=wait_seconds)
    for booked in report.booked:
        if booked.is_undone:
            call_in_tenant(booked.schema_name, _move_there_and_back, booked)
    report.still_waiting += _wait(schemas, seconds=wait_seconds)
    for schema_name in schemas:
        for row in call_in_tenant(schema_name, _list_deliveries):
            report.deliveries.setdefault((schema_name, row.subject_id), []).append(row)
    return report


def _wait(schemas: Sequence[str], *, seconds: float) -> int:
    """Wait until nothing is due or will be within the time that an undo has; return what is left."""
    ends_at = time.monotonic() + seconds
    while True:
        with connection.cursor() as cursor:
            cursor.execute(OPEN_SQL, [list(schemas), utc_now() + MERGED_WITHIN])
            (left,) = cursor.fetchone()
        if not left or time.monotonic() > ends_at:
            return int(left)
        time.sleep(0.5)


def _list_deliveries() -> list[Delivery]:
    with connection.cursor() as cursor:
        cursor.execute(DELIVERIES_SQL)
        return [Delivery(*row) for row in cursor.fetchall()]


def _set_up(tenant: TenantInfo, bookings: int) -> int:
    """Make a shop where so many can book at different times, each with a mechanic who is told; return its service."""
    empty_scheduling(tenant)
    staff = max(3, -(-bookings // (SLOTS_A_DAY * 20)))
    place, pools = add_shop(staff=staff, email=f"mecanico@{tenant.slug}.example")
    del place
    return add_service(*pools, name="Cambio de aceite", duration_minutes=60, minimum_notice_minutes=0)


def _book(schema_name: str, service_id: int, number: int, businesses: int) -> Booked:
    nth = number // businesses
    contact = (
        CustomerDetails(name=f"Persona {number}", phone=_make_phone(), locale="es")
        if number % 3 == 0
        else CustomerDetails(
            name=f"Persona {number}", email=f"persona-{number}@{schema_name.replace('_', '-')}.example", locale="es"
        )
    )
    starts_at = _find_start(nth)
    now = utc_now()
    made = book_slot(
        request=SlotRequest(Wish(service_ids=(service_id,)), starts_at),
        details=VisitDetails(customer=contact, consents=("booking",)),
        now=now,
        source=BookingSource.PAGE,
        by=CUSTOMER,
    )
    is_cancelled = number % THIRTY in CANCELLED
    if is_cancelled:
        cancel_booking(booking_id=made.booking_id, now=utc_now(), by=CUSTOMER)
    return Booked(
        schema_name, made.booking_id, starts_at, is_undone=number % THIRTY in UNDONE, is_cancelled=is_cancelled
    )


def _make_phone() -> str:
    """Return a number that nobody was written to in this burst or another one of today: limits count by it."""
    return f"+5255{20_000_000 + secrets.randbelow(39_999_999)}"


def _move_there_and_back(booked: Booked) -> None:
    for starts_at in (booked.starts_at + ELSEWHERE, booked.starts_at):
        move_booking(booking_id=booked.booking_id, starts_at=starts_at, now=utc_now(), by=STAFF)


def _find_start(number: int) -> datetime:
    """Return the start of the n-th visit: the shop's hours, from two days on (9:00 in Mexico City is 15:00 UTC)."""
    day, hour = divmod(number // 3, SLOTS_A_DAY)
    first = datetime.combine(utc_now().date(), datetime.min.time(), UTC) + timedelta(days=2, hours=15)
    return first + timedelta(days=day, hours=hour)
