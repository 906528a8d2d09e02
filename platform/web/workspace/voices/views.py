"""The lists: what customers said about visits, and who waits for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission, has_permission
from accounts.selectors.staff import name_people
from edge.access import requires
from edge.reading import read_date
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.selectors.aftercare import feedback
from scheduling.selectors.aftercare.conversations import list_waiting as list_conversations
from scheduling.selectors.aftercare.data_requests import list_open_requests
from scheduling.services.aftercare.asking import find_ask
from scheduling.types.reports import ReportDays
from scheduling.types.reports.voices import SCORES, FeedbackAsked
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from verticals.contract import FeedbackAsk
from web.parts.lists import PAGE_SIZE
from web.workspace.payments.inbox import list_inbox
from web.workspace.reports.asking import read_filters
from web.workspace.voices.forms import AnswerForm, HideForm

NARROWED_BY = ("from", "to", "service", "location", "resource", "door", "score", "recommending")
MONTHS = timedelta(days=90)
"""What the figures on top are about."""
LABELS = {
    feedback.ALL: gettext_lazy("All"),
    feedback.LOW: gettext_lazy("3 stars or fewer"),
    feedback.UNANSWERED: gettext_lazy("Without an answer"),
}


@dataclass(frozen=True, slots=True)
class KindChip:
    """What the list can be narrowed to."""

    label: str | Promise
    url: str
    is_current: bool


@requires(Permission.CUSTOMER_VIEW)
@require_safe
def list_opinions(request: HttpRequest) -> HttpResponse:
    """Show what customers said about visits, newest first."""
    asked = request.GET.get("kind", "")
    kind = asked if asked in feedback.KINDS else feedback.ALL
    figure, told = read_figure(request)
    page = feedback.list_feedback(kind=kind, asked=figure, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    names = name_people({line.user_id for each in page.rows for line in each.hidings if line.user_id is not None})
    address = reverse("workspace:voices")
    more = urlencode({**told, "kind": kind, "cursor": page.next_cursor}) if page.next_cursor else ""
    context = {
        "opinions": [
            (
                each,
                AnswerForm(initial={"answer": each.answer}, auto_id=f"answer-{each.booking_id}-%s"),
                HideForm(auto_id=f"hide-{each.booking_id}-%s"),
                [(line, names.get(line.user_id or 0, "")) for line in each.hidings],
            )
            for each in page.rows
        ],
        "figure": figure,
        "summary": feedback.summarize(since=utc_now() - MONTHS),
        "chips": [
            KindChip(LABELS[each], _make_url(address, told | ({"kind": each} if each else {})), each == kind)
            for each in feedback.KINDS
        ],
        "more_url": f"{address}?{more}" if more else "",
        "is_asked": find_ask() is not FeedbackAsk.OFF,
        **describe_rights(request),
    }
    return render(request, "workspace/voices/opinions.html", context)


def read_figure(request: HttpRequest) -> tuple[FeedbackAsked | None, dict[str, str]]:
    """Read which figure of a report the list is about, and what of the address says so; None: about none."""
    first, last = read_date(request.GET.get("from")), read_date(request.GET.get("to"))
    if first is None or last is None or first > last:
        return None, {}
    told = {key: request.GET[key] for key in NARROWED_BY if request.GET.get(key)}
    score = read_row_id(told.get("score"))
    asked = FeedbackAsked(
        days=ReportDays(first, last, current_tenant().timezone),
        filters=read_filters(told),
        score=score if score in SCORES else None,
        is_recommending="recommending" in told,
    )
    return asked, told


def _make_url(address: str, told: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(told)}" if told else address


@requires(Permission.CUSTOMER_VIEW)
@require_safe
def list_waiting(request: HttpRequest) -> HttpResponse:
    """Show which customers wait for words or for their deposit to be seen, and what they want of their data."""
    now = utc_now()
    context = {
        "deposits": list_inbox(),
        "conversations": list_conversations(),
        "requests": [
            (each, AnswerForm(auto_id=f"request-{each.id}-%s"), each.is_late(now)) for each in list_open_requests()
        ],
        **describe_rights(request),
    }
    return render(request, "workspace/voices/waiting.html", context)


def describe_rights(request: HttpRequest) -> dict[str, bool]:
    """Say what the person may do here."""
    may_act = may_business(Ability.STEP)
    is_decider = has_permission(request.user, Permission.CUSTOMER_MANAGE)
    return {
        "may_answer": may_act and has_permission(request.user, Permission.BOOKING_MANAGE),
        "may_decide": may_act and is_decider,
        "may_answer_wishes": is_decider,  # in every state of the business: customers have a right to an answer
    }
