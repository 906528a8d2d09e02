from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.catalog import services as catalog
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import AvailabilityQuery, CustomerDetails, SlotRequest, SubmittedBooking, VisitDetails
from tenants.types import TenantInfo
from tests.conftest import HostClient
from tests.factories.scheduling import CUSTOMER, make_wish

PASSWORD = "un-secreto-largo"


ROOMY = 12
"""More free times than any test asks for; a Saturday may have fewer."""


def next_open_day(service_id: int) -> tuple[date, tuple]:
    """Return the next day with more than ``ROOMY`` free times, or else with some, and its times."""
    now = datetime.now(tz=UTC)
    answer = get_availability(
        query=AvailabilityQuery(
            make_wish(service_id), from_on=now.date() + timedelta(days=1), to_on=now.date() + timedelta(days=14)
        ),
        now=now,
    )
    open_days = [day for day in answer.days if len(day.slots) > 4]
    day = next((day for day in open_days if len(day.slots) > ROOMY), open_days[0])
    return day.on, day.slots


def book(name: str = "Ana Torres", *, slot: int = 0, service: int = 0) -> SubmittedBooking:
    """Book as a customer on the page does; run it inside the tenant."""
    chosen = [each for each in catalog.list_bookable_services() if each.seats is None][service]
    _, slots = next_open_day(chosen.id)
    return book_slot(
        request=SlotRequest(make_wish(chosen.id), starts_at=slots[slot].starts_at),
        details=VisitDetails(
            customer=CustomerDetails(name, phone="5512345678", email="ana@example.com", locale="es"),
            asset={"make": "Chevrolet", "model": "Spark", "year": "2018", "plate": "ABC-12-34"},
            note="Rechina al frenar",
        ),
        now=datetime.now(tz=UTC),
        source="page",
        by=CUSTOMER,
    )


def local_day(at: datetime, timezone: str) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()


@pytest.fixture
def staff_client(tenant: TenantInfo) -> Callable[[str], HostClient]:
    """A browser in which somebody with this role is signed in."""

    def sign_in(role: str) -> HostClient:
        user, is_new = User.objects.get_or_create(
            email=f"{role}@taller.example", defaults={"name": f"Persona {role}", "role": role}
        )
        if is_new:
            user.set_password(PASSWORD)
            user.save()
        client = HostClient(tenant.primary_host)
        client.force_login(user)
        return client

    return sign_in
