"""The arrays of a plan's document: each is listed for PostgreSQL from the fields of the value that reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from kernel.iso import parse_date
from scheduling.engine import Measure, RulePeriod, RuleTimes
from scheduling.enums import RuleScope
from scheduling.types import TERM_NAMES

SERVICE_COLUMNS = ("id", *TERM_NAMES)


class PlanDocument(NamedTuple):
    """A plan's document, in the order in which the statement builds it; None where there is no row."""

    services: list[list[Any]] | None
    requirements: list[list[Any]] | None
    pools: list[list[Any]] | None
    per_resource: list[list[Any]] | None
    add_ons: list[list[Any]] | None
    rules: list[list[Any]] | None
    timetable: dict[str, Any]
    edition: int | None


class RequirementRow(NamedTuple):
    """What a service takes; sorted, they are in the business's order."""

    position: int
    id: int
    service_id: int
    quantity: int
    starts_after_minutes: int
    duration_minutes: int | None
    same_as_id: int | None


class PoolRow(NamedTuple):
    """One resource that fills a requirement; sorted, they are in order of preference."""

    rank: int
    position: int
    tie: int
    requirement_id: int
    location_id: int
    resource_id: int


class OwnTerms(NamedTuple):
    """What differs when a resource fills the first requirement of a service."""

    service_id: int
    resource_id: int
    duration_minutes: int | None
    price_minor: int | None


class AddOnTerms(NamedTuple):
    """An add-on as asked; sorted, they are in the business's order."""

    position: int
    id: int
    service_id: int
    name: str
    minutes: int
    price_minor: int
    texts: list[dict[str, str]]


class RuleRow(NamedTuple):
    """A capacity rule that may concern the visit."""

    id: int
    scope: RuleScope
    location_id: int | None
    resource_id: int | None
    service_id: int | None
    arrival_mode: str
    period: RulePeriod
    measure: Measure
    limit: int
    weekdays: tuple[int, ...]
    from_minute: int | None
    to_minute: int | None
    valid_from: date | None
    valid_to: date | None

    @property
    def times(self) -> RuleTimes:
        """Return which starts it counts."""
        return RuleTimes(self.weekdays, self.from_minute, self.to_minute, self.valid_from, self.valid_to)


def write_columns(names: Iterable[str], table: str) -> str:
    """Return columns of a table as SQL lists them."""
    return ", ".join(f"{table}.{name}" for name in names)


def read_rule(columns: Sequence[Any]) -> RuleRow:
    """Read one rule."""
    row = RuleRow(*columns)
    return row._replace(
        scope=RuleScope(row.scope),
        period=RulePeriod(row.period),
        measure=Measure(row.measure),
        weekdays=tuple(row.weekdays),
        valid_from=_read_date(columns[-2]),
        valid_to=_read_date(columns[-1]),
    )


def _read_date(text: str | None) -> date | None:
    return None if text is None else parse_date(text)
