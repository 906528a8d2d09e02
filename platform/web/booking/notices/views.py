"""The privacy notice: as it is now, and each version that somebody was shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from edge.language import current_language
from privacy.selectors.notices import get_notice, make_notice


@open_to_anyone
@require_safe
def show(request: HttpRequest, version: str = "") -> HttpResponse:
    """Show the notice of the business; also while its page is a draft, or takes no bookings."""
    notice = get_notice(version)
    context = {
        "notice": notice,
        "text": notice.say(current_language()),
        "is_current": not version or version == make_notice().version,
        "back_url": "/",
        "language_url": "?lang=",
    }
    return render(request, "booking/notice.html", context)
