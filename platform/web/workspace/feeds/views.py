"""Calendar links: the list, a new one, and an end to one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, NotFound
from scheduling.selectors.catalog.entries import list_resource_entries
from scheduling.services.messages.feeds import add_feed, list_feeds, revoke_feed
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on
from web.parts.voice import CHOOSE
from web.workspace.crud.editing import make_actor

BUSY, FULL = "busy", "full"


class FeedForm(PageForm):
    """Whose calendar, and how much it tells."""

    resource = forms.ChoiceField(
        label=gettext_lazy("Whose calendar"), error_messages={"required": CHOOSE, "invalid_choice": CHOOSE}
    )
    details = forms.ChoiceField(
        label=gettext_lazy("What it tells"),
        choices=[
            (BUSY, gettext_lazy("Only that the time is taken")),
            (FULL, gettext_lazy("Who comes, for what, and how to reach them")),
        ],
        initial=BUSY,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = list_resource_entries(now=utc_now())
        self.fields["resource"].choices = [(each.id, each.setup.name) for each in entries]  # type: ignore[attr-defined]


@requires(Permission.SETTINGS_MANAGE)
def show(request: HttpRequest) -> HttpResponse:
    """Show every link, and make one on POST."""
    if request.method != "POST":
        return _render(request, FeedForm())
    form = FeedForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=422)
    whose, is_full = int(form.cleaned_data["resource"]), form.cleaned_data["details"] == FULL
    try:
        add_feed(resource_id=whose, is_full=is_full, by=make_actor(request), now=utc_now())
    except (Conflict, Forbidden, NotFound) as error:
        form.add_error(None, translate_error(error))
        return _render(request, form, status=get_status(error))
    toast = Toast(title=gettext("Link made"), text=gettext("Copy it into the calendar program."))
    return go_on(request, toast, to=reverse("workspace:feeds"))


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def revoke(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Let a link lead nowhere any more."""
    revoke_feed(feed_id=feed_id, by=make_actor(request), now=utc_now())
    return go_on(request, Toast(title=gettext("Link revoked")), to=reverse("workspace:feeds"))


def _render(request: HttpRequest, form: FeedForm, *, status: int = 200) -> HttpResponse:
    context = {"feeds": list_feeds(), "form": form, "may_write": may_business(Ability.WRITE)}
    return render(request, "workspace/feeds/page.html", context, status=status)
