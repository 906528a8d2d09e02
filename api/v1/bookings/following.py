"""A booking of a series together with those after it: canceled in one act, and brought back in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.v1.bookings.serializers import SteppedShape
from api.v1.bookings.staff import describe_step, make_actor, read_id
from api.v1.bookings.steps import STUCK, StaffCancelFields, cancel
from api.v1.manage.serializers import EmptyFields
from api.views import Result, StaffView, answer_once
from billing.errors import CreditNotOffered
from kernel.clock import utc_now
from scheduling.errors import RequestInvalid, SlotTaken, SlotUnavailable
from scheduling.selectors.bookings.series import list_ended_together
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.series.following import restore_following
from scheduling.types import BookingView


class TogetherShape(serializers.Serializer[Any]):
    """What was done to several bookings of a series at once."""

    results = SteppedShape(many=True)


class CancelFollowingView(StaffView):
    """``POST bookings/{id}/cancel_following``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call(
        "cancel_following",
        fails=(*STUCK, RequestInvalid, CreditNotOffered),
        request=StaffCancelFields,
        responses=TogetherShape,
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Cancel a booking and those of its series that come after it, with a reason or a cause.

        Answers all that are canceled by it, by start; again changes nothing. What is over stays. Whoever reads of
        several of them gets one message.
        """
        asked, number = StaffCancelFields.read(request).validated_data, read_id(booking_id)

        def run() -> Result:
            cancel(booking_id=number, is_following=True, now=utc_now(), by=make_actor(request), **asked)
            return _answer(list_ended_together(get_booking(booking_id=number), is_customers=False))

        return answer_once(request, run, is_personal=False)


class UndoFollowingView(StaffView):
    """``POST bookings/{id}/undo_following``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call(
        "undo_following",
        fails=(*STUCK, SlotTaken, SlotUnavailable),
        request=EmptyFields,
        responses=TogetherShape,
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Take back that a booking was canceled together with others of its series: all stand again, or none does.

        Answers those that stand again, by start; once they do, the booking alone, and nothing changes.
        """
        EmptyFields.read(request)
        number = read_id(booking_id)

        def run() -> Result:
            before = list_ended_together(get_booking(booking_id=number), is_customers=False)
            restore_following(booking_id=number, now=utc_now(), by=make_actor(request))
            return _answer([get_booking(booking_id=each.id) for each in before])

        return answer_once(request, run, is_personal=False)


def _answer(bookings: Sequence[BookingView]) -> Result:
    return Result(status=status.HTTP_200_OK, body={"results": [describe_step(each) for each in bookings]})
