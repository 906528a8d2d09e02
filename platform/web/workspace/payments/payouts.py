"""What the card provider sends on to the bank of the business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from billing.enums import PayoutState
from billing.errors import CardNotConnected
from billing.selectors.payouts import find_payouts_standing, list_payouts
from billing.services.cards.payouts import ask_for_payouts
from edge.access import requires
from kernel.clock import utc_now
from web.errors import translate_error
from web.parts.lists import PAGE_SIZE, read_query
from web.parts.toasts import Toast, go_on

LOOKS: Mapping[PayoutState, tuple[str, str, str | Promise]] = {
    PayoutState.ON_ITS_WAY: ("warn", "hourglass", PayoutState.ON_ITS_WAY.label),
    PayoutState.ARRIVED: ("good", "check", PayoutState.ARRIVED.label),
    PayoutState.FAILED: ("bad", "x", PayoutState.FAILED.label),
    PayoutState.CANCELED: ("", "ban", PayoutState.CANCELED.label),
}
"""Tone, icon and words of each state."""

SOON = timedelta(minutes=1)
"""So long the page looks for the answer of the provider by itself."""


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List the payouts that are known; the provider is not asked, so nobody waits for it."""
    query = read_query(request)
    page, standing = list_payouts(cursor=query.cursor, limit=PAGE_SIZE), find_payouts_standing()
    since = standing.waiting_since
    context = {
        "lines": [(each, *LOOKS[each.state]) for each in page.rows],
        "more_url": query.make_url(cursor=page.next_cursor) if page.next_cursor else "",
        "standing": standing,
        "is_fetching": since is not None and since + SOON > utc_now(),
        "may_look": has_permission(request.user, Permission.BOOKING_OVERRIDE),
    }
    return render(request, "workspace/payments/payouts.html", context)


@requires(Permission.BOOKING_OVERRIDE)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Let a worker ask the provider for payouts; the page shows them once it has answered."""
    try:
        ask_for_payouts(now=utc_now())
        toast = Toast(title=gettext("Stripe is being asked"))
    except CardNotConnected as error:
        toast = Toast(title=translate_error(error), tone="bad")
    return go_on(request, toast, to=reverse("workspace:money_payouts"))
