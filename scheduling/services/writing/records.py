"""The booking row itself: snapshot of what is agreed, price, references."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from kernel.ids import new_reference
from scheduling.enums import Approval, BookingLevel, BookingSource, BookingStatus, OverrideKind
from scheduling.hooks import DepositTerms, compute_deposit
from scheduling.models import Booking, BookingLine
from scheduling.selectors.availability.columns import AddOnTerms
from scheduling.selectors.availability.plans import Plan, PlannedService
from scheduling.services.messages.manage_tokens import hash_manage_token, make_manage_token
from scheduling.services.writing.agreed import agree_on
from scheduling.services.writing.counters import Counters, list_usage
from scheduling.services.writing.groups import join_session
from scheduling.services.writing.placement import Place
from scheduling.types import AgreedPolicy, LocalText, RuleUse, SubmittedBooking, map_names
from tenants.context import current_tenant


@dataclass(frozen=True, slots=True)
class Agreed:
    """How a booking begins."""

    status: BookingStatus
    source: BookingSource
    now: datetime
    hold_expires_at: datetime | None = None
    hold_token_hash: str = ""
    override_kind: OverrideKind | None = None
    override_reason: str = ""
    overridden_by_id: int | None = None
    is_sample: bool = False
    is_test: bool = False
    series_id: int | None = None


def make_booking(plan: Plan, place: Place, agreed: Agreed) -> Booking:
    """Make the booking, not saved yet, and without its group and what it uses of rules."""
    service = plan.services[0]
    tenant = current_tenant()
    uid = f"{uuid4()}@{tenant.slug}"
    booking = Booking(
        reference=new_reference(),
        token_hash=hash_manage_token(uid, 1),
        hold_token_hash=agreed.hold_token_hash,
        ics_uid=uid,
        service_id=service.id,
        location_id=place.location_id,
        chosen_resource_id=plan.wish.resource_ids[0] if plan.wish.resource_ids else None,
        chosen_beside_ids=list(plan.wish.resource_ids[1:]),
        party_size=plan.wish.party_size,
        status=agreed.status,
        is_active=True,
        source=agreed.source,
        hold_expires_at=agreed.hold_expires_at,
        arrival_mode=plan.wish.arrival_mode,
        price_minor=price_visit(plan, place),
        deposit_minor=sum(
            _ask_deposit(plan, each, _price_line(plan, place, number), currency=tenant.currency)
            for number, each in enumerate(plan.services)
        ),
        currency=tenant.currency,
        policy=AgreedPolicy.agree(plan.services).to_json(),
        override_kind=agreed.override_kind or "",
        override_reason=agreed.override_reason,
        overridden_by_id=agreed.overridden_by_id,
        created_at=agreed.now,
        confirmed_at=agreed.now if agreed.status == BookingStatus.CONFIRMED else None,
        is_sample=agreed.is_sample,
        is_test=agreed.is_test,
        series_id=agreed.series_id,
    )
    agree_on(
        booking,
        start_minute=place.start_minute,
        end_minute=place.end_minute,
        timezone=plan.timetables.places[place.location_id].timezone,
    )
    return booking


def note_rules_and_group(plan: Plan, place: Place, booking: Booking, *, counters: Counters) -> None:
    """Note what a booking takes of rules, and let it join its group; before it is saved."""
    note_rules(plan, place, booking, counters=counters)
    booking.session = None
    if place.visit.seats is not None and not booking.is_test:
        join_session(place, booking)


def note_rules(plan: Plan, place: Place, booking: Booking, *, counters: Counters) -> None:
    """Note what a booking takes of rules, a test nothing; before it is saved."""
    booking.rule_usage = [] if booking.is_test else list_place_usage(plan, place)
    counters.add(booking)


def list_place_usage(plan: Plan, place: Place) -> list[RuleUse]:
    """List what the visit of a plan uses of rules at its place."""
    return list_usage(
        plan=plan,
        location_id=place.location_id,
        visit=place.visit,
        start_minute=place.start_minute,
        resource_ids=place.resource_ids,
        party_size=plan.wish.party_size,
    )


def make_lines(plan: Plan, place: Place | None) -> list[BookingLine]:
    """Make one line for each service of the visit; not saved, and without their booking.

    Without a place nobody begins them: each has the length and the price of its service.
    """
    visit = next(iter(plan.visits.values())) if place is None else place.visit
    return [
        BookingLine(
            position=position,
            service_id=service.id,
            service_name=service.name,
            service_names=map_names(service.texts),
            duration_minutes=visit.line_minutes[position],
            price_minor=service.price_minor if place is None else _price_line(plan, place, position),
            add_ons=[
                {
                    "id": each.id,
                    "name": each.name,
                    "minutes": each.minutes,
                    "price_minor": each.price_minor,
                    "names": map_names(LocalText.read(each.texts)),
                }
                for each in _add_ons(plan, service)
            ],
        )
        for position, service in enumerate(plan.services)
    ]


def describe_submitted(booking: Booking) -> SubmittedBooking:
    """Return what its customer is told of a booking that was written."""
    return SubmittedBooking(
        booking_id=booking.pk,
        reference=booking.reference,
        status=BookingStatus(booking.status),
        manage_token=make_manage_token(booking),
        answer_by=booking.hold_expires_at if booking.status == BookingStatus.PENDING_APPROVAL else None,
    )


def price_visit(plan: Plan, place: Place) -> int | None:
    """Return the price of all services and add-ons with who begins them; None when one service has no fixed price."""
    prices = [_price_line(plan, place, number) for number in range(len(plan.services))]
    if any(price is None for price in prices):
        return None
    extras = (each.price_minor for service in plan.services for each in _add_ons(plan, service))
    return sum(price or 0 for price in prices) + sum(extras)


def _price_line(plan: Plan, place: Place, number: int) -> int | None:
    """Return the price of one service of the visit with those who fill its first requirement."""
    part = place.visit.first_parts[number]
    begins = [each.resource_id for each in place.candidate.assignments if each.part_index == part]
    return plan.price_service(plan.services[number].id, begins)


def _ask_deposit(plan: Plan, service: PlannedService, price_minor: int | None, *, currency: str) -> int:
    """Return what one service of the visit asks in advance, of its own price with its add-ons."""
    extras = sum(each.price_minor for each in _add_ons(plan, service))
    return compute_deposit(
        DepositTerms(
            kind=service.deposit_kind,
            amount_minor=service.deposit_minor,
            percent=service.deposit_percent,
            price_minor=None if price_minor is None else price_minor + extras,
            currency=currency,
        )
    )


def next_status(booking: Booking, level: BookingLevel) -> BookingStatus:
    """Return what a submitted hold becomes; ``level`` is its customer's.

    Whoever must prepay and is asked for no deposit waits for approval: so staff can ask for the money first.
    """
    if booking.deposit_minor > 0:
        return BookingStatus.PENDING_PAYMENT
    if level != BookingLevel.NORMAL or AgreedPolicy.read(booking.policy).approval == Approval.REQUEST:
        return BookingStatus.PENDING_APPROVAL
    return BookingStatus.CONFIRMED


def _add_ons(plan: Plan, service: PlannedService) -> list[AddOnTerms]:
    return [each for each in plan.add_ons if each.service_id == service.id]
