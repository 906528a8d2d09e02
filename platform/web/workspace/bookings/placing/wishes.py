"""What a form on the board or beside it asks of a booking: another time, somebody else, another length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.ids import read_row_id
from scheduling.errors import ResourceNotFound, SlotInPast, SlotTaken, SlotUnavailable
from scheduling.selectors.catalog import services as catalog
from scheduling.types import BookingView, ResourceView, SlotRequest, Wish
from web.errors import translate_error
from web.workspace.bookings.obstacles import explain_time, list_findings


def read_wish(booking: BookingView, asked: Mapping[str, str], length_minutes: int | None = None) -> Wish:
    """Return what the booking asks for, with whom the form says; empty there is anyone, absent as it was.

    With another length, whoever serves it stays, unless somebody is named.
    """
    wish = booking.wish
    if length_minutes is not None:
        held = tuple(dict.fromkeys(each.resource_id for each in booking.resources))
        wish = replace(wish, length_minutes=length_minutes, resource_ids=held)
    if "resource" not in asked:
        return wish
    resource_id = read_row_id(asked.get("resource"))
    return replace(wish, resource_ids=() if resource_id is None else (resource_id,))


def list_choices(booking: BookingView, asked: Mapping[str, str]) -> tuple[ResourceView, ...]:
    """List whom the visit may be given to where it is: those whom customers choose among, and who is asked for."""
    wish = booking.wish
    choosable = {
        each.id
        for service_id in wish.service_ids
        for each in catalog.list_choosable_resources(service_id=service_id, location_id=wish.location_id)
    }
    shown = choosable.union(read_wish(booking, asked).resource_ids)
    return tuple(each for each in catalog.list_resources(location_id=wish.location_id) if each.id in shown)


def name_resource(wish: Wish) -> str:
    """Return who is asked for by name first; empty: nobody."""
    if not wish.resource_ids:
        return ""
    return next((each.name for each in catalog.list_resources() if each.id in wish.resource_ids), "")


def explain_place(
    booking: BookingView, wish: Wish, starts_at: datetime, *, is_length_new: bool = False
) -> tuple[str, ...]:
    """Say who or what keeps a booking from a place; nothing where it could be."""
    return explain_time(
        request=SlotRequest(wish, starts_at),
        timezone=booking.timezone,
        now=min(utc_now(), starts_at) if is_length_new and starts_at == booking.starts_at else utc_now(),
        resource_name=name_resource(wish),
        service_name=booking.service_name,
        moving_booking_id=booking.id,
        is_length_new=is_length_new,
    )


def explain_refusal(
    error: DomainError,
    booking: BookingView,
    asked: Mapping[str, str],
    starts_at: datetime,
    *,
    length_minutes: int | None = None,
) -> tuple[str, ...]:
    """Say who is in the way of a move that was refused, and until when; or why it cannot last so long."""
    if isinstance(error, Invalid):
        return list_findings(error.errors)
    if isinstance(error, SlotInPast) or not isinstance(error, SlotTaken | SlotUnavailable | ResourceNotFound):
        return ()
    wish = read_wish(booking, asked, length_minutes)
    return explain_place(booking, wish, starts_at, is_length_new=length_minutes is not None)


def say_error(error: DomainError) -> str:
    """Return what is wrong in a sentence: the findings of what was typed, or the failure itself."""
    found = list_findings(error.errors) if isinstance(error, Invalid) else ()
    return " ".join(found) or translate_error(error)
