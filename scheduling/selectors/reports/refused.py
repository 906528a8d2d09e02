"""What was looked for and not found: by day, hour and service."""

from __future__ import annotations

from django.db.models import Sum

from scheduling.models import RefusedDemand
from scheduling.types.reports import ReportDays, ReportFilters
from scheduling.types.reports.use import RefusedTally


def tally_refused(days: ReportDays, filters: ReportFilters) -> tuple[RefusedTally, ...]:
    """Count the searches for these days that found nothing; one query, a row for each day, hour and service.

    A search for "anywhere" belongs to no place: whoever asks for one place does not see it. Who would have come, and
    through which door, nobody knows.
    """
    found = RefusedDemand.objects.filter(on__range=(days.first, days.last))
    if filters.service_id is not None:
        found = found.filter(service_id=filters.service_id)
    if filters.location_id is not None:
        found = found.filter(location_id=filters.location_id)
    rows = found.order_by("on", "hour", "service__name", "service_id")
    told = rows.values_list("on", "hour", "service__name", "service_id").annotate(total=Sum("count"))
    return tuple(RefusedTally(on, hour, name, total, service_id) for on, hour, name, service_id, total in told)
