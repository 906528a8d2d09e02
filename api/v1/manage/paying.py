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
from scheduling.errors import HoldExpired, LinkEnded, RequestInvalid, TokenUnknown, TransitionRefused
from scheduling.selectors.bookings.views import get_by_token


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
