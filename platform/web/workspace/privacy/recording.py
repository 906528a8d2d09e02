"""Writing down a request that came by phone, on paper, by e-mail or in person: first whose data, then what."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.formats import to_local
from kernel.ids import read_row_id
from privacy.enums import RequestRight, RequestSource
from privacy.services.asking import RecordedRequest, record_request
from scheduling.errors import CustomerNotFound
from scheduling.selectors.customers.listing import list_for_desk
from scheduling.selectors.customers.persons import PersonFacts, get_person
from scheduling.types import CustomersAsked
from tenants.context import current_tenant
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.privacy.forms import RecordForm

MOST_FOUND = 10
NOBODY = "0"
"""Chosen as the customer: there is no record, or it is not known which."""


@requires(Permission.PRIVACY_MANAGE)
def record(request: HttpRequest) -> HttpResponse:
    """Let somebody find whose data it is, and then write the request down."""
    chosen = request.GET.get("customer", "")
    person = _find_chosen(chosen)
    if person is None and chosen != NOBODY:
        return _choose(request)
    now = utc_now()
    today = to_local(now, current_tenant().timezone).date()
    if request.method != "POST":
        initial = {"asked_on": today, "name": person.name if person else ""}
        return _render(request, RecordForm(initial=initial), person)
    form = RecordForm(request.POST)
    if not form.is_valid():
        return _render(request, form, person, status=422)
    data = form.cleaned_data
    asked_on = data["asked_on"]
    noon = datetime.combine(asked_on, time(12), tzinfo=ZoneInfo(current_tenant().timezone))
    recorded = RecordedRequest(
        right=RequestRight(data["right"]),
        source=RequestSource(data["source"]),
        asked_at=min(noon, now) if asked_on <= today else noon,
        customer_id=person.id if person else None,
        name=data["name"],
        contact=data["contact"],
        text=data["text"],
    )
    try:
        request_id = record_request(recorded=recorded, by=make_actor(request), now=now)
    except Invalid as error:
        form.refuse(error, names={"asked_at": "asked_on"})
        return _render(request, form, person, status=get_status(error))
    except DomainError as error:
        form.add_error(None, translate_error(error))
        return _render(request, form, person, status=get_status(error))
    toast = Toast(title=gettext("Written down: the clock runs"))
    return go_on(request, toast, to=reverse("workspace:privacy_request", args=[request_id]))


def _find_chosen(chosen: str) -> PersonFacts | None:
    customer_id = read_row_id(chosen)
    try:
        return get_person(customer_id=customer_id) if customer_id else None
    except CustomerNotFound:
        return None


def _choose(request: HttpRequest) -> HttpResponse:
    typed = " ".join(request.GET.get("q", "").split())
    found = list_for_desk(CustomersAsked(search=typed, limit=MOST_FOUND), now=utc_now()).rows if typed else ()
    about = read_row_id(request.GET.get("request"))
    return render(request, "workspace/privacy/choose.html", {"typed": typed, "found": found, "about": about})


def _render(request: HttpRequest, form: RecordForm, person: PersonFacts | None, *, status: int = 200) -> HttpResponse:
    return render(request, "workspace/privacy/new.html", {"form": form, "person": person}, status=status)
