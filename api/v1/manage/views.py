"""A customer's own booking: a GET never changes anything."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from api.choices import choose_again
from api.document import describe_call
from api.payments import describe_payment
from api.v1.manage.serializers import CancelFields, CancelledTogetherShape, EmptyFields, ManagedShape, RescheduleFields
from api.views import OpenView, Result, answer_once, make_money
from billing.errors import CreditNotOffered
from billing.services.credits.offering import cancel_for_credit
from edge.language import current_language
from kernel.clock import utc_now
from scheduling.enums import BookingStatus
from scheduling.errors import (
    CutoffPassed,
    LinkEnded,
    RequestInvalid,
    ResourceNotFound,
    SlotInPast,
    SlotTaken,
    SlotUnavailable,
    TokenUnknown,
    TransitionRefused,
)
from scheduling.policies import may_customer_cancel, may_customer_move
from scheduling.selectors.aftercare.feedback import is_rated
from scheduling.selectors.bookings.series import list_ended_together
from scheduling.selectors.bookings.views import get_by_token
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.series.following import cancel_following
from scheduling.services.messages.calendar_files import describe_event, make_calendar
from scheduling.types import CUSTOMER
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business


class ManageView(OpenView):
    """``GET manage/{token}``."""

    @describe_call("get_managed_booking", fails=(TokenUnknown, LinkEnded), responses=ManagedShape)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """Return the booking."""
        return Response(describe_managed(token))


class ConfirmView(OpenView):
    """``POST manage/{token}/confirm``."""

    @describe_call(
        "confirm_attendance",
        fails=(TokenUnknown, LinkEnded, TransitionRefused),
        request=EmptyFields,
        responses=ManagedShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Say that the customer will come; again changes nothing."""
        EmptyFields.read(request)

        def run() -> Result:
            confirm_attendance(token=token, now=utc_now())
            return Result(status=200, body=describe_managed(token))

        return answer_once(request, run, is_personal=True)


class RescheduleView(OpenView):
    """``POST manage/{token}/reschedule``."""

    @describe_call(
        "reschedule",
        fails=(
            TokenUnknown,
            LinkEnded,
            ResourceNotFound,
            SlotTaken,
            SlotUnavailable,
            SlotInPast,
            RequestInvalid,
            CutoffPassed,
            TransitionRefused,
        ),
        request=RescheduleFields,
        responses=ManagedShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Move the booking; reference and link stay, and so does the old time when it cannot be."""
        form = RescheduleFields.read(request)

        def run() -> Result:
            wish = choose_again(get_by_token(token=token, now=utc_now()).wish, form.validated_data.get("resource"))
            move_booking(
                token=token,
                starts_at=form.validated_data["starts_at"],
                resource_ids=wish.resource_ids,
                now=utc_now(),
                by=CUSTOMER,
            )
            return Result(status=200, body=describe_managed(token))

        return answer_once(request, run, is_personal=True)


class CancelView(OpenView):
    """``POST manage/{token}/cancel``."""

    @describe_call(
        "cancel",
        fails=(TokenUnknown, LinkEnded, RequestInvalid, CutoffPassed, TransitionRefused, CreditNotOffered),
        request=CancelFields,
        responses=ManagedShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Cancel the booking; again changes nothing."""
        form = CancelFields.read(request)

        def run() -> Result:
            asked = form.validated_data
            cancel = cancel_for_credit if asked["as_credit"] else cancel_booking
            cancel(token=token, reason=asked["reason"], now=utc_now(), by=CUSTOMER)
            return Result(status=200, body=describe_managed(token))

        return answer_once(request, run, is_personal=True)


class CancelFollowingView(OpenView):
    """``POST manage/{token}/cancel_following``."""

    @describe_call(
        "cancel_own_following",
        fails=(TokenUnknown, LinkEnded, RequestInvalid, CutoffPassed, TransitionRefused, CreditNotOffered),
        request=CancelFields,
        responses=CancelledTogetherShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Cancel the booking and those of its series that come after it; again changes nothing.

        Answers all that are canceled by it, by start. Those for which it is too late stay, and so does what is told
        to another contact.
        """
        form = CancelFields.read(request)

        def run() -> Result:
            asked = form.validated_data
            cancel = partial(cancel_for_credit, is_following=True) if asked["as_credit"] else cancel_following
            cancel(token=token, reason=asked["reason"], now=utc_now(), by=CUSTOMER)
            ended = list_ended_together(get_by_token(token=token, now=utc_now()), is_customers=True)
            rows = [{"reference": each.reference, "starts_at": each.starts_at} for each in ended]
            return Result(status=200, body={"results": rows})

        return answer_once(request, run, is_personal=True)


class CalendarView(OpenView):
    """``GET manage/{token}/calendar.ics``."""

    @describe_call(
        "get_calendar", fails=(TokenUnknown, LinkEnded), responses={(200, "text/calendar"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, token: str) -> HttpResponse:  # noqa: ARG002
        """Return the booking as an iCalendar file."""
        now = utc_now()
        language = current_language()
        booking = get_by_token(token=token, now=now).say_in(language)
        description = describe_event(booking, language=language)
        content = make_calendar(booking, tenant_name=current_tenant().name, description=description, now=now)
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
        return response


def describe_managed(token: str) -> dict[str, object]:
    """Return a booking as its customer may see it, and what they may do with it now."""
    now = utc_now()
    booking = get_by_token(token=token, now=now).say_in(current_language())
    return {
        "reference": booking.reference,
        "status": booking.status,
        "answer_by": booking.answer_by,
        "service": booking.service_name,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "timezone": booking.timezone,
        "location": booking.location_name,
        "resources": list(booking.people),
        "customer_name": booking.customer_name,
        "price": make_money(booking.price_minor, booking.currency),
        "price_kind": booking.price.kind,
        "can_cancel": may_customer_cancel(booking, now=now),
        "can_move": may_customer_move(booking, now=now),
        "can_rate": booking.status == BookingStatus.COMPLETED and not is_rated(booking_id=booking.id),
        "can_write": may_business(Ability.STEP),
        "locale": booking.customer_locale,
        "is_attendance_confirmed": booking.attendance_confirmed_at is not None,
        **describe_payment(booking, token, now=now),
    }
