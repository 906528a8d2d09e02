"""Answers that enter no tenant: hosts that nobody has, businesses that are being prepared, a database that is away."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from csp.constants import HEADER as CONTENT_POLICY
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext
from django_htmx.http import reswap, trigger_client_event
from django_htmx.middleware import HtmxDetails

from edge.language import choose_language
from edge.problems import answer_problem, is_for_programs
from edge.statuses import RETRY_SECONDS, UNAVAILABLE
from kernel.errors import Unavailable
from kernel.text import mark
from tenants.errors import TenantUnknown
from tenants.hosts import make_base_url
from tenants.policies import NOT_READY
from tenants.types import TenantInfo

MOVED_API = mark("This business has another address now: %(url)s.")
MOVED_PAGE = mark("This page has another address now: %(host)s. Nothing was sent. Open it there and do it again.")
MOVED_OPEN = mark(
    "It is at %(host)s. Nothing was saved here. What you typed is still on this page: copy what you need."
)
READING = ("GET", "HEAD")
TOAST = "turnero:toast"
"""The event with which a page that is open shows a notice."""
PREPARED_SECONDS = 10
"""After which it is worth while to ask again for a business that is being prepared."""


def answer_unknown_host(request: HttpRequest) -> HttpResponse:
    """Say that there is no such page, for people and for programs: nothing that came from the request is repeated."""
    language = choose_language(request, None)
    with translation.override(language):
        message = gettext(TenantUnknown.text)
        if is_for_programs(request.path):
            return _keep_quiet(answer_problem(status=HTTPStatus.NOT_FOUND, code=TenantUnknown.code, detail=message))
        title, home = gettext("There is no page here"), make_base_url(settings.PLATFORM_HOST)
        return _keep_quiet(
            _render(HTTPStatus.NOT_FOUND, language, title=title, message=message, picture="search-x", home=home)
        )


def answer_moved(request: HttpRequest, tenant: TenantInfo) -> HttpResponse:
    """Lead from an address that a business had before to the one that it has now.

    Programs are redirected whatever they send, with a problem document for those that follow no redirects. People are
    redirected when they only read: a form that was open meanwhile would arrive at another host without its cookie, so
    its sender learns that nothing was sent. Parts of a page that is open come from no other host, so the page says
    where it is now, and what was typed there stays. The redirect is never stored: it ends, and the business may come
    back.
    """
    there = make_base_url(tenant.home_host)
    target = there + request.get_full_path()
    language = choose_language(request, tenant)
    with translation.override(language):
        response: HttpResponse
        if is_for_programs(request.path):
            detail = gettext(MOVED_API) % {"url": there}
            response = answer_problem(status=HTTPStatus.PERMANENT_REDIRECT, code="tenant_moved", detail=detail)
        elif "HX-Request" in request.headers:
            return _keep_quiet(_tell_open_page(request, tenant, there))
        elif request.method in READING:
            response = HttpResponse(status=HTTPStatus.PERMANENT_REDIRECT)
        else:
            message = gettext(MOVED_PAGE) % {"host": tenant.home_host}
            return _keep_quiet(
                _render(HTTPStatus.GONE, language, title=tenant.name, message=message, picture="map-pin", there=target)
            )
    response.headers["Location"] = target
    return _keep_quiet(response)


def _tell_open_page(request: HttpRequest, tenant: TenantInfo, there: str) -> HttpResponse:
    # What asked is a part of it; the browser says on which page that is, and others may say anything.
    path = None
    with suppress(ValueError):
        path = HtmxDetails(request).current_url_abs_path
    toast = {
        "title": gettext("This page has another address now"),
        "text": gettext(MOVED_OPEN) % {"host": tenant.home_host},
        "tone": "bad",
        "links": [{"label": gettext("Open it there"), "url": there + (path or "/workspace/")}],
    }
    response = HttpResponse(status=HTTPStatus.GONE)
    # What the page shows stays: refusals are drawn as well, and this one has nothing to draw.
    reswap(response, "none")
    return trigger_client_event(response, TOAST, toast)


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
            response = _render(
                UNAVAILABLE, language, title=tenant.name, message=message, picture="hourglass", is_soon=True
            )
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
            title = gettext("Not available right now")
            response = _render(UNAVAILABLE, language, title=title, message=message, picture="cloud-off")
    response["Retry-After"] = str(RETRY_SECONDS)
    return _keep_quiet(response)


def _render(status: int, language: str, **context: object) -> HttpResponse:
    response = HttpResponse(render_to_string("edge/closed.html", {"language": language, **context}), status=status)
    response["Content-Language"] = language
    # The middleware that sets it for other pages lies behind the tenant.
    response[CONTENT_POLICY] = build_policy()
    return response


def _keep_quiet(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    # Django reports every 503 as an error of ours; this one is an answer that we chose.
    vars(response)["_has_been_logged"] = True
    return response
