"""Short words for tests that combine two features of scheduling."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Min

from devtools.scratch.shop import add_extra
from scheduling.engine import DateOverride, Measure, RulePeriod
from scheduling.enums import ConflictChoice, RuleScope
from scheduling.errors import RequestInvalid, SlotTaken, SlotUnavailable
from scheduling.models import Allocation, RoundRobinLedger, Session
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.series.making import SeriesReport, book_series
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.types import (
    ASK_DEPOSIT,
    Actor,
    AvailabilityQuery,
    DepositChoice,
    HeldSlot,
    OverrideReason,
    SlotRequest,
    SubmittedBooking,
)
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, make_rule, make_wish

DAY = MONDAY.date()
WITHOUT_DEPOSIT = DepositChoice(is_asked=False, reason="Cliente de siempre")
DAILY = "FREQ=DAILY;COUNT=3"


Services = int | tuple[int, ...]


def list_offered(services: Services, *, now=NOW, day=DAY, moving_booking_id=None, **wish) -> list[float]:
    """List the free starts of the Monday, as hours of the day in UTC."""
    query = AvailabilityQuery(
        make_wish(services, **wish), day, day, timezone="UTC", moving_booking_id=moving_booking_id
    )
    slots = get_availability(query=query, now=now).days[0].slots
    return [slot.starts_at.hour + slot.starts_at.minute / 60 for slot in slots]


def list_seats(services: Services, *, now=NOW, **wish) -> dict[int, int | None]:
    """Map each free hour to the seats that are left."""
    query = AvailabilityQuery(make_wish(services, **wish), from_on=DAY, to_on=DAY, timezone="UTC")
    slots = get_availability(query=query, now=now).days[0].slots
    return {slot.starts_at.hour: slot.seats_left for slot in slots}


def check_offer(services: Services, *, now=NOW, every: int = 60, **wish) -> list[float]:
    """Try to book every start of the Monday, each as if it were the only one; return what is offered.

    What is offered must be booked, and what is not must be refused.
    """
    offered = list_offered(services, now=now, **wish)
    accepted = []
    for minutes in range(8 * 60, 18 * 60, every):
        before = transaction.savepoint()
        request = SlotRequest(make_wish(services, **wish), MONDAY + timedelta(minutes=minutes - 9 * 60))
        try:
            book_slot(request=request, details=DETAILS, now=now, source="page", by=CUSTOMER)
            accepted.append(minutes / 60)
        except (SlotTaken, SlotUnavailable, RequestInvalid):
            pass
        transaction.savepoint_rollback(before)
    assert accepted == offered
    return offered


def hold(services: Services, starts_at=MONDAY, *, now=NOW, **wish) -> HeldSlot:
    request = SlotRequest(make_wish(services, **wish), starts_at)
    return hold_slot(request=request, now=now, source="page")


def submit(held: HeldSlot, *, now=NOW) -> SubmittedBooking:
    return submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=now)


def override(services: Services, starts_at=MONDAY, *, now=NOW, deposit=ASK_DEPOSIT, **wish) -> SubmittedBooking:
    request = SlotRequest(make_wish(services, **wish), starts_at)
    reason = OverrideReason(reason="Urgencia", user_id=7)
    return book_slot(
        request=request, details=DETAILS, now=now, source="workspace", by=STAFF, override=reason, deposit=deposit
    )


def move(made: SubmittedBooking, starts_at, *, by: Actor = CUSTOMER, now=NOW, **values) -> SubmittedBooking:
    return move_booking(booking_id=made.booking_id, starts_at=starts_at, now=now, by=by, **values)


def repeat(
    services: Services, *, choice=ConflictChoice.SKIP, by: Actor = STAFF, rule: str = DAILY, starts_at=MONDAY, **wish
) -> SeriesReport:
    request = SlotRequest(make_wish(services, **wish), starts_at)
    return book_series(request=request, rule=rule, details=DETAILS, on_conflict=choice, now=NOW, by=by)


def list_outcomes(report: SeriesReport) -> list[str]:
    return [each.outcome for each in report.dates]


def limit(service_id: int, amount: int, measure=Measure.BOOKINGS, period=RulePeriod.DAY) -> int:
    return make_rule(RuleScope.SERVICE, period, amount, measure, service_id=service_id)


def limit_resource(resource_id: int, amount: int) -> int:
    return make_rule(RuleScope.RESOURCE, RulePeriod.DAY, amount, resource_id=resource_id)


def make_add_on(service_id: int, minutes: int = 30, price_minor: int = 500) -> int:
    return add_extra(service_id, f"Extra {minutes}", minutes=minutes, price_minor=price_minor)


def open_only(opens_hour: int, closes_hour: int, day=DAY) -> tuple[DateOverride, ...]:
    """Return the exception that a resource works on that date only from one hour to another."""
    periods = () if opens_hour == closes_hour else ((opens_hour * 60, closes_hour * 60),)
    return (DateOverride(on=day, periods=periods),)


def list_taken(booking_id: int) -> list[tuple[int, float, float]]:
    """List (resource, from hour, to hour) of what a booking takes now."""
    rows = Allocation.objects.filter(booking_id=booking_id, is_active=True).order_by("starts_at", "resource_id")
    return [
        (row.resource_id, row.starts_at.hour + row.starts_at.minute / 60, row.ends_at.hour + row.ends_at.minute / 60)
        for row in rows
    ]


def list_groups() -> list[tuple[int, int]]:
    """List (hour, seats taken) of the groups that run."""
    rows = Session.objects.filter(is_active=True).order_by("starts_at", "id")
    return [(row.starts_at.hour, row.seats_taken) for row in rows]


def list_group_times() -> list[tuple[float, float]]:
    """List from when to when the Monday's groups take each of their resources, as hours of the day."""
    rows = Allocation.objects.filter(session__isnull=False, is_active=True, starts_at__date=DAY)
    times = rows.values_list("resource_id").annotate(first=Min("starts_at"), last=Max("ends_at"))
    return [
        (first.hour + first.minute / 60, last.hour + last.minute / 60)
        for _, first, last in times.order_by("resource_id")
    ]


def read_ledger(service_id: int) -> dict[int, int]:
    """Map each resource to the turns that it had."""
    return dict(RoundRobinLedger.objects.filter(service_id=service_id).values_list("resource_id", "turns"))
