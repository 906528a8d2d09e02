"""Credit on the customer's pages: it pays a deposit, and what is to be sent back becomes one, if the customer wants."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from billing.services.credits.spending import pay_with_own_credit
from billing.services.refunds import swap_for_credit
from edge.access import open_to_anyone
from edge.limits import count_write
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.ids import read_row_id
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.bookings.visits import get_visits_contact
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import CUSTOMER
from web.booking.manage import go_back, load_page, render_refused, while_the_link_leads
from web.booking.visits.views import while_the_link_lasts


@open_to_anyone
@require_POST
@while_the_link_leads
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay the deposit with the credit of the contact that was proven when it was booked; what is left, another way."""
    count_write(request)
    page = load_page(token)
    try:
        pay_with_own_credit(
            booking_id=page.booking.id, amount_minor=read_row_id(request.POST.get("amount_minor")), now=page.now
        )
    except (Conflict, Forbidden, NotFound) as error:
        return render_refused(request, load_page(token), error)
    return go_back(token, "credit")


@open_to_anyone
@require_POST
@while_the_link_leads
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """Have as credit what the business was to send back."""
    count_write(request)
    page, refund_id = load_page(token), read_row_id(request.POST.get("refund")) or 0
    try:
        swap_for_credit(booking_id=page.booking.id, refund_id=refund_id, now=page.now, by=CUSTOMER)
    except (Conflict, NotFound) as error:
        return render_refused(request, load_page(token), error)
    return go_back(token)


@open_to_anyone
@require_POST
@while_the_link_lasts
def pay_from_visits(request: HttpRequest, token: str, booking_id: int) -> HttpResponse:
    """Pay a deposit with the credit of the contact whose link was opened; then show the booking."""
    count_write(request)
    now = utc_now()
    contact = get_visits_contact(token=token, now=now)
    pay_with_own_credit(booking_id=booking_id, contact=contact.value, now=now)
    return go_back(make_manage_token(get_booking(booking_id=booking_id)), "credit")
