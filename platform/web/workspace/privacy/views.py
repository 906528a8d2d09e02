"""The list of requests, and one of them: what is asked, until when, who asks, what is decided and done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission, has_permission
from accounts.selectors.staff import name_people
from edge.access import requires
from kernel.clock import utc_now
from kernel.law.clocks import Place
from kernel.law.persons import Right, find_blocking_end
from privacy.enums import RequestRight, RequestState
from privacy.selectors.blocked import find_blocked_of
from privacy.selectors.keeping import Kept, list_kept
from privacy.selectors.requests import find_file, get_request, list_ended_requests, list_open_requests, list_steps
from privacy.services.exporting import GIVEN
from privacy.services.identity import list_reachable
from privacy.types import RequestView
from scheduling.errors import CustomerNotFound
from scheduling.selectors.customers.persons import PersonFacts, find_shared, get_person
from tenants.context import current_tenant
from web.parts.forms import PageForm
from web.workspace.privacy.forms import AnswerForm, CheckForm, CodeForm, ContactForm, EraseForm, ExtendForm

LOOKS = {
    RequestState.ASKED: ("warn", "hourglass"),
    RequestState.GRANTED: ("warn", "list-checks"),
    RequestState.DONE: ("good", "check"),
    RequestState.REFUSED: ("", "x"),
    RequestState.WITHDRAWN: ("", "undo-2"),
}
"""State → tone and icon."""
HINTS: Mapping[RequestRight, Any] = {
    RequestRight.ACCESS: gettext_lazy("Give them what you keep about them: we make one file of all of it."),
    RequestRight.PORTABILITY: gettext_lazy("Give them their data: we make one file, which programs can read as well."),
    RequestRight.RECTIFICATION: gettext_lazy(
        "Correct it in the customer's record and in the visits, then say so here."
    ),
    RequestRight.OBJECTION: gettext_lazy("Stop that use: take the consent or the reminders away, then say so here."),
    RequestRight.ERASURE: gettext_lazy("We erase it everywhere, also in copies that are put back later."),
    RequestRight.BLOCKING: gettext_lazy(
        "Turnero blocks nothing for you: take consents and reminders away, do not use the record, then say so here."
    ),
}
"""What doing it means."""
BLOCKING_HINT = gettext_lazy(
    "By your law, their data is blocked first: nobody sees, finds or uses it any more. We seal it for judges and"
    " authorities, and destroy it when the time is over."
)
"""What it means where the law has data blocked before it is destroyed."""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as the list shows it."""

    view: RequestView
    is_late: bool
    tone: str
    icon: str


@requires(Permission.PRIVACY_MANAGE)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """List what waits, what is due first at the top, and what ended last."""
    now = utc_now()
    context = {
        "waiting": [_make_line(each, now) for each in list_open_requests()],
        "ended": [_make_line(each, now) for each in list_ended_requests()],
        "may_read_blocked": has_permission(request.user, Permission.PRIVACY_BLOCKED),
    }
    return render(request, "workspace/privacy/list.html", context)


@requires(Permission.PRIVACY_MANAGE)
@require_safe
def show(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request, step by step."""
    return render_request(request, request_id)


def render_request(
    request: HttpRequest, request_id: int, *, bound: Mapping[str, PageForm] | None = None, status: int = 200
) -> HttpResponse:
    """Show a request with forms that were filled in, by the name of what they do."""
    now, view = utc_now(), get_request(request_id=request_id)
    person = find_person(view)
    contacts = list_reachable(person, asked_at=view.asked_at) if person else ()
    shared = find_shared(customer_id=person.id) if contacts and person else frozenset()
    forms: dict[str, PageForm] = {
        "check": CheckForm(auto_id="check-%s"),
        "send": ContactForm(auto_id="send-%s", contacts=contacts, shared=shared),
        "prove": CodeForm(auto_id="prove-%s", contacts=contacts, shared=shared),
        "extend": ExtendForm(auto_id="extend-%s"),
        "refuse": AnswerForm(auto_id="refuse-%s"),
        "finish": AnswerForm(auto_id="finish-%s"),
        "erase": EraseForm(auto_id="erase-%s", is_company=bool(person and person.is_company)),
        **(bound or {}),
    }
    kept: tuple[Kept, ...] = ()
    if person and not person.is_erased and view.is_open and view.right is RequestRight.ERASURE:
        kept = list_kept(customer_id=person.id, now=now)
    steps = list_steps(request_id=request_id)
    names = name_people({each.by_id for each in steps if each.by_id is not None})
    context = {
        "asked": view,
        "line": _make_line(view, now),
        "person": person,
        "contacts": contacts,
        "forms": forms,
        "failed": next((form for form in (bound or {}).values() if form.errors), None),
        "hint": BLOCKING_HINT if view.right is RequestRight.ERASURE and view.law.blocks_first else HINTS[view.right],
        "file": find_file(request_id=request_id, now=now),
        "is_given": view.right in GIVEN,
        "blocks_first": view.right is RequestRight.ERASURE and view.law.blocks_first,
        "blocked_until": _find_blocking_end(view, now),
        "may_read_blocked": has_permission(request.user, Permission.PRIVACY_BLOCKED),
        "blocked_id": find_blocked_of(customer_id=person.id) if person and person.is_erased else None,
        "may_extend": view.state is RequestState.ASKED
        and view.extended_at is None
        and view.law.find_clock(Right(view.right)).longer is not None
        and now < view.due_at,
        "hindrances": [each for each in kept if each.is_hindrance],
        "staying": [each for each in kept if not each.is_hindrance],
        "steps": [(each, names.get(each.by_id or 0, "")) for each in steps],
        "is_mine_to_check": view.is_open and view.identity_at is None,
        "doubts": gettext(view.law.doubts) if view.law.doubts else "",
        "country_is_known": not view.law.is_own_choice,
        "timezone": view.timezone or current_tenant().timezone,
    }
    return render(request, "workspace/privacy/request.html", context, status=status)


def _find_blocking_end(view: RequestView, now: datetime) -> date | None:
    if view.right is not RequestRight.ERASURE or not view.law.blocks_first:
        return None
    return find_blocking_end(blocked_at=now, place=Place(view.law.country, view.timezone)).last_on


def find_person(view: RequestView) -> PersonFacts | None:
    """Return whose data a request is about; None: not known, or the record is gone."""
    try:
        return get_person(customer_id=view.customer_id) if view.customer_id is not None else None
    except CustomerNotFound:
        return None


def _make_line(view: RequestView, now: datetime) -> RequestLine:
    tone, icon = LOOKS[view.state]
    is_late = view.is_late(now)
    return RequestLine(view, is_late, "bad" if is_late else tone, "circle-alert" if is_late else icon)
