"""The calendar of a person or thing, for programs that subscribe to it; the token in the address is the permission."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from kernel.clock import utc_now
from scheduling.services.messages.feeds.files import write_feed
from web.booking.pages import keep_private


@open_to_anyone
@require_safe
def read_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return the file, or that nothing has changed since the program's copy (RFC 9110, 13.1.2)."""
    content = write_feed(token=token, now=utc_now())
    response = keep_private(HttpResponse(content, content_type="text/calendar; charset=utf-8"))
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = etag = quote_etag(hashlib.sha256(content).hexdigest())
    return get_conditional_response(request, etag=etag, response=response) or response
