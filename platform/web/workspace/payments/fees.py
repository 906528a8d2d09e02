"""The fee for not coming: charged to the card that was left by one tap, or waived with a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from billing.errors import RefundInvalid
from billing.services.fees import charge_fee, waive_fee
from edge.access import requires
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden
from kernel.ids import read_row_id
from scheduling.selectors.bookings.views import get_booking
from web.parts.toasts import Toast
from web.workspace.actors import make_actor
from web.workspace.bookings.views import answer_done, describe, refuse, render_booking


@requires(Permission.BOOKING_MANAGE)
@require_POST
def charge(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Let the fee be charged; a second tap that finds it on its way is no error."""
    seen = read_row_id(request.POST.get("seen")) or 0
    try:
        charge_fee(booking_id=booking_id, seen_minor=seen, now=utc_now(), by=make_actor(request))
    except (Conflict, Forbidden) as error:
        return refuse(request, booking_id, error)
    booking = get_booking(booking_id=booking_id)
    return answer_done(request, booking, Toast(title=gettext("The fee is being charged"), text=describe(booking)))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def waive(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Charge nothing; the reason stays beside the payment."""
    try:
        waive_fee(
            booking_id=booking_id, reason=request.POST.get("fee_reason", ""), now=utc_now(), by=make_actor(request)
        )
    except RefundInvalid:
        text = gettext("Say why the fee is waived.")
        return render_booking(request, booking_id, status=422, error=text)
    except (Conflict, Forbidden) as error:
        return refuse(request, booking_id, error)
    booking = get_booking(booking_id=booking_id)
    return answer_done(request, booking, Toast(title=gettext("Fee waived"), text=describe(booking)))
