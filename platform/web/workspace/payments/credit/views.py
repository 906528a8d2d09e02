"""Credit of customers: whether the business gives it, what it pays, and giving the rest back as money."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from billing.errors import RefundInvalid
from billing.services.credits.offering import switch_credit
from billing.services.credits.spending import apply_credit
from billing.services.refunds import pay_out_credit, swap_for_credit
from edge.access import requires
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.text import mark
from scheduling.selectors.bookings.views import get_booking
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.templatetags.formats import get_current_formats
from web.workspace.actors import make_actor
from web.workspace.bookings.views import answer_done, describe, refuse

SAY_WHY = mark("Say why it is given back as money.")


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Let customers choose credit instead of money from now on, or no longer."""
    is_on = request.POST.get("is_on") == "yes"
    switch_credit(is_on=is_on, by=make_actor(request), now=utc_now())
    title = gettext("Customers may choose credit") if is_on else gettext("Customers get their money back")
    return go_on(request, Toast(title=title), to=reverse("workspace:payments"))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def apply(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Let the customer's credit pay what is due of a booking."""
    try:
        used = apply_credit(booking_id=booking_id, now=utc_now(), by=make_actor(request))
    except (Conflict, Forbidden) as error:
        return refuse(request, booking_id, error)
    except NotFound as error:
        return go_on(
            request, Toast(title=translate_error(error), tone="bad"), to=reverse("workspace:booking", args=[booking_id])
        )
    booking = get_booking(booking_id=booking_id)
    amount = get_current_formats().format_money(used, booking.currency)
    title = gettext("%(amount)s paid with credit") % {"amount": amount}
    return answer_done(request, booking, Toast(title=title, text=describe(booking)))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def swap(request: HttpRequest, booking_id: int, refund_id: int) -> HttpResponse:
    """Give as credit what was to be sent back: the customer said so."""
    booking = get_booking(booking_id=booking_id)
    try:
        swap_for_credit(booking_id=booking_id, refund_id=refund_id, now=utc_now(), by=make_actor(request))
    except Conflict as error:
        return refuse(request, booking_id, error)
    return answer_done(request, booking, Toast(title=gettext("Given as credit"), text=describe(booking)))


@requires(Permission.BOOKING_OVERRIDE)
@require_POST
def pay_out(request: HttpRequest, payment_id: int, credit_id: int) -> HttpResponse:
    """Give back as money what is left of a credit, the way that the payment came."""
    try:
        pay_out_credit(
            credit_id=credit_id, reason=request.POST.get("credit_reason", ""), now=utc_now(), by=make_actor(request)
        )
        toast = Toast(title=gettext("Refund noted"))
    except RefundInvalid:
        toast = Toast(title=gettext(SAY_WHY), tone="bad")
    except (Forbidden, NotFound) as error:
        toast = Toast(title=translate_error(error), tone="bad")
    return go_on(request, toast, to=reverse("workspace:money_payment", args=[payment_id]))
