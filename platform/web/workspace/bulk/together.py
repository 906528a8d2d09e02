"""The page on which a group, or everything of one customer, moves or is canceled together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.ids import read_row_id
from kernel.iso import NotIso, parse_date, parse_time
from scheduling.enums import BulkKind, BulkOutcome
from scheduling.selectors.bulk.acts import get_act
from scheduling.selectors.bulk.touching import list_of_customer, list_of_group
from scheduling.services.bulk.beginning import begin_together
from scheduling.services.bulk.working import work_at_once
from scheduling.types import BookingView
from scheduling.types.bulk import BulkPlan, BulkSaid
from web.errors import translate_error
from web.formats import to_local
from web.workspace.actors import make_actor
from web.workspace.bulk.reading import TypedRow, read_rows, read_wall
from web.workspace.changes.rows import Person, find_people

DOES = {"move": BulkKind.MOVE, "cancel": BulkKind.CANCEL}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A booking of a group; ``is_chosen``: what is decided is done to it."""

    booking: BookingView
    is_chosen: bool
    person: Person


@requires(Permission.BOOKING_MANAGE)
def decide(request: HttpRequest) -> HttpResponse:
    """Show the bookings that belong together, and move or cancel those that are chosen."""
    data = request.POST if request.method == "POST" else request.GET
    field, bookings = _find_group(data)
    if request.method != "POST" or not bookings:
        return _render(request, field, bookings)
    typed = read_rows(request.POST)
    chosen = [each for each in bookings if each.id in typed and typed[each.id].is_chosen]
    kind = DOES.get(request.POST.get("do", ""))
    if kind is None:
        raise Http404
    if not chosen:
        return _render(request, field, bookings, typed, problem=gettext("Choose at least one appointment."), status=422)
    plans = (
        plan_cancel(chosen, typed) if kind is BulkKind.CANCEL else plan_move(chosen, typed, request.POST.get("at", ""))
    )
    if not plans:
        return _render(request, field, bookings, typed, problem=gettext("Choose a day and a time."), status=422)
    try:
        key = begin_together(
            kind=kind,
            plans=plans,
            said=BulkSaid(line=request.POST.get("line", ""), is_told="untold" not in request.POST),
            by=make_actor(request),
            now=utc_now(),
        )
    except (Conflict, Forbidden, Invalid) as error:
        return _render(request, field, bookings, typed, problem=translate_error(error), status=get_status(error))
    work_at_once(act_id=get_act(key=key, now=utc_now()).id)
    return redirect("workspace:bulk_show", key=key)


def plan_cancel(chosen: list[BookingView], typed: dict[int, TypedRow]) -> list[BulkPlan]:
    """Cancel each as it was seen."""
    return [BulkPlan(each.id, typed[each.id].sequence, BulkOutcome.CANCEL) for each in chosen]


def plan_move(chosen: list[BookingView], typed: dict[int, TypedRow], at: str) -> list[BulkPlan]:
    """Move the first to a time, and the others as far, on the clocks of their locations; empty: there is no such time.

    An hour's distance on the wall stays an hour on the wall, also where the clocks change in between.
    """
    first = chosen[0]
    if read_wall(at, first.timezone) is None:
        return []
    distance = _read_naive(at) - _to_wall(first)
    plans = []
    for each in chosen:
        try:
            wall = _to_wall(each) + distance
        except OverflowError:  # past the last day of all calendars
            return []
        starts_at = read_wall(wall.isoformat(timespec="minutes"), each.timezone)
        if starts_at is None:
            return []
        plans.append(BulkPlan(each.id, typed[each.id].sequence, BulkOutcome.MOVE, starts_at))
    return plans


def _to_wall(booking: BookingView) -> datetime:
    return to_local(booking.starts_at, booking.timezone).replace(tzinfo=None)


def _read_naive(at: str) -> datetime:
    on, _, clock = at.partition("T")
    try:
        return datetime.combine(parse_date(on), parse_time(clock))
    except NotIso:
        raise Http404 from None


def _find_group(data: QueryDict) -> tuple[tuple[str, int], tuple[BookingView, ...]]:
    """Return by what the bookings belong together, and which they are."""
    now = utc_now()
    customer_id = read_row_id(str(data.get("customer") or ""))
    if customer_id is not None:
        return ("customer", customer_id), list_of_customer(customer_id=customer_id, now=now)
    booking_id = read_row_id(str(data.get("booking") or ""))
    if booking_id is None:
        raise Http404
    return ("booking", booking_id), list_of_group(booking_id=booking_id, now=now)


def _render(
    request: HttpRequest,
    field: tuple[str, int],
    bookings: tuple[BookingView, ...],
    typed: dict[int, TypedRow] | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    people = find_people(bookings)
    seen = typed or {}
    context = {
        "field": field,
        "rows": [GroupRow(each, each.id not in seen or seen[each.id].is_chosen, people[each.id]) for each in bookings],
        "problem": problem,
        "at": request.POST.get("at", ""),
        "line": request.POST.get("line", ""),
    }
    return render(request, "workspace/bulk/together.html", context, status=status)
