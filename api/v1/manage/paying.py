"""Paying one's own deposit with credit; other ways are on the customer's page."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from api.document import describe_call
from api.v1.manage.serializers import CreditFields, ManagedShape
from api.v1.manage.views import describe_managed
from api.views import OpenView, Result, answer_once
from billing.errors import CreditNotFound, CreditTooSmall, PaymentStepRefused
from billing.services.credits.spending import pay_with_own_credit
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.errors import (
    BookingNotFound,
    HoldExpired,
    LinkEnded,
    RequestInvalid,
    TokenUnknown,
    TransitionRefused,
    VisitsLinkUnknown,
)
from scheduling.selectors.bookings.views import get_booking, get_by_token
from scheduling.selectors.bookings.visits import get_visits_contact
from scheduling.services.messages.manage_tokens import make_manage_token


class PayWithCreditView(OpenView):
    """``POST manage/{token}/pay_with_credit``."""

    @describe_call(
        "pay_with_credit",
        fails=(
            TokenUnknown,
            LinkEnded,
            RequestInvalid,
            CreditNotFound,
            CreditTooSmall,
            HoldExpired,
            TransitionRefused,
            PaymentStepRefused,
        ),
        request=CreditFields,
        responses=ManagedShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Pay the deposit with the credit of the contact that was proven at booking; ``payment`` is the rest."""
        form = CreditFields.read(request)

        def run() -> Result:
            now = utc_now()
            booking = get_by_token(token=token, now=now)
            pay_with_own_credit(booking_id=booking.id, amount_minor=form.validated_data.get("amount_minor"), now=now)
            return Result(status=200, body=describe_managed(token))

        return answer_once(request, run, is_personal=True)


class PayFromVisitsView(OpenView):
    """``POST visits/{token}/pay_with_credit/{id}``."""

    @describe_call(
        "pay_visit_with_credit",
        fails=(
            VisitsLinkUnknown,
            BookingNotFound,
            RequestInvalid,
            CreditNotFound,
            CreditTooSmall,
            HoldExpired,
            TransitionRefused,
            PaymentStepRefused,
        ),
        request=CreditFields,
        responses=ManagedShape,
    )
    def post(self, request: Request, token: str, booking_id: str) -> HttpResponse:
        """Pay the deposit of a visit with the credit of the contact whose link this is; ``payment`` is the rest."""
        form, number = CreditFields.read(request), read_row_id(booking_id) or 0

        def run() -> Result:
            now = utc_now()
            contact = get_visits_contact(token=token, now=now)
            amount = form.validated_data.get("amount_minor")
            pay_with_own_credit(booking_id=number, contact=contact.value, amount_minor=amount, now=now)
            manage_token = make_manage_token(get_booking(booking_id=number))
            return Result(status=200, body=describe_managed(manage_token))

        return answer_once(request, run, is_personal=True)
