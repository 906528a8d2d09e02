"""The end of the business: what it means, closing it, and opening it again while it is kept."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from accounts.services.second_step import check_steps
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound
from scheduling.selectors.bookings.coming import count_awaited
from scheduling.services.closing import close_business, reopen_business
from tenants.context import current_tenant
from tenants.types import REMOVED_AFTER
from web.errors import add_wait, translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.closing.forms import CloseForm

DAY = timedelta(days=1)
REFUSALS = (Conflict, Forbidden, LimitReached, NotFound)


@requires(Permission.BUSINESS_CLOSE)
def close(request: HttpRequest) -> HttpResponse:
    """Say what closing means and do it; of a closed business, until when it is kept."""
    user: Any = request.user
    if request.method != "POST":
        return _render(request, CloseForm(user=user, slug=current_tenant().slug))
    form = CloseForm(request.POST, user=user, slug=current_tenant().slug)
    if not form.is_valid():
        return _render(request, form, status=422)
    try:
        prove = partial(check_steps, user, proof=form.prove(request))
        close_business(form.read(), user_id=user.pk, prove=prove, now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render(request, form, status=get_status(error))
    except REFUSALS as error:
        return _render(request, form, error=error)
    toast = Toast(title=gettext("Your business is closed"), text=gettext("You can open it again for 30 days"))
    return go_on(request, toast, to=reverse("workspace:closing"))


@requires(Permission.BUSINESS_CLOSE)
@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """Open a closed business again."""
    user: Any = request.user
    try:
        reopen_business(user_id=user.pk, now=utc_now())
    except REFUSALS as error:
        return _render(request, CloseForm(user=user, slug=current_tenant().slug), error=error)
    return go_on(request, Toast(title=gettext("Your business is open again")), to=reverse("workspace:board"))


def _render(
    request: HttpRequest, form: CloseForm, *, status: int = 200, error: DomainError | None = None
) -> HttpResponse:
    now, removed_at = utc_now(), current_tenant().removed_at
    coming, late = count_awaited(now=now, later=now + REMOVED_AFTER)
    context = {
        "form": form,
        "is_closed": removed_at is not None,
        "days_left": ceil((removed_at - now) / DAY) if removed_at and removed_at > now else 1,
        "coming": coming,
        "late": late,
        "refusal": translate_error(error) if error else "",
    }
    answer = render(request, "workspace/closing/page.html", context, status=get_status(error) if error else status)
    return add_wait(answer, error) if error else answer
