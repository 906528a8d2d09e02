"""Small businesses to book at, made through the set-up services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduling.engine import WeeklyPeriod
from scheduling.models import Location, Resource, Service
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.catalog.setups import (
    RequirementSetup,
    ResourceSetup,
    ServiceSetup,
    save_location,
    save_resource,
    save_service,
)
from scheduling.types import Actor, CustomerDetails, SlotRequest, SubmittedBooking, VisitDetails, Wish

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
"""A free Monday at 9:00, a week after `NOW`."""
NINE_TO_FIVE = tuple(WeeklyPeriod(weekday, 540, 1020) for weekday in range(7))
CUSTOMER = Actor(kind="customer")
STAFF = Actor(kind="staff", user_id=None)
CAR = {"make": "Nissan", "model": "Versa"}
DETAILS = VisitDetails(
    customer=CustomerDetails(name="Ana Pérez", phone="+525512345678", email="ana@example.com", locale="es"), asset=CAR
)


def find_name(model, name: str) -> str:
    """Return a name that no other row has: "Corte", "Corte 2" and so on."""
    count = model.objects.filter(name__startswith=name).count()
    return f"{name} {count + 1}" if count else name


def make_place(timezone: str = "UTC") -> int:
    return save_location(name=find_name(Location, "Centro"), timezone=timezone, observes_public_holidays=False)


def make_resource(place: int, name: str = "Eva", **values) -> int:
    setup = ResourceSetup(
        **{"name": find_name(Resource, name), "type_name": "Persona", "location_id": place, "hours": NINE_TO_FIVE}
        | values
    )
    return save_resource(setup)


def make_service(*pools: tuple[int, ...], **values) -> int:
    requirements = tuple(RequirementSetup(resource_ids=pool) for pool in pools)
    defaults = {
        "name": find_name(Service, "Corte"),
        "duration_minutes": 60,
        "step_minutes": 60,
        "requirements": requirements,
    }
    return save_service(ServiceSetup(**defaults | values))


def make_shop(people: int = 1, **values) -> tuple[int, list[int]]:
    """A service that any of ``people`` can do; returns its id and theirs."""
    place = make_place()
    staff = [make_resource(place, f"Persona {number}", position=number) for number in range(people)]
    return make_service(tuple(staff), **values), staff


def make_wish(services: int | tuple[int, ...], **values) -> Wish:
    """One service, or several in their order."""
    return Wish(service_ids=services if isinstance(services, tuple) else (services,), **values)


def book(
    services: int | tuple[int, ...], starts_at: datetime = MONDAY, *, now: datetime = NOW, **wish
) -> SubmittedBooking:
    request = SlotRequest(make_wish(services, **wish), starts_at)
    return book_slot(request=request, details=DETAILS, now=now, source="page")


def hours_later(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)
