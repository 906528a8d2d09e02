"""Keeping a time for someone who is filling in the form."""

from __future__ import annotations

from datetime import datetime, timedelta

from database.transactions import run_write, write_transaction
from kernel.ids import hash_token, new_token
from kernel.instants import to_minutes
from scheduling.enums import ActorKind, BookingStatus
from scheduling.errors import HoldUnknown, HoldUsed
from scheduling.models import Booking
from scheduling.selectors.availability.plans import Plan, load_plan_at
from scheduling.services.writing.allocations import free_allocations
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import DUE_KIND, expire_due_holds
from scheduling.services.writing.inputs import check_start
from scheduling.services.writing.placement import Asked, Place, PlaceRefused, explain_refusal, find_place, pick_place
from scheduling.services.writing.records import Agreed, count, make_booking, settle
from scheduling.services.writing.writes import BookingWrite, write_booking, write_booking_at_once
from scheduling.types import Actor, HeldSlot, SlotRequest
from tenants.services.due_work import remove_due_work


def hold_slot(*, request: SlotRequest, now: datetime, source: str, hold_minutes: int | None = None) -> HeldSlot:
    """Keep a time for ``hold_minutes`` (default: the service's), for whoever has the token.

    Raises:
        SlotTaken, SlotInPast, SlotUnavailable: With the nearest free times.
        RequestInvalid, ServiceNotFound, ResourceNotFound, LocationNotFound: The request makes no sense.
    """
    check_start(request.starts_at)
    token = new_token()
    plan = load_plan_at(wish=request.wish, starts_at=request.starts_at)

    minutes = plan.services[0].hold_minutes if hold_minutes is None else hold_minutes
    agreed = Agreed(
        status=BookingStatus.HELD,
        source=source,
        now=now,
        hold_expires_at=now + timedelta(minutes=minutes),
        hold_token_hash=hash_token(token),
    )
    asked = make_asked(request, plan, now)

    def write_at(place: Place) -> BookingWrite:
        booking = make_booking(plan, place, agreed)
        return BookingWrite(booking, kind="held", by=Actor(kind=ActorKind.CUSTOMER), now=now, plan=plan, place=place)

    def answer(booking: Booking) -> HeldSlot:
        return HeldSlot(
            id=booking.pk,
            token=token,
            expires_at=now + timedelta(minutes=minutes),
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            price_minor=booking.price_minor,
            currency=booking.currency,
            deposit_minor=booking.deposit_minor,
            reference=booking.reference,
        )

    def quickly() -> HeldSlot | None:
        place = pick_place(asked)
        if place is None:
            return None
        write, counters = write_at(place), Counters()
        count(plan, place, write.booking, counters=counters)
        return answer(write.booking) if write_booking_at_once(write, place, counters=counters) else None

    def work(is_pessimistic: bool) -> HeldSlot:  # noqa: FBT001 - called by run_write alone
        place = find_place(asked, is_pessimistic=is_pessimistic)
        counters = Counters()
        expire_due_holds(counters=counters, now=now)
        write = write_at(place)
        settle(plan, place, write.booking, counters=counters)
        write_booking(write)
        counters.write()
        return answer(write.booking)

    try:
        return run_write(work, quickly=quickly)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused


@write_transaction()
def release_hold(*, hold_id: int, token: str, now: datetime) -> None:
    """Give a hold back before it ends; releasing it again changes nothing.

    Raises:
        HoldUnknown: No such hold, or the token is another's.
        HoldUsed: It became a booking.
    """
    booking = get_hold(hold_id=hold_id, token=token)
    if booking.status == BookingStatus.EXPIRED:
        return
    if booking.status != BookingStatus.HELD:
        raise HoldUsed
    counters = Counters()
    free_allocations(booking)
    counters.take_back(booking.rule_usage)
    booking.status = BookingStatus.EXPIRED
    booking.is_active = False
    record(booking, kind="expired", by=Actor(kind=ActorKind.CUSTOMER), now=now, reason="released")
    remove_due_work(kind=DUE_KIND, row_id=booking.pk)
    counters.write()


def get_hold(*, hold_id: int, token: str) -> Booking:
    """Return and lock the hold that a token belongs to, whatever became of it.

    Raises:
        HoldUnknown: There is none.
    """
    booking = (
        Booking.objects.select_for_update(of=("self",)).filter(pk=hold_id, hold_token_hash=hash_token(token)).first()
    )
    if booking is None or not token:
        raise HoldUnknown
    return booking


def make_asked(request: SlotRequest, plan: Plan, now: datetime, *, is_override: bool = False) -> Asked:
    """Ask for the request's start."""
    return Asked(plan=plan, start_minute=to_minutes(request.starts_at), now=now, is_override=is_override)
