"""Giving a booking the place again that it had."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from kernel.instants import count_minutes, to_minutes
from scheduling.engine import Strategy
from scheduling.errors import SlotInPast, SlotTaken
from scheduling.models import Booking
from scheduling.selectors.availability.free_times import find_moving
from scheduling.selectors.availability.plans import Plan, keep_agreed_length, load_plan_at, narrow_plan
from scheduling.selectors.bookings.history import is_taken_since
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.writing.allocations import list_stretches
from scheduling.services.writing.placement import Asked, Place, PlaceRefused, find_place


def find_place_again(
    booking: Booking,
    plan: Plan | None,
    *,
    starts_at: datetime,
    ends_at: datetime,
    is_over_allowed: bool,
    now: datetime,
    is_pessimistic: bool,
    sequence: int | None = None,
) -> tuple[Plan, Place, bool]:
    """Find where a booking was before it ended, or before the move that gave it ``sequence``.

    ``plan`` has only those who served then; None: they do not do this any more. The visit lasts as long as it did,
    even if its service takes another time by now. Return the plan with the place, and whether that lies over the
    rules again.

    Raises:
        PlaceRefused: It is not free.
        SlotTaken: There is no plan, or somebody has another booking there since.
    """
    if plan is None:
        raise SlotTaken(starts_at=starts_at)
    plan = keep_agreed_length(plan, count_minutes(starts_at, ends_at))
    asked = Asked(
        plan=plan,
        start_minute=to_minutes(starts_at),
        now=min(now, starts_at),
        moving=find_moving(booking.pk),
        held=list_stretches(booking),
        is_any_minute=True,
    )
    is_over = False
    try:
        place = find_place(asked, is_pessimistic=is_pessimistic)
    except PlaceRefused:
        if not is_over_allowed:
            raise
        is_over = True
        place = find_place(replace(asked, is_override=True), is_pessimistic=is_pessimistic)
        taken = place.candidate.assignments
        if is_taken_since(booking_id=booking.pk, assignments=taken, now=now, sequence=sequence):
            raise SlotTaken(starts_at=starts_at) from None
    # They had their turn when it was booked.
    return plan, replace(place, strategy=Strategy.FIXED_ORDER), is_over


def find_held_place(
    booking: Booking, *, now: datetime, is_pessimistic: bool, is_any_minute: bool
) -> tuple[Plan, Place]:
    """Find the place of a booking that was kept and ended: the same resources if they are free, else others.

    The visit lasts as long as it was to. ``is_any_minute``: notice and window are not looked at again.

    Raises:
        SlotInPast: Its time has come.
        PlaceRefused: Nobody is free for it.
    """
    if booking.starts_at <= now:
        raise SlotInPast(starts_at=booking.starts_at)
    plan = load_plan_at(wish=wish_of(booking), starts_at=booking.starts_at, is_agreed=True, is_listed_only=True)
    plan = keep_agreed_length(plan, count_minutes(booking.starts_at, booking.ends_at))
    held = list_stretches(booking)
    asked = Asked(
        plan=plan,
        start_minute=to_minutes(booking.starts_at),
        now=now,
        moving=find_moving(booking.pk),
        held=held,
        is_any_minute=is_any_minute,
    )
    narrowed = narrow_plan(plan, [each.resource_id for each in held])
    if narrowed is not None:
        with suppress(PlaceRefused):
            place = find_place(replace(asked, plan=narrowed), is_pessimistic=is_pessimistic)
            # They had their turn when the time was held.
            return plan, replace(place, strategy=Strategy.FIXED_ORDER)
    return plan, find_place(asked, is_pessimistic=is_pessimistic)
