"""Which free times of a day would fit those who wait: what staff sees beside the board.

Most of what fits is offered already; this also shows times that are too soon for somebody's notice, or that they let
pass: a call may fill them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kernel.errors import DomainError
from kernel.instants import to_instant, to_minutes
from scheduling.engine import find_fitting, to_local_date
from scheduling.models import WaitlistEntry
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.waitlist.entries import list_waiting, read_waiter
from scheduling.types import AvailabilityQuery, WaitlistEntryView, Wish

MOST_SHOWN = 8
MOST_LOOKED_AT = 40
"""How many of those who wait are looked at: the first ones come first anyway."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody who waits, with the first time of the day that fits, or the one that is offered to them."""

    entry: WaitlistEntryView
    starts_at: datetime


def list_fits(*, on: date, location_id: int | None, now: datetime) -> tuple[Fit, ...]:
    """List who waits and could come on a date, in their order, at most `MOST_SHOWN`.

    Free times are asked once for each different wish, as staff sees them: no notice binds. ``location_id`` leaves out
    who waits for another place.
    """
    waiting = [
        entry
        for entry in list_waiting()
        if entry.wished.from_on <= on <= entry.wished.to_on
        and (location_id is None or entry.wished.wish.location_id in {None, location_id})
    ][:MOST_LOOKED_AT]
    return _fit_all(waiting, on=on, location_id=location_id, now=now)


def _fit_all(
    waiting: Sequence[WaitlistEntryView], *, on: date, location_id: int | None, now: datetime
) -> tuple[Fit, ...]:
    rows = WaitlistEntry.objects.in_bulk([entry.id for entry in waiting])
    known: dict[Wish, tuple[str, tuple[int, ...]]] = {}
    fits: list[Fit] = []
    for entry in waiting:
        if len(fits) == MOST_SHOWN:
            break
        if entry.offer is not None:
            is_then = to_local_date(entry.timezone, to_minutes(entry.offer.starts_at)) == on
            if is_then and entry.offer.expires_at > now:
                fits.append(Fit(entry, entry.offer.starts_at))
            continue
        wish = replace(entry.wished.wish, location_id=entry.wished.wish.location_id or location_id)
        if wish not in known:
            known[wish] = _list_free(wish, on=on, now=now)
        timezone, starts = known[wish]
        waiter = replace(read_waiter(rows[entry.id]), passed=frozenset())
        start = find_fitting(waiter, timezone, starts)
        if start is not None:
            fits.append(Fit(entry, to_instant(start)))
    return tuple(fits)


def _list_free(wish: Wish, *, on: date, now: datetime) -> tuple[str, tuple[int, ...]]:
    try:
        answer = get_availability(query=AvailabilityQuery(wish, on, on), now=now, is_staff=True)
    except DomainError:
        return "UTC", ()
    return answer.timezone, tuple(to_minutes(slot.starts_at) for day in answer.days for slot in day.slots)
