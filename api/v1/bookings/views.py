"""Holds and bookings, by anyone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from api.choices import check_choosable, find_timezone, read_wish, takes_photos
from api.document import describe_call
from api.payments import describe_payment
from api.v1.bookings.serializers import ExtendedHoldShape, HoldShape, SlotFields
from api.views import OpenView, Result, answer_once, make_money
from edge.limits import Keeping, keep_time, note_end, note_extension
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.emails import clean_email
from kernel.errors import DomainError
from kernel.identity.phones import clean_phone
from kernel.ids import read_row_id
from kernel.text import mark
from notifications.errors import BudgetSpent, TooManyCodes
from privacy.errors import NoticeChanged
from privacy.services.notices import keep_shown_notice
from scheduling.enums import BookingSource, BookingStatus, ContactKind
from scheduling.errors import (
    AlreadyBooked,
    CustomerInvalid,
    HoldExpired,
    HoldExtended,
    HoldOver,
    HoldUnknown,
    HoldUsed,
    LocationNotFound,
    RequestInvalid,
    ResourceNotFound,
    SeriesConflict,
    ServiceNotFound,
    SlotInPast,
    SlotTaken,
    SlotUnavailable,
    VerificationRequired,
)
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.bookings.visits import find_visits_contact
from scheduling.services.bookings.guards import Guard, admit, open_guard, require_proof, send_code
from scheduling.services.bookings.holds import extend_hold, hold_slot, is_hold_used, release_hold
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.messages.manage_tokens import make_manage_url
from scheduling.services.repeating import Repeats, book_repeats, find_held_request
from scheduling.types import CUSTOMER, BookingView, CustomerDetails, SlotRequest, SubmittedBooking, VisitDetails
from tenants.context import current_tenant
from tenants.errors import NotPublished

UNBOOKABLE: tuple[type[DomainError], ...] = (
    NotPublished,
    ServiceNotFound,
    ResourceNotFound,
    LocationNotFound,
    SlotTaken,
    SlotUnavailable,
    SlotInPast,
    RequestInvalid,
)
"""Why a time that was asked for cannot be had."""

OUT_OF_STEP = mark("These dates are not all so many weeks after the first.")

UNBOOKED: tuple[type[DomainError], ...] = (
    NoticeChanged,
    *UNBOOKABLE,
    SeriesConflict,
    AlreadyBooked,
    CustomerInvalid,
    HoldUnknown,
    HoldUsed,
    HoldExpired,
    VerificationRequired,
    TooManyCodes,
    BudgetSpent,
)
"""Why nothing is booked."""

CUSTOMER_FIELDS = {"name", "phone", "email", "contact"}


class HoldsView(OpenView):
    """``POST holds``."""

    def get_throttles(self) -> list[BaseThrottle]:
        """Leave it to `keep_time`, which asks all limits at once."""
        return []

    @describe_call(
        "hold_slot",
        fails=UNBOOKABLE,
        request=SlotFields,
        responses={201: HoldShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Keep a start for some minutes."""
        with keep_time(request) as keeping:
            form = SlotFields.read(request)
            return answer_once(request, partial(_hold, form.validated_data, keeping), is_personal=False)


class HoldView(OpenView):
    """``DELETE holds/{id}``."""

    @describe_call("release_hold", fails=(HoldUnknown, HoldUsed), responses={204: None})
    def delete(self, request: Request, hold_id: str) -> Response:
        """Give a hold back; giving it back again changes nothing."""
        number, token = _split_hold(hold_id)
        if release_hold(hold_id=number, token=token, now=utc_now()):
            note_end(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HoldExtensionView(OpenView):
    """``POST holds/{id}/extension``."""

    @describe_call(
        "extend_hold",
        fails=(NotPublished, HoldUnknown, HoldUsed, HoldOver, HoldExtended),
        request=None,
        responses={200: ExtendedHoldShape},
    )
    def post(self, request: Request, hold_id: str) -> HttpResponse:
        """Keep a hold once longer, for as many minutes as at first, counted from now."""
        number, token = _split_hold(hold_id)

        def run() -> Result:
            until = extend_hold(hold_id=number, token=token, now=utc_now())
            note_extension(request, until=until)
            return Result(status=status.HTTP_200_OK, body={"id": hold_id, "expires_at": until})

        return answer_once(request, run, is_personal=False)


def book_as_customer(request: Request, asked: dict[str, Any]) -> HttpResponse:
    """Turn a hold into a booking, or book a start directly, by the rules for whoever comes.

    Raises:
        HoldUsed: And the others of `UNBOOKED`.
    """
    guard = open_guard_of(request, asked)

    def run() -> Result:
        try:
            with admit(guard) as proven_contact:
                booked = _book(asked, proven_contact or _find_proof(asked, now=guard.now), guard)
        except CustomerInvalid as error:
            raise name_fields(error) from error
        if "hold" in asked:
            note_end(request)
        return Result(status=status.HTTP_201_CREATED, body=describe_booked(booked, booked.manage_token))

    try:
        return answer_once(request, run, is_personal=True)
    except VerificationRequired as error:
        if "hold" in asked and is_hold_used(hold_id=_split_hold(asked["hold"])[0], token=asked["token"]):
            raise HoldUsed from error
        # Outside of what was undone: the code goes out although nothing was booked.
        raise send_code(guard, error, is_new_wanted=not guard.has_code) from error


def describe_booked(booked: SubmittedBooking | BookingView, manage_token: str) -> dict[str, object]:
    """Return what a booking answers to whoever made it."""
    body: dict[str, object] = {
        "reference": booked.reference,
        "status": booked.status,
        "answer_by": booked.answer_by,
        "manage_url": make_manage_url(manage_token),
    }
    if booked.status == BookingStatus.PENDING_PAYMENT:
        booking = booked if isinstance(booked, BookingView) else get_booking(booking_id=booked.booking_id)
        body |= describe_payment(booking, manage_token, now=utc_now())
    return body


def _hold(asked: dict[str, Any], keeping: Keeping) -> Result:
    held = hold_slot(request=_make_request(asked), now=utc_now(), source=BookingSource.API)
    keeping.until = held.expires_at
    body = {
        # The identifier is a capability: only whoever holds the slot can give it back.
        "id": f"{held.id}.{held.token}",
        "token": held.token,
        "expires_at": held.expires_at,
        "starts_at": held.starts_at,
        "ends_at": held.ends_at,
        "price": make_money(held.price_minor, held.currency),
        "price_kind": held.price.kind,
        "deposit": make_money(held.deposit_minor, held.currency) if held.deposit_minor else None,
        "deposit_on_card": held.is_on_card,
    }
    if held.first_deposit_minor:
        body["first_deposit"] = make_money(held.first_deposit_minor, held.currency)
    return Result(status=status.HTTP_201_CREATED, body=body)


def _book(asked: dict[str, Any], proven_contact: str, guard: Guard) -> SubmittedBooking:
    details = replace(make_details(asked, proven_contact), origin=guard.block)
    now = utc_now()
    if "repeats" in asked:
        require_proof(guard, proven_contact)
        return _book_repeats(asked, details, now=now)
    if "hold" in asked:
        number, _ = _split_hold(asked["hold"])
        return submit_booking(hold_id=number, token=asked["token"], details=details, now=now)
    return book_slot(request=_make_request(asked), details=details, now=now, source=BookingSource.API, by=CUSTOMER)


def _find_proof(asked: dict[str, Any], *, now: datetime) -> str:
    """Return the kind of the contact whose link to their visits was sent along, if the body names that contact."""
    link = find_visits_contact(token=asked.get("visits", ""), now=now)
    customer = make_customer(asked)
    named = {
        ContactKind.EMAIL: clean_email(customer.email or ""),
        ContactKind.PHONE: clean_phone(customer.phone or "", country=current_tenant().country),
    }
    return str(link.kind) if link is not None and named[link.kind] == link.value else ""


def _book_repeats(asked: dict[str, Any], details: VisitDetails, *, now: datetime) -> SubmittedBooking:
    number, token = (_split_hold(asked["hold"])[0], asked["token"]) if "hold" in asked else (0, "")
    request = find_held_request(hold_id=number, token=token) if number else _make_request(asked)
    weeks, starts = asked["repeats"]["every_weeks"], asked["repeats"]["starts"]
    zone = ZoneInfo(find_timezone(request.wish))
    first = request.starts_at.astimezone(zone).date()
    if any(not _is_in_step((each.astimezone(zone).date() - first).days, weeks) for each in starts):
        raise RequestInvalid(errors={"repeats.starts": (OUT_OF_STEP,)})
    return book_repeats(
        request=request,
        repeats=Repeats(weeks, tuple(starts)),
        details=details,
        hold_id=number,
        token=token,
        now=now,
        source=BookingSource.API,
    )


def _is_in_step(days: int, weeks: int) -> bool:
    return days > 0 and days % (7 * weeks) == 0


def open_guard_of(request: Request, asked: dict[str, Any]) -> Guard:
    """Look at who a body says comes, and at the code in it.

    Raises:
        StatusForbids: As `open_guard`.
    """
    return open_guard(
        customer=make_customer(asked),
        block=find_block(request),
        code=(asked.get("verification") or {}).get("code", ""),
        now=utc_now(),
    )


def name_fields(error: CustomerInvalid) -> CustomerInvalid:
    """Name the fields as this call's body does: the customer's are one level down."""
    return CustomerInvalid(
        errors={f"customer.{name}" if name in CUSTOMER_FIELDS else name: texts for name, texts in error.errors.items()}
    )


def _split_hold(identifier: str) -> tuple[int, str]:
    number, _, token = identifier.partition(".")
    hold_id = read_row_id(number)
    if hold_id is None:
        raise HoldUnknown
    return hold_id, token


def _make_request(asked: dict[str, Any]) -> SlotRequest:
    wish = read_wish(asked)
    check_choosable(wish)
    return SlotRequest(wish, asked["starts_at"])


def make_customer(asked: dict[str, Any]) -> CustomerDetails:
    """Return who comes, as a body says it."""
    customer = asked["customer"]
    return CustomerDetails(
        name=customer["name"],
        phone=customer.get("phone") or None,
        email=customer.get("email") or None,
        locale=customer.get("locale", current_tenant().locale),
    )


def make_details(asked: dict[str, Any], proven_contact: str) -> VisitDetails:
    """Return what a body says about the visit; ``proven_contact`` is what a code was typed for."""
    return VisitDetails(
        customer=make_customer(asked),
        proven_contact=proven_contact,
        asset=asked.get("asset", {}),
        answers=asked.get("answers", {}),
        arrival_mode=asked.get("arrival_mode") or None,
        note=asked.get("note", ""),
        consents=tuple(asked["consents"]),
        notice=keep_shown_notice(version=asked.get("notice", ""), now=utc_now()),
        wants_reminders=asked.get("wants_reminders", True),
        photo_run=asked.get("photo_set", "") if takes_photos() else "",
        is_sole=not asked.get("may_coincide", False),
    )
