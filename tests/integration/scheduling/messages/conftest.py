from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.clock import utc_now
from notifications.models import Event
from notifications.services.outbox import process_event, process_event_later
from scheduling.models import Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import (
    Actor,
    AvailabilityQuery,
    AvailableSlot,
    BookingView,
    CustomerDetails,
    SlotRequest,
    VisitDetails,
)
from tests.factories.scheduling import CUSTOMER, make_wish

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
"""Monday, 9:00 in Mexico City."""


def handle_events(now: datetime | None = None) -> None:
    for event_id in Event.objects.filter(processed_at=None).order_by("pk").values_list("pk", flat=True):
        process_event(event_id, now or utc_now())
        process_event_later(event_id, now or utc_now())


def list_slots(service: Service, *, days: int = 4, now: datetime = NOW) -> list[AvailableSlot]:
    today = now.date()
    query = AvailabilityQuery(make_wish(service.pk), from_on=today, to_on=today + timedelta(days=days))
    return [slot for day in get_availability(query=query, now=now).days for slot in day.slots]


@pytest.fixture
def service(tenant) -> Service:
    found = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    found.minimum_notice_minutes = 0
    found.save()
    return found


@pytest.fixture
def book(service) -> Callable[..., BookingView]:
    def _book(
        *,
        email: str | None = "ana@example.com",
        phone: str | None = "+525512345678",
        locale: str = "es",
        name: str = "Ana Ruiz",
        starts_after: datetime = NOW + timedelta(days=2),
        wants_reminders: bool = True,
        consents: tuple[str, ...] = (),
        proven_contact: str = "",
        now: datetime = NOW,
        by: Actor = CUSTOMER,
        **more: object,
    ) -> BookingView:
        slot = next(slot for slot in list_slots(service, now=now) if slot.starts_at >= starts_after)
        modes = service.arrival_modes
        submitted = book_slot(
            request=SlotRequest(make_wish(service.pk, arrival_mode=modes[0] if modes else ""), slot.starts_at),
            details=VisitDetails(
                customer=CustomerDetails(name=name, phone=phone, email=email, locale=locale),
                asset={"make": "Nissan", "model": "Versa", "year": "2019", "plate": "ABC123D"},
                consents=("booking", *consents),
                wants_reminders=wants_reminders,
                proven_contact=proven_contact,
            ),
            now=now,
            source="page",
            by=by,
            **more,
        )
        return get_booking(booking_id=submitted.booking_id)

    return _book
