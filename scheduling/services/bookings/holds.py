"""Keeping a time for someone who is filling in the form."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from database.transactions import run_write, write_transaction
from kernel.ids import hash_token, new_token
from kernel.instants import to_minutes
from scheduling.enums import BookingEvent, BookingSource, BookingStatus, RefusalReason
from scheduling.errors import HoldExtended, HoldOver, HoldUnknown, HoldUsed, SlotTaken
from scheduling.models import Booking
from scheduling.policies import check_new_bookings
from scheduling.selectors.availability.plans import Plan, check_online, load_plan_at
from scheduling.services.bookings.counting import counted
from scheduling.services.editions import plans_anew
from scheduling.services.writing.customers import Known
from scheduling.services.writing.inputs import check_start
from scheduling.services.writing.placement import Asked, Place
from scheduling.services.writing.records import Agreed, make_booking
from scheduling.services.writing.refusals import record_refused
from scheduling.services.writing.releases import release
from scheduling.services.writing.takes import take_place
from scheduling.services.writing.writes import BookingWrite, write_booking
from scheduling.types import CUSTOMER, AgreedPolicy, HeldSlot, SlotRequest

NOT_BOOKED = (None, BookingStatus.HELD, BookingStatus.EXPIRED)
"""What `find_hold_status` says of a hold that no booking came of."""


@counted("hold")
@plans_anew
def hold_slot(
    *,
    request: SlotRequest,
    now: datetime,
    source: BookingSource,
    hold_minutes: int | None = None,
    ends_at: datetime | None = None,
    is_test: bool = False,
    token: str = "",
) -> HeldSlot:
    """Keep a time until ``ends_at``, or for ``hold_minutes`` (default: the service's), for whoever has the token.

    ``token``: one that the caller can derive again; empty: a new one.

    Raises:
        StatusForbids: The business takes no bookings now.
        NotPublished: The page is a draft.
        SlotTaken, SlotInPast, SlotUnavailable: With the nearest free times.
        RequestInvalid, ServiceNotFound, ResourceNotFound, LocationNotFound: The request makes no sense.
    """
    check_new_bookings(CUSTOMER, is_test=is_test)
    check_start(request.starts_at)
    plan = load_plan_at(wish=request.wish, starts_at=request.starts_at)
    check_online(plan)
    minutes = plan.services[0].hold_minutes if hold_minutes is None else hold_minutes
    expires_at, token = ends_at or now + timedelta(minutes=minutes), token or new_token()
    agreed = Agreed(
        status=BookingStatus.HELD,
        source=source,
        now=now,
        hold_expires_at=expires_at,
        hold_token_hash=hash_token(token),
    )

    def hold_at(place: Place, _known: Known) -> BookingWrite:
        return BookingWrite(make_booking(plan, place, agreed), BookingEvent.HELD, CUSTOMER, now, plan=plan, place=place)

    try:
        booking = take_place(Asked(plan=plan, start_minute=to_minutes(request.starts_at), now=now), hold_at)
    except SlotTaken:
        if not is_test:
            _note_gone(plan, request, now=now)
        raise
    policy = AgreedPolicy.read(booking.policy)
    first = policy.deposit_first_minor or 0
    return HeldSlot(
        id=booking.pk,
        token=token,
        expires_at=expires_at,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        price_minor=booking.price_minor,
        is_price_from=bool(policy.is_price_from),
        currency=booking.currency,
        deposit_minor=booking.deposit_minor,
        first_deposit_minor=first if first > booking.deposit_minor else 0,
        reference=booking.reference,
        is_on_card=policy.is_on_card,
    )


def _note_gone(plan: Plan, request: SlotRequest, *, now: datetime) -> None:
    """Count that somebody wanted a time which others have."""
    zone = ZoneInfo(next(iter(plan.timetables.places.values())).timezone)
    wanted, today = request.starts_at.astimezone(zone), now.astimezone(zone).date()
    reasons = {wanted.date(): RefusalReason.FULL}
    record_refused(wish=request.wish, reasons=reasons, today=today, hour=wanted.hour)


def quote_slot(*, request: SlotRequest, now: datetime, source: BookingSource, is_test: bool = False) -> HeldSlot:
    """Return what `hold_slot` would keep, and keep nothing: the answer has no id and no token.

    ``is_test``: staff tries the customer's way, on a page that may be a draft.

    Raises:
        As `hold_slot`.
    """
    with transaction.atomic():
        held = hold_slot(request=request, now=now, source=source, is_test=is_test)
        transaction.set_rollback(True)
    return replace(held, id=0, token="", expires_at=now)


@write_transaction()
def extend_hold(*, hold_id: int, token: str, now: datetime) -> datetime:
    """Keep a time once longer, for the minutes of its service from now on; return until when.

    Never past its start, and never shorter than it was kept anyway. What the waitlist offers is not kept longer:
    others wait for it.

    Raises:
        StatusForbids, NotPublished: As `hold_slot`.
        HoldUnknown, HoldUsed: There is nothing to keep.
        HoldOver: It ended, or its time has come.
        HoldExtended: It was kept longer before.
    """
    check_new_bookings(CUSTOMER)
    booking = get_hold(hold_id=hold_id, token=token)
    if booking.status not in {BookingStatus.HELD, BookingStatus.EXPIRED}:
        raise HoldUsed
    expires_at = booking.hold_expires_at
    if booking.status != BookingStatus.HELD or expires_at is None or expires_at <= now or booking.starts_at <= now:
        raise HoldOver
    if booking.hold_extended_at is not None or booking.source == BookingSource.WAITLIST:
        raise HoldExtended
    longer = now + timedelta(minutes=booking.service.hold_minutes)
    booking.hold_expires_at = until = max(expires_at, min(longer, booking.starts_at))
    booking.hold_extended_at = now
    write_booking(BookingWrite(booking, BookingEvent.EXTENDED, CUSTOMER, now))
    return until


def release_hold(*, hold_id: int, token: str, now: datetime) -> bool:
    """Give a hold back, and tell whether it kept a time until now; releasing it again changes nothing.

    Raises:
        HoldUnknown: No such hold, or the token is another's.
        HoldUsed: It became a booking.
    """

    def work(*, is_pessimistic: bool) -> bool:  # noqa: ARG001 - there is nothing to pick
        booking = get_hold(hold_id=hold_id, token=token)
        if booking.status == BookingStatus.EXPIRED:
            return False
        if booking.status != BookingStatus.HELD:
            raise HoldUsed
        is_kept = booking.hold_expires_at is not None and booking.hold_expires_at > now
        release(booking, BookingStatus.EXPIRED, by=CUSTOMER, now=now)
        return is_kept

    return run_write(work)


def is_hold_used(*, hold_id: int, token: str) -> bool:
    """Tell whether a hold became a booking; False when there is none, or the token is another's."""
    return find_hold_status(hold_id=hold_id, token=token) not in NOT_BOOKED


def find_hold_status(*, hold_id: int, token: str) -> BookingStatus | None:
    """Return the status of a hold, or of the booking that it became.

    None when there is none, or the token is another's.
    """
    mine = Booking.objects.filter(pk=hold_id, hold_token_hash=hash_token(token))
    status = mine.values_list("status", flat=True).first() if token else None
    return BookingStatus(status) if status else None


def get_hold(*, hold_id: int, token: str) -> Booking:
    """Return and lock the hold that a token belongs to, whatever became of it.

    Raises:
        HoldUnknown: There is none.
    """
    return _find_hold(Booking.objects.select_for_update(of=("self",)), hold_id, token)


def read_hold(*, hold_id: int, token: str) -> Booking:
    """Return the same without locking it.

    Raises:
        HoldUnknown: There is none.
    """
    return _find_hold(Booking.objects.all(), hold_id, token)


def _find_hold(bookings: QuerySet[Booking], hold_id: int, token: str) -> Booking:
    booking = bookings.filter(pk=hold_id, hold_token_hash=hash_token(token)).first()
    if booking is None or not token:
        raise HoldUnknown
    return booking
