"""Whose data is blocked: for the few who may read it, each time with a reason that is written down."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from accounts.selectors.staff import name_people
from edge.access import requires
from edge.downloads import answer_zip
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.law.persons import find_privacy_law
from privacy.selectors.blocked import get_blocked, list_blocked, list_looks
from privacy.selectors.keeping import list_kept
from privacy.services.blocking import reading
from tenants.context import current_tenant
from web.errors import translate_error
from web.parts.forms import PageForm
from web.workspace.actors import make_actor
from web.workspace.privacy.forms import FindBlockedForm, ReadBlockedForm


@requires(Permission.PRIVACY_BLOCKED)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """List who is blocked, without names."""
    return _render_list(request, FindBlockedForm())


@requires(Permission.PRIVACY_BLOCKED)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """List who is blocked under a name, an address or a number; whoever is found has it in their log."""
    form = FindBlockedForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data["words"]
        try:
            found = reading.find_blocked(words=words, by=make_actor(request), now=utc_now())
            return _render_list(request, form, found=found)
        except DomainError as error:
            return _render_list(request, form, status=_refuse(form, error))
    return _render_list(request, form, status=422)


@requires(Permission.PRIVACY_BLOCKED)
@require_safe
def show(request: HttpRequest, blocked_id: int) -> HttpResponse:
    """Show since when and until when somebody is blocked, why, what stays, and who has looked."""
    return _render(request, blocked_id, ReadBlockedForm())


@requires(Permission.PRIVACY_BLOCKED)
@require_POST
def read(request: HttpRequest, blocked_id: int) -> HttpResponse:
    """Answer all that was kept about somebody who is blocked, to whoever says why."""
    form = ReadBlockedForm(request.POST)
    status = 422
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            found = reading.read_blocked(blocked_id=blocked_id, reason=reason, by=make_actor(request), now=utc_now())
            return answer_zip(found.content, name=found.name)
        except DomainError as error:
            status = _refuse(form, error)
    return _render(request, blocked_id, form, status=status)


def _refuse(form: PageForm, error: DomainError) -> int:
    if isinstance(error, Invalid):
        form.refuse(error)
    else:
        form.add_error(None, translate_error(error))
    return get_status(error)


def _render_list(
    request: HttpRequest, form: PageForm, *, found: tuple[int, ...] | None = None, status: int = 200
) -> HttpResponse:
    blocked = [each for each in list_blocked() if found is None or each.id in found]
    context = {"blocked": blocked, "form": form, "is_search": found is not None, "now": utc_now()}
    return render(request, "workspace/privacy/blocked/list.html", context, status=status)


def _render(request: HttpRequest, blocked_id: int, form: PageForm, *, status: int = 200) -> HttpResponse:
    now, view = utc_now(), get_blocked(blocked_id=blocked_id)
    looks = list_looks(blocked_id=blocked_id)
    names = name_people({each.by_id for each in looks if each.by_id is not None})
    law = find_privacy_law(view.law_country)
    context: dict[str, Any] = {
        "blocked": view,
        "is_over": view.is_over(now),
        "kept": list_kept(customer_id=view.customer_id, now=now),
        "looks": [(each, names.get(each.by_id or 0, "") or gettext("Somebody")) for each in looks],
        "instrument": "" if law.is_own_choice else law.instrument,
        "form": form,
        "timezone": current_tenant().timezone,
    }
    return render(request, "workspace/privacy/blocked/page.html", context, status=status)
