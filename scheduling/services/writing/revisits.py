"""The plan of a booking that exists: the same services, extras, people and party once more."""

from __future__ import annotations

from datetime import date, timedelta

from scheduling.models import Booking
from scheduling.selectors.availability.plans import Plan, Wish, load_plan


def load_plan_again(booking: Booking, *, on: date | None = None, resource_ids: tuple[int, ...] = ()) -> Plan:
    """Load the plan of a booking for a date (default: its own).

    Without ``resource_ids`` it keeps what the customer chose.
    """
    lines = list(booking.lines.all())
    chosen = () if booking.chosen_resource_id is None else (booking.chosen_resource_id,)
    wish = Wish(
        service_ids=tuple(line.service_id for line in lines),
        add_on_ids=tuple(add_on["id"] for line in lines for add_on in line.add_ons),
        resource_ids=resource_ids or chosen,
        location_id=booking.location_id,
        party_size=booking.party_size,
        arrival_mode=booking.arrival_mode,
        is_staff=True,
    )
    day = on or booking.starts_at.date()
    return load_plan(wish=wish, from_on=day - timedelta(days=1), to_on=day + timedelta(days=1))
