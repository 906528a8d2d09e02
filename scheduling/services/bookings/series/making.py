"""Booking the same visit on many dates, with one report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from database.locks import lock_resources
from database.transactions import run_write
from kernel.errors import Conflict
from kernel.instants import to_instant
from scheduling.engine import to_minute
from scheduling.enums import ActorKind, BookingSource, ConflictChoice
from scheduling.errors import SeriesConflict, SlotTaken, SlotUnavailable
from scheduling.models import Series
from scheduling.policies import check_new_bookings
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.availability.plans import Plan, load_plan_at
from scheduling.services.bookings.series.recurrences import list_walls
from scheduling.services.bookings.submissions import book_slot, clean_asked
from scheduling.services.editions import share_edition
from scheduling.services.writing.counters import list_possible_usage, lock_counters
from scheduling.services.writing.customers import meet_customer
from scheduling.services.writing.inputs import check_start
from scheduling.types import (
    ASK_DEPOSIT,
    Actor,
    AvailabilityQuery,
    AvailableSlot,
    DepositChoice,
    SeriesPart,
    SlotRequest,
    SubmittedBooking,
    VisitDetails,
)

Book = Callable[..., SubmittedBooking]
"""Books a ``request`` as a date of the series."""


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """What became of one date: ``booked``, ``moved``, ``skipped`` or ``conflict``."""

    asked_at: datetime
    outcome: str
    booking_id: int | None = None
    reference: str = ""
    starts_at: datetime | None = None
    code: str = ""

    def to_json(self) -> Mapping[str, object]:
        """Return the date as the report keeps it."""
        return {
            "asked_at": self.asked_at.isoformat(),
            "outcome": self.outcome,
            "booking_id": self.booking_id,
            "reference": self.reference,
            "starts_at": None if self.starts_at is None else self.starts_at.isoformat(),
            "code": self.code,
        }


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """A series that was booked, and every one of its dates."""

    series_id: int
    dates: tuple[SeriesDate, ...]


def book_series(
    *,
    request: SlotRequest,
    rule: str,
    details: VisitDetails,
    on_conflict: ConflictChoice,
    now: datetime,
    by: Actor,
    deposit: DepositChoice = ASK_DEPOSIT,
) -> SeriesReport:
    """Book the request's time again by an RFC 5545 rule, at the same wall time of the location.

    All dates are tried, one after the other, so that a date counts what earlier ones took: a
    week's quota, or a visit that lasts into the next. A date that is not free fails the whole
    series (nothing is booked), is left out, or takes the nearest free time of that local date
    (of two as near, the earlier), as ``on_conflict`` says. Each date has a ``deposit`` of its own.

    Raises:
        StatusForbids: The business takes no bookings now.
        RequestInvalid: The rule is wrong, endless, or has more than 104 dates; see `list_walls`.
        SeriesConflict: With ``fail``: some dates are not free; ``report`` has all of them.
    """
    check_new_bookings(by)
    check_start(request.starts_at)
    starts = list_dates(request=request, rule=rule)
    plan = _load_plan(request)

    def work(*, is_pessimistic: bool) -> SeriesReport:  # noqa: ARG001 - whoever places several locks every time
        # Whom to look at comes before what is taken.
        meet_customer(clean_asked(plan, request, details, now=now, is_staff=by.kind == ActorKind.STAFF))
        share_edition()
        # All at once and in id order: a series that locked date by date could wait in a circle.
        lock_resources(plan.list_resource_ids())
        lock_counters(list_possible_usage(plan, starts))
        series = Series.objects.create(rule=rule, on_conflict=on_conflict, created_at=now)
        book = partial(
            book_slot,
            details=details,
            now=now,
            source=BookingSource.SERIES,
            by=by,
            deposit=deposit,
            series=SeriesPart(series.pk),
        )
        dates = tuple(_book_date(replace(request, starts_at=start), book, on_conflict, now=now) for start in starts)
        report = tuple(each.to_json() for each in dates)
        if any(each.outcome == "conflict" for each in dates):
            raise SeriesConflict(report=report)
        series.report = list(report)
        series.save(update_fields=["report"])
        return SeriesReport(series_id=series.pk, dates=dates)

    return run_write(work)


def list_dates(*, request: SlotRequest, rule: str) -> list[datetime]:
    """Expand a rule from the request's start; the wall time stays when clocks change.

    Raises:
        RequestInvalid: As `book_series`.
    """
    zone = _find_zone(request)
    first = request.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    walls = list_walls(rule, first=first, zone=zone)
    return [to_instant(to_minute(zone, wall.date(), wall.hour * 60 + wall.minute)) for wall in walls]


def _book_date(request: SlotRequest, book: Book, on_conflict: ConflictChoice, *, now: datetime) -> SeriesDate:
    asked_at = request.starts_at
    try:
        made = book(request=request)
    except (SlotTaken, SlotUnavailable) as refusal:
        if on_conflict == ConflictChoice.SKIP:
            return SeriesDate(asked_at, "skipped", code=refusal.code)
        if on_conflict == ConflictChoice.MOVE:
            return _book_nearest(request, book, refusal, now=now)
        return SeriesDate(asked_at, "conflict", code=refusal.code)
    return SeriesDate(asked_at, "booked", made.booking_id, made.reference, asked_at)


def _book_nearest(request: SlotRequest, book: Book, refusal: Conflict, *, now: datetime) -> SeriesDate:
    asked_at = request.starts_at
    for slot in _list_nearest(request, now):
        moved = replace(request, starts_at=slot.starts_at)
        try:
            made = book(request=moved)
        except (SlotTaken, SlotUnavailable):
            continue
        return SeriesDate(asked_at, "moved", made.booking_id, made.reference, slot.starts_at)
    return SeriesDate(asked_at, "skipped", code=refusal.code)


def _list_nearest(request: SlotRequest, now: datetime) -> list[AvailableSlot]:
    """List the free times of the same local date, nearest first."""
    zone = _find_zone(request)
    on = request.starts_at.astimezone(ZoneInfo(zone)).date()
    query = AvailabilityQuery(request.wish, from_on=on, to_on=on, timezone=zone)
    answer = get_availability(query=query, now=now, is_staff=True)
    slots = [slot for day in answer.days for slot in day.slots]
    return sorted(slots, key=lambda slot: (abs(slot.starts_at - request.starts_at), slot.starts_at))[:5]


def _find_zone(request: SlotRequest) -> str:
    """Return the zone of the location that is asked first for the visit."""
    plan = _load_plan(request)
    return plan.timetables.places[next(iter(plan.visits))].timezone


def _load_plan(request: SlotRequest) -> Plan:
    return load_plan_at(wish=request.wish, starts_at=request.starts_at, is_party_free=True)
