"""The record of processing of a business, as a page to read and print and as a table."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.downloads import answer_csv
from edge.language import current_language
from kernel.clock import utc_now
from kernel.law.persons import find_privacy_law
from privacy.selectors.record import EVERYTHING, SAFEGUARDS, RecordLine, make_record
from scheduling.selectors.catalog.services import list_locations
from tenants.context import current_tenant
from tenants.hosts import make_base_url


@requires(Permission.PRIVACY_MANAGE)
@require_safe
def show_record(request: HttpRequest) -> HttpResponse:
    """Show the record, with who answers for it, and where the platform's own papers are."""
    context = {
        "record": make_record(),
        "safeguards": SAFEGUARDS,
        "place": next(iter(list_locations()), None),
        "law": find_privacy_law(current_tenant().country),
        "now": utc_now(),
        "papers_at": f"{make_base_url(settings.PLATFORM_HOST)}/legal",
    }
    return render(request, "workspace/privacy/record.html", context)


@requires(Permission.PRIVACY_MANAGE)
@require_safe
def take_record(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer the record as a table: a line for each kind of people, purpose and table."""
    header = [
        gettext("Purpose"),
        gettext("Whose data"),
        gettext("What it is"),
        gettext("What is kept"),
        gettext("May tell of health"),
        gettext("What allows it"),
        gettext("Who receives it"),
        gettext("How long"),
        gettext("When somebody is erased"),
    ]
    rows = [_write(line) for line in make_record().lines]
    return answer_csv(name=f"{gettext('record-of-processing')}-{current_language()}", header=header, rows=rows)


def _write(line: RecordLine) -> list[str]:
    kept = ngettext("%(count)s day, then it goes by itself", "%(count)s days, then it goes by itself", line.kept_days)
    fate = gettext(line.fate)
    return [
        gettext(line.use),
        gettext(line.whom),
        gettext(line.title),
        ", ".join(map(gettext, line.columns)),
        gettext("yes") if line.is_sensitive else gettext("no"),
        gettext(line.allowed_by),
        ", ".join(str(each.label) for each in (*EVERYTHING, *line.recipients)),
        kept % {"count": line.kept_days} if line.kept_days else gettext("As long as the business has it"),
        f"{fate} ({gettext(line.reason)})" if line.reason else fate,
    ]
