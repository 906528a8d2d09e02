"""Tables of reports, and the bookings behind them, as files: CSV and workbooks, with the same filters as the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.policies import Permission, has_permission
from edge.access import requires
from edge.downloads import stream_csv, stream_xlsx
from kernel.clock import utc_now
from scheduling.enums import BookingSource, BookingStatus
from scheduling.selectors.bookings.views import iterate_bookings
from scheduling.selectors.reports.bookings import tally_days, tally_lead, tally_visitors
from scheduling.selectors.reports.refused import tally_refused
from scheduling.selectors.reports.use import measure_use
from scheduling.selectors.reports.voices import tally_feedback, tally_waitlist
from scheduling.types import BookingFilters, BookingRow
from tenants.context import current_tenant
from web.formats import Formats, to_local
from web.templatetags.formats import get_current_formats
from web.workspace.bookings.reported import read_reported
from web.workspace.reports import overview, searches, use, voices
from web.workspace.reports.asking import Asked, read_asked
from web.workspace.reports.tables import ReportTable

Maker = Callable[[Asked, Formats], ReportTable]


def _make_days(asked: Asked, formats: Formats) -> ReportTable:
    return overview.make_days_table(asked, tally_days(asked.days, asked.filters, now=asked.now), formats)


def _make_lead(asked: Asked, formats: Formats) -> ReportTable:
    return overview.make_lead_table(asked, tally_lead(asked.days, asked.filters), formats)


def _make_visitors(asked: Asked, formats: Formats) -> ReportTable:
    return overview.make_visitors_table(asked, tally_visitors(asked.days, asked.filters), formats)


def _make_resources(asked: Asked, formats: Formats) -> ReportTable:
    return use.make_resources_table(asked, measure_use(asked.days, asked.filters), formats)


def _make_refused(asked: Asked, formats: Formats) -> ReportTable:
    return use.make_refused_table(asked, tally_refused(asked.days, asked.filters), formats)


def _make_wished(asked: Asked, formats: Formats) -> ReportTable:
    return use.make_wished_table(asked, tally_refused(asked.days, asked.filters), formats)


def _make_waitlist(asked: Asked, formats: Formats) -> ReportTable:
    return voices.make_waitlist_table(asked, tally_waitlist(asked.days, asked.filters), formats)


def _make_scores(asked: Asked, formats: Formats) -> ReportTable:
    return voices.make_scores_table(asked, tally_feedback(asked.days, asked.filters), formats)


TABLES: Mapping[str, Maker] = {
    "days": _make_days,
    "doors": overview.make_doors_table,
    "services": overview.make_services_table,
    "lead": _make_lead,
    "visitors": _make_visitors,
    "resources": _make_resources,
    "refused": _make_refused,
    "wished": _make_wished,
    "waitlist": _make_waitlist,
    "scores": _make_scores,
    "opinions": voices.make_opinions_table,
    "messages": voices.make_messages_of,
}


@requires(Permission.REPORT_VIEW)
@require_safe
def download_csv(request: HttpRequest, table: str) -> HttpResponseBase:
    """Answer a table of a report as CSV."""
    asked, made = _make_table(request, table)
    return stream_csv(name=_name(made.key, asked.period.first, asked.period.last), header=_head(made), rows=_list(made))


@requires(Permission.REPORT_VIEW)
@require_safe
def download_xlsx(request: HttpRequest, table: str) -> HttpResponseBase:
    """Answer a table of a report as a workbook."""
    asked, made = _make_table(request, table)
    name = _name(made.key, asked.period.first, asked.period.last)
    return stream_xlsx(name=name, title=made.key, header=_head(made), rows=_list(made), timezone=asked.timezone)


@requires(Permission.REPORT_VIEW)
@require_safe
def download_bookings_csv(request: HttpRequest) -> HttpResponseBase:
    """Answer the bookings behind a figure as CSV, all of them; contacts only for who may take those of customers."""
    name, rows = _list_bookings(request)
    timezone, has_contacts = current_tenant().timezone, may_take_contacts(request)
    write = _make_writer(has_contacts=has_contacts)
    told = ([_write_time(row.starts_at, timezone), *write(row)] for row in rows)
    return stream_csv(name=name, header=_head_bookings(has_contacts=has_contacts), rows=told)


@requires(Permission.REPORT_VIEW)
@require_safe
def download_bookings_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Answer the bookings behind a figure as a workbook, all of them; contacts as in the CSV."""
    name, rows = _list_bookings(request)
    timezone, has_contacts = current_tenant().timezone, may_take_contacts(request)
    write, header = _make_writer(has_contacts=has_contacts), _head_bookings(has_contacts=has_contacts)
    told = ([row.starts_at, *write(row)] for row in rows)
    return stream_xlsx(name=name, title="bookings", header=header, rows=told, timezone=timezone)


def may_take_contacts(request: HttpRequest) -> bool:
    """Tell whether contacts of customers may be in a file for this person: as in the files of customers."""
    needed = (Permission.CUSTOMER_VIEW, Permission.DATA_TAKE)
    return all(has_permission(request.user, each) for each in needed)


def _make_table(request: HttpRequest, key: str) -> tuple[Asked, ReportTable]:
    asked, formats = read_asked(request), get_current_formats()
    if key == searches.KEY:
        refused = searches.read_narrowed(request).keep(tally_refused(asked.days, asked.filters))
        return asked, searches.make_searches_table(refused, formats)
    if key not in TABLES:
        raise Http404
    return asked, TABLES[key](asked, formats)


def _list_bookings(request: HttpRequest) -> tuple[str, Iterator[BookingRow]]:
    report = read_reported(request)
    if report is None:
        raise Http404
    status = request.GET.get("status", "")
    statuses = (status,) if status in BookingStatus.values else ()
    filters = report.narrow(BookingFilters(statuses=statuses, now=utc_now()))
    return _name("bookings", report.first, report.last), iterate_bookings(filters)


def _make_writer(*, has_contacts: bool) -> Callable[[BookingRow], Sequence[object]]:
    """Return what makes cells of a booking; each label is translated once, not for each of many thousand rows."""
    statuses = {each: str(each.label) for each in BookingStatus}
    sources = {each: str(each.label) for each in BookingSource}
    return lambda row: (
        row.reference, row.customer_name, *([row.customer_phone, row.customer_email] if has_contacts else []),
        row.service_name, statuses[row.status], sources[row.source],
    )  # fmt: skip


def _head_bookings(*, has_contacts: bool) -> list[str]:
    contacts = [gettext("Phone"), gettext("E-mail")] if has_contacts else []
    return [
        gettext("Date"), gettext("Reference"), gettext("Customer"), *contacts, gettext("Service"), gettext("Status"),
        gettext("Came through"),
    ]  # fmt: skip


def _head(table: ReportTable) -> list[str]:
    return [str(head) for head in table.heads]


def _list(table: ReportTable) -> list[list[object]]:
    return [[cell.value for cell in row] for row in table.rows]


def _name(key: str, first: date, last: date) -> str:
    return f"{key}-{first}-{last}"


def _write_time(at: datetime, timezone: str) -> str:
    """Return an instant on the clock of the business, as spreadsheets read it."""
    return to_local(at, timezone).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
