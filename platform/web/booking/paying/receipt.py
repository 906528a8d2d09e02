"""What a customer has paid, as a file to keep."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from billing.selectors.disputes import list_disputes_of_booking
from billing.selectors.payments import list_moved
from edge.access import open_to_anyone
from edge.downloads import answer_pdf
from edge.language import current_language
from tenants.context import current_tenant
from web.booking.manage import load_page, while_the_link_leads
from web.booking.pages import keep_private
from web.paper.receipt import Receipt


@open_to_anyone
@require_safe
@while_the_link_leads
def download(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    """Answer the receipt of a booking in the language of its page; there is none before something was paid."""
    page = load_page(token)
    moved = list_moved(page.money.payments, list_disputes_of_booking(booking_id=page.booking.id))
    if not moved:
        raise Http404
    receipt = Receipt(current_tenant(), page.booking, moved)
    content = receipt.make_pdf(language=current_language())
    return keep_private(answer_pdf(content, name=f"receipt-{page.booking.reference}"))
