"""A place with three people, of whom one will be away, and a worker that does what was decided."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scheduling.enums import BulkOutcome, Preference
from scheduling.models import BulkAct
from scheduling.selectors.bulk.acts import get_act, list_rows
from scheduling.services.bulk import working
from scheduling.services.bulk.beginning import begin_absence
from scheduling.services.bulk.previewing import propose_absence
from scheduling.services.bulk.working import work_row
from scheduling.types import Touched
from scheduling.types.bulk import Absence, BulkPlan, BulkSaid
from tests.factories.scheduling import MONDAY, NOW, make_resource, make_service
from tests.integration.scheduling.changes.conftest import eva, leo, olga, place

__all__ = ["eva", "leo", "olga", "place"]

DAY = (MONDAY - timedelta(hours=9), MONDAY + timedelta(hours=15))


@pytest.fixture
def zoe(place) -> int:
    return make_resource(place, "Zoe")


@pytest.fixture
def service_id(eva, leo) -> int:
    return make_service((eva, leo), name="Corte")


@pytest.fixture
def away(eva) -> Absence:
    """Eva is away on the Monday."""
    return Absence(resource_id=eva, starts_at=DAY[0], ends_at=DAY[1], reason="Gripe")


@pytest.fixture
def begin(away, olga):
    """Begin the absence with what was decided, and return the id of the decision."""

    def _begin(plans, *, said: BulkSaid | None = None, now: datetime = NOW) -> int:
        key = begin_absence(absence=away, plans=plans, said=said or BulkSaid(), by=olga, now=now)
        return BulkAct.objects.get(key=key).pk

    return _begin


@pytest.fixture
def clock(monkeypatch) -> None:
    """It is `NOW` for the worker."""
    monkeypatch.setattr(working, "utc_now", lambda: NOW)


def look(absence: Absence, by, preference: Preference = Preference.NEAREST) -> tuple[Touched, ...]:
    return propose_absence(absence=absence, preference=preference, by=by, now=NOW)[0]


def take_first(touched: tuple[Touched, ...]) -> list[BulkPlan]:
    """Decide for each booking what is proposed first; to ask its customer where nothing is."""
    plans = []
    for each in touched:
        booking, spot = each.booking, next(iter(each.proposals), None)
        if spot is None:
            plans.append(BulkPlan(booking.id, booking.sequence, BulkOutcome.KEEP))
        else:
            plan = BulkPlan(booking.id, booking.sequence, BulkOutcome.MOVE, spot.starts_at, spot.resource_ids)
            plans.append(plan)
    return plans


def work(act_id: int, now: datetime = NOW) -> None:
    """Let a worker do all of it."""
    while work_row(act_id, now=now):
        pass


def tell_outcome(act_id: int) -> list[tuple[str, str, str]]:
    """Return customer, state and reason of each booking."""
    key = BulkAct.objects.get(pk=act_id).key
    rows = list_rows(get_act(key=key, now=NOW))
    return [(row.booking.customer_name, row.state.value, row.reason) for row in rows]
