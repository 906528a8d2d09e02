"""What a message about a booking says by the time it leaves: the state as it is then, or nothing when that is known."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from notifications.hooks import register_rewriter
from notifications.types.leaving import Content, Verdict, Waiting
from scheduling.enums import BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.past_moves import find_known_place
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.customer import CUSTOMERS_DOORS, make_attachments
from scheduling.services.messages.deposits import pick_for_deposit
from scheduling.services.messages.standing import (
    ANEW,
    BUSINESS,
    CUSTOMER,
    ENDINGS,
    FIRST,
    STANDING,
    State,
    describe_state,
    describe_work,
    find_previous,
    is_same,
    pick_for_business,
    pick_for_customer,
    pick_for_worker,
    read_instant,
)
from scheduling.services.messages.words import (
    SUBJECT_KIND,
    make_business_words,
    make_customer_words,
    make_worker_words,
)
from scheduling.services.messages.workers import list_workers
from scheduling.types import BookingView

MOVED = "booking_moved"
KNOWN_SOMEHOW: State = {"status": "confirmed"}
"""What is supposed of somebody who was told, nobody knows what: a message whose fate is unknown, or of before."""


def rewrite(waiting: Waiting, now: datetime) -> Content | Verdict:
    """Compare a message with the booking, and the booking with what its reader was told."""
    try:
        booking = get_booking(booking_id=waiting.about.id)
    except BookingNotFound:
        return Verdict.OVERTAKEN
    if waiting.role == CUSTOMER:
        if waiting.to not in {booking.customer_email, booking.customer_phone}:
            return Verdict.OVERTAKEN  # staff corrected the address: whoever reads that one is a stranger
        return _tell_customer(waiting, booking, now)
    if waiting.role == BUSINESS:
        return _tell_business(waiting, booking)
    return _tell_worker(waiting, booking)


def register() -> None:
    """Be asked about messages about bookings."""
    register_rewriter(SUBJECT_KIND, rewrite)


def _tell_customer(waiting: Waiting, booking: BookingView, now: datetime) -> Content | Verdict:
    is_anew = bool(waiting.state.get(ANEW))
    # Whoever wrote to another address of the same customer told the same customer, unless that was a wrong one.
    told = _find_told(waiting) or (KNOWN_SOMEHOW if waiting.was_told and not is_anew else None)
    present = describe_state(booking)
    asking = pick_for_deposit(booking) if present["status"] == "unpaid" else ""
    before = _find_move_of_unpaid(waiting, told, booking)
    asking = MOVED if before is not None or _is_changed(waiting, told, booking) else asking
    if present["status"] in {"", "unpaid"} and not asking:  # on its way, or paid at the business
        return Verdict.OVERTAKEN
    if _is_still_true(waiting, present):
        return Verdict.AS_WRITTEN
    # What the business made and took back before anybody heard of it is no news either.
    is_unheard = told is None and present["status"] not in STANDING and booking.source not in CUSTOMERS_DOORS
    # Nor is a way there and back, where the page asks for the deposit and no message does.
    is_on_page = asking == "deposit_card" and booking.source in CUSTOMERS_DOORS
    is_back = told is None and is_on_page and waiting.template == MOVED
    if is_unheard or is_back or (told is not None and is_same(told, present)):
        return Verdict.NOTHING_NEW
    if verdict := _judge_own_words(waiting, present):
        return verdict
    template = pick_for_customer(told, present)
    if present["status"] == "unpaid":
        template = asking
    if waiting.template == "booking_approved" and template == "booking_confirmed":
        template = waiting.template  # they asked, though the message about that never arrived
    previous = before or find_previous(told, present)
    state = describe_state(booking, previous=previous) | ({ANEW: True} if is_anew else {})
    if _says_so(waiting, template, state) and not waiting.beside:
        return Verdict.AS_WRITTEN
    lead, beside = _put_first(booking, _list_beside(waiting), is_new=template in FIRST)
    words = make_customer_words(lead, template=template, now=now, previous=previous, beside=beside)
    attachments = make_attachments(lead, template=template, now=now)
    more = (file for each in beside for file in make_attachments(each, template=_name_change(each), now=now))
    return Content(template, words, state, (*attachments, *(replace(file, is_alternative=False) for file in more)))


def _find_move_of_unpaid(waiting: Waiting, told: State | None, booking: BookingView) -> datetime | None:
    """Return the start that a customer knows of what waits for its deposit, when staff gave it another one since.

    Whoever pays on the page may have read no message: they know the time that they booked, or that staff told them.
    """
    if booking.status != BookingStatus.PENDING_PAYMENT:
        return None
    if told is not None and told.get("starts_at"):
        return find_previous(told, describe_state(booking))
    if waiting.template != MOVED:
        return None
    place = find_known_place(booking_id=booking.id) if told is None else None
    known = place.starts_at if place is not None else read_instant(waiting.state.get("previous"))
    return None if known == booking.starts_at else known


def _is_changed(waiting: Waiting, told: State | None, booking: BookingView) -> bool:
    """Tell whether what waits for its deposit got other people, or another length, since its customer knew of it.

    That is no new request for the money, which they were asked for before.
    """
    if booking.status != BookingStatus.PENDING_PAYMENT or waiting.state.get(ANEW):
        return False
    if told is not None and told.get("status") == "unpaid":
        return not is_same(told, describe_state(booking))
    if waiting.template != MOVED or not (told is None or told is KNOWN_SOMEHOW):
        return False
    place = find_known_place(booking_id=booking.id)
    if place is None:
        return True
    people = {taken.resource_id for taken in booking.resources if taken.is_person}
    return place.ends_at != booking.ends_at or not people <= place.resource_ids


def _list_beside(waiting: Waiting) -> tuple[BookingView, ...]:
    """Return the other bookings of the bundle about which there is something to tell."""
    found: list[BookingView] = []
    for each in waiting.beside:
        with suppress(BookingNotFound):
            booking = get_booking(booking_id=each.about.id)
            present = describe_state(booking)
            told = each.told or (KNOWN_SOMEHOW if each.was_told else None)
            if present["status"] and not (told is not None and is_same(told, present)):
                found.append(booking)
    return tuple(found)


def _put_first(
    booking: BookingView, beside: Sequence[BookingView], *, is_new: bool
) -> tuple[BookingView, tuple[BookingView, ...]]:
    """Return the booking that a message of a bundle is about, and those that it tells along, by their time.

    Dates of a series are told for the first time by the earliest: workers handle their events in any order.
    """
    in_order = sorted((booking, *beside), key=lambda each: each.starts_at)
    lead = next(each for each in in_order if each.status == booking.status) if is_new else booking
    return lead, tuple(each for each in in_order if each is not lead)


def _name_change(booking: BookingView) -> str:
    return "booking_cancelled" if booking.status == BookingStatus.CANCELLED else "booking_moved"


def _tell_business(waiting: Waiting, booking: BookingView) -> Content | Verdict:
    """Say how it stands: owners and managers know what staff did meanwhile, so what they were told is not all."""
    present = describe_state(booking)
    if _is_still_true(waiting, present):
        return Verdict.AS_WRITTEN
    is_first = booking.source in CUSTOMERS_DOORS and not waiting.was_told
    knows_it = waiting.was_tried or (waiting.template not in FIRST and not is_first)
    template = pick_for_business(knows_it=knows_it, present=present)
    if not template:
        return Verdict.NOTHING_NEW
    if template == waiting.template and is_same(waiting.state, present) and not waiting.beside:
        return Verdict.AS_WRITTEN
    previous = find_previous(_find_told(waiting), present) if template == "business_booking_moved" else None
    is_over = booking.status == BookingStatus.CANCELLED
    lead, beside = _put_first(booking, _list_beside(waiting), is_new=template in FIRST)
    along = [each for each in beside if (each.status == BookingStatus.CANCELLED) == is_over]
    words = make_business_words(
        lead, previous=previous, further=() if is_over else along, changed=along if is_over else ()
    )
    return Content(template, words, describe_state(booking, previous=previous))


def _tell_worker(waiting: Waiting, booking: BookingView) -> Content | Verdict:
    told = _find_told(waiting) or (KNOWN_SOMEHOW if waiting.may_know else None)
    own = [worker for worker in list_workers(booking) if waiting.to in {worker.email, worker.phone}]
    is_theirs = bool(own)
    present = describe_work(booking, is_theirs=is_theirs)
    if _is_still_true(waiting, present):
        return Verdict.AS_WRITTEN
    template = pick_for_worker(told, present)
    if not template or (told is not None and is_same(told, present)):
        return Verdict.NOTHING_NEW
    previous = find_previous(told, present) if template == "worker_moved" else None
    state = describe_work(booking, is_theirs=is_theirs, previous=previous)
    if _says_so(waiting, template, state):
        return Verdict.AS_WRITTEN
    has_account = any(worker.has_account for worker in own)
    return Content(template, make_worker_words(booking, has_account=has_account, previous=previous), state)


def _find_told(waiting: Waiting) -> State | None:
    """Return what the reader knows; of a message that was tried, what it says: it may have arrived."""
    return waiting.state if waiting.was_tried else waiting.told


def _is_still_true(waiting: Waiting, present: State) -> bool:
    """Tell whether a message that was tried says how the booking stands, with the link that works."""
    is_current = is_same(waiting.state, present) and waiting.state.get("link") == present["link"]
    return waiting.was_tried and is_current


def _judge_own_words(waiting: Waiting, present: State) -> Verdict | None:
    """Judge a message that knows more than how a booking stands: what its time was kept for, that clocks changed."""
    if present["status"] == "expired":
        return Verdict.AS_WRITTEN if waiting.template in ENDINGS.values() else Verdict.OVERTAKEN
    is_current = waiting.template == "clock_changed" and is_same(waiting.state, present)
    return Verdict.AS_WRITTEN if is_current else None


def _says_so(waiting: Waiting, template: str, state: State) -> bool:
    return template == waiting.template and dict(waiting.state) == dict(state)
