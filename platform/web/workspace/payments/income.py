"""The report of income: what came, went back, was kept and is owed, shared out; and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from billing.enums import IncomeFigure, IncomeShare
from billing.errors import SpanInvalid
from billing.selectors.credits import add_up_owed_credit
from billing.selectors.income import add_up_income, report_income
from billing.types import IncomeLine
from edge.access import requires
from edge.downloads import answer_csv
from kernel.clock import utc_now
from kernel.iso import parse_date
from web.errors import translate_error
from web.parts.cells import write_amount
from web.parts.filters import Filter
from web.parts.lists import ListQuery, make_filter_line, read_query
from web.workspace.payments.listing import Days, read_days, this_month

NARROWS = {IncomeShare.SERVICE: "service", IncomeShare.PERSON: "person", IncomeShare.METHOD: "method"}
"""What of the list of payments narrows it to a line."""
SHARE = Filter(key="by", label=gettext_lazy("Shared out by"), choices=IncomeShare.choices)


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show what came, went back, was kept and is owed."""
    days, share, problem = read_days(request), _read_share(request), ""
    try:
        lines = _report(days, share)
    except SpanInvalid as error:
        problem, days = translate_error(error), this_month()
        lines = _report(days, share)
    asked = {"from": days.first.isoformat(), "to": days.last.isoformat(), "by": share.value}
    query = ListQuery(filters=asked)
    context = {
        "days": days,
        "share": share,
        "problem": problem,
        "lines": [(each, _find_day(each, share), _lead(each, days, share)) for each in lines],
        "totals": [(each, _lead(each, days, None)) for each in add_up_income(lines)],
        "owed_credit": tuple(add_up_owed_credit().items()),
        "shares": make_filter_line(SHARE, query),
        "file_url": reverse("workspace:money_income_file") + query.make_url(),
    }
    return render(request, "workspace/payments/income.html", context)


@requires(Permission.REPORT_VIEW)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Answer the same as a file."""
    days, share = read_days(request), _read_share(request)
    header = [
        str(share.label), gettext("Received"), gettext("Of it tips"), gettext("Sent back"), gettext("Kept"),
        gettext("Taken back by the bank"), gettext("Owed"), gettext("Currency"),
    ]  # fmt: skip
    name = f"income-{share.value}-{days.first.isoformat()}-{days.last.isoformat()}"
    return answer_csv(name=name, header=header, rows=[_write(each) for each in _report(days, share)])


def _read_share(request: HttpRequest) -> IncomeShare:
    return IncomeShare(read_query(request, filters=(SHARE,)).filters["by"])


def _report(days: Days, share: IncomeShare) -> tuple[IncomeLine, ...]:
    return report_income(since=days.since, until=days.until, share=share, now=utc_now())


def _lead(line: IncomeLine, days: Days, share: IncomeShare | None) -> Mapping[str, str]:
    """Map each figure of a line to the list of its payments; what belongs to nobody any more leads nowhere.

    None shares nothing out: the line is a total.
    """
    asked = {"from": days.first.isoformat(), "to": days.last.isoformat()}
    if share == IncomeShare.DAY:
        asked |= {"from": line.key, "to": line.key}
    elif share is not None:
        if not line.key:
            return {}
        asked |= {NARROWS[share]: line.key}
    page = reverse("workspace:money")
    return {each.value: f"{page}?{urlencode({**asked, 'moved': each.value})}" for each in IncomeFigure}


def _find_day(line: IncomeLine, share: IncomeShare) -> date | None:
    return parse_date(line.key) if share == IncomeShare.DAY else None


def _write(line: IncomeLine) -> list[object]:
    amounts = (
        line.received_minor, line.tips_minor, line.refunded_minor, line.kept_minor, line.taken_minor, line.owed_minor,
    )  # fmt: skip
    return [line.name, *(write_amount(each, line.currency) for each in amounts), line.currency]
