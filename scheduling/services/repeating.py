"""The same visit on several dates, as its customer books it: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from database.locks import lock_resources
from database.transactions import run_write
from kernel.text import mark
from scheduling.enums import BookingSource, ConflictChoice
from scheduling.errors import RequestInvalid, SeriesConflict, SlotTaken, SlotUnavailable
from scheduling.models import Series
from scheduling.policies import check_new_bookings
from scheduling.selectors.availability.plans import check_online, load_plan_at
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.bookings.holds import read_hold
from scheduling.services.bookings.series.making import SeriesDate
from scheduling.services.bookings.submissions import book_slot, clean_asked, submit_booking
from scheduling.services.editions import share_edition
from scheduling.services.writing.counters import list_possible_usage, lock_counters
from scheduling.services.writing.customers import meet_customer
from scheduling.services.writing.inputs import check_start
from scheduling.types import CUSTOMER, SeriesPart, SlotRequest, SubmittedBooking, VisitDetails

TOO_MANY = mark("This is not booked so often in advance.")


@dataclass(frozen=True, slots=True)
class Repeats:
    """The dates after the first: every so many weeks, as far as they were chosen."""

    every_weeks: int
    starts: tuple[datetime, ...]


def find_held_request(*, hold_id: int, token: str) -> SlotRequest:
    """Return what a hold keeps, as it can be asked for again.

    Raises:
        HoldUnknown: There is none.
    """
    held = read_hold(hold_id=hold_id, token=token)
    return SlotRequest(wish_of(held), held.starts_at)


def book_repeats(
    *,
    request: SlotRequest,
    repeats: Repeats,
    details: VisitDetails,
    hold_id: int,
    token: str,
    now: datetime,
    source: BookingSource,
) -> SubmittedBooking:
    """Book the request's time, which a hold keeps, and the later ones; return the first booking.

    ``hold_id`` 0: nobody keeps it. The hold becomes the first booking, with what was promised for it; of one that
    ended, the time is taken while it is still free. The later dates are booked as they are offered now. Where one is
    not free, none is booked, and the hold is as it was. One message tells of all of them.

    Raises:
        StatusForbids, NotPublished: The business takes no bookings now.
        RequestInvalid: One of the services is not booked so often in advance.
        HoldUnknown, HoldUsed: The hold is another's, or became a booking.
        HoldExpired, SlotTaken, SlotUnavailable: The first time is not free; with the nearest free times.
        SeriesConflict: Some later dates are not free; ``report`` has all of them.
        CustomerInvalid, VerificationRequired, TooManyBookings: As `book_slot`.
    """
    check_new_bookings(CUSTOMER)
    starts = (request.starts_at, *sorted(set(repeats.starts)))
    for each in starts:
        check_start(each)
    plan = load_plan_at(wish=request.wish, starts_at=request.starts_at)
    check_online(plan)
    if len(starts) > min(service.most_repeats for service in plan.services):
        raise RequestInvalid(errors={"repeats": (TOO_MANY,)})
    rule = f"FREQ=WEEKLY;INTERVAL={repeats.every_weeks};COUNT={len(starts)}"

    def work(*, is_pessimistic: bool) -> SubmittedBooking:  # noqa: ARG001 - whoever places several locks every time
        meet_customer(clean_asked(plan, request, details, now=now))  # whom to look at comes before what is taken
        share_edition()
        # All at once and in id order, as in `series`: one that locked date by date could wait in a circle.
        lock_resources(plan.list_resource_ids())
        lock_counters(list_possible_usage(plan, starts))
        series = Series.objects.create(rule=rule, on_conflict=ConflictChoice.FAIL, created_at=now)
        part = SeriesPart(series.pk, len(starts))
        if hold_id:
            first = submit_booking(hold_id=hold_id, token=token, details=details, now=now, series=part)
        else:
            first = _book(request, details, part, now=now, source=source)
        dates = [SeriesDate(starts[0], "booked", first.booking_id, first.reference, starts[0])]
        dates += [
            _book_later(replace(request, starts_at=at), details, part, now=now, source=source) for at in starts[1:]
        ]
        report = [each.to_json() for each in dates]
        if any(each.outcome == "conflict" for each in dates):
            raise SeriesConflict(report=tuple(report))
        series.report = report
        series.save(update_fields=["report"])
        return first

    return run_write(work)


def _book_later(
    request: SlotRequest, details: VisitDetails, part: SeriesPart, *, now: datetime, source: BookingSource
) -> SeriesDate:
    at = request.starts_at
    try:
        booked = _book(request, details, part, now=now, source=source)
    except (SlotTaken, SlotUnavailable) as refusal:
        return SeriesDate(at, "conflict", code=refusal.code)
    return SeriesDate(at, "booked", booked.booking_id, booked.reference, at)


def _book(
    request: SlotRequest, details: VisitDetails, part: SeriesPart, *, now: datetime, source: BookingSource
) -> SubmittedBooking:
    return book_slot(request=request, details=details, now=now, source=source, by=CUSTOMER, series=part)
