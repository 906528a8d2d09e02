"""The bookings behind a figure of a report: what its address narrows the list to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from edge.reading import read_date
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.enums import BookingStatus, ReportDoor
from scheduling.types import BookingFilters
from scheduling.types.reports import FigurePart, ReportDays, ReportFilters, ReportPart
from scheduling.types.reports.use import WEEK_HOURS
from tenants.context import current_tenant
from web.parts.clock import name_week_hour
from web.parts.lists import ListQuery

NARROWED_BY = ("from", "to", "service", "location", "resource", "door", "part", "number")
NOTES: Mapping[ReportPart, str | Promise] = {
    ReportPart.NEW: gettext_lazy("One line for each new customer: their first visit in these days."),
    ReportPart.RETURNING: gettext_lazy(
        "One line for each customer who was here before: their first visit in these days."
    ),
    ReportPart.MADE: gettext_lazy("Without bookings that were imported: nobody knows when those were made."),
    ReportPart.TAKING: gettext_lazy("All visits that take time in these days, also those that began before."),
}


@dataclass(frozen=True, slots=True)
class Reported:
    """Days of a report, both included, what it was narrowed to, and which figure of it is asked about, if any."""

    first: date
    last: date
    asked: Mapping[str, str]
    part: ReportPart | None = None
    number: int | None = None

    @property
    def note(self) -> str:
        """Return in words what the list has that nobody would guess; empty: nothing."""
        if self.part == ReportPart.TAKING and self.number is not None:
            words = {"hour": name_week_hour(self.number)}
            return gettext("All visits that take time of this hour: %(hour)s") % words
        return str(NOTES.get(self.part, "")) if self.part else ""

    def keep(self, query: ListQuery) -> ListQuery:
        """Return the query of the list with what the report asked: its links lead to more of the same."""
        return replace(query, filters={**query.filters, **self.asked})

    def narrow(self, filters: BookingFilters) -> BookingFilters:
        """Return what of the bookings belongs to the figure."""
        days, report = ReportDays(self.first, self.last, current_tenant().timezone), self._read_filters()
        # Nobody is missed before the time has come: reports do not count it, whatever somebody marked.
        ends = min(days.until, utc_now()) if filters.statuses == (BookingStatus.NO_SHOW,) else days.until
        narrowed = replace(
            filters,
            service_id=report.service_id,
            location_id=report.location_id,
            resource_id=None,
            last_of_id=report.resource_id,
            door=report.door,
            is_counted=True,
            part=FigurePart(self.part, days, report, self.number) if self.part else None,
            starts_after=days.since,
            starts_before=ends,
        )
        if self.part != ReportPart.TAKING:
            return narrowed
        return replace(narrowed, starts_after=None, starts_before=None, location_id=None, last_of_id=None)

    def _read_filters(self) -> ReportFilters:
        return ReportFilters(
            location_id=read_row_id(self.asked.get("location")),
            service_id=read_row_id(self.asked.get("service")),
            resource_id=read_row_id(self.asked.get("resource")),
            door=self.asked.get("door", ""),
        )


def read_reported(request: HttpRequest) -> Reported | None:
    """Read which figure of a report the list is about; None: it is about none."""
    first, last = read_date(request.GET.get("from")), read_date(request.GET.get("to"))
    if first is None or last is None or first > last:
        return None
    asked = {key: request.GET[key] for key in NARROWED_BY if request.GET.get(key)}
    if asked.get("door", "") not in ReportDoor.values:
        asked.pop("door", None)
    number = asked.get("number", "")
    part = next((each for each in ReportPart if each == asked.get("part")), None)
    is_number = number.isascii() and number.isdigit() and len(number) < len(str(WEEK_HOURS)) + 1
    if part == ReportPart.LEAD and not is_number:
        part = ReportPart.MADE
    return Reported(first, last, asked, part, int(number) if is_number else None)
