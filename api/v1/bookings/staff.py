"""Bookings, by staff: a step taken back, and what was typed wrongly put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from rest_framework import exceptions, status
from rest_framework.request import Request

from accounts.enums import KeyArea
from accounts.policies import Permission, has_permission
from api.document import describe_call
from api.v1.bookings.serializers import CorrectedShape, CorrectionFields, SteppedShape, UndoFields
from api.v1.bookings.views import name_fields
from api.views import Result, StaffView, answer_once, make_money
from kernel.clock import utc_now
from kernel.ids import read_row_id
from kernel.money import PriceKind
from scheduling.enums import ActorKind, BookingStatus
from scheduling.errors import (
    BookingChanged,
    BookingNotFound,
    CustomerInvalid,
    SlotTaken,
    SlotUnavailable,
    TransitionRefused,
)
from scheduling.selectors.bookings.corrections import mark_state
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.undoing import undo_step
from scheduling.types import Actor, BookingView, Correction, OverrideReason


class UndoView(StaffView):
    """``POST bookings/{id}/undo``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call(
        "undo_step",
        fails=(BookingNotFound, TransitionRefused, SlotTaken, SlotUnavailable),
        request=UndoFields,
        responses=SteppedShape,
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Take back the step that led to a status: the booking stands where it stood before; again changes nothing.

        Arrived, begun, finished, not come, cancelled and declined can be taken back. What was cancelled takes its
        people and things again, unless somebody has them now.
        """
        form = UndoFields.read(request)
        number = read_id(booking_id)

        def run() -> Result:
            step = BookingStatus(form.validated_data["status"])
            undo_step(booking_id=number, status=step, now=utc_now(), by=make_actor(request))
            return Result(status=status.HTTP_200_OK, body=describe_step(get_booking(booking_id=number)))

        return answer_once(request, run, is_personal=False)


class CorrectView(StaffView):
    """``POST bookings/{id}/correct``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call(
        "correct_booking",
        fails=(BookingNotFound, BookingChanged, TransitionRefused, CustomerInvalid),
        request=CorrectionFields,
        responses=CorrectedShape,
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Correct who comes, how they are reached, what the visit is about, note and price; the rest stays.

        What is left out stays as it is; an empty text takes it away, and so does ``on_request`` the price.
        With ``fixed`` a price that might have become more is final.
        """
        form = CorrectionFields.read(request)
        number = read_id(booking_id)
        may_customer = has_permission(request.user, Permission.CUSTOMER_MANAGE)
        if form.validated_data["is_customer_too"] and not may_customer:
            raise exceptions.PermissionDenied

        def run() -> Result:
            before = get_booking(booking_id=number)
            correction = _merge(before, form.validated_data)
            try:
                is_changed = correct_booking(
                    booking_id=number, correction=correction, now=utc_now(), by=make_actor(request)
                )
            except CustomerInvalid as error:
                raise name_fields(error) from error
            after = get_booking(booking_id=number)
            body = {
                **describe_step(after),
                "is_changed": is_changed,
                "price": make_money(after.price_minor, after.currency),
                "price_kind": after.price.kind,
                "mark": mark_state(after),
            }
            return Result(status=status.HTTP_200_OK, body=body)

        return answer_once(request, run, is_personal=False)


def _merge(booking: BookingView, asked: dict[str, Any]) -> Correction:
    """Return what the booking is to say: what was not sent, as it says it now, and as nobody has changed it since."""
    customer = asked.get("customer") or {}
    there = Correction(
        name=booking.customer_name,
        phone=booking.customer_phone,
        email=booking.customer_email,
        asset=booking.asset_data,
        note=booking.note,
        price_minor=None if asked.get("price_kind") == PriceKind.ON_REQUEST else booking.price_minor,
        is_price_final=asked.get("price_kind") == PriceKind.FIXED,
        is_customer_too=asked["is_customer_too"],
        seen=asked.get("mark") or mark_state(booking),
    )
    changes = {name: customer[name] for name in ("name", "phone", "email") if name in customer}
    changes |= {name: asked[name] for name in ("asset", "note", "price_minor") if name in asked}
    return replace(there, **changes)


def describe_step(booking: BookingView) -> dict[str, object]:
    """Return where a booking stands, without personal data."""
    return {
        "id": str(booking.id),
        "reference": booking.reference,
        "status": booking.status,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
    }


def read_id(text: str) -> int:
    """Return the number of the booking that an address names.

    Raises:
        BookingNotFound: No booking can have it.
    """
    number = read_row_id(text)
    if number is None:
        raise BookingNotFound
    return number


def make_actor(request: Request) -> Actor:
    """Say who acts: of a program, the person for whom its key works."""
    return Actor(kind=ActorKind.STAFF, user_id=request.user.pk)


def read_override(request: Request, asked: Mapping[str, Any]) -> OverrideReason | None:
    """Return why something is booked over the rules; None: it is not.

    Raises:
        PermissionDenied: Whoever asks may not.
    """
    reason = (asked.get("override") or {}).get("reason")
    if not reason:
        return None
    if not has_permission(request.user, Permission.BOOKING_OVERRIDE):
        raise exceptions.PermissionDenied
    return OverrideReason(reason=reason, user_id=request.user.pk)
