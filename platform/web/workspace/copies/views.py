"""All data of the business: copies that its owner takes along, and a copy that writes to customers once they say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from accounts.selectors.staff import list_staff
from accounts.services.second_step import check_steps
from edge.access import requires
from edge.downloads import answer_file
from edge.statuses import get_status
from files.enums import CopyFailure, CopyKind, CopyState
from files.selectors.data_copies import get_data_copy, list_data_copies
from files.services.data_copies import ask_for_copy, take_copy
from files.types import DataCopyView
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid, LimitReached
from tenants.context import current_tenant
from tenants.selectors.backups import find_standing
from tenants.services.copies.quiet import end_quiet
from web.errors import add_wait, translate_error
from web.parts.toasts import Toast, go_on, is_fragment_asked
from web.workspace.copies.forms import TakeForm

TONES: Mapping[str, str] = {CopyState.READY: "good", CopyState.FAILED: "bad", CopyState.GONE: ""}
SHORTEST_PAUSE, LONGEST_PAUSE = 3, 30
"""Seconds until the page asks again how far a copy is; after an answer that failed, the longest."""
ASKS_PER_WAIT = 20
"""How long it has been waited so far is parted by this for the next pause: minutes are not followed by the second."""


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A copy as the page shows it; ``by`` is empty when whoever asked works here no more."""

    copy: DataCopyView
    title: str | Promise
    state: str | Promise
    tone: str
    why: str | Promise
    by: str


@requires(Permission.DATA_TAKE)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show what can be taken along, what was asked for, and when a backup was last restored for a try."""
    now = utc_now()
    names = {person.id: person.name for person in list_staff()}
    lines = tuple(_describe(copy, names) for copy in list_data_copies(now=now))
    at_work = [line.copy for line in lines if line.copy.is_at_work]
    context = {
        "lines": lines,
        "at_work": frozenset(copy.kind for copy in at_work),
        "pause": _choose_pause(at_work, now),
        "longest_pause": LONGEST_PAUSE,
        "is_sealed": bool(settings.BACKUP_KEYS),
    }
    if is_fragment_asked(request):
        return render(request, "workspace/copies/copies.html", context)
    context["backup"] = find_standing(current_tenant().schema_name, now=now)
    return render(request, "workspace/copies/page.html", context)


@requires(Permission.DATA_TAKE)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Let a copy be made; a second press finds the first one."""
    kind = request.POST.get("kind", "")
    if kind not in CopyKind.values:
        toast = Toast(title=gettext("Say what to take along"), tone="bad")
        return go_on(request, toast, to=reverse("workspace:data"))
    try:
        copy = ask_for_copy(kind=CopyKind(kind), by=request.user, now=utc_now())
    except Conflict as error:
        return go_on(request, Toast(title=translate_error(error), tone="bad"), to=reverse("workspace:data"))
    return go_on(request, _say_what_comes(copy, user_id=request.user.pk), to=reverse("workspace:data"))


@requires(Permission.DATA_TAKE)
def take(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Show a copy that is ready, and send its file to an owner who types password and, of a second step, the code."""
    user: Any = request.user
    copy = get_data_copy(key, now=utc_now())
    if request.method != "POST":
        return _render_take(request, copy, TakeForm(user=user))
    form = TakeForm(request.POST, user=user)
    if not form.is_valid():
        return _render_take(request, copy, form, status=422)
    try:
        prove = partial(check_steps, user, proof=form.prove(request))
        opened = take_copy(copy, user_id=user.pk, prove=prove, now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render_take(request, copy, form, status=get_status(error))
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_take(request, copy, form, status=get_status(error)), error)
    return answer_file(opened.file, name=opened.name, size=opened.size)


@requires(Permission.DATA_TAKE)
@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """Let this copy of a business write to customers from now on."""
    try:
        end_quiet(user_id=request.user.pk, now=utc_now())
    except Forbidden as error:
        return go_on(request, Toast(title=translate_error(error), tone="bad"), to=reverse("workspace:board"))
    toast = Toast(
        title=gettext("Messages leave from now on"),
        text=gettext("What was kept back stays unsaid; reminders of coming appointments are sent."),
    )
    return go_on(request, toast, to=reverse("workspace:board"))


def _say_what_comes(copy: DataCopyView, *, user_id: int | None) -> Toast:
    if copy.is_ready:
        return Toast(title=gettext("It was made a moment ago"), text=gettext("You can download it now."))
    if copy.asked_by_id != user_id:
        text = gettext("Somebody else asked for it already. You find it here when it is ready.")
    else:
        text = gettext("We write to you when it is ready.")
    return Toast(title=gettext("It is being made"), text=text)


def _choose_pause(at_work: Sequence[DataCopyView], now: datetime) -> int:
    waited = min((now - copy.asked_at for copy in at_work), default=timedelta())
    return min(max(int(waited.total_seconds()) // ASKS_PER_WAIT, SHORTEST_PAUSE), LONGEST_PAUSE)


def _describe(copy: DataCopyView, names: Mapping[int, str]) -> CopyLine:
    return CopyLine(
        copy=copy,
        title=CopyKind(copy.kind).label,
        state=CopyState(copy.state).label,
        tone=TONES.get(copy.state, "warn"),
        why=CopyFailure(copy.failure).label if copy.failure else "",
        by=names.get(copy.asked_by_id, ""),
    )


def _render_take(request: HttpRequest, copy: DataCopyView, form: TakeForm, *, status: int = 200) -> HttpResponse:
    context = {"copy": copy, "title": CopyKind(copy.kind).label, "form": form}
    return render(request, "workspace/copies/take.html", context, status=status)
