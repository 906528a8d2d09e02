"""Decisions about many bookings."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from kernel.clock import utc_now
from scheduling.enums import BulkKind, BulkOutcome
from scheduling.models import Booking
from scheduling.selectors.bulk.acts import get_act
from scheduling.services.bulk.beginning import begin_together
from scheduling.services.bulk.working import work_on
from scheduling.types import Actor
from scheduling.types.bulk import BulkPlan, BulkSaid


def make_done_act(*booking_ids: int, outcome: BulkOutcome = BulkOutcome.KEEP) -> UUID:
    """Return the key of a decision that a worker has done; one booking was at another time than was thought."""
    now = utc_now()
    plans = [
        BulkPlan(row.pk, row.sequence + number, outcome, row.starts_at + timedelta(days=1))
        for number, row in enumerate(Booking.objects.filter(pk__in=booking_ids).order_by("pk"))
    ]
    said = BulkSaid(line="Nos visita la inspección: una línea larga que también cabe en un teléfono muy angosto")
    by = Actor(kind="staff", user_id=None)
    key = begin_together(kind=BulkKind.MOVE, plans=plans, said=said, by=by, now=now)
    work_on(get_act(key=key, now=now).id, now)
    return key
