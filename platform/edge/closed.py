"""Answers at hosts that nobody has, and at those of businesses that do not answer now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from edge.language import choose_language
from edge.problems import PROBLEM_TYPE, describe_problem
from kernel.text import mark
from tenants.enums import TenantStatus
from tenants.errors import TenantUnknown
from tenants.types import TenantInfo

CLOSED_PAGES: dict[str, tuple[int, str, int | None]] = {
    TenantStatus.PROVISIONING: (503, mark("This page is being prepared. Please come back in a minute."), 10),
    TenantStatus.SUSPENDED: (
        503,
        mark("This business is not taking bookings online at the moment. Existing appointments stay as they are."),
        3600,
    ),
    TenantStatus.CLOSED: (410, mark("This business no longer takes bookings here."), None),
}
"""Status of a tenant that does not answer → HTTP status, text, seconds after which to try again."""


def answer_unknown_host(request: HttpRequest) -> HttpResponse:
    """Say in plain text that there is no such page: nothing that came from the request is repeated."""
    with translation.override(choose_language(request, None)):
        return HttpResponse(
            f"404: {gettext(TenantUnknown.text)}\n", status=404, content_type="text/plain; charset=utf-8"
        )


def answer_closed(request: HttpRequest, tenant: TenantInfo) -> HttpResponse:
    """Say why this business does not answer: a page for people, a problem document for programs.

    The middleware that chooses languages lies behind the tenant that this answer does not enter.
    """
    status, text, retry_seconds = CLOSED_PAGES[tenant.status]
    language = choose_language(request, tenant)
    with translation.override(language):
        message = gettext(text)
        response: HttpResponse
        if request.path.startswith("/api/"):
            problem = describe_problem(status=status, code=f"tenant_{tenant.status}", detail=message)
            response = JsonResponse(problem, status=status, content_type=PROBLEM_TYPE)
        else:
            context = {"tenant": tenant, "message": message, "language": language}
            response = HttpResponse(render_to_string("edge/closed.html", context), status=status)
    if retry_seconds is not None:
        response["Retry-After"] = str(retry_seconds)
    response["Cache-Control"] = "no-store"
    # Django reports every 503 as an error of ours; this one is an answer that we chose.
    vars(response)["_has_been_logged"] = True
    return response
