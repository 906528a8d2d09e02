"""The pages of what was decided about many bookings: the ways in, how far each is, its report, and undoing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import PermissionMissing
from accounts.policies import Permission, has_permission
from accounts.selectors.staff import list_staff
from edge.access import requires
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.enums import BulkKind, BulkOutcome, BulkRowState, BulkState
from scheduling.selectors.bulk.acts import get_act, list_acts, list_rows
from scheduling.selectors.catalog.services import list_locations, list_resources
from scheduling.services.bulk.steps import undo_act
from scheduling.services.bulk.working import work_at_once
from scheduling.types import BookingView
from scheduling.types.bulk import BulkActView, BulkRowView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.formats import to_local
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.changes.rows import find_people

PAUSE = 2
TITLES: Mapping[BulkKind, str | Promise] = {
    BulkKind.ABSENCE: gettext_lazy("%(name)s is away"),
    BulkKind.CLOSURE: gettext_lazy("%(name)s is closed"),
    BulkKind.MOVE: gettext_lazy("Appointments moved together"),
    BulkKind.CANCEL: gettext_lazy("Appointments canceled together"),
    BulkKind.MESSAGE: gettext_lazy("Message to everyone"),
}
TONES: Mapping[BulkState, str] = {BulkState.DONE: "good", BulkState.UNDONE: ""}
DONE: Mapping[BulkOutcome, str | Promise] = {
    BulkOutcome.MOVE: gettext_lazy("Moved"),
    BulkOutcome.CANCEL: gettext_lazy("Canceled"),
    BulkOutcome.KEEP: gettext_lazy("Stays: ask the customer"),
    BulkOutcome.TELL: gettext_lazy("Written to"),
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A booking in a report: what became of it in words, why not, and whether its customer has to be called."""

    row: BulkRowView
    said: str | Promise
    tone: str
    reason: str
    is_alone: bool

    @property
    def booking(self) -> BookingView:
        """Return the booking as it is now."""
        return self.row.booking


@dataclass(frozen=True, slots=True)
class ActLine:
    """A decision in the list of all."""

    act: BulkActView
    title: str
    tone: str
    by: str


@requires(Permission.BOOKING_MANAGE)
@require_safe
def list_all(request: HttpRequest) -> HttpResponse:
    """Show the ways in, and what was decided before."""
    names = _name_people()
    lines = [
        ActLine(act, say_title(act), TONES.get(act.state, "warn"), names.get(act.by_id or 0, ""))
        for act in list_acts(now=utc_now())
    ]
    return render(request, "workspace/bulk/list.html", {"lines": lines})


@requires(Permission.BOOKING_MANAGE)
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what became of each booking, or how far it is."""
    act = get_act(key=key, now=utc_now())
    names = _name_people()
    context: dict[str, object] = {
        "act": act,
        "title": say_title(act),
        "by": names.get(act.by_id or 0, ""),
        "undone_by": names.get(act.undone_by_id or 0, ""),
        "pause": PAUSE,
        "may_undo": act.undo_until is not None and may_business(Ability.WRITE) and _may_undo(request, act),
        "again_url": _find_again(act),
        "rows": [] if act.is_at_work else describe_rows(act),
    }
    return render(request, "workspace/bulk/report.html", context)


@requires(Permission.BOOKING_MANAGE)
@require_POST
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back what was done, as far as that is possible."""
    act = get_act(key=key, now=utc_now())
    if not _may_undo(request, act):
        raise PermissionMissing
    address = reverse("workspace:bulk_show", kwargs={"key": key})
    try:
        undo_act(key=key, by=make_actor(request), now=utc_now())
    except (Conflict, Forbidden, Invalid) as error:
        return go_on(request, Toast(translate_error(error), tone="bad"), to=address)
    work_at_once(act_id=act.id)
    return redirect(address)


def _may_undo(request: HttpRequest, act: BulkActView) -> bool:
    """Tell whether somebody may open again what was closed; that takes what closing takes."""
    return act.kind != BulkKind.CLOSURE or has_permission(request.user, Permission.CATALOG_MANAGE)


def _find_again(act: BulkActView) -> str:
    """Return where the rest of an absence is decided: the same time once more, as whole days."""
    if act.starts_at is None or act.ends_at is None or act.resource_id is None:
        return ""
    zone = current_tenant().timezone
    places = {each.id: each.location_id for each in list_resources()}
    zones = {each.id: each.timezone for each in list_locations()}
    zone = zones.get(places.get(act.resource_id, 0), zone)
    first, last = to_local(act.starts_at, zone), to_local(act.ends_at, zone)
    query = {
        "resource": act.resource_id,
        "from": first.date().isoformat(),
        "at": first.time().isoformat(timespec="minutes"),
    }
    if last.time() == time():
        last -= timedelta(days=1)
        query |= {"to": last.date().isoformat()}
    else:
        query |= {"to": last.date().isoformat(), "until": last.time().isoformat(timespec="minutes")}
    return f"{reverse('workspace:bulk_away')}?{urlencode(query)}"


def say_title(act: BulkActView) -> str:
    """Return what was decided, in a few words."""
    return str(TITLES[act.kind]) % {"name": act.name or gettext("Somebody")}


def describe_rows(act: BulkActView) -> list[ReportRow]:
    """Return the bookings of a decision in words; what was not done comes first."""
    rows = list_rows(act)
    people = find_people(row.booking for row in rows)
    told = {BulkOutcome.MOVE, BulkOutcome.CANCEL, BulkOutcome.TELL}
    lines = [
        ReportRow(
            row,
            _say(row),
            _pick_tone(row),
            gettext(row.reason) if row.reason else "",
            is_alone=row.outcome == BulkOutcome.KEEP
            or (row.outcome in told and act.is_told and not people[row.booking.id].is_reachable)
            or (not act.is_told and row.state == BulkRowState.DONE),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.row.state != BulkRowState.REFUSED)


def _say(row: BulkRowView) -> str | Promise:
    if row.state == BulkRowState.DONE:
        return DONE[row.outcome]
    return row.state.label


def _pick_tone(row: BulkRowView) -> str:
    if row.state == BulkRowState.REFUSED or (row.state == BulkRowState.DONE and row.outcome == BulkOutcome.KEEP):
        return "bad" if row.state == BulkRowState.REFUSED else "warn"
    return "good" if row.state == BulkRowState.DONE else ""


def _name_people() -> Mapping[int, str]:
    return {person.id: person.name for person in list_staff()}
