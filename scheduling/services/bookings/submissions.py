"""Turning a time into a booking: from a hold, or at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from database.transactions import LostRace, run_write
from kernel.instants import count_minutes, to_instant, to_minutes
from scheduling.enums import (
    ActorKind,
    Approval,
    BookingEvent,
    BookingLevel,
    BookingSource,
    BookingStatus,
    OverrideKind,
)
from scheduling.errors import HoldExpired, HoldUsed, SlotTaken
from scheduling.models import Booking
from scheduling.policies import check_new_bookings
from scheduling.selectors.availability.free_times import list_alternatives
from scheduling.selectors.availability.lengths import check_own_length
from scheduling.selectors.availability.plans import Plan, check_online, load_plan_at
from scheduling.selectors.bookings.coinciding import list_coinciding
from scheduling.selectors.bookings.deadlines import find_deposit_deadline, find_request_deadline
from scheduling.services.bookings.asking import clean_choice, join_reasons, settle_by_staff
from scheduling.services.bookings.counting import counted
from scheduling.services.bookings.guards import Sending, check_refused, check_sole
from scheduling.services.bookings.holds import get_hold, read_hold
from scheduling.services.bookings.returning import find_held_place
from scheduling.services.editions import plans_anew
from scheduling.services.writing.allocations import forget_allocations
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.customers import Known, attach_details, meet_customer
from scheduling.services.writing.expiry import clear_way, is_expired
from scheduling.services.writing.inputs import CleanDetails, check_start, clean_details, clean_reason, local_today
from scheduling.services.writing.placement import Asked, Place, PlaceRefused, explain_refusal
from scheduling.services.writing.records import (
    Agreed,
    describe_submitted,
    list_place_usage,
    make_booking,
    next_status,
    note_rules_and_group,
    settle_deposit,
)
from scheduling.services.writing.takes import take_place
from scheduling.services.writing.writes import BookingWrite, write_booking
from scheduling.types import (
    ALONE,
    ASK_DEPOSIT,
    CUSTOMER,
    Actor,
    DepositChoice,
    OverrideReason,
    Question,
    SeriesPart,
    SlotRequest,
    SubmittedBooking,
    VisitDetails,
    unite_questions,
)

LATE = timedelta(minutes=30)
"""How long after its end a hold still counts as begun in time."""

EVENT_KINDS: Mapping[str, BookingEvent] = {
    BookingStatus.CONFIRMED: BookingEvent.CONFIRMED,
    BookingStatus.PENDING_APPROVAL: BookingEvent.REQUESTED,
    BookingStatus.PENDING_PAYMENT: BookingEvent.PAYMENT_REQUESTED,
}


@counted("submit")
@plans_anew
def submit_booking(
    *, hold_id: int, token: str, details: VisitDetails, now: datetime, series: SeriesPart = ALONE
) -> SubmittedBooking:
    """Turn a hold into a booking: confirmed, waiting for payment, or waiting for approval.

    A hold that ended is accepted while its place is still free. ``series`` is what it is the first date of.

    Raises:
        StatusForbids: The business takes no bookings any more.
        HoldUnknown, HoldUsed: There is nothing to submit.
        HoldExpired: It ended and its place is taken; with the nearest free times.
        CustomerInvalid: What was typed, by field; the hold stays.
        VerificationRequired, TooManyBookings, AlreadyBooked: As `check_refused` and `check_sole`.
    """
    check_new_bookings(CUSTOMER)
    sending = Sending()

    def work(*, is_pessimistic: bool) -> SubmittedBooking:
        seen = read_hold(hold_id=hold_id, token=token)
        _check_unused(seen)
        clean = _clean(seen, details, now=now)
        known = meet_customer(clean)
        counters = Counters()
        place: Place | None = None
        if _has_ended(seen, now):
            # Advisory locks first, then rows: the order in which everybody locks.
            # Long after, the notice and the window count again: a hold must not be a way around them.
            is_recent = seen.hold_expires_at is not None and now < seen.hold_expires_at + LATE
            plan, place = find_held_place(seen, now=now, is_pessimistic=is_pessimistic, is_any_minute=is_recent)
            clear_way(place, list_place_usage(plan, place), counters=counters, now=now, own_id=hold_id)
        booking = get_hold(hold_id=hold_id, token=token)
        _check_unused(booking)
        if place is not None:
            forget_allocations(booking)
            if booking.is_active:
                counters.take_back(booking)
            booking.ends_at = to_instant(place.end_minute)
            note_rules_and_group(plan, place, booking, counters=counters)
        elif _has_ended(booking, now):
            raise LostRace  # Somebody's clock was ahead.
        attach_details(booking, clean, known)
        check_refused(clean.details, known.refused)
        booking.is_sole = _is_sole(booking, clean.details, known, sending, now=now)
        booking.series_id = series.series_id
        _advance(booking, known, now=now)
        kind = EVENT_KINDS[booking.status]
        write = BookingWrite(booking, kind, CUSTOMER, now, place=place, clean=clean, known=known)
        write_booking(replace(write, photo_run=details.photo_run, extra=series.bundle))
        counters.write()
        return describe_submitted(booking)

    try:
        return run_write(work)
    except PlaceRefused as refused:
        raise _explain_late(refused) from refused


@counted("book")
@plans_anew
def book_slot(
    *,
    request: SlotRequest,
    details: VisitDetails,
    now: datetime,
    source: BookingSource,
    by: Actor,
    override: OverrideReason | None = None,
    deposit: DepositChoice = ASK_DEPOSIT,
    is_sample: bool = False,
    is_test: bool = False,
    series: SeriesPart = ALONE,
) -> SubmittedBooking:
    """Book a time without a hold.

    With ``override`` staff books in spite of what is taken, closed or counted; the reason is kept.
    Staff's own bookings (``by.kind`` staff) need no approval, and start at any minute: grid, notice and booking
    window bind customers alone. Of their ``deposit`` staff decides; where none is due, they are confirmed at once. A
    test (`services.first_run.trials`) is found a place like any other and takes nothing; no customer is made of what
    was typed.

    Raises:
        StatusForbids: The business takes no bookings now.
        SlotTaken, SlotInPast, SlotUnavailable: With the nearest free times.
        CustomerInvalid, RequestInvalid: What was typed, by field.
        VerificationRequired, TooManyBookings, AlreadyBooked: As `check_refused` and `check_sole`.
        ServiceNotFound, ResourceNotFound, LocationNotFound: The request makes no sense.
    """
    check_new_bookings(by, is_test=is_test)
    check_start(request.starts_at)
    is_staff, is_over, sending = by.kind == ActorKind.STAFF, override is not None, Sending()
    reason = "" if override is None else clean_reason(override.reason, is_required=True)
    deposit = clean_choice(deposit, now=now) if is_staff else deposit
    plan = load_plan_at(wish=request.wish, starts_at=request.starts_at, is_party_free=is_staff)
    check_own_length(plan)
    if by.kind == ActorKind.CUSTOMER:
        check_online(plan)
    clean = clean_asked(plan, request, details, now=now, is_staff=is_staff)
    begun = _begin(source, override, reason, now=now)
    agreed = replace(begun, is_sample=is_sample, is_test=is_test, series_id=series.series_id)

    def book_at(place: Place, known: Known) -> BookingWrite:
        booking, why = make_booking(plan, place, agreed), reason
        if is_staff:
            why = join_reasons(reason, settle_by_staff(booking, known, deposit, now=now))
        else:
            check_refused(clean.details, known.refused)
            booking.is_sole = not is_test and _is_sole(booking, clean.details, known, sending, now=now)
            _advance(booking, known, now=now)
        attach_details(booking, clean, known)
        kind = EVENT_KINDS[booking.status]
        owner, run = None if is_test else clean, details.photo_run
        return BookingWrite(booking, kind, by, now, plan, place, owner, known, why, run, series.bundle)

    start_minute = to_minutes(request.starts_at)
    asked = Asked(plan=plan, start_minute=start_minute, now=now, is_any_minute=is_staff, is_override=is_over)
    return describe_submitted(take_place(asked, book_at, clean=None if is_test else clean))


def _begin(source: BookingSource, override: OverrideReason | None, reason: str, *, now: datetime) -> Agreed:
    return Agreed(
        status=BookingStatus.CONFIRMED,
        source=source,
        now=now,
        override_kind=None if override is None else OverrideKind.STAFF,
        override_reason=reason,
        overridden_by_id=override.user_id if override else None,
    )


def clean_asked(
    plan: Plan, request: SlotRequest, details: VisitDetails, *, now: datetime, is_staff: bool = False
) -> CleanDetails:
    """Clean what was typed for a time that nobody held.

    Raises:
        CustomerInvalid: By field.
    """
    return clean_details(
        details if details.arrival_mode else replace(details, arrival_mode=request.wish.arrival_mode),
        arrival_modes=plan.services[0].arrival_modes,
        duration_minutes=next(iter(plan.visits.values())).duration_minutes,
        today=local_today(now),
        is_staff=is_staff,
        questions=unite_questions(question for service in plan.services for question in service.questions),
    )


def _is_sole(booking: Booking, details: VisitDetails, known: Known, sending: Sending, *, now: datetime) -> bool:
    """Tell whether a customer has nothing else then, or ask them; two at once are told apart by the table."""
    if not details.is_sole:
        return False
    service_id, starts_at = booking.service_id, booking.starts_at
    coinciding = (
        ()
        if known.customer_id is None
        else list_coinciding(
            customer_id=known.customer_id, service_id=service_id, starts_at=starts_at, ends_at=booking.ends_at, now=now
        )
    )
    has_twin = any(each.is_twin for each in coinciding)
    is_again = sending.is_again(details, service_id=service_id, starts_at=starts_at, has_twin=has_twin)
    return check_sole(details, coinciding, is_again=is_again)


def _check_unused(booking: Booking) -> None:
    if booking.status not in {BookingStatus.HELD, BookingStatus.EXPIRED} or booking.customer_id is not None:
        raise HoldUsed


def _has_ended(booking: Booking, now: datetime) -> bool:
    return not booking.is_active or is_expired(booking, now)


def _clean(booking: Booking, details: VisitDetails, *, now: datetime) -> CleanDetails:
    services = [line.service for line in booking.lines.select_related("service")] or [booking.service]
    return clean_details(
        details,
        arrival_modes=tuple(services[0].arrival_modes),
        duration_minutes=count_minutes(booking.starts_at, booking.ends_at),
        today=local_today(now),
        is_staff=False,
        questions=unite_questions(question for each in services for question in Question.read(each.questions)),
    )


def _advance(booking: Booking, known: Known, *, now: datetime) -> None:
    """Let policy decide what a customer's booking is, and until when its place is kept."""
    offered_until = booking.hold_expires_at
    settle_deposit(booking, known, now=now)
    status = next_status(booking, known.level)
    booking.status = status
    booking.is_active = True
    booking.hold_expires_at = None
    booking.confirmed_at = None
    if status == BookingStatus.CONFIRMED:
        booking.confirmed_at = now
    elif status == BookingStatus.PENDING_PAYMENT:
        booking.hold_expires_at = find_deposit_deadline(booking, now=now, offered_until=offered_until)
        if known.level == BookingLevel.BY_APPROVAL:  # once it is paid: the deposit is no way around that
            booking.policy = booking.policy | {"approval": Approval.REQUEST.value}
    else:
        booking.hold_expires_at = find_request_deadline(booking, now=now)


def _explain_late(refused: PlaceRefused) -> HoldExpired | SlotTaken:
    asked = refused.asked
    error = explain_refusal(refused)
    alternatives = list_alternatives(plan=asked.plan, starts_at=error.starts_at, now=asked.now)
    return HoldExpired(starts_at=error.starts_at, alternatives=alternatives)
