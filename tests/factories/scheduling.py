"""Small businesses to book at, made through the set-up services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from devtools.scratch.shop import add_place, add_rule, add_service, add_team
from scheduling.engine import Measure, RulePeriod, WeeklyPeriod
from scheduling.enums import RuleScope
from scheduling.models import Location, Resource, Service
from scheduling.services.bookings.submissions import book_slot
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


def make_place(timezone: str = "UTC", **values) -> int:
    return add_place(find_name(Location, "Centro"), timezone=timezone, **values)


def make_resource(place: int, name: str = "Eva", **values) -> int:
    defaults = {"type_name": "Persona", "hours": NINE_TO_FIVE, "position": 0}
    return add_team(place, [find_name(Resource, name)], **defaults | values)[0]


def make_service(*pools: tuple[int, ...], **values) -> int:
    return add_service(*pools, **{"name": find_name(Service, "Corte"), "step_minutes": 60, "position": 0} | values)


def make_rule(scope: RuleScope, period: RulePeriod, limit: int, measure: Measure = Measure.BOOKINGS, **target) -> int:
    return add_rule(scope=scope, period=period, limit=limit, measure=measure, now=NOW, **target)


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
    return book_slot(request=request, details=DETAILS, now=now, source="page", by=CUSTOMER)


def hours_later(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)
