"""What becomes of an offer: it is taken, not wanted, or nobody answers in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from database.transactions import write_transaction
from notifications.services.codes import list_ways
from notifications.types.messages import Recipient
from scheduling.enums import BookingStatus, ContactKind, WaitlistStatus, WaitlistStep
from scheduling.errors import HoldExpired, HoldUnknown, HoldUsed, VerificationRequired
from scheduling.errors.waitlist import EntryEnded, OfferOver
from scheduling.models import WaitlistEntry
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.waitlist.entries import find_row
from scheduling.services.bookings.submissions import submit_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.services.messages.waitlist import tell_removed
from scheduling.services.waitlist.queue import (
    end_entry,
    give_back,
    make_hold_token,
    make_link_token,
    note,
    read_details,
    take_offer_back,
    wake_queue,
)
from scheduling.types import CUSTOMER, SubmittedBooking, VisitDetails
from tenants.errors import RetryLater

FIRST_LINK = 1
"""Of a booking. A later one went to another contact, and whoever reads the message of the offer is not that one."""
MOST_MISSED = 2
"""After so many offers in a row that nobody answered, nobody waits any more: others would wait for nothing.

The page that joins and the messages say this number in words.
"""


@write_transaction()
def accept_offer(*, token: str, now: datetime, may_coincide: bool = False, proven_contact: str = "") -> str:
    """Book the time that is kept for somebody who waited; returns the token of the booking's manage link.

    Taken again it leads to the same booking. What was typed when they joined is sent as they typed it. Who comes for
    something else at that time is asked first, unless they said that it ``may_coincide``. ``proven_contact`` is
    the kind of the contact whose code they typed; else the link of the offer proves the one that its message went to.

    Raises:
        WaitlistEntryNotFound: The link leads to no offer.
        OfferOver: It has ended, and they still wait.
        EntryEnded: They do not, or the booking has another link by now.
        StatusForbids, CustomerInvalid, VerificationRequired, TooManyBookings, AlreadyBooked: As `submit_booking`.
    """
    entry = _lock(token)
    if entry.status == WaitlistStatus.BOOKED and entry.offered_booking_id is not None:
        booking = get_booking(booking_id=entry.offered_booking_id)
        if booking.token_version != FIRST_LINK:
            raise EntryEnded
        return make_manage_token(booking)
    hold_id = _check_open(entry, now=now)
    details = read_details(
        entry.details, proven_contact=proven_contact or _find_proven(entry), is_sole=not may_coincide
    )
    try:
        booked = _book(entry, hold_id, details, now=now)
    except (HoldExpired, HoldUnknown, HoldUsed) as error:
        raise OfferOver from error
    note(entry, WaitlistStep.ACCEPTED, now=now, by=CUSTOMER, starts_at=_find_start(entry))
    end_entry(entry, WaitlistStatus.BOOKED, now=now)
    return booked.manage_token


@write_transaction()
def decline_offer(*, token: str, now: datetime) -> None:
    """Give the time back that is kept for somebody: the next gets it, and they wait on for another one.

    Raises:
        WaitlistEntryNotFound: The link leads to no offer.
        OfferOver, EntryEnded: As `accept_offer`.
    """
    entry = _lock(token)
    _check_open(entry, now=now)
    give_back(entry, now=now)
    note(entry, WaitlistStep.DECLINED, now=now, by=CUSTOMER, starts_at=_find_start(entry))
    entry.missed_count = 0
    take_offer_back(entry)
    entry.save()
    wake_queue(now=now)


@write_transaction()
def lapse_offer(entry_id: int, now: datetime) -> None:
    """End an offer that nobody answered, or whose hold ended otherwise (handler of due work); safe to run twice.

    Raises:
        RetryLater: It lasts longer.
    """
    entry = _rows().filter(pk=entry_id, status=WaitlistStatus.OFFERED).first()
    if entry is None or entry.offer_expires_at is None:
        return
    is_over = entry.offer_expires_at <= now
    if not is_over and entry.offered_booking and entry.offered_booking.status == BookingStatus.HELD:
        raise RetryLater(at=entry.offer_expires_at)
    give_back(entry, now=now)
    note(entry, WaitlistStep.MISSED if is_over else WaitlistStep.WITHDRAWN, now=now, starts_at=_find_start(entry))
    entry.missed_count += is_over
    take_offer_back(entry)
    if entry.missed_count >= MOST_MISSED:
        note(entry, WaitlistStep.REMOVED, now=now)
        end_entry(entry, WaitlistStatus.EXPIRED, now=now)
        tell_removed(entry, token=make_link_token(entry), now=now)
    else:
        entry.save()
    wake_queue(now=now)


def _lock(token: str) -> WaitlistEntry:
    """Return and lock the entry of an offer's link; the entry's own link answers nothing."""
    entry, is_offer = find_row(_rows(), token)
    if not is_offer:
        raise OfferOver
    return entry


def _rows() -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.select_for_update(of=("self",)).select_related("offered_booking")


def _check_open(entry: WaitlistEntry, *, now: datetime) -> int:
    """Return the hold that an offer keeps, while it can be answered."""
    if entry.ended_at is not None:
        raise EntryEnded
    until, hold_id = entry.offer_expires_at, entry.offered_booking_id
    if until is None or hold_id is None or until <= now:
        raise OfferOver
    return hold_id


def _book(entry: WaitlistEntry, hold_id: int, details: VisitDetails, *, now: datetime) -> SubmittedBooking:
    """Book what is kept. The page of an offer sends no codes: of what only another contact gets, nobody is asked."""
    book = partial(submit_booking, hold_id=hold_id, token=make_hold_token(entry), now=now)
    try:
        return book(details=details)
    except VerificationRequired:
        if not details.is_sole:
            raise
        return book(details=replace(details, is_sole=False))


def _find_start(entry: WaitlistEntry) -> datetime | None:
    return entry.offered_booking.starts_at if entry.offered_booking else None


def _find_proven(entry: WaitlistEntry) -> str:
    """Return which contact is proven by the link of an offer: the one that its message went to."""
    customer = read_details(entry.details, proven_contact="").customer
    ways = list_ways(Recipient(email=customer.email or "", phone=customer.phone or ""))
    if not ways:
        return ""
    return ContactKind.EMAIL.value if "@" in ways[0].address else ContactKind.PHONE.value
