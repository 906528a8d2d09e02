"""To the provider's page and back. Being back proves nothing: what holds is what the provider says when it is asked."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from billing.services.cards.looking import look_at_deposit
from billing.services.cards.opening import WayBack, start_card_payment
from edge.access import open_to_anyone
from edge.language import current_language
from edge.limits import count_write
from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from scheduling.services.messages.manage_tokens import make_manage_url
from web.booking.manage import go_back, load_page, render_page, render_refused, while_the_link_leads
from web.booking.pages import keep_private


@open_to_anyone
@require_POST
@while_the_link_leads
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Open the payment, and lead to the provider's page.

    By a page of our own that goes on by itself: forms of ours may lead nowhere else (``form-action``), so that no
    text that slips into a page can send what is typed there to strangers.
    """
    count_write(request)
    page = load_page(token)
    url = make_manage_url(token)
    back = WayBack(return_url=f"{url}paid/", cancel_url=f"{url}?done=unpaid", language=current_language())
    try:
        leads_to = start_card_payment(booking_id=page.booking.id, back=back, now=page.now)
    except (Conflict, Invalid, Unavailable) as error:
        page = load_page(token)
        if not (page.is_unpaid or page.is_fee_asked):  # paid in another tab, or its time is over: the page says so
            return go_back(token)
        return render_refused(request, page, error)
    return render_page(request, page, "paying", leads_to=leads_to)


@open_to_anyone
@require_safe
@while_the_link_leads
def show_paid(request: HttpRequest, token: str) -> HttpResponse:
    """Show that the payment is being confirmed, until it is; then lead to the booking."""
    page = load_page(token)
    if page.is_unpaid or page.is_fee_asked:
        with suppress(Conflict, NotFound, Unavailable):  # its event, or a worker, will tell
            look_at_deposit(booking_id=page.booking.id, now=page.now)
        page = load_page(token)
    if page.is_unpaid or page.is_fee_asked:
        return render_page(request, page, "paid")
    return go_back(token, "paid")


@open_to_anyone
@require_safe
@while_the_link_leads
def tell_status(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    """Answer where the booking stands: what a page that waits for money asks again and again."""
    page = load_page(token)
    if page.is_unpaid or page.is_fee_asked:
        with suppress(Conflict, NotFound, Unavailable):
            look_at_deposit(booking_id=page.booking.id, now=page.now)
        page = load_page(token)
    return keep_private(JsonResponse({"status": page.progress}))
