"""What the address of a report asks for, and the addresses that ask for something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from edge.reading import read_date
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.enums import ReportDoor
from scheduling.types.reports import ReportDays, ReportFilters
from tenants.context import current_tenant
from web.formats import to_local
from web.templatetags.formats import get_current_formats
from web.workspace.reports.periods import (
    LONGEST_DAYS,
    Period,
    PeriodKind,
    Versus,
    choose_period,
)

Choice = TypeVar("Choice", PeriodKind, Versus)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about; ``problem`` says what of the address could not be followed."""

    period: Period
    versus: Versus
    filters: ReportFilters
    timezone: str
    now: datetime
    today: date
    problem: str = ""

    @property
    def days(self) -> ReportDays:
        """Return the days on the clock of the business."""
        return ReportDays(self.period.first, self.period.last, self.timezone)

    @property
    def days_before(self) -> ReportDays | None:
        """Return the days that they are compared with, if any."""
        other = self.period.find_versus(self.versus)
        return ReportDays(other.first, other.last, self.timezone) if other else None

    @property
    def is_running(self) -> bool:
        """Tell whether the period is not over yet."""
        return self.days.until > self.now

    def make_query(self, **changes: str) -> str:
        """Return the address of this report, relative to a page, with some of it changed."""
        told = self._describe() | changes
        return f"?{urlencode({key: value for key, value in told.items() if value})}"

    def make_list_url(self, **narrowed: str) -> str:
        """Return the address of the list of the bookings that count here."""
        days = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat(), "status": "counted"}
        told = days | self._describe_filters() | narrowed
        return f"{reverse('workspace:list')}?{urlencode({key: value for key, value in told.items() if value})}"

    def make_opinions_url(self, **narrowed: str) -> str:
        """Return the address of the opinions that count here."""
        days = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        told = days | self._describe_filters() | narrowed
        return f"{reverse('workspace:voices')}?{urlencode({key: value for key, value in told.items() if value})}"

    def make_searches_url(self, **narrowed: str) -> str:
        """Return the address of the searches without a place behind a figure: by day, hour of the week or service."""
        return f"{reverse('workspace:reports_searches')}{self.make_query(**narrowed)}"

    def _describe(self) -> dict[str, str]:
        told = {"period": self.period.kind.value}
        if self.period.kind == PeriodKind.OWN:
            told |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        else:
            told |= {"on": self.period.first.isoformat()}
        return told | {"versus": self.versus.value} | self._describe_filters()

    def _describe_filters(self) -> dict[str, str]:
        ids = {
            "location": self.filters.location_id,
            "service": self.filters.service_id,
            "resource": self.filters.resource_id,
        }
        told = {key: str(value) for key, value in ids.items() if value is not None}
        return told | ({"door": self.filters.door} if self.filters.door else {})


def read_asked(request: HttpRequest) -> Asked:
    """Read the address: this month, compared with the one before, when it asks for nothing else."""
    asked, now, timezone = request.GET, utc_now(), current_tenant().timezone
    today = to_local(now, timezone).date()
    kind = _read_choice(PeriodKind, asked.get("period"), PeriodKind.MONTH)
    problem = ""
    if kind == PeriodKind.OWN:
        period, problem = _read_own(asked.get("from"), asked.get("to"), today)
    else:
        anchor = read_date(asked.get("on")) or today
        period = choose_period(kind, on=anchor, first_weekday=get_current_formats().local.first_week_day)
    return Asked(
        period=period,
        versus=_read_choice(Versus, asked.get("versus"), Versus.BEFORE),
        filters=read_filters(asked),
        timezone=timezone,
        now=now,
        today=today,
        problem=problem,
    )


def read_filters(asked: Mapping[str, str]) -> ReportFilters:
    """Read what a report is narrowed to; what is unknown narrows nothing."""
    door = asked.get("door", "")
    return ReportFilters(
        location_id=read_row_id(asked.get("location")),
        service_id=read_row_id(asked.get("service")),
        resource_id=read_row_id(asked.get("resource")),
        door=door if door in ReportDoor.values else "",
    )


def _read_own(first_text: str | None, last_text: str | None, today: date) -> tuple[Period, str]:
    first, last = read_date(first_text), read_date(last_text)
    ends = [each for each in (first, last) if each is not None] or [today]
    first, last = min(ends), max(ends)
    own = Period(PeriodKind.OWN, first, last)
    if own.days > LONGEST_DAYS:
        return choose_period(PeriodKind.MONTH, on=today), gettext("Ask for a year at most. Here is this month.")
    return own, ""


def _read_choice(choices: type[Choice], asked: str | None, default: Choice) -> Choice:
    return next((each for each in choices if each == asked), default)
