"""How long what is kept, and why: what nightly jobs take away, and what stays until somebody asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.law.clocks import Period, Unit
from privacy.selectors.retention import list_kept_lines
from tenants.services.erasures.persons import list_person_tables
from tenants.services.erasures.retention import list_staying


@requires(Permission.PRIVACY_MANAGE)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show every kind of thing with its time, why, the last run and what it took away."""
    staying: dict[str, list[str]] = {}
    reasons = list_staying()
    for table in list_person_tables():
        if table.model in reasons:
            staying.setdefault(gettext(reasons[table.model]), []).append(gettext(table.title))
    context = {
        "lines": [(each, _say(each.period)) for each in list_kept_lines()],
        "staying": [(", ".join(titles), why) for why, titles in staying.items()],
    }
    return render(request, "workspace/privacy/keeping.html", context)


def _say(period: Period) -> str:
    if period.unit is Unit.MONTHS:
        return ngettext("%(count)s month", "%(count)s months", period.count) % {"count": period.count}
    return ngettext("%(count)s day", "%(count)s days", period.count) % {"count": period.count}
