"""What Turnero is, what it costs and what it promises: open to everybody, the same for all who read one language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from edge.language import current_language, find_asked_language
from privacy.selectors.record import make_platform_record
from samples.example import find_example
from tenants.hosts import make_base_url
from verticals.registry import list_verticals
from web.parts.legal.texts import get_text, list_versions
from web.site.prices import list_prices

KEPT = "public, max-age=300"
"""Shared caches may keep a page for five minutes; they tell visitors apart by language and cookie (``Vary``)."""


@open_to_anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what Turnero is, and lead to the sign-up."""
    lead = gettext(
        "Your customers choose service, vehicle and time on their phone; you see mechanic, lift and tool taken at once."
    )
    return _render_product(request, "site/home.html", {"lead": lead, "has_sms": bool(settings.SMS_URL)})


@open_to_anyone
@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """Say what each plan costs and holds."""
    return _render_product(request, "site/prices.html", {})


@open_to_anyone
@require_safe
def legal(request: HttpRequest, document: str, version: str = "") -> HttpResponse:
    """Show a legal document, in force or as it was."""
    text = get_text(document, current_language(), version)
    versions = list_versions(document)
    context = {"text": text, "versions": versions, "is_in_force": text.version == versions[0]}
    return _keep(request, render(request, text.template, context))


@open_to_anyone
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Show what the platform itself keeps about people, as its tables are declared."""
    return _keep(request, render(request, "site/record.html", {"record": make_platform_record()}))


def _render_product(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    base_url = make_base_url(settings.PLATFORM_HOST)
    example = find_example()
    common = {
        "verticals": list_verticals(),
        "prices": list_prices(request),
        "example_url": f"{make_base_url(example.primary_host)}/" if example else "",
        "base_url": base_url,
        "address": f"{base_url}{request.path}",
    }
    return _keep(request, render(request, template, {**common, **context}))


def _keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    # A choice of language sets a cookie, which is nobody else's.
    if find_asked_language(request) is None:
        response.headers["Cache-Control"] = KEPT
    return response
