"""Which free times of a day would fit those who wait: what staff sees beside the board.

Most of what fits is offered already; this also shows times that are too soon for somebody's notice, or that they let
pass: a call may fill them. Every open board asks again after whatever happens on its day, so free times are those of
the last seconds; what they are asked about, people and offers, is read each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.core.cache import cache

from kernel.errors import DomainError
from kernel.ids import hash_token
from kernel.instants import to_instant, to_minutes
from scheduling.engine import find_fitting, to_local_date
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.waitlist.entries import list_waiting, make_waiter
from scheduling.types import AvailabilityQuery, WaitlistEntryView, Wish

MOST_SHOWN = 8
MOST_LOOKED_AT = 40
"""How many of those who wait are looked at: the first ones come first anyway."""
KEPT_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody who waits, with the first time of the day that fits, or the one that is offered to them."""

    entry: WaitlistEntryView
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Fits:
    """Who could come; ``is_fresh``: nothing was remembered, so nobody has to look again soon."""

    rows: tuple[Fit, ...]
    is_fresh: bool = True


def list_fits(*, on: date, location_id: int | None, now: datetime) -> Fits:
    """List who waits and could come on a date, in their order, at most `MOST_SHOWN`.

    Free times are asked once for each different wish, as staff sees them: no notice binds; an answer is kept for
    `KEPT_SECONDS`, for all boards. ``location_id`` leaves out who waits for another place.
    """
    waiting = [
        entry
        for entry in list_waiting()
        if entry.wished.from_on <= on <= entry.wished.to_on
        and (location_id is None or entry.wished.wish.location_id in {None, location_id})
    ][:MOST_LOOKED_AT]
    wishes = [_place_wish(entry, location_id) for entry in waiting if entry.offer is None]
    free = _Free(on, now, cache.get_many({_make_key(wish, on) for wish in wishes}) if wishes else {})
    rows = _fit_all(waiting, free, location_id=location_id)
    if free.found:
        cache.set_many(free.found, KEPT_SECONDS)
    return Fits(rows, is_fresh=not free.is_remembered)


@dataclass(slots=True)
class _Free:
    """Free starts of a date, with the time zone of the place, by wish: ``kept`` is remembered, ``found`` is new."""

    on: date
    now: datetime
    kept: dict[str, tuple[str, tuple[int, ...]]]
    found: dict[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    is_remembered: bool = False

    def list_starts(self, wish: Wish) -> tuple[str, tuple[int, ...]]:
        key = _make_key(wish, self.on)
        if key in self.kept:
            self.is_remembered = True
            return self.kept[key]
        if key not in self.found:
            self.found[key] = _list_free(wish, on=self.on, now=self.now)
        return self.found[key]


def _fit_all(waiting: Sequence[WaitlistEntryView], free: _Free, *, location_id: int | None) -> tuple[Fit, ...]:
    fits: list[Fit] = []
    for entry in waiting:
        if len(fits) == MOST_SHOWN:
            break
        if entry.offer is not None:
            is_then = to_local_date(entry.timezone, to_minutes(entry.offer.starts_at)) == free.on
            if is_then and entry.offer.expires_at > free.now:
                fits.append(Fit(entry, entry.offer.starts_at))
            continue
        timezone, starts = free.list_starts(_place_wish(entry, location_id))
        start = find_fitting(make_waiter(entry.wished), timezone, starts)
        if start is not None:
            fits.append(Fit(entry, to_instant(start)))
    return tuple(fits)


def _place_wish(entry: WaitlistEntryView, location_id: int | None) -> Wish:
    return replace(entry.wished.wish, location_id=entry.wished.wish.location_id or location_id)


def _make_key(wish: Wish, on: date) -> str:
    return f"waitlist_fits:{on}:{hash_token(repr(wish))}"


def _list_free(wish: Wish, *, on: date, now: datetime) -> tuple[str, tuple[int, ...]]:
    try:
        answer = get_availability(query=AvailabilityQuery(wish, on, on), now=now, is_staff=True)
    except DomainError:
        return "UTC", ()
    return answer.timezone, tuple(to_minutes(slot.starts_at) for day in answer.days for slot in day.slots)
