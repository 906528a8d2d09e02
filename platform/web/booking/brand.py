"""The tenant's colors as a stylesheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from tenants.context import current_tenant
from web.accent import make_stylesheet

FOR_EVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300"


@open_to_anyone
@require_safe
def brand_stylesheet(request: HttpRequest) -> HttpResponse:
    """Answer the accent's custom properties; pages name the color in ``v``, so the answer never changes."""
    accent = current_tenant().accent
    response = HttpResponse(make_stylesheet(accent), content_type="text/css; charset=utf-8")
    is_current = request.GET.get("v") == accent.removeprefix("#")
    response.headers["Cache-Control"] = FOR_EVER if is_current else SHORTLY
    return response
