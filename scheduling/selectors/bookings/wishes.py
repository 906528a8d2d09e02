"""What a booking asks for, so that it can be asked again."""

from __future__ import annotations

from scheduling.models import Booking
from scheduling.types import Wish


def wish_of(booking: Booking) -> Wish:
    """Return the wish that makes the same visit at another time, at the location where it is.

    Services, extras, party, who was chosen and a length of its own are the booking's; how long they take without one
    and who can do them is as the business has it today. One query, unless the lines are there already.
    """
    lines = list(booking.lines.all())
    return Wish(
        service_ids=tuple(line.service_id for line in lines),
        # A service that the visit has twice has its extras twice, and was asked for them once.
        add_on_ids=tuple(dict.fromkeys(add_on["id"] for line in lines for add_on in line.add_ons)),
        resource_ids=_list_chosen(booking),
        location_id=booking.location_id,
        party_size=booking.party_size,
        arrival_mode=booking.arrival_mode,
        length_minutes=booking.length_minutes,
    )


def _list_chosen(booking: Booking) -> tuple[int, ...]:
    first = () if booking.chosen_resource_id is None else (booking.chosen_resource_id,)
    return (*first, *booking.chosen_beside_ids)
