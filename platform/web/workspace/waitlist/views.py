"""Who waits, in the order in which times are offered, and what fits them beside the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.reading import read_date
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.ids import read_row_id
from scheduling.enums import ActorKind
from scheduling.selectors.waitlist.entries import list_ended, list_waiting
from scheduling.selectors.waitlist.fits import KEPT_SECONDS, list_fits
from scheduling.services.waitlist.joining import remove_entry
from scheduling.types import Actor, LogLine, WaitlistEntryView
from tenants.context import current_tenant
from web.errors import translate_error
from web.formats import Formats, to_local
from web.parts.toasts import Toast, go_on, is_fragment_asked
from web.templatetags.formats import get_current_formats
from web.wishes import describe_hours, list_weekdays

REFUSALS = (Conflict, Forbidden, NotFound)
AGAIN_AFTER = KEPT_SECONDS + 2
"""So many seconds after it was told what was remembered, a board asks once more: the last change shows as well."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the log in words."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class WaitlistRow:
    """An entry as the list shows it."""

    entry: WaitlistEntryView
    dates: str
    weekdays: str
    hours: str
    log: tuple[LogRow, ...]


@requires(Permission.BOARD_VIEW)
@require_safe
def show_waitlist(request: HttpRequest) -> HttpResponse:
    """List who waits, first come first, and who did, each with what happened."""
    formats = get_current_formats()
    context = {
        "waiting": [_make_row(entry, formats) for entry in list_waiting()],
        "ended": [_make_row(entry, formats) for entry in list_ended()],
    }
    return render(request, "workspace/waitlist/list.html", context)


@requires(Permission.BOARD_VIEW)
@require_safe
def show_fits(request: HttpRequest) -> HttpResponse:
    """Show the part beside the board: who could come on its day, and when; who opens its address comes to the board."""
    if not is_fragment_asked(request):
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{reverse('workspace:board')}{'?' if query else ''}{query}")
    now = utc_now()
    on = read_date(request.GET.get("date", "")) or to_local(now, current_tenant().timezone).date()
    fits = list_fits(on=on, location_id=read_row_id(request.GET.get("location")), now=now)
    context = {"fits": fits.rows, "again_url": "" if fits.is_fresh else request.get_full_path()}
    return render(request, "workspace/waitlist/fits.html", {**context, "again_after": AGAIN_AFTER})


@requires(Permission.BOOKING_MANAGE)
@require_POST
def remove(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take somebody off the list."""
    user: Any = request.user
    try:
        remove_entry(entry_id=entry_id, by=Actor(kind=ActorKind.STAFF, user_id=user.pk), now=utc_now())
        toast = Toast(title=gettext("Taken off the waitlist"))
    except REFUSALS as error:
        toast = Toast(title=translate_error(error), tone="bad")
    return go_on(request, toast, to=reverse("workspace:waitlist"))


def _make_row(entry: WaitlistEntryView, formats: Formats) -> WaitlistRow:
    wished = entry.wished
    return WaitlistRow(
        entry=entry,
        dates=formats.format_days(wished.from_on, wished.to_on),
        weekdays=list_weekdays(formats, wished.weekdays),
        hours=describe_hours(formats, wished.from_minute, wished.to_minute),
        log=tuple(LogRow(line.at, _say(line, entry, formats)) for line in entry.log),
    )


def _say(line: LogLine, entry: WaitlistEntryView, formats: Formats) -> str:
    if line.starts_at is None:
        return str(line.step.label)
    words = {"step": line.step.label, "when": formats.format_date_time(line.starts_at, entry.timezone)}
    return gettext("%(step)s: %(when)s") % words
