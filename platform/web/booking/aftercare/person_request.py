"""Where a request about own data stands: for whoever has the link of the messages about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from edge.access import open_to_anyone
from edge.downloads import answer_zip
from edge.limits import check_limits
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.limits import Ask
from privacy.selectors.requests import find_file, get_by_token
from privacy.services.exporting import take_own_file
from web.booking.pages import keep_private


@open_to_anyone
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was asked, until when it is answered, and what was answered."""
    check_limits(Ask("own_data_address", find_block(request)))
    asked = get_by_token(token=token, now=utc_now())
    file = find_file(request_id=asked.id, now=utc_now())
    context = {"asked": asked, "token": token, "file": file, "language_url": "?lang="}
    return keep_private(render(request, "booking/person_request.html", context))


@open_to_anyone
@require_POST
def take(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the file that was made, for a week; that is written down."""
    check_limits(Ask("own_data_address", find_block(request)))
    now = utc_now()
    asked = get_by_token(token=token, now=now)
    found = take_own_file(request_id=asked.id, now=now)
    return answer_zip(found.content, name=found.name)
