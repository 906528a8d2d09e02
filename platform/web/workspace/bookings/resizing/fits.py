"""Whether a visit fits where it is held over the board: asked before it is dropped, answered by the engine."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.errors import Invalid
from scheduling.selectors.availability.lengths import check_length
from scheduling.selectors.bookings import views as bookings
from web.formats import format_duration
from web.workspace.bookings.forms import MoveForm
from web.workspace.bookings.placing.wishes import explain_place, list_choices, read_wish, say_error


@requires(Permission.BOOKING_MANAGE)
@require_safe
def show_fit(request: HttpRequest, booking_id: int) -> JsonResponse:
    """Say whether a booking could be at ``shift``, ``resource`` and ``length``: ``{fits, text}``; nothing is kept."""
    booking = bookings.get_booking(booking_id=booking_id)
    form = MoveForm(request.GET, booking=booking, resources=list_choices(booking, request.GET))
    if not form.is_valid():
        text = str(next(iter(form.errors.values()))[0])
        return JsonResponse({"fits": False, "text": text}, status=422)
    length, start = form.cleaned_data["length"], form.cleaned_data["start"]
    try:
        check_length(length)
    except Invalid as error:
        return JsonResponse({"fits": False, "text": say_error(error)}, status=get_status(error))
    reasons = explain_place(booking, read_wish(booking, request.GET, length), start, is_length_new=length is not None)
    free = gettext("Free")
    if length is not None:
        free = gettext("%(length)s, free") % {"length": format_duration(length)}
    return JsonResponse({"fits": not reasons, "text": " ".join(reasons) or free})
