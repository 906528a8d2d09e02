"""What every page of the booking flow shows around its own content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from edge.access import is_staff
from edge.statuses import get_status
from kernel.errors import NotFound
from scheduling.selectors.bookings.closing import find_closing_words
from scheduling.selectors.catalog.services import list_locations
from scheduling.types import OpeningToday
from tenants.context import current_tenant
from tenants.enums import Ability, TenantStatus
from tenants.policies import CUSTOMER_TEXTS, may_business
from web.booking.flow import Flow, StepKey, make_link
from web.formats import Formats, name_time

P = ParamSpec("P")
Step = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the progress bar; ``state`` is "done", "now" or "ahead"."""

    label: str
    state: str


def render_step(
    request: HttpRequest,
    template: str,
    flow: Flow,
    step: StepKey,
    *,
    status: int = 200,
    sealed: str = "",
    **context: object,
) -> HttpResponse:
    """Render a step with its header, progress and way back.

    Browsers may keep it for their back button, with what was typed; nobody else may. Search
    engines find the first page only.
    """
    sealed = sealed or flow.seal()
    keys = [each.key for each in flow.steps]
    number = keys.index(step) if step in keys else 0
    before = flow.find_step_before(step)
    response = render(
        request,
        template,
        {
            "flow": flow,
            "sealed": sealed,
            "opening": describe_opening(
                flow.formats, flow.offer.opening, location=flow.location.id if flow.location else None, now=flow.now
            ),
            "steps": [
                Segment(each.label, "done" if at < number else "now" if at == number else "ahead")
                for at, each in enumerate(flow.steps)
            ],
            "step_number": number + 1,
            "step_label": flow.steps[number].label,
            "back_url": make_link(before, sealed) if before else "",
            "language_url": make_link(step, sealed, lang=""),
            **context,
        },
        status=status,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "same-origin"
    if sealed or step not in {StepKey.SERVICE, StepKey.LOCATION}:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def while_bookings_are_taken(view: Step[P]) -> Step[P]:
    """Show instead of a step, where the business takes no bookings now, a page that says so and how to call.

    A closed business's page is gone (410), so that search engines forget it; what is sent to one is refused. A page
    that is not published yet says that it opens soon, to everybody but the staff, who see it as it will be.
    """

    @wraps(view)
    def step(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        tenant = current_tenant()
        if may_business(Ability.BOOK):
            if tenant.is_published or is_staff(request):
                return view(request, *args, **kwargs)
            return _open_soon(request)
        shown = 410 if tenant.status == TenantStatus.CLOSED else 200
        text = gettext(CUSTOMER_TEXTS[tenant.status][Ability.BOOK])
        return keep_private(
            render(
                request,
                "booking/paused.html",
                {
                    "text": text,
                    "closing_words": find_closing_words(),
                    "places": list_locations(),
                    "language_url": "?lang=",
                },
                status=403 if request.method == "POST" else shown,
            )
        )

    return step


def _open_soon(request: HttpRequest) -> HttpResponse:
    """Say who opens here soon, and how to call until then."""
    status = 403 if request.method == "POST" else 200
    places = list_locations()
    context = {"places": places, "can_call": any(each.phone for each in places), "language_url": "?lang="}
    return keep_private(render(request, "booking/soon.html", context, status=status))


def keep_private(response: HttpResponse) -> HttpResponse:
    """Keep a page whose address is a permission out of caches, other sites' referrers and search engines.

    ``same-origin`` tells other sites nothing. ``no-referrer`` would also make browsers send
    ``Origin: null`` with our own forms (Fetch standard), which Django's CSRF check refuses.
    """
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def show_new_link(request: HttpRequest, url: str, error: NotFound, *, template: str) -> HttpResponse:
    """Offer the new link where somebody opens one of before: the business was restored since then."""
    context = {"renewed_url": url, "language_url": "?lang="}
    return keep_private(render(request, template, context, status=get_status(error)))


def answer_own_data(found: Mapping[str, object], *, name: str) -> HttpResponse:
    """Answer what is kept about somebody as a file."""
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return keep_private(response)


def describe_opening(formats: Formats, today: OpeningToday | None, *, location: int | None, now: datetime) -> str:
    """Return whether a place is open, in a few words; empty when today's hours of that place are not known."""
    if today is None or today.location_id != location:
        return ""
    if today.opens_at is None or today.closes_at is None:
        return gettext("Closed today")
    if now < today.opens_at:
        return gettext("Opens today at %(time)s") % {"time": name_time(formats, today.opens_at, today.timezone)}
    if now < today.closes_at:
        return gettext("Open until %(time)s") % {"time": name_time(formats, today.closes_at, today.timezone)}
    return gettext("Closed now")


def describe_hours(formats: Formats, today: OpeningToday | None, *, location: int | None) -> str:
    """Return from when to when a place is open today; empty when that is not known."""
    if today is None or today.location_id != location:
        return ""
    if today.opens_at is None or today.closes_at is None:
        return gettext("Closed today")
    hours = {
        name: formats.format_time(at, today.timezone)
        for name, at in (("from", today.opens_at), ("to", today.closes_at))
    }
    return gettext("Today from %(from)s to %(to)s") % hours
