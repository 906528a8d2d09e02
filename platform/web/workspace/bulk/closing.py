"""The page on which a location closes for some days: what is booked, what goes back, and one confirmation."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.policies import Permission
from billing.engine import Ending
from billing.selectors.payments import list_payments_of_all, preview_cancellation
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.selectors.bulk.acts import get_act
from scheduling.selectors.catalog.services import list_locations
from scheduling.services.bulk.beginning import begin_closure
from scheduling.services.bulk.working import work_at_once
from scheduling.types import BookingView
from scheduling.types.bulk import BulkSaid, Closure
from tenants.context import current_tenant
from web.errors import translate_error
from web.workspace.actors import make_actor
from web.workspace.bulk.everyone import Days, list_readers, read_asked


@requires(Permission.CATALOG_MANAGE)
def close_days(request: HttpRequest) -> HttpResponse:
    """Show what closing some days of a location calls off, and do it."""
    data = request.POST if request.method == "POST" else request.GET
    days = read_asked(data)
    if days is None:
        return redirect("workspace:bulk")
    days = replace(days, resource=None)  # it is closed for everybody
    bookings = days.list_bookings()
    if request.method != "POST" or days.problem:
        return _render(request, days, bookings, problem=days.problem, status=422 if request.method == "POST" else 200)
    if request.POST.get("seen", "") != str(len(bookings)):
        problem = gettext(
            "The number of appointments has changed since you looked. Look at it again before you cancel."
        )
        return _render(request, days, bookings, problem=problem, status=409)
    try:
        key = begin_closure(
            closure=Closure(days.place.id, days.first, days.last, request.POST.get("note", "")),
            said=BulkSaid(line=request.POST.get("line", ""), is_told="untold" not in request.POST),
            by=make_actor(request),
            now=utc_now(),
        )
    except (Conflict, Forbidden, Invalid) as error:
        return _render(request, days, bookings, problem=translate_error(error), status=get_status(error))
    work_at_once(act_id=get_act(key=key, now=utc_now()).id)
    return redirect("workspace:bulk_show", key=key)


def count_back(bookings: tuple[BookingView, ...]) -> int:
    """Add up what goes back when the business calls bookings off now, in the smallest coin of its currency."""
    paid = list_payments_of_all([each.id for each in bookings])
    sums: Counter[str] = Counter()
    for booking in bookings:
        split = preview_cancellation(booking, paid.get(booking.id, ()), at=utc_now(), ending=Ending.BUSINESS)
        if split is not None:
            sums[booking.currency] += split.back_minor
    return sums[current_tenant().currency]


def _render(
    request: HttpRequest, days: Days, bookings: tuple[BookingView, ...], *, problem: str, status: int
) -> HttpResponse:
    readers = list_readers(bookings)
    context = {
        "days": days,
        "places": list_locations(),
        "bookings": bookings,
        "readers": readers,
        "reached": sum(each.is_reachable for each in readers),
        "back_minor": count_back(bookings),
        "problem": problem,
        "line": request.POST.get("line", ""),
        "note": request.POST.get("note", ""),
    }
    return render(request, "workspace/bulk/closing.html", context, status=status)
