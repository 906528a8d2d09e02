"""The page on which somebody is away: all of their bookings with other places, and one confirmation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.enums import Outcome, Preference
from scheduling.selectors.bulk.acts import get_act
from scheduling.selectors.catalog.services import list_locations, list_resources
from scheduling.services.bulk.beginning import begin_absence
from scheduling.services.bulk.previewing import propose_absence
from scheduling.services.bulk.working import work_at_once
from scheduling.types import BookingView, LocationView, ResourceView, Touched
from scheduling.types.bulk import Absence, BulkPlan, BulkSaid
from web.errors import translate_error
from web.formats import to_local
from web.workspace.actors import make_actor
from web.workspace.bulk.reading import (
    ASK,
    CANCEL,
    OTHER,
    Period,
    TypedRow,
    find_resource,
    plan_row,
    read_period,
    read_rows,
)
from web.workspace.changes.reading import write_place
from web.workspace.changes.rows import Person, find_people, label_place, note_place

PREFERENCES: Mapping[Preference, str | Promise] = {
    Preference.NEAREST: gettext_lazy("The nearest"),
    Preference.SAME_DAY: gettext_lazy("The same day"),
    Preference.SAME_PEOPLE: gettext_lazy("The same person"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a booking could go, or what else could become of it; ``note`` says how it differs from what was agreed."""

    value: str
    label: str
    note: str
    is_chosen: bool
    is_same_day: bool = False


@dataclass(frozen=True, slots=True)
class AwayRow:
    """A booking with what can be chosen for it; ``is_missing``: a time has to be chosen."""

    booking: BookingView
    choices: tuple[Choice, ...]
    is_chosen: bool
    at: str
    person: Person
    is_missing: bool

    @property
    def chosen(self) -> Choice:
        """Return what is chosen."""
        return next((each for each in self.choices if each.is_chosen), self.choices[-1])

    @property
    def is_moved(self) -> bool:
        """Tell whether it goes to a time that was proposed."""
        return self.is_chosen and self.chosen.value not in {ASK, CANCEL, OTHER}

    @property
    def is_same_day(self) -> bool:
        """Tell whether the chosen place is on the day that was agreed."""
        return self.chosen.is_same_day


@dataclass(frozen=True, slots=True)
class AwayPage:
    """Everything that the page shows."""

    resource: ResourceView
    place: LocationView
    period: Period
    preference: Preference
    rows: tuple[AwayRow, ...]
    more: int

    @property
    def moved(self) -> tuple[AwayRow, ...]:
        """Return the bookings that go to a proposed time."""
        return tuple(row for row in self.rows if row.is_moved)

    @property
    def open_rows(self) -> tuple[AwayRow, ...]:
        """Return the bookings for which nothing was found, or nothing is chosen."""
        return tuple(row for row in self.rows if not row.is_moved)

    @property
    def same_day(self) -> tuple[AwayRow, ...]:
        """Return those that stay on their day."""
        return tuple(row for row in self.moved if row.is_same_day)

    @property
    def other_day(self) -> tuple[AwayRow, ...]:
        """Return those that go to another one."""
        return tuple(row for row in self.moved if not row.is_same_day)

    @property
    def alone(self) -> tuple[BookingView, ...]:
        """Return one booking of each person whom no message reaches."""
        return tuple({row.person.key: row.booking for row in self.rows if not row.person.is_reachable}.values())

    @property
    def preferences(self) -> tuple[tuple[str | Promise, str, bool], ...]:
        """Return what can come first, each with its address, and which does."""
        query = {"resource": str(self.resource.id), **self.period.query}
        return tuple(
            (
                label,
                f"{reverse('workspace:bulk_away')}?{urlencode(query | {'prefer': each.value})}",
                each is self.preference,
            )
            for each, label in PREFERENCES.items()
        )


@requires(Permission.BOOKING_MANAGE)
def decide(request: HttpRequest) -> HttpResponse:
    """Ask who is away and when, show where their bookings could go, and begin what was decided."""
    resources, places = list_resources(), {each.id: each for each in list_locations()}
    data = request.POST if request.method == "POST" else request.GET
    resource = find_resource(data, resources)
    if resource is None:
        problem = gettext("Choose who is away.") if request.method == "POST" else ""
        return _render_form(request, resources, problem=problem, status=422 if problem else 200)
    place = places[resource.location_id]
    period = read_period(data, place, to_local(utc_now(), place.timezone).date())
    if period.span is None:
        status = 422 if request.method == "POST" else 200
        return _render_form(request, resources, resource=resource, period=period, problem=period.problem, status=status)
    if request.method == "POST":
        return _begin(request, resources, resource, place, period)
    return _render_page(request, resources, resource, place, period)


def _begin(
    request: HttpRequest, resources: Sequence[ResourceView], resource: ResourceView, place: LocationView, period: Period
) -> HttpResponse:
    rows = read_rows(request.POST)
    plans = {booking_id: plan_row(booking_id, row, place.timezone) for booking_id, row in rows.items()}
    if any(plan is None for plan in plans.values()):
        problem = gettext("Choose a time in the marked rows.")
        return _render_page(request, resources, resource, place, period, problem=problem, status=422)
    try:
        key = begin_absence(
            absence=_make_absence(request, resource, period),
            plans=[plan for plan in plans.values() if plan is not None],
            said=BulkSaid(line=request.POST.get("line", ""), is_told="untold" not in request.POST),
            by=make_actor(request),
            now=utc_now(),
        )
    except (Conflict, Forbidden, Invalid) as error:
        problem, status = translate_error(error), get_status(error)
        return _render_page(request, resources, resource, place, period, problem=problem, status=status)
    work_at_once(act_id=get_act(key=key, now=utc_now()).id)
    return redirect("workspace:bulk_show", key=key)


def _make_absence(request: HttpRequest, resource: ResourceView, period: Period) -> Absence:
    starts_at, ends_at = period.span or (utc_now(), utc_now())
    reason = request.POST.get("reason", "")
    return Absence(resource_id=resource.id, starts_at=starts_at, ends_at=ends_at, reason=reason)


def _render_form(
    request: HttpRequest,
    resources: Sequence[ResourceView],
    *,
    resource: ResourceView | None = None,
    period: Period | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"resources": resources, "resource": resource, "period": period, "problem": problem}
    return render(request, "workspace/bulk/away.html", context, status=status)


def _render_page(
    request: HttpRequest,
    resources: Sequence[ResourceView],
    resource: ResourceView,
    place: LocationView,
    period: Period,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    data: QueryDict = request.POST if request.method == "POST" else request.GET
    asked = data.get("prefer", "")
    preference = Preference(asked) if asked in set(Preference) else Preference.NEAREST
    absence = _make_absence(request, resource, period)
    try:
        touched, more = propose_absence(absence=absence, preference=preference, by=make_actor(request), now=utc_now())
    except (Conflict, Forbidden, Invalid) as error:
        return _render_form(
            request,
            resources,
            resource=resource,
            period=period,
            problem=problem or translate_error(error),
            status=get_status(error),
        )
    typed = read_rows(request.POST)
    people = find_people(each.booking for each in touched)
    rows = tuple(_make_row(each, typed.get(each.booking.id), people[each.booking.id], place) for each in touched)
    page = AwayPage(resource, place, period, preference, rows, more)
    context = {
        "page": page,
        "resources": resources,
        "resource": resource,
        "period": period,
        "problem": problem,
        "line": request.POST.get("line", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "workspace/bulk/away.html", context, status=status)


def _make_row(touched: Touched, typed: TypedRow | None, person: Person, place: LocationView) -> AwayRow:
    booking = touched.booking
    places = [(write_place(each.starts_at, each.resource_ids), each) for each in touched.proposals]
    can_move, can_cancel = Outcome.MOVE in touched.outcomes, Outcome.CANCEL in touched.outcomes
    others = [
        (OTHER, gettext("Another time…")) if can_move else None,
        (ASK, gettext("Ask the customer")),
        (CANCEL, gettext("Cancel it")) if can_cancel else None,
    ]
    values = [value for value, _ in places] + [each[0] for each in others if each]
    wanted = typed.to if typed is not None else ""
    chosen = wanted if wanted in values else places[0][0] if places else ASK
    nothing = "" if places else gettext("No free time was found in the next four weeks.")
    choices = [
        *(
            Choice(
                value,
                label_place(each, booking),
                note_place(each, booking),
                value == chosen,
                _is_same_day(each.starts_at, booking),
            )
            for value, each in places
        ),
        *(Choice(value, label, nothing, value == chosen) for value, label in filter(None, others)),
    ]
    plan: BulkPlan | None = None if typed is None else plan_row(booking.id, typed, place.timezone)
    return AwayRow(
        booking=booking,
        choices=tuple(choices),
        is_chosen=bool(places) if typed is None else typed.is_chosen,
        at=typed.at if typed else "",
        person=person,
        is_missing=typed is not None and plan is None,
    )


def _is_same_day(starts_at: datetime, booking: BookingView) -> bool:
    return to_local(starts_at, booking.timezone).date() == to_local(booking.starts_at, booking.timezone).date()
