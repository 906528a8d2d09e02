"""One's own calendar: links to what one is booked for, which everybody who is booked makes for themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, NotFound
from scheduling.selectors.catalog.staff import name_own_resources
from scheduling.services.messages.feeds.links import add_feed, list_own_feeds, revoke_feed
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.feeds.views import FULL, FeedForm


@requires(Permission.BOARD_VIEW)
def show(request: HttpRequest) -> HttpResponse:
    """Show the links that one has made to one's own calendar, and make one on POST."""
    names = name_own_resources(user_id=request.user.pk or 0)
    initial = {"resource": next(iter(names), None)}
    if request.method != "POST":
        return _render(request, FeedForm(names=names, initial=initial))
    form = FeedForm(request.POST, names=names)
    if not form.is_valid():
        return _render(request, form, status=422)
    whose, is_full = int(form.cleaned_data["resource"]), form.cleaned_data["details"] == FULL
    try:
        add_feed(resource_id=whose, is_full=is_full, by=make_actor(request), now=utc_now(), is_own=True)
    except (Conflict, Forbidden, NotFound) as error:
        form.add_error(None, translate_error(error))
        return _render(request, form, status=get_status(error))
    toast = Toast(title=gettext("Link made"), text=gettext("Copy it into the calendar program."))
    return go_on(request, toast, to=reverse("workspace:own_calendar"))


@requires(Permission.BOARD_VIEW)
@require_POST
def revoke(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Let a link lead nowhere any more that one has made oneself."""
    revoke_feed(feed_id=feed_id, by=make_actor(request), now=utc_now(), is_own=True)
    return go_on(request, Toast(title=gettext("Link revoked")), to=reverse("workspace:own_calendar"))


def _render(request: HttpRequest, form: FeedForm, *, status: int = 200) -> HttpResponse:
    context = {
        "feeds": list_own_feeds(user_id=request.user.pk or 0),
        "form": form,
        "is_booked": bool(form.fields["resource"].choices),  # type: ignore[attr-defined]
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/feeds/own.html", context, status=status)
