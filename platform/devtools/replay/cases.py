"""What a scenario file says, as frozen values: cases, and what is in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from scheduling.engine import Measure, Resource, RulePeriod, RuleTimes, ServiceSpec

ACTIVE_STATUSES: Final = frozenset(
    {"confirmed", "pending", "pending_payment", "pending_approval", "arrived", "in_progress", "completed"}
)
INACTIVE_STATUSES: Final = frozenset({"cancelled", "declined", "expired"})
HOLD_STATUSES: Final = frozenset({"hold", "held"})


class UnsupportedScenarioError(Exception):
    """A scenario says something that this reader does not understand."""

    def __init__(self, *, where: str) -> None:
        super().__init__(f"unsupported: {where}")
        self.where = where


@dataclass(frozen=True, slots=True)
class ScenarioService:
    """A service and its limits: at most N bookings of it per hour, day or week."""

    name: str
    spec: ServiceSpec
    limits: tuple[tuple[RulePeriod, int], ...]


@dataclass(frozen=True, slots=True)
class ScenarioRule:
    """A capacity rule of the whole business (``target`` None), or of a service or a resource by its name."""

    scope: str
    target: str | None
    period: RulePeriod
    measure: Measure
    limit: int
    times: RuleTimes


@dataclass(frozen=True, slots=True)
class ScenarioBooking:
    """A booking that exists at the beginning; instants in minutes since 1970, UTC."""

    id: str
    service: str
    start_minute: int
    end_minute: int | None
    resources: tuple[str, ...]
    units: int
    status: str
    expires_at: datetime | None

    def is_active(self, now: datetime) -> bool:
        """Tell whether it takes its place: active, or a hold that ends after ``now``."""
        if self.status in HOLD_STATUSES:
            return self.expires_at is None or self.expires_at > now
        return self.status in ACTIVE_STATUSES


@dataclass(frozen=True, slots=True)
class ScenarioQuery:
    """Which starts are offered from ``from_date`` to before ``to_date``, in ``timezone``?"""

    service: str
    from_date: date
    to_date: date
    timezone: str
    resources: tuple[str, ...]
    units: int
    ignore_booking: str | None
    is_by_staff: bool


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One thing done: ``op`` is book, cancel, confirm or reschedule.

    ``now`` moves the clock first. ``booking`` names an earlier step's ``as_name``.
    ``times`` is above 1 only among the attempts of a parallel case.
    """

    op: str
    service: str | None
    start_minute: int | None
    booking: str | None
    as_name: str | None
    hold_minutes: int | None
    resources: tuple[str, ...]
    units: int
    now: datetime | None
    times: int
    is_by_staff: bool


@dataclass(frozen=True, slots=True)
class ScenarioCase:
    """One case: the whole input and the whole expected answer.

    Exactly one of ``query``, ``steps``, ``attempts`` is filled, and its answer:
    ``expected_slots`` (minutes since 1970), ``expected_outcome`` (per step), or
    ``expected_counts`` as (accepted, rejected). ``resource_ids`` gives
    the engine's id of each name. A file may leave the answer out: then
    ``has_expected_answer`` is false, and the case is run but cannot pass.
    """

    id: str
    group: str
    description: str
    now: datetime
    timezone: str
    resource_ids: Mapping[str, int]
    resources: Mapping[str, Resource]
    services: Mapping[str, ScenarioService]
    bookings: tuple[ScenarioBooking, ...]
    holidays: frozenset[date]
    rules: tuple[ScenarioRule, ...]
    query: ScenarioQuery | None
    steps: tuple[ScenarioStep, ...]
    connections: int
    attempts: tuple[ScenarioStep, ...]
    expected_slots: tuple[int, ...]
    expected_outcome: tuple[str, ...]
    expected_counts: tuple[int, int] | None
    has_expected_answer: bool


@dataclass(frozen=True, slots=True)
class UnsupportedCase:
    """A case that cannot be expressed here, and why."""

    id: str
    reason: str
