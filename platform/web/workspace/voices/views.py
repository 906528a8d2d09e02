"""The lists: what customers said about visits, and who waits for an answer."""

from __future__ import annotations

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
from kernel.clock import utc_now
from scheduling.selectors.aftercare import feedback
from scheduling.selectors.aftercare.conversations import list_waiting as list_conversations
from scheduling.selectors.aftercare.data_requests import list_open_requests
from scheduling.services.aftercare.asking import find_ask
from tenants.enums import Ability
from tenants.policies import may_business
from verticals.contract import FeedbackAsk
from web.parts.lists import PAGE_SIZE
from web.workspace.payments.inbox import list_inbox
from web.workspace.voices.forms import AnswerForm, HideForm

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
    page = feedback.list_feedback(kind=kind, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    names = name_people({line.user_id for each in page.rows for line in each.hidings if line.user_id is not None})
    address = reverse("workspace:voices")
    more = urlencode({"kind": kind, "cursor": page.next_cursor}) if page.next_cursor else ""
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
        "summary": feedback.summarize(since=utc_now() - MONTHS),
        "chips": [
            KindChip(LABELS[each], f"{address}?{urlencode({'kind': each})}" if each else address, each == kind)
            for each in feedback.KINDS
        ],
        "more_url": f"{address}?{more}" if more else "",
        "is_asked": find_ask() is not FeedbackAsk.OFF,
        **describe_rights(request),
    }
    return render(request, "workspace/voices/opinions.html", context)


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
