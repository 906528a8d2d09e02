"""What the card provider sends on to the bank of the business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from billing.enums import PayoutState
from billing.gateway.errors import CallRefused
from billing.selectors.accounts import get_card_account
from billing.selectors.payouts import find_payouts_checked_at, list_payouts
from billing.services.cards.payouts import refresh_payouts
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Unavailable
from web.errors import translate_error
from web.parts.lists import PAGE_SIZE, read_query
from web.parts.toasts import Toast, go_on

LOOKS: Mapping[PayoutState, tuple[str, str, str | Promise]] = {
    PayoutState.ON_ITS_WAY: ("warn", "hourglass", PayoutState.ON_ITS_WAY.label),
    PayoutState.ARRIVED: ("good", "check", PayoutState.ARRIVED.label),
    PayoutState.FAILED: ("bad", "x", gettext_lazy("Refused by the bank, or canceled")),
}
"""Tone, icon and words of each state."""

OFTEN = timedelta(seconds=10)
"""However often somebody taps, the provider is asked no more often."""


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List the payouts that are known; the provider is not asked, so nobody waits for it."""
    return _render(request)


@requires(Permission.BOOKING_OVERRIDE)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Ask the provider for payouts, unless somebody just did; when it does not answer, what is known stays."""
    now, checked_at = utc_now(), find_payouts_checked_at()
    try:
        if checked_at is None or checked_at <= now - OFTEN:
            refresh_payouts(now=now)
    except (CallRefused, Conflict, Unavailable) as error:
        return _render(request, error)
    return go_on(request, Toast(title=gettext("Up to date")), to=reverse("workspace:money_payouts"))


def _render(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    query = read_query(request)
    page = list_payouts(cursor=query.cursor, limit=PAGE_SIZE)
    context = {
        "lines": [(each, *LOOKS[each.state]) for each in page.rows],
        "more_url": query.make_url(cursor=page.next_cursor) if page.next_cursor else "",
        "checked_at": find_payouts_checked_at(),
        "is_connected": bool(get_card_account().provider_id),
        "error": "" if error is None else translate_error(error),
        "may_look": has_permission(request.user, Permission.BOOKING_OVERRIDE),
    }
    return render(
        request, "workspace/payments/payouts.html", context, status=200 if error is None else get_status(error)
    )
