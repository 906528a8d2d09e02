"""Nothing becomes silently impossible: what leaves coming bookings worse off is refused, or reviewed.

A service surrounds what it writes with `keeping_bookings` (of resources) or `keeping_fit` (of whichever
bookings). Called as such it refuses; inside of `collecting`, which `services.changes` opens, it
notes the bookings and lets the change happen, because somebody decides about each of them before
anything is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from database.locks import lock_resources
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.instants import to_minutes
from scheduling.errors import BookingsInTheWay
from scheduling.models import Resource
from scheduling.selectors.catalog.misfits import Key, find_worse, measure_fit, measure_limit
from scheduling.selectors.catalog.usage import list_coming_pieces
from scheduling.services.editions import is_preview, make_edition, previewing

ZONE_REACH = timedelta(hours=15)
"""A local date begins and ends at most so far from UTC's."""
DAY_REACH = timedelta(days=2)
"""Hours that begin on a date end at most on the next one."""


@dataclass(slots=True)
class Findings:
    """What a change has left worse off so far."""

    keys: set[Key] = field(default_factory=set)


_open_review: ContextVar[Findings | None] = ContextVar("open_review", default=None)


@contextmanager
def collecting() -> Iterator[Findings]:
    """Let the block leave bookings worse off, and yield which; the caller decides about them before it commits."""
    findings = Findings()
    token = _open_review.set(findings)
    try:
        yield findings
    finally:
        _open_review.reset(token)


def count_worse(change: Callable[[], object]) -> int:
    """Count the coming bookings that would fit worse after a change of the catalog; nothing is changed.

    What cannot be saved as it is touches none. Nobody is held back.
    """
    with previewing(), collecting() as findings, suppress(Conflict, Forbidden, Invalid, NotFound), transaction.atomic():
        try:
            change()
        finally:
            transaction.set_rollback(True)
    return len({key.booking_id for key in findings.keys})


@contextmanager
def keeping_bookings(
    resource_ids: Collection[int],
    *,
    now: datetime,
    field: str = "",
    days: tuple[date, date] | None = None,
    is_at_stake: bool = True,
) -> Iterator[None]:
    """Refuse, or let review, what the block writes when coming bookings of some resources fit worse after it.

    ``days`` are the first and last local date that the block can touch. Whoever is booking now is waited for,
    and counted. Four queries while nothing is booked.

    Raises:
        BookingsInTheWay: Says how many; the caller's transaction undoes what was written.
    """
    with keeping_fit(_list_bookings(resource_ids, days, now=now) if is_at_stake else (), field=field):
        yield


@contextmanager
def keeping_fit(booking_ids: Collection[int], *, field: str = "") -> Iterator[None]:
    """Refuse, or let review, what the block writes when some bookings fit worse after it.

    Raises:
        BookingsInTheWay: Says how many; the caller's transaction undoes what was written.
    """
    if not booking_ids:
        yield
        return
    before = measure_fit(booking_ids)
    yield
    report(find_worse(before, measure_fit(booking_ids)), field=field)


def report(worse: Collection[Key], *, field: str = "") -> None:
    """Note what a change leaves worse off, where somebody decides about it; refuse the change where nobody does.

    Raises:
        BookingsInTheWay: Nobody does.
    """
    findings = _open_review.get()
    if findings is not None:
        findings.keys.update(worse)
    elif worse:
        raise BookingsInTheWay(count=len({key.booking_id for key in worse}), field=field)


@contextmanager
def reviewing_limit(rule_id: int, *, now: datetime) -> Iterator[None]:
    """Let review which bookings are more than a rule allows after the block; without a review they stay."""
    findings = _open_review.get()
    if findings is None:
        yield
        return
    before = measure_limit(rule_id, now=now)
    yield
    report(find_worse(before, measure_limit(rule_id, now=now)))


def list_followers(location_id: int | None) -> list[int]:
    """List the active resources of a location, or of all: what holds there may hold for them."""
    resources = Resource.objects.filter(is_active=True)
    if location_id is not None:
        resources = resources.filter(location_id=location_id)
    return list(resources.values_list("pk", flat=True))


def _list_bookings(resource_ids: Collection[int], days: tuple[date, date] | None, *, now: datetime) -> frozenset[int]:
    make_edition()
    if not is_preview():
        lock_resources(resource_ids)
    pieces = list_coming_pieces(resource_ids, now=now)
    if days is not None:
        first = to_minutes(datetime.combine(days[0], time(), tzinfo=UTC) - ZONE_REACH)
        last = to_minutes(datetime.combine(days[1], time(), tzinfo=UTC) + DAY_REACH + ZONE_REACH)
        pieces = [piece for piece in pieces if piece.start < last and piece.end > first]
    return frozenset(piece.booking_id for piece in pieces)
