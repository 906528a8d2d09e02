"""The same visit on several dates, as its customer books it: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from database.locks import lock_resources
from database.transactions import write_transaction
from kernel.text import mark
from scheduling.enums import BookingSource, BookingStatus, ConflictChoice
from scheduling.errors import HoldOver, HoldUsed, RequestInvalid, SeriesConflict, SlotTaken, SlotUnavailable
from scheduling.models import Series
from scheduling.policies import check_new_bookings
from scheduling.selectors.availability.plans import check_online, load_plan_at
from scheduling.services.bookings.holds import get_hold, release_hold
from scheduling.services.bookings.series import SeriesDate
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.editions import share_edition
from scheduling.services.writing.inputs import check_start
from scheduling.types import CUSTOMER, SlotRequest, SubmittedBooking, VisitDetails

TOO_MANY = mark("This is not booked so often in advance.")


@dataclass(frozen=True, slots=True)
class Repeats:
    """The dates after the first: every so many weeks, as far as they were chosen."""

    every_weeks: int
    starts: tuple[datetime, ...]


@write_transaction()
def book_repeats(
    *, request: SlotRequest, repeats: Repeats, details: VisitDetails, hold_id: int, token: str, now: datetime
) -> SubmittedBooking:
    """Book the request's time, which a hold keeps, and the later ones; return the first booking.

    ``hold_id`` 0: nobody keeps it. The hold is given back first, behind the locks of the resources: nobody is
    quicker; of one that ended, the time is taken while it is still free. Where one date is not free, none is booked,
    and the hold is as it was.

    Raises:
        StatusForbids, NotPublished: The business takes no bookings now.
        RequestInvalid: One of the services is not booked so often in advance.
        HoldUnknown, HoldUsed, HoldOver: The hold is another's, became a booking, or was given back.
        SlotTaken, SlotUnavailable: The first time is not free; with the nearest free times.
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
    share_edition()
    # All at once and in id order, as in `series`: one that locked date by date could wait in a circle.
    lock_resources(plan.list_resource_ids())
    if hold_id:
        _give_back(hold_id, token, now)
    rule = f"FREQ=WEEKLY;INTERVAL={repeats.every_weeks};COUNT={len(starts)}"
    series = Series.objects.create(rule=rule, on_conflict=ConflictChoice.FAIL, created_at=now)
    made, dates = _book_all(request, starts, details, series_id=series.pk, now=now)
    report = [each.to_json() for each in dates]
    if len(made) < len(starts):
        raise SeriesConflict(report=tuple(report))
    series.report = report
    series.save(update_fields=["report"])
    return made[0]


def _give_back(hold_id: int, token: str, now: datetime) -> None:
    held = get_hold(hold_id=hold_id, token=token)
    if held.status == BookingStatus.EXPIRED:
        if held.hold_expires_at is None or held.hold_expires_at > now:
            raise HoldOver  # before its time: for a series that was booked, or another time
        return
    if held.status != BookingStatus.HELD:
        raise HoldUsed
    release_hold(hold_id=hold_id, token=token, now=now)


def _book_all(
    request: SlotRequest, starts: Sequence[datetime], details: VisitDetails, *, series_id: int, now: datetime
) -> tuple[list[SubmittedBooking], list[SeriesDate]]:
    made: list[SubmittedBooking] = []
    dates: list[SeriesDate] = []
    for at in starts:
        try:
            booked = book_slot(
                request=replace(request, starts_at=at),
                details=details,
                now=now,
                source=BookingSource.SERIES,
                by=CUSTOMER,
                series_id=series_id,
            )
        except (SlotTaken, SlotUnavailable) as refusal:
            if at == request.starts_at:
                raise  # without it there is nothing to repeat
            dates.append(SeriesDate(at, "conflict", code=refusal.code))
            continue
        made.append(booked)
        dates.append(SeriesDate(at, "booked", booked.booking_id, booked.reference, at))
    return made, dates
