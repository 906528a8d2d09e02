"""Joining the waitlist, by anyone. Offers are answered on the page that their message leads to."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.choices import check_choosable, read_wish
from api.document import describe_call
from api.throttles import ContactLimits
from api.v1.bookings.views import make_customer, make_details, name_fields
from api.v1.waitlist.serializers import WaitingShape, WaitlistFields
from api.views import OpenView, Result, answer_once
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.ids import new_token
from scheduling.errors import (
    CustomerInvalid,
    LocationNotFound,
    RequestInvalid,
    ResourceNotFound,
    ServiceNotFound,
    TooManyBookings,
    VerificationRequired,
)
from scheduling.selectors.waitlist.entries import find_entry
from scheduling.services.bookings.guards import LONGEST_WAIT, admit, open_guard
from scheduling.services.messages.waitlist import make_waitlist_url
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.types import WaitlistWish
from tenants.errors import NotPublished


class WaitlistView(OpenView):
    """``POST waitlist``."""

    def get_throttles(self) -> list[BaseThrottle]:
        """Limit each contact as well."""
        return [ContactLimits()]

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
        ),
        request=WaitlistFields,
        responses={201: WaitingShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Wait for a time: the first who can come is offered what becomes free, by message."""
        asked = WaitlistFields.read(request).validated_data
        return answer_once(request, lambda: _join(request, asked), is_personal=True)


def _join(request: Request, asked: dict[str, Any]) -> Result:
    now = utc_now()
    wished = _read_wished(asked)
    check_choosable(wished.wish)
    try:
        # An offer keeps a time: whoever joins counts as whoever books.
        with admit(open_guard(customer=make_customer(asked), block=find_block(request), code="", now=now)):
            token = join_waitlist(asked=wished, details=make_details(asked, ""), join_key=new_token(), now=now)
    except VerificationRequired as error:
        raise TooManyBookings(wait_seconds=LONGEST_WAIT.total_seconds()) from error
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
