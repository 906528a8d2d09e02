"""The booking row itself: snapshot of what is agreed, price, references."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from kernel.ids import new_reference
from kernel.instants import to_minutes
from scheduling.engine import expand_hours
from scheduling.enums import Approval, BookingLevel, BookingSource, BookingStatus, DepositKind, OverrideKind
from scheduling.hooks import DepositTerms, can_be_asked, compute_deposit, takes_deposits
from scheduling.models import Booking, BookingLine
from scheduling.selectors.availability.columns import AddOnTerms
from scheduling.selectors.availability.plans import Plan, PlannedService
from scheduling.services.messages.manage_tokens import hash_manage_token, make_manage_token
from scheduling.services.writing.agreed import agree_on
from scheduling.services.writing.counters import Counters, list_usage
from scheduling.services.writing.customers import Known
from scheduling.services.writing.groups import join_session
from scheduling.services.writing.placement import Place
from scheduling.types import AgreedPolicy, LocalText, RuleUse, SubmittedBooking, map_names
from tenants.context import current_tenant

CAME = (BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED)
"""The statuses of a visit that took place, or does."""


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
        length_minutes=plan.wish.length_minutes,
        status=agreed.status,
        is_active=True,
        source=agreed.source,
        hold_expires_at=agreed.hold_expires_at,
        arrival_mode=plan.wish.arrival_mode,
        price_minor=price_visit(plan, place),
        deposit_minor=_sum_deposits(plan, place, agreed.now),
        currency=tenant.currency,
        policy=_agree_policy(plan, place, agreed.now).to_json(),
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


def note_lengths(booking: Booking, place: Place) -> None:
    """Let each service of a booking say how long it takes at its place; one statement for each that changed."""
    for line in booking.lines.all():
        minutes = place.visit.line_minutes[line.position]
        if line.duration_minutes != minutes:
            BookingLine.objects.filter(pk=line.pk).update(duration_minutes=minutes)


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


def _agree_policy(plan: Plan, place: Place, now: datetime) -> AgreedPolicy:
    """Return what is agreed, with the deposits of those whom the business does not know yet, or wants money from."""
    policy = AgreedPolicy.agree(plan.services)
    if any(each.deposit_first_visit for each in plan.services):
        policy = replace(policy, deposit_first_minor=_sum_deposits(plan, place, now, is_first_visit=True))
    if any(map(_is_conditional, plan.services)):
        policy = replace(policy, deposit_prepay_minor=_sum_deposits(plan, place, now, must_prepay=True))
    return policy


def _is_conditional(service: PlannedService) -> bool:
    is_asked = (
        service.deposit_first_visit,
        service.deposit_outside_hours,
        service.deposit_must_prepay,
        service.deposit_above_minor is not None,
        service.deposit_ahead_minutes is not None,
        service.deposit_within_minutes is not None,
    )
    return service.deposit_kind != DepositKind.NONE and any(is_asked)


def _sum_deposits(
    plan: Plan, place: Place, now: datetime, *, is_first_visit: bool = False, must_prepay: bool = False
) -> int:
    """Return what the services of the visit ask in advance, each of its own price with its add-ons.

    What nobody can pay from afar is not asked: no visit ends for want of it.
    """
    currency, due = current_tenant().currency, 0
    for number, service in enumerate(plan.services):
        price = _price_line(plan, place, number)
        extras = sum(each.price_minor for each in _add_ons(plan, service))
        terms = DepositTerms(
            service=service,
            price_minor=None if price is None else price + extras,
            currency=currency,
            is_outside_hours=service.deposit_outside_hours and is_outside_hours(plan, place),
            lead_minutes=place.start_minute - to_minutes(now),
            is_first_visit=is_first_visit,
            must_prepay=must_prepay,
        )
        due += compute_deposit(terms)
    return due if due and can_be_asked(due) else 0


def is_outside_hours(plan: Plan, place: Place) -> bool:
    """Tell whether somebody serves the visit when they do not work in a usual week, whatever the day was changed to."""
    served = [plan.timetables.resources[each] for each in place.resource_ids if each in plan.timetables.resources]
    usual = (replace(each, overrides=(), closings=(), time_off=(), observes_holidays=False) for each in served)
    begin, end = place.start_minute, place.end_minute
    return not all(
        any(opens <= begin and end <= closes for opens, closes in expand_hours(each, frozenset(), begin, end).periods)
        for each in usual
    )


def settle_deposit(booking: Booking, known: Known, *, now: datetime) -> None:
    """Say what is due in advance now that it is known who books; one query if that depends on earlier visits.

    Whoever must prepay pays what the services ask in advance, and where they ask for nothing, the price: as far as
    there is one, and the business has a way to take it. A card is not enough of them. A deposit that nobody can pay
    from afar counts as none.
    """
    policy = AgreedPolicy.read(booking.policy)
    if known.level == BookingLevel.MUST_PREPAY:
        booking.policy = booking.policy | {"is_on_card": False}
        if policy.deposit_prepay_minor is not None:
            booking.deposit_minor = policy.deposit_prepay_minor
        price = booking.price_minor
        if not booking.deposit_minor and price and takes_deposits() and can_be_asked(price):
            booking.deposit_minor = price
    elif policy.deposit_first_minor is not None and not was_here(known.customer_id, now=now):
        booking.deposit_minor = policy.deposit_first_minor


def was_here(customer_id: int | None, *, now: datetime) -> bool:
    """Tell whether a customer came before ``now``; one query."""
    if customer_id is None:
        return False
    return Booking.objects.filter(customer_id=customer_id, status__in=CAME, starts_at__lt=now).exists()


def next_status(booking: Booking, level: BookingLevel) -> BookingStatus:
    """Return what a submitted hold becomes; ``level`` is its customer's.

    Whoever must prepay what cannot be asked for (`settle_deposit`) waits for approval: so staff can ask first.
    """
    if booking.deposit_minor > 0:
        return BookingStatus.PENDING_PAYMENT
    if level != BookingLevel.NORMAL or AgreedPolicy.read(booking.policy).approval == Approval.REQUEST:
        return BookingStatus.PENDING_APPROVAL
    return BookingStatus.CONFIRMED


def _add_ons(plan: Plan, service: PlannedService) -> list[AddOnTerms]:
    return [each for each in plan.add_ons if each.service_id == service.id]
