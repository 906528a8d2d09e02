"""Free starts, and why a start is not free."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.choices import check_choosable, check_repeatable, choose_again, find_timezone, read_wish
from api.document import describe_call
from api.v1.availability.serializers import (
    AvailabilityQuery,
    AvailabilityShape,
    ExplainQuery,
    ExplanationShape,
    RepeatsQuery,
    RepeatsShape,
)
from api.views import OpenView, StaffView
from kernel.clock import utc_now
from scheduling import types
from scheduling.errors import (
    LinkEnded,
    LocationNotFound,
    RequestInvalid,
    ResourceNotFound,
    ServiceNotFound,
    TokenUnknown,
)
from scheduling.policies import check_new_bookings
from scheduling.selectors.availability import explanations
from scheduling.selectors.availability.repeats import look_at_repeats
from scheduling.selectors.bookings import views as bookings
from scheduling.services.demand.searches import search_times
from tenants.errors import NotPublished
from tenants.policies import check_published


class AvailabilityView(OpenView):
    """``GET availability``."""

    @describe_call(
        "get_availability",
        fails=(
            NotPublished,
            ServiceNotFound,
            ResourceNotFound,
            LocationNotFound,
            TokenUnknown,
            LinkEnded,
            RequestInvalid,
        ),
        parameters=[AvailabilityQuery],
        responses=AvailabilityShape,
    )
    def get(self, request: Request) -> Response:
        """List the free starts of each local date, ``to`` included."""
        form = AvailabilityQuery.read(request)
        asked = form.validated_data
        found = search_times(query=_make_query(asked), now=utc_now())
        return Response(
            {
                "timezone": found.timezone,
                "days": [
                    {
                        "date": day.on,
                        "open": day.is_open,
                        "state": day.state,
                        "slots": [_describe_slot(slot) for slot in day.slots],
                    }
                    for day in found.days
                ],
                "next_available": found.next_available,
            }
        )


class RepeatsView(OpenView):
    """``GET availability/repeats``."""

    @describe_call(
        "list_repeats",
        fails=(NotPublished, ServiceNotFound, ResourceNotFound, LocationNotFound, RequestInvalid),
        parameters=[RepeatsQuery],
        responses=RepeatsShape,
    )
    def get(self, request: Request) -> Response:
        """List later dates of the same visit, and what is free on each, before any is booked."""
        check_new_bookings(types.CUSTOMER)
        asked = RepeatsQuery.read(request).validated_data
        wish = read_wish(asked)
        check_choosable(wish)
        check_repeatable(wish, asked["count"])
        timezone = find_timezone(wish)
        dates = look_at_repeats(
            request=types.SlotRequest(wish, asked["starts_at"]),
            every_weeks=asked["every_weeks"],
            count=asked["count"] - 1,
            timezone=timezone,
            now=utc_now(),
        )
        return Response(
            {
                "timezone": timezone,
                "dates": [
                    {
                        "asked_at": each.asked_at,
                        "starts_at": each.starts_at,
                        "is_free": each.is_free,
                        "state": each.state,
                    }
                    for each in dates
                ],
            }
        )


class ExplainView(StaffView):
    """``GET availability/explain``."""

    declared_permission = Permission.BOARD_VIEW
    key_area = KeyArea.BOOKINGS

    @describe_call(
        "explain_start",
        fails=(ServiceNotFound, ResourceNotFound, LocationNotFound, RequestInvalid),
        parameters=[ExplainQuery],
        responses=ExplanationShape,
    )
    def get(self, request: Request) -> Response:
        """Say why a start is, or is not, offered."""
        form = ExplainQuery.read(request)
        asked = types.SlotRequest(read_wish(form.validated_data), form.validated_data["starts_at"])
        reasons = explanations.explain_start(request=asked, now=utc_now())
        return Response(
            {
                "is_offered": not reasons,
                "reasons": [
                    {
                        "code": reason.code,
                        "text": reason.text,
                        "resource": None if reason.resource_id is None else str(reason.resource_id),
                        "until": reason.until,
                    }
                    for reason in reasons
                ],
            }
        )


def _make_query(asked: dict[str, Any]) -> types.AvailabilityQuery:
    window = {"from_on": asked["from"], "to_on": asked["to"], "timezone": asked.get("timezone")}
    if "booking" in asked:
        moving = bookings.get_by_token(token=asked["booking"], now=utc_now())
        wish = choose_again(moving.wish, asked.get("resource"))
        return types.AvailabilityQuery(wish, moving_booking_id=moving.id, **window)
    check_published()  # before anything is said of what was asked for
    wish = read_wish(asked)
    check_choosable(wish)
    return types.AvailabilityQuery(wish, **window)


def _describe_slot(slot: types.AvailableSlot) -> dict[str, object]:
    body: dict[str, object] = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    if slot.seats_left is not None:
        body["seats_left"] = slot.seats_left
    return body
