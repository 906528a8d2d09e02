"""Saving what may leave coming bookings without their place: three lines for any page of the workspace.

    applied = review_or_save(request, lambda: change_…(…), Story(title=…, back_url=…, back_label=…, again=…))
    if isinstance(applied, HttpResponse):
        return applied

The first call saves what touches nobody, and answers everything else with a review. Its form goes
to the same address with everything that was typed and what was decided, so the same view comes by
here again and saves. Where `asks_back` holds, a view shows its form again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from edge.statuses import get_status
from kernel.clock import utc_now
from scheduling.enums import ActorKind
from scheduling.errors import BookingsTouched
from scheduling.services.changes.applying import Words, apply_change
from scheduling.types import Actor, Applied, BookingView
from tenants.context import current_tenant
from web.formats import format_phone
from web.templatetags.formats import local_date_time
from web.workspace.changes.progress import note_progress
from web.workspace.changes.reading import SAVE, asks_back, list_carried, read_choices
from web.workspace.changes.rows import Review, find_people, make_review

__all__ = ["Story", "asks_back", "review_or_save", "say_applied"]

T = TypeVar("T")
MOST_IN_DIALOG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A change in the words of its page.

    Attributes:
        title: One sentence without a full stop: "Close Del Valle on Saturday, December 12"; it is written into the
            history of bookings that stay.
        text: What else there is to know.
        back_url: Where the form is, for a link; `back_label` names it.
        again: Renders the form with everything that was typed; up to three bookings are a dialog over it.
    """

    title: str
    back_url: str
    back_label: str
    text: str = ""
    again: Callable[[], HttpResponse] | None = None


def review_or_save(request: HttpRequest, change: Callable[[], T], story: Story) -> Applied[T] | HttpResponse:
    """Save a change, with what was decided about the bookings that it touches; or answer with what is to be decided.

    ``change`` calls services of the catalog; what they raise, this raises.
    """
    choices = read_choices(request.POST)
    told = gettext("Our schedule has changed.")
    try:
        return apply_change(
            change,
            decisions=choices.decisions if choices.do == SAVE else {},
            words=Words(change=story.title, cancel=choices.message or told),
            by=Actor(kind=ActorKind.STAFF, user_id=request.user.pk),
            now=utc_now(),
            for_rest=choices.for_rest if choices.do == SAVE else None,
            tell=partial(note_progress, choices.key) if choices.key else None,
        )
    except BookingsTouched as error:
        carried, address = list_carried(request.POST), request.get_full_path()
        review = make_review(error.touched, error.rest, choices, carried=carried, address=address, told=told)
        return _answer(request, story, review, status=get_status(error))


def say_applied(applied: Applied[Any]) -> str:
    """Return what became of the bookings in a sentence; empty when there were none."""
    parts = [
        (ngettext("%(count)s moved", "%(count)s moved", len(applied.moved)), applied.moved),
        (ngettext("%(count)s kept", "%(count)s kept", len(applied.kept)), applied.kept),
        (ngettext("%(count)s canceled", "%(count)s canceled", len(applied.cancelled)), applied.cancelled),
        (ngettext("%(count)s not moved", "%(count)s not moved", len(applied.left)), applied.left),
    ]
    said = ", ".join(text % {"count": len(bookings)} for text, bookings in parts if bookings)
    if applied.left:
        names = [f"{each.customer_name} ({local_date_time(each.starts_at, each.timezone)})" for each in applied.left]
        stay = gettext("Their new time was taken meanwhile, so they stay as they were: %(names)s")
        said = f"{said}. " + stay % {"names": ", ".join(names)}
    alone = _list_unreachable((*applied.moved, *applied.cancelled))
    if alone:
        said = f"{said}. " + gettext("Call them, they get no message: %(names)s") % {"names": ", ".join(alone)}
    return said


def _answer(request: HttpRequest, story: Story, review: Review, *, status: int) -> HttpResponse:
    if story.again is not None and len(review.rows) <= MOST_IN_DIALOG:
        request.review, request.review_story = review, story  # type: ignore[attr-defined]  # drawn by workspace/base.html
        response = story.again()
        response.status_code = status
        return response
    context = {"review": review, "story": story}
    return render(request, "workspace/changes/review.html", context, status=status)


def _list_unreachable(bookings: tuple[BookingView, ...]) -> list[str]:
    country, people = current_tenant().country, find_people(bookings)
    return list(
        dict.fromkeys(
            " ".join(part for part in (each.customer_name, format_phone(each.customer_phone, country)) if part)
            for each in bookings
            if not people[each.id].is_reachable
        )
    )
