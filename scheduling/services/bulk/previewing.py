"""What an absence would do, before anybody decides: whom it leaves alone, and where else they could go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from scheduling.enums import Outcome, Preference
from scheduling.selectors.bulk.touching import list_served
from scheduling.services.bulk.beginning import note_absence
from scheduling.services.changes.applying import MOST_ROWS, list_outcomes
from scheduling.services.changes.proposals import Outlook, look_around, propose
from scheduling.services.editions import previewing
from scheduling.types import Actor, Touched
from scheduling.types.bulk import Absence


def propose_absence(
    *, absence: Absence, preference: Preference, by: Actor, now: datetime
) -> tuple[tuple[Touched, ...], int]:
    """Return the bookings for which somebody would be needed, with other places, and how many more there are.

    Nothing is written, and nobody is held back. No two are offered the same place first.

    Raises:
        StatusForbids, SetupInvalid: As `create_time_off`.
    """
    outlook, more = _look(absence, by=by, now=now)
    return propose(outlook, decisions={}, preference=preference), more


def _look(absence: Absence, *, by: Actor, now: datetime) -> tuple[Outlook, int]:
    with previewing(), transaction.atomic():
        try:
            note_absence(absence, by=by, now=now)
            views = list_served(
                resource_id=absence.resource_id, starts_at=absence.starts_at, ends_at=absence.ends_at, now=now
            )
            touched = [Touched(booking=view, misfits=(), outcomes=list_outcomes(view, set())) for view in views]
            movable = [each for each in touched if Outcome.MOVE in each.outcomes or Outcome.CANCEL in each.outcomes]
            return look_around(movable[:MOST_ROWS], now=now), max(0, len(movable) - MOST_ROWS)
        finally:
            transaction.set_rollback(True)
