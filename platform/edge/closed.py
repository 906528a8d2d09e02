"""Answers that enter no tenant: hosts that nobody has, businesses that are being prepared, a database that is away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from edge.language import choose_language
from edge.problems import answer_problem, is_for_programs
from edge.statuses import RETRY_SECONDS, UNAVAILABLE
from kernel.errors import Unavailable
from tenants.errors import TenantUnknown
from tenants.policies import NOT_READY
from tenants.types import TenantInfo

PREPARED_SECONDS = 10
"""After which it is worth while to ask again for a business that is being prepared."""


def answer_unknown_host(request: HttpRequest) -> HttpResponse:
    """Say in plain text that there is no such page: nothing that came from the request is repeated."""
    with translation.override(choose_language(request, None)):
        if is_for_programs(request.path):
            return answer_problem(status=404, code=TenantUnknown.code, detail=gettext(TenantUnknown.text))
        return HttpResponse(
            f"404: {gettext(TenantUnknown.text)}\n", status=404, content_type="text/plain; charset=utf-8"
        )


def answer_not_ready(request: HttpRequest, tenant: TenantInfo) -> HttpResponse:
    """Say that this business is being prepared: a page for people, a problem document for programs.

    The middleware that chooses languages lies behind the tenant that this answer does not enter.
    """
    language = choose_language(request, tenant)
    with translation.override(language):
        message = gettext(NOT_READY)
        response: HttpResponse
        if is_for_programs(request.path):
            response = answer_problem(status=UNAVAILABLE, code=f"tenant_{tenant.status}", detail=message)
        else:
            context = {"tenant": tenant, "message": message, "language": language}
            response = HttpResponse(render_to_string("edge/later.html", context), status=UNAVAILABLE)
    response["Retry-After"] = str(PREPARED_SECONDS)
    return _keep_quiet(response)


def answer_away(request: HttpRequest, error: Unavailable) -> HttpResponse:
    """Say that we are back in a moment: nothing here asks the database, not even whose host this is."""
    language = choose_language(request, None)
    with translation.override(language):
        message = gettext(error.text)
        response: HttpResponse
        if is_for_programs(request.path):
            response = answer_problem(status=UNAVAILABLE, code=error.code, detail=message)
        else:
            context = {"tenant": None, "message": message, "language": language}
            response = HttpResponse(render_to_string("edge/later.html", context), status=UNAVAILABLE)
    response["Retry-After"] = str(RETRY_SECONDS)
    return _keep_quiet(response)


def _keep_quiet(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    # Django reports every 503 as an error of ours; this one is an answer that we chose.
    vars(response)["_has_been_logged"] = True
    return response
