"""Calendar links: the list, a new one, and an end to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from audit.enums import Action
from audit.selectors.log import list_latest
from audit.types import Change
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, NotFound
from scheduling.selectors.catalog.entries import list_resource_entries
from scheduling.selectors.catalog.staff import name_resources
from scheduling.services.messages.feeds.links import NOUN, add_feed, list_feeds, revoke_feed
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.fields import ChoiceField, IdField
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor

BUSY, FULL = "busy", "full"
LATEST = 10
"""So many changes are shown."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody did to a link, and whose calendar it shows; ``by`` is empty when they are gone."""

    text: str
    name: str
    by: str
    at: datetime


class FeedForm(PageForm):
    """Whose calendar, and how much it tells."""

    resource = IdField(label=gettext_lazy("Whose calendar"))
    details = ChoiceField(
        label=gettext_lazy("What it tells"),
        choices=[
            (BUSY, gettext_lazy("Only that the time is taken")),
            (FULL, gettext_lazy("Who comes, for what, and how to reach them")),
        ],
        initial=BUSY,
        widget=forms.RadioSelect({"class": "listed"}),
    )

    def __init__(self, *args: Any, names: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].choices = list(names.items())  # type: ignore[attr-defined]


@requires(Permission.SETTINGS_MANAGE)
def show(request: HttpRequest) -> HttpResponse:
    """Show every link, and make one on POST."""
    names = {each.id: each.setup.name for each in list_resource_entries(now=utc_now())}
    if request.method != "POST":
        return _render(request, FeedForm(names=names))
    form = FeedForm(request.POST, names=names)
    if not form.is_valid():
        return _render(request, form, status=422)
    whose, is_full = form.cleaned_data["resource"], form.cleaned_data["details"] == FULL
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
    context = {
        "feeds": list_feeds(),
        "form": form,
        "may_write": may_business(Ability.WRITE),
        "changes": _describe_changes(),
    }
    return render(request, "workspace/feeds/page.html", context, status=status)


def _describe_changes() -> list[Sentence]:
    """Return who made and revoked links lately, also of what is archived."""
    changes = list_latest(noun=NOUN, limit=LATEST)
    names = name_resources([_find(change, "resource_id") for _, change in changes])
    return [
        Sentence(_describe(each), names.get(_find(each, "resource_id"), ""), each.user_name, each.at)
        for _, each in changes
    ]


def _describe(change: Change) -> str:
    if change.action == Action.DELETED:
        return gettext("Link revoked")
    return gettext("Link made, with names") if _find(change, "is_full") else gettext("Link made, without names")


def _find(change: Change, name: str) -> Any:
    """Return what a link was made with; the entry of its end has it as what was before."""
    return next(each.old if each.new is None else each.new for each in change.fields if each.name == name)
