"""``bookings``: made by anyone, or by staff and programs with what only they may; listed and read by these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.choices import read_wish
from api.document import describe_call
from api.errors import UnknownField
from api.pagination import name_next, read_place
from api.throttles import ContactLimits
from api.v1.bookings.serializers import BookedShape, BookingFields
from api.v1.bookings.shapes import BookingList, BookingShape, BookingsQuery, describe_booking
from api.v1.bookings.staff import make_actor, read_id, read_override
from api.v1.bookings.views import UNBOOKED, book_as_customer, describe_booked, make_details, name_fields
from api.views import Result, SharedView, StaffView, answer_once
from edge.access import OPEN
from kernel.clock import utc_now
from kernel.text import mark
from scheduling.enums import BookingSource
from scheduling.errors import BookingNotFound, CustomerInvalid, RequestInvalid
from scheduling.selectors.bookings.views import get_booking, list_page_of_views
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import BookingFilters, DepositChoice, SlotRequest

NAME = "bookings"
DEPOSIT_FIELDS = {"deposit_reason": "deposit.reason", "pay_by": "deposit.pay_by"}
"""What the service finds fault with, as this call's body names it."""
NO_HOLD = mark("Staff books without a hold: send a service and starts_at.")


class BookingsView(SharedView):
    """``GET bookings``, ``POST bookings``."""

    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.BOARD_VIEW, "POST": OPEN}
    staff_permission: ClassVar[Mapping[str, Permission]] = {"POST": Permission.BOOKING_MANAGE}
    key_area = KeyArea.BOOKINGS
    open_limits = ContactLimits

    @describe_call("list_bookings", fails=(RequestInvalid,), parameters=[BookingsQuery], responses=BookingList)
    def get(self, request: Request) -> Response:
        """List bookings by their start, the earliest first; test bookings are left out."""
        asked = BookingsQuery.read(request).validated_data
        page = list_page_of_views(_make_filters(asked))
        results = [describe_booking(view) for view in page.rows]
        return Response({"results": results, "next": name_next(page, NAME)})

    @describe_call("book", fails=UNBOOKED, request=BookingFields, responses={201: BookedShape})
    def post(self, request: Request) -> HttpResponse:
        """Turn a hold into a booking, or book a start directly.

        Staff and programs book without a hold, at any minute, and are asked for no code; what they book is confirmed
        at once, or waits for its deposit where one is due, unless ``deposit`` says why it takes place without. With
        ``override`` whoever may books over what is taken, closed or counted.
        """
        asked = BookingFields.read(request).validated_data
        if request.user.is_authenticated:
            return _book_as_staff(request, asked)
        if asked.get("override") or asked.get("deposit"):
            raise exceptions.NotAuthenticated
        return book_as_customer(request, asked)


class BookingView(StaffView):
    """``GET bookings/{id}``."""

    declared_permission = Permission.BOARD_VIEW
    key_area = KeyArea.BOOKINGS

    @describe_call("get_booking", fails=(BookingNotFound,), responses=BookingShape)
    def get(self, _request: Request, booking_id: str) -> Response:
        """Return one booking."""
        return Response(describe_booking(get_booking(booking_id=read_id(booking_id))))


def _make_filters(asked: Mapping[str, Any]) -> BookingFilters:
    return BookingFilters(
        statuses=(asked["status"],) if "status" in asked else (),
        resource_id=asked.get("resource"),
        service_id=asked.get("service"),
        customer_id=asked.get("customer"),
        starts_after=asked.get("starts_after"),
        starts_before=asked.get("starts_before"),
        reference=asked.get("reference", "").strip().upper(),
        cursor=read_place(asked, NAME),
        limit=asked["limit"],
    )


def _book_as_staff(request: Request, asked: dict[str, Any]) -> HttpResponse:
    if "hold" in asked:
        raise serializers.ValidationError({"hold": [gettext(NO_HOLD)]})
    if "repeats" in asked:
        raise serializers.ValidationError({"repeats": [gettext(UnknownField.text)]})
    override = read_override(request, asked)

    def run() -> Result:
        try:
            booked = book_slot(
                request=SlotRequest(read_wish(asked), asked["starts_at"]),
                details=make_details(asked, ""),
                now=utc_now(),
                source=BookingSource.API,
                by=make_actor(request),
                override=override,
                deposit=read_choice(asked),
            )
        except CustomerInvalid as error:
            raise name_fields(error) from error
        except RequestInvalid as error:
            named = {DEPOSIT_FIELDS.get(name, name): texts for name, texts in error.errors.items()}
            raise RequestInvalid(errors=named) from error
        body = {**describe_booked(booked, booked.manage_token), "id": str(booked.booking_id)}
        return Result(status=status.HTTP_201_CREATED, body=body)

    return answer_once(request, run, is_personal=False)


def read_choice(asked: Mapping[str, Any]) -> DepositChoice:
    """Return what staff decides about a deposit; who says nothing asks for it."""
    said = asked.get("deposit") or {}
    return DepositChoice(is_asked=said.get("is_asked", True), pay_by=said.get("pay_by"), reason=said.get("reason", ""))
