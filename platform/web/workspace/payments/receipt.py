"""The receipt of a payment's booking, to print or to send."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from billing.selectors.disputes import list_disputes_of_booking
from billing.selectors.payments import get_payment, list_moved, list_payments_of
from edge.access import requires
from edge.downloads import answer_pdf
from edge.language import limit_language
from scheduling.selectors.bookings.views import get_booking
from tenants.context import current_tenant
from web.paper.receipt import Receipt


@requires(Permission.REPORT_VIEW)
@require_safe
def download(request: HttpRequest, payment_id: int) -> HttpResponse:  # noqa: ARG001
    """Answer the receipt of all that was paid for the booking of a payment, in the language of its customer."""
    booking = get_booking(booking_id=get_payment(payment_id=payment_id).booking_id)
    moved = list_moved(list_payments_of(booking_id=booking.id), list_disputes_of_booking(booking_id=booking.id))
    if not moved:
        raise Http404
    tenant = current_tenant()
    language = limit_language(booking.customer_locale, tenant)
    content = Receipt(tenant, booking.say_in(language), moved).make_pdf(language=language)
    return answer_pdf(content, name=f"receipt-{booking.reference}")
