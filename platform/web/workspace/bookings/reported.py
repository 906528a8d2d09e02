"""The bookings behind a figure of a report: what its address narrows the list to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest

from edge.reading import read_date
from kernel.ids import read_row_id
from scheduling.enums import ReportDoor
from scheduling.types import BookingFilters
from scheduling.types.reports import ReportDays
from tenants.context import current_tenant
from web.parts.lists import ListQuery

NARROWED_BY = ("from", "to", "service", "location", "resource", "door")


@dataclass(frozen=True, slots=True)
class Reported:
    """Days of a report, both included, and what it was narrowed to."""

    first: date
    last: date
    asked: Mapping[str, str]

    def keep(self, query: ListQuery) -> ListQuery:
        """Return the query of the list with what the report asked: its links lead to more of the same."""
        return replace(query, filters={**query.filters, **self.asked})

    def narrow(self, filters: BookingFilters) -> BookingFilters:
        """Return what of the bookings belongs to the figure."""
        days = ReportDays(self.first, self.last, current_tenant().timezone)
        return replace(
            filters,
            service_id=read_row_id(self.asked.get("service")),
            location_id=read_row_id(self.asked.get("location")),
            resource_id=None,
            last_of_id=read_row_id(self.asked.get("resource")),
            door=self.asked.get("door", ""),
            is_counted=True,
            starts_after=days.since,
            starts_before=days.until,
        )


def read_reported(request: HttpRequest) -> Reported | None:
    """Read which figure of a report the list is about; None: it is about none."""
    first, last = read_date(request.GET.get("from")), read_date(request.GET.get("to"))
    if first is None or last is None or first > last:
        return None
    asked = {key: request.GET[key] for key in NARROWED_BY if request.GET.get(key)}
    if asked.get("door", "") not in ReportDoor.values:
        asked.pop("door", None)
    return Reported(first, last, asked)
