"""The waitlist, by anyone: joining, and by the tokens of its messages seeing, answering and leaving."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.choices import check_choosable, read_wish
from api.document import describe_call
from api.pagination import cut_list, name_next
from api.throttles import ContactLimits
from api.v1.bookings.serializers import BookedShape
from api.v1.bookings.staff import make_actor
from api.v1.bookings.views import describe_booked, make_details, name_fields, open_guard_of
from api.v1.manage.serializers import EmptyFields
from api.v1.waitlist.queue import QueuedChanges, QueuedShape, QueueList, WaitlistQuery, describe_waiting
from api.v1.waitlist.serializers import AcceptFields, EntryShape, WaitingShape, WaitlistFields
from api.views import OpenView, Result, SharedView, StaffView, answer_once, make_money
from edge.access import OPEN
from edge.language import current_language
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.ids import new_token, read_row_id
from notifications.errors import BudgetSpent, TooManyCodes
from scheduling.errors import (
    AlreadyBooked,
    CustomerInvalid,
    LocationNotFound,
    RequestInvalid,
    ResourceNotFound,
    ServiceNotFound,
    TooManyBookings,
    VerificationRequired,
)
from scheduling.errors.waitlist import EntryEnded, OfferOver, TooManyEntries, WaitlistEntryNotFound
from scheduling.selectors.bookings.views import get_booking, get_by_token
from scheduling.selectors.waitlist.entries import find_entry, get_entry, is_offer_open, list_ended, list_waiting
from scheduling.services.bookings.guards import Guard, admit, open_guard, send_code
from scheduling.services.messages.waitlist import make_waitlist_url
from scheduling.services.waitlist.answering import accept_offer, decline_offer
from scheduling.services.waitlist.changing import change_dates
from scheduling.services.waitlist.joining import join_waitlist, leave_waitlist, remove_entry
from scheduling.types import CUSTOMER, Actor, BookingView, CustomerDetails, WaitlistEntryView, WaitlistWish
from tenants.errors import NotPublished

NAME = "waitlist"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WaitlistView(SharedView):
    """``GET waitlist`` of staff, ``POST waitlist`` of anyone."""

    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.BOARD_VIEW, "POST": OPEN}
    staff_permission: ClassVar[Mapping[str, Permission]] = {"POST": Permission.BOOKING_MANAGE}
    key_area = KeyArea.WAITLIST
    open_limits = ContactLimits

    @describe_call("list_waitlist", parameters=[WaitlistQuery], responses=QueueList)
    def get(self, request: Request) -> Response:
        """List who waits or has an offer, in the order in which they joined, or those who do not any more."""
        asked = WaitlistQuery.read(request).validated_data
        is_ended = asked["ended"]
        rows, key = (list_ended(), _place_ended) if is_ended else (list_waiting(), _place_waiting)
        page = cut_list(rows, asked, NAME, key=key)
        return Response({"results": [describe_waiting(row) for row in page.rows], "next": name_next(page, NAME)})

    @describe_call(
        "join_waitlist",
        fails=(
            NotPublished,
            ServiceNotFound,
            ResourceNotFound,
            LocationNotFound,
            RequestInvalid,
            CustomerInvalid,
            TooManyBookings,
            TooManyEntries,
            VerificationRequired,
            TooManyCodes,
            BudgetSpent,
        ),
        request=WaitlistFields,
        responses={201: WaitingShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Wait for a time: the first who can come is offered what becomes free, by message.

        Staff and programs put on as many as they like and are asked for no code.
        """
        asked = WaitlistFields.read(request).validated_data
        if request.user.is_authenticated:
            by = make_actor(request)
            return answer_once(request, lambda: _join(asked, by=by, now=utc_now()), is_personal=True)
        # An offer keeps a time: whoever joins counts as whoever books.
        guard = open_guard_of(request, asked)
        try:
            return answer_once(request, lambda: _join_as_customer(asked, guard), is_personal=True)
        except VerificationRequired as error:
            raise send_code(guard, error, is_new_wanted=not guard.has_code) from error


class QueuedView(StaffView):
    """``GET``, ``PATCH`` and ``DELETE waitlist/{id}``."""

    declared_permission: ClassVar[Mapping[str, str]] = {
        "GET": Permission.BOARD_VIEW,
        "PATCH": Permission.BOOKING_MANAGE,
        "DELETE": Permission.BOOKING_MANAGE,
    }
    key_area = KeyArea.WAITLIST

    @describe_call("get_waiting", fails=(WaitlistEntryNotFound,), responses=QueuedShape)
    def get(self, _request: Request, entry_id: str) -> Response:
        """Return who waits, or waited."""
        return Response(describe_waiting(get_entry(_read_number(entry_id))))

    @describe_call(
        "change_waiting",
        fails=(WaitlistEntryNotFound, EntryEnded, RequestInvalid),
        request=QueuedChanges,
        responses=QueuedShape,
    )
    def patch(self, request: Request, entry_id: str) -> Response:
        """Say when somebody who waits can come; their place stays, and so does a time that is kept for them."""
        asked, number = QueuedChanges.read(request).validated_data, _read_number(entry_id)
        change_dates(entry_id=number, changes=asked, by=make_actor(request), now=utc_now())
        return Response(describe_waiting(get_entry(number)))

    @describe_call("remove_from_waitlist", fails=(WaitlistEntryNotFound, EntryEnded), responses={204: None})
    def delete(self, request: Request, entry_id: str) -> Response:
        """Take somebody off the list; a time that is kept for them goes to the next one."""
        remove_entry(entry_id=_read_number(entry_id), by=make_actor(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class WaitingView(OpenView):
    """``GET`` and ``DELETE waiting/{token}``."""

    @describe_call("get_waitlist_entry", fails=(WaitlistEntryNotFound,), responses=EntryShape)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """Return how somebody stands; by the token of an offer, what is kept for them as well."""
        return Response(_describe(token))

    @describe_call("leave_waitlist", fails=(WaitlistEntryNotFound, EntryEnded), responses={204: None})
    def delete(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """Leave the list; a time that is kept goes to the next one."""
        leave_waitlist(token=token, now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class AcceptView(OpenView):
    """``POST waiting/{token}/accept``."""

    @describe_call(
        "accept_offer",
        fails=(
            WaitlistEntryNotFound,
            OfferOver,
            EntryEnded,
            CustomerInvalid,
            AlreadyBooked,
            VerificationRequired,
            TooManyCodes,
            BudgetSpent,
            TooManyBookings,
        ),
        request=AcceptFields,
        responses=BookedShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Book the time that is kept; again it answers the same booking."""
        asked = AcceptFields.read(request).validated_data
        code = (asked.get("verification") or {}).get("code", "")
        guard = _open_guard(request, token, code) if code else None
        try:
            return answer_once(request, lambda: _accept(token, asked, guard), is_personal=True)
        except VerificationRequired as error:
            guard = guard or _open_guard(request, token, "")
            raise send_code(guard, error, is_new_wanted=not guard.has_code) from error


class DeclineView(OpenView):
    """``POST waiting/{token}/decline``."""

    @describe_call(
        "decline_offer",
        fails=(WaitlistEntryNotFound, OfferOver, EntryEnded),
        request=EmptyFields,
        responses=EntryShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Give the time that is kept back, and wait for another one."""
        EmptyFields.read(request)

        def run() -> Result:
            decline_offer(token=token, now=utc_now())
            return Result(status=status.HTTP_200_OK, body=_describe(token))

        return answer_once(request, run, is_personal=True)


def _read_number(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise WaitlistEntryNotFound
    return number


def _open_guard(request: Request, token: str, code: str) -> Guard:
    entry, _ = find_entry(token)
    customer = CustomerDetails(name=entry.name, phone=entry.phone, email=entry.email, locale=entry.locale)
    return open_guard(customer=customer, block=find_block(request), code=code, now=utc_now())


def _accept(token: str, asked: dict[str, Any], guard: Guard | None) -> Result:
    now = utc_now()
    try:
        # The link of the offer proves a contact: without a code nothing is counted, as on its page.
        with nullcontext("") if guard is None else admit(guard) as proven:
            manage_token = accept_offer(token=token, now=now, may_coincide=asked["may_coincide"], proven_contact=proven)
    except CustomerInvalid as error:
        raise name_fields(error) from error
    booking = get_by_token(token=manage_token, now=now)
    return Result(status=status.HTTP_200_OK, body=describe_booked(booking, manage_token))


def _place_waiting(entry: WaitlistEntryView) -> tuple[int]:
    return (entry.id,)


def _place_ended(entry: WaitlistEntryView) -> tuple[int, int]:
    """Return where an ended entry stands: the latest first."""
    ended_at = entry.ended_at or entry.created_at
    return -((ended_at - EPOCH) // timedelta(microseconds=1)), -entry.id


def _join_as_customer(asked: dict[str, Any], guard: Guard) -> Result:
    check_choosable(read_wish(asked))
    with admit(guard) as proven:
        return _join(asked, by=CUSTOMER, is_proven=bool(proven), now=guard.now)


def _join(asked: dict[str, Any], *, by: Actor, now: datetime, is_proven: bool = False) -> Result:
    try:
        token = join_waitlist(
            asked=_read_wished(asked),
            details=make_details(asked, ""),
            join_key=new_token(),
            is_proven=is_proven,
            by=by,
            now=now,
        )
    except CustomerInvalid as error:
        raise name_fields(error) from error
    entry, _ = find_entry(token)
    body = {"status": entry.status, "ahead": entry.ahead, "waitlist_url": make_waitlist_url(token)}
    return Result(status=status.HTTP_201_CREATED, body=body)


def _read_wished(asked: dict[str, Any]) -> WaitlistWish:
    return WaitlistWish(
        wish=read_wish(asked),
        from_on=asked["from_on"],
        to_on=asked["to_on"],
        weekdays=tuple(asked["weekdays"]),
        from_minute=asked.get("from_minute"),
        to_minute=asked.get("to_minute"),
        shortest_notice_minutes=asked["shortest_notice_minutes"],
    )


def _describe(token: str) -> dict[str, object]:
    language = current_language()
    entry, is_offer = find_entry(token)
    kept = None
    if is_offer and entry.offer is not None and is_offer_open(entry, now=utc_now()):
        booking = get_booking(booking_id=entry.offer.booking_id)
        kept = {**_describe_offer(booking), "expires_at": entry.offer.expires_at}
    return {
        "status": entry.status,
        "ahead": entry.ahead,
        "service": entry.service_names.get(language, entry.service_name),
        "location": entry.location_name,
        "resources": list(entry.resource_names),
        "timezone": entry.timezone,
        "from_on": entry.wished.from_on,
        "to_on": entry.wished.to_on,
        "weekdays": list(entry.wished.weekdays),
        "from_minute": entry.wished.from_minute,
        "to_minute": entry.wished.to_minute,
        "is_offered": entry.offer is not None,
        "offer": kept,
    }


def _describe_offer(booking: BookingView) -> dict[str, object]:
    return {
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "location": booking.location_name,
        "resources": list(booking.people),
        "price": make_money(booking.price_minor, booking.currency),
        "price_kind": booking.price.kind,
        "cancel_until": booking.cancel_until,
    }
