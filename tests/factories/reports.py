"""Many bookings of every kind at once, as reports count them: rows, without the way there."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from scheduling.enums import ACTIVE_STATUSES, BookingSource, BookingStatus
from scheduling.models import Allocation, Booking, Customer, Location, Resource, Service

MINUTE = timedelta(minutes=1)


def make_row(service: Service, place: Location, starts_at: datetime, **values) -> Booking:
    """A booking of an hour that is not saved; ``now`` is when it was made."""
    status = values.pop("status", BookingStatus.COMPLETED)
    minutes = values.pop("minutes", 60)
    is_hold = status == BookingStatus.HELD
    return Booking(
        reference="R", token_hash="h", ics_uid="u", service=service, location=place, starts_at=starts_at,
        ends_at=starts_at + minutes * MINUTE, status=status, is_active=status in ACTIVE_STATUSES, currency="MXN",
        hold_expires_at=starts_at if is_hold else None,
        **{"source": BookingSource.PAGE, "created_at": starts_at - timedelta(days=2), "customer_name": "Ana"} | values,
    )  # fmt: skip


def make_bookings(since: datetime, *, days: int, count: int, seed: int = 7) -> None:
    """Bookings at `make_shop`'s, of ten customers and nobody, with every status, door and distance, around the days."""
    random = Random(seed)
    services = list(Service.objects.filter(name__startswith="Corte").order_by("pk"))
    places = list(Location.objects.filter(name__startswith="Centro").order_by("pk"))
    people = Customer.objects.bulk_create(Customer(name=f"Cliente {n}", created_at=since) for n in range(10))
    resources = list(Resource.objects.filter(name__startswith="Persona").order_by("pk"))
    rows = []
    for _ in range(count):
        starts_at = since + timedelta(minutes=random.randrange(-2 * 1440, (days + 2) * 1440))
        made_at = starts_at - timedelta(minutes=random.randrange(-60, random.choice([120, 2 * 1440, 50 * 1440])))
        source, is_test = random.choice(BookingSource.values), random.random() < 0.05
        rows.append(
            make_row(
                random.choice(services), random.choice(places), starts_at, minutes=random.randrange(15, 240),
                status=random.choice(BookingStatus.values), source=source, created_at=made_at,
                arrived_at=made_at if random.random() < 0.3 else None, is_test=is_test,
                is_sample=random.random() < 0.1, cancelled_by=random.choice(["customer", "staff", ""]),
                customer=None if is_test or random.random() < 0.2 else random.choice(people),
            )
        )  # fmt: skip
    saved = [row for row in Booking.with_tests.bulk_create(rows) if not row.is_test]
    Allocation.objects.bulk_create(
        Allocation(
            booking=row, resource=random.choice(resources), starts_at=row.starts_at, ends_at=row.ends_at,
            is_active=row.is_active, is_override=True,
        )
        for row in saved
    )  # fmt: skip
