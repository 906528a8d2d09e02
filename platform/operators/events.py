"""What providers of payments posted to the platform, and whether a worker followed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from billing.gateway.enums import EventKind
from billing.selectors.events import count_waiting_events, list_taken_events
from edge.access import requires
from kernel.clock import utc_now

PAGE_SIZE = 50
LATE = timedelta(minutes=15)
"""What waits longer is worth a look: a worker is dead, or the provider does not answer."""
KINDS: Mapping[EventKind, str | Promise] = {
    EventKind.PAYMENT: gettext_lazy("Payment"),
    EventKind.DISPUTE: gettext_lazy("Dispute"),
    EventKind.PAYOUT: gettext_lazy("Payout"),
    EventKind.ACCOUNT: gettext_lazy("Account"),
    EventKind.ACCOUNT_GONE: gettext_lazy("Account disconnected"),
    EventKind.OTHER: gettext_lazy("Something that we do not follow"),
}


@requires(Permission.OPERATOR)
@require_safe
def show_events(request: HttpRequest) -> HttpResponse:
    """Show what was posted, the newest first; with ``?waiting`` only what nobody has followed yet."""
    is_waiting = "waiting" in request.GET
    page = list_taken_events(is_waiting=is_waiting, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    asked = {"cursor": page.next_cursor or "", **({"waiting": "1"} if is_waiting else {})}
    context = {
        "events": [(each, KINDS[each.kind]) for each in page.rows],
        "is_waiting": is_waiting,
        "late": count_waiting_events(before=utc_now() - LATE),
        "more_url": f"{reverse('operators:events')}?{urlencode(asked)}" if page.next_cursor else "",
    }
    return render(request, "operators/events.html", context)
