"""Incidents of a business: what happened, until when whom to tell, and how many people it reached.

How many is counted from the rows that were there when it ended; nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db.models import DateTimeField, ForeignKey, Model

from kernel.law.clocks import Deadline, Place
from kernel.law.persons import SURE, Notice, PrivacyLaw, Told, find_notice_deadline, find_privacy_law
from kernel.text import mark
from privacy.enums import IncidentState, IncidentStep
from privacy.errors import IncidentNotFound
from privacy.models import Incident, IncidentLogLine
from privacy.selectors.record import list_app_tables, name_column, name_table
from tenants.services.erasures.persons import CUSTOMERS

CUSTOMER, BOOKING = "scheduling.Customer", "scheduling.Booking"
MOST = 100
CONDITIONS = (
    mark("a high risk for people"),
    mark("as the law of the person's state has it"),
    mark("sensitive data, data of children, or a risk for people"),
    mark("unless a risk for people is unlikely"),
)
"""When the laws of `kernel.law.persons` want somebody told, msgids."""
BEGINNINGS = (
    "created_at", "recorded_at", "given_at", "asked_at", "opened_at", "received_at", "wanted_at", "made_at",
    "written_at", "queued_at", "history_date",
)  # fmt: skip
"""What tables call the instant at which a row came, the first that a table has."""


@dataclass(frozen=True, slots=True)
class IncidentClock:
    """Until when somebody has to be told.

    Attributes:
        told_at: When that was written down; None: not yet.
    """

    notice: Notice
    deadline: Deadline
    told_at: datetime | None

    @property
    def is_authority(self) -> bool:
        """Tell whether it is about the authority, and not the people."""
        return self.notice.to is Told.AUTHORITY

    @property
    def is_at_once(self) -> bool:
        """Tell whether the law gives no time at all."""
        return self.notice.within.count == 0

    @property
    def is_sure(self) -> bool:
        """Tell whether we do not doubt it."""
        return self.notice.confidence == SURE

    def is_late(self, now: datetime) -> bool:
        """Tell whether its time is over and nobody was told."""
        return self.told_at is None and now >= self.deadline.ends_at and not self.is_at_once


@dataclass(frozen=True, slots=True)
class Reach:
    """What an incident reached in one table.

    Attributes:
        title, columns: Msgids.
        rows: How many were there when it ended.
        persons: Of how many customers; None: its rows do not say whose they are.
    """

    title: str
    columns: tuple[str, ...]
    rows: int
    persons: int | None
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident."""

    id: int
    title: str
    story: str
    tables: tuple[str, ...]
    state: IncidentState
    is_risky: bool | None
    began_at: datetime
    ended_at: datetime
    known_at: datetime
    recorded_at: datetime
    closed_at: datetime | None
    timezone: str
    law: PrivacyLaw
    clocks: tuple[IncidentClock, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether something can still be done about it."""
        return self.state is not IncidentState.CLOSED

    def is_late(self, now: datetime) -> bool:
        """Tell whether somebody should have been told."""
        return self.is_open and any(each.is_late(now) for each in self.clocks)


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One step of an incident."""

    step: IncidentStep
    at: datetime
    by_id: int | None
    note: str


def list_reachable_tables() -> tuple[tuple[str, str], ...]:
    """Return the tables of a business that hold something of customers: (model, what they hold as a msgid)."""
    tables = list_app_tables(frozenset(settings.TENANT_APPS))
    held = (each for each in tables if {column.subject for column in each.personal.values()} & CUSTOMERS)
    return tuple((each.model, name_table(each.model)) for each in held)


def list_incidents() -> tuple[IncidentView, ...]:
    """List incidents, the newest first; one query."""
    return tuple(map(view_incident, Incident.objects.order_by("-recorded_at", "-pk")[:MOST]))


def get_incident(*, incident_id: int) -> IncidentView:
    """Return one incident.

    Raises:
        IncidentNotFound: There is none of this number.
    """
    row = Incident.objects.filter(pk=incident_id).first()
    if row is None:
        raise IncidentNotFound
    return view_incident(row)


def list_lines(*, incident_id: int) -> tuple[IncidentLine, ...]:
    """List the steps of an incident in order; one query."""
    rows = IncidentLogLine.objects.filter(incident_id=incident_id).order_by("pk")
    return tuple(IncidentLine(IncidentStep(row.step), row.at, row.by_id, row.note) for row in rows)


def count_reach(tables: Iterable[str], *, until: datetime) -> tuple[Reach, ...]:
    """Count what was there at an instant in these tables, and of how many customers; one query each."""
    wanted = set(tables)
    found = (each for each in list_app_tables(frozenset(settings.TENANT_APPS)) if each.model in wanted)
    reached = []
    for table in found:
        model = apps.get_model(table.model)
        rows = model._default_manager.all()  # noqa: SLF001
        if moment := _find_beginning(model):
            rows = rows.filter(**{f"{moment}__lte": until})
        path = _find_customer(model)
        persons = None
        if path:
            persons = rows.exclude(**{path: None}).values(path).distinct().count()
        columns = {name: column for name, column in table.personal.items() if column.subject in CUSTOMERS}
        reached.append(
            Reach(
                name_table(table.model),
                tuple(dict.fromkeys(map(name_column, columns))),
                rows.count(),
                persons,
                any(each.may_be_sensitive for each in columns.values()),
            )
        )
    return tuple(reached)


def view_incident(row: Incident) -> IncidentView:
    """Return a row as pages see it; no query."""
    law = find_privacy_law(row.law_country)
    return IncidentView(
        id=row.pk,
        title=row.title,
        story=row.story,
        tables=tuple(row.tables),
        state=IncidentState(row.state),
        is_risky=row.is_risky,
        began_at=row.began_at,
        ended_at=row.ended_at,
        known_at=row.known_at,
        recorded_at=row.recorded_at,
        closed_at=row.closed_at,
        timezone=row.timezone,
        law=law,
        clocks=_read_clocks(row, law.incidents),
    )


def _read_clocks(row: Incident, notices: Sequence[Notice]) -> tuple[IncidentClock, ...]:
    place = Place(row.law_country, row.timezone, row.law_region)
    told = {Told.AUTHORITY: row.authority_told_at, Told.PERSONS: row.persons_told_at}
    return tuple(
        IncidentClock(each, find_notice_deadline(each, known_at=row.known_at, place=place), told[each.to])
        for each in notices
    )


def _find_beginning(model: type[Model]) -> str:
    names = {each.name for each in model._meta.concrete_fields if isinstance(each, DateTimeField)}  # noqa: SLF001
    return next((each for each in BEGINNINGS if each in names), "")


def _find_customer(model: type[Model]) -> str:
    """Return the path from a row to the number of its customer; empty: it has none."""
    if model._meta.label == CUSTOMER:  # noqa: SLF001
        return "pk"
    links = [each for each in model._meta.concrete_fields if isinstance(each, ForeignKey)]  # noqa: SLF001
    for label, rest in ((CUSTOMER, ""), (BOOKING, "__customer")):
        for each in links:
            if each.related_model._meta.label == label and not each.name.startswith("history"):  # noqa: SLF001
                return f"{each.name}{rest}"
    return ""
