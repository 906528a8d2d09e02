"""What Turnero is, and what it promises: open to everybody, the same for all who read one language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from edge.language import current_language
from verticals.registry import list_verticals
from web.site.legal import get_text, list_versions


@open_to_anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what Turnero is, and lead to the sign-up."""
    return render(request, "site/home.html", {"verticals": list_verticals()})


@open_to_anyone
@require_safe
def legal(request: HttpRequest, document: str, version: str = "") -> HttpResponse:
    """Show a legal document, in force or as it was."""
    text = get_text(document, current_language(), version)
    versions = list_versions(document)
    context = {"text": text, "versions": versions, "is_in_force": text.version == versions[0]}
    return render(request, text.template, context)
