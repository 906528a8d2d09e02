"""The operator's console: every business and its state, one business, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from audit.enums import PlatformAction
from audit.selectors.platform_log import list_acts
from audit.types import PlatformLine
from edge.access import requires
from kernel.clock import utc_now
from kernel.lines import is_unreadable
from notifications.services.budgets import list_budgets
from operators.acts import offer_acts
from recovery.selectors.standing import find_standing as find_platform_standing
from tenants.enums import TenantStatus
from tenants.hosts import make_base_url
from tenants.selectors.backups import count_late, find_standing, list_late
from tenants.selectors.businesses import count_by_status, get_business, list_businesses
from tenants.selectors.removals import list_removals
from tenants.selectors.sign_ups import list_acceptances_of
from tenants.types import TenantInfo
from verticals.contract import VerticalUnknown
from verticals.registry import get_vertical

Text = str | Promise
MAX_SEARCH_LENGTH = 100
PAGE_SIZE, RECENT_ACTS, LATE_NAMED = 50, 5, 10
TONES: Mapping[str, str] = {
    TenantStatus.TRIAL: "info",
    TenantStatus.ACTIVE: "good",
    TenantStatus.PAST_DUE: "warn",
    TenantStatus.READ_ONLY: "warn",
}
"""State → class of its badge; all others are bad."""


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """A state as a badge."""

    label: Text
    tone: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A state to narrow the list to, with the number of businesses in it."""

    label: Text
    url: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class BusinessRow:
    """A business as the list shows it."""

    business: TenantInfo
    url: str
    trade: str
    badge: StatusBadge


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the log in words; states are None where the act changed none."""

    line: PlatformLine
    action: Text
    old: StatusBadge | None
    new: StatusBadge | None


@requires(Permission.OPERATOR)
@require_safe
def list_tenants(request: HttpRequest) -> HttpResponse:
    """List the businesses, narrowed to a state or to a part of a name."""
    typed = request.GET.get("q", "")
    search = "" if len(typed) > MAX_SEARCH_LENGTH or is_unreadable(typed) else typed.strip()
    status = request.GET.get("status", "")
    status = status if status in TenantStatus.values else ""
    page = list_businesses(search=search, status=status, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    counts = count_by_status()
    context = {
        "rows": [_describe_business(each) for each in page.rows],
        "chips": _make_chips(counts, status, search),
        "total": sum(counts.values()),
        "figures": [
            (label, counts.get(each, 0))
            for each, label in TenantStatus.choices
            if each in {TenantStatus.ACTIVE, TenantStatus.TRIAL, TenantStatus.PAST_DUE, TenantStatus.SUSPENDED}
        ],
        **_describe_late(),
        "platform_backup": find_platform_standing(now=utc_now()),
        "typed": typed,
        "is_too_long": len(typed) > MAX_SEARCH_LENGTH,
        "status": status,
        "more_url": _make_url(q=search, status=status, cursor=page.next_cursor or "") if page.next_cursor else "",
        "log": [_describe_line(line) for line in list_acts(limit=RECENT_ACTS).rows],
    }
    return render(request, "operators/tenants.html", context)


@requires(Permission.OPERATOR)
@require_safe
def show_tenant(request: HttpRequest, schema_name: str) -> HttpResponse:
    """Show a business, what may be done to it, and what was."""
    business = get_business(schema_name)
    context = {
        "row": _describe_business(business),
        "business": business,
        "acts": offer_acts(business),
        "backup": find_standing(schema_name, now=utc_now()),
        "budgets": list_budgets(schema_name, business.entitlements, now=utc_now()),
        "accepted": list_acceptances_of(schema_name),
        "sms_countries": (business.country, *business.sms_countries),
        "log": [_describe_line(line) for line in list_acts(schema_name=schema_name, limit=PAGE_SIZE).rows],
    }
    return render(request, "operators/tenant.html", context)


@requires(Permission.OPERATOR)
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    """Show what operators did, newest first; ``?tenant=`` and ``?action=`` narrow it."""
    schema_name, action = request.GET.get("tenant", "")[:63], request.GET.get("action", "")
    action = action if action in PlatformAction.values else ""
    schema_name = "" if is_unreadable(schema_name) else schema_name
    page = list_acts(schema_name=schema_name, action=action, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    lines = [_describe_line(line) for line in page.rows]
    context = {
        "log": lines,
        "actions": [("", gettext_lazy("Everything")), *PlatformAction.choices],
        "action": action,
        "schema_name": schema_name,
        "business_name": next((each.line.act.business_name for each in lines), schema_name) if schema_name else "",
        "more_url": _make_url(tenant=schema_name, action=action, cursor=page.next_cursor) if page.next_cursor else "",
    }
    return render(request, "operators/log.html", context)


@requires(Permission.OPERATOR)
@require_safe
def show_removals(request: HttpRequest) -> HttpResponse:
    """Show the proofs of businesses that were removed, newest first."""
    page = list_removals(cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    more_url = _make_url(cursor=page.next_cursor) if page.next_cursor else ""
    return render(request, "operators/removals.html", {"proofs": page.rows, "more_url": more_url})


def make_badge(status: str) -> StatusBadge:
    """Return a state as a badge."""
    return StatusBadge(TenantStatus(status).label, TONES.get(status, "bad"))


def _describe_late() -> Mapping[str, object]:
    now = utc_now()
    count = count_late(now=now)
    named = list_late(now=now, limit=LATE_NAMED) if count else ()
    return {"late_count": count, "late_businesses": named, "late_unnamed": count - len(named)}


def _describe_business(business: TenantInfo) -> BusinessRow:
    try:
        trade = gettext(get_vertical(business.vertical).name)
    except VerticalUnknown:
        trade = business.vertical
    return BusinessRow(business, f"{make_base_url(business.primary_host)}/", trade, make_badge(business.status))


def _describe_line(line: PlatformLine) -> LogRow:
    act = line.act
    return LogRow(
        line=line,
        action=PlatformAction(act.action).label,
        old=make_badge(act.old) if act.old else None,
        new=make_badge(act.new) if act.new else None,
    )


def _make_chips(counts: Mapping[str, int], current: str, search: str) -> list[Chip]:
    chips = [Chip(gettext_lazy("All"), _make_url(q=search), sum(counts.values()), not current)]
    return chips + [
        Chip(label, _make_url(q=search, status=status), counts.get(status, 0), status == current)
        for status, label in TenantStatus.choices
        if counts.get(status) or status == current
    ]


def _make_url(**query: str | None) -> str:
    return f"?{urlencode({key: value for key, value in query.items() if value})}"
