"""Events of the card provider: those with content, and those without, which have secrets of their own.

They are answered before anything is done with them (docs.stripe.com/webhooks, "Quickly return a 2xx response"): 200
also when they were here before, 400 when they are not the provider's, so that it is told of a wrong secret.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.gateway.errors import DoorNotConfigured, EventRefused
from billing.services.cards import events
from edge.access import open_to_anyone
from kernel.clock import utc_now


@csrf_exempt
@open_to_anyone
@require_POST
def take_event(request: HttpRequest) -> HttpResponse:
    """Take an event with content."""
    return _take(request)


@csrf_exempt
@open_to_anyone
@require_POST
def take_notice(request: HttpRequest) -> HttpResponse:
    """Take an event without content."""
    return _take(request, is_notice=True)


def _take(request: HttpRequest, *, is_notice: bool = False) -> HttpResponse:
    try:
        events.take_event(raw=request.body, headers=request.headers, now=utc_now(), is_notice=is_notice)
    except (DoorNotConfigured, EventRefused):  # the provider tells whoever runs the platform, and tries again
        return HttpResponse("refused", status=400, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
