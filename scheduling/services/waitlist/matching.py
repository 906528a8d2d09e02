"""Giving free times to those who wait: first come, first offered, one person at a time for each place.

A worker goes through the queue of a business after whatever can free a place, and every half an hour while anybody
waits: hours, rules and the booking window free places too, and nobody says so. One at a time does: the order holds
among all of a business, whichever places are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from database.connection import connection
from database.locks import KeySpace, try_lock_platform
from database.transactions import write_transaction
from kernel.errors import DomainError
from kernel.instants import to_instant, to_minutes
from notifications.hooks import register_event_handler
from notifications.types.messages import EventView
from scheduling.engine import OFFER_MINUTES, Turn, Waiter, find_turn, is_over, to_local_date
from scheduling.enums import BookingEvent, BookingLevel, BookingSource, BookingStatus, WaitlistStatus, WaitlistStep
from scheduling.models import Contact, WaitlistEntry
from scheduling.selectors.availability.free_times import LONGEST_WINDOW_DAYS, get_availability
from scheduling.selectors.waitlist.entries import find_timezone, has_waiting, read_waiter, read_wished
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.messages.waitlist import tell_offer
from scheduling.services.waitlist.answering import lapse_offer
from scheduling.services.waitlist.queue import (
    FORGET_KIND,
    LAPSE_KIND,
    MATCH_KIND,
    derive_links_anew,
    end_entry,
    forget_details,
    make_offer_token,
    note,
    number_offer,
    wake_queue,
)
from scheduling.types import AvailabilityQuery, SlotRequest, Wish
from tenants.context import current_tenant
from tenants.enums import Ability, Urgency
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler, register_exported_work, register_restore_step
from tenants.policies import may_business
from tenants.services.due_work import add_due_work

EVERY = timedelta(minutes=OFFER_MINUTES)
BUSY_WAIT = timedelta(seconds=5)
FREEING = frozenset(
    f"booking.{kind}"
    for kind in (
        BookingEvent.CANCELLED,
        BookingEvent.DECLINED,
        BookingEvent.EXPIRED,
        BookingEvent.RESCHEDULED,
        BookingEvent.CHANGED,
        BookingEvent.CORRECTED,
        BookingEvent.UNDONE,
    )
)
"""After these a place may be free."""


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """Free starts of a wish, in order, as minutes, on the clock of the place."""

    timezone: str
    starts: tuple[int, ...]


@dataclass(slots=True)
class Round:
    """One walk through the queue.

    Free times are asked once for each different wish, in pieces of `LONGEST_WINDOW_DAYS` from yesterday on (somewhere
    it still is), and kept: during the walk places are only taken, except where somebody frees one meanwhile. Before
    somebody gets a time, `find_turn_anew` looks again, and `_find_first` at those who come before.
    """

    now: datetime
    known: dict[tuple[Wish, date, date], FreeTimes | None] = field(default_factory=dict)

    @property
    def minute(self) -> int:
        """The present minute, or the next one if it has begun: an offer never lasts longer than it may."""
        begun = to_minutes(self.now)
        return begun if to_instant(begun) == self.now else begun + 1

    def find_turn(self, row: Waiting) -> Turn | None:
        """Return what somebody can be offered by what is known."""
        for from_on, to_on in self._list_pieces(row.waiter):
            turn = self._pick(row, self._ask(row.wish, from_on, to_on))
            if turn is not None:
                return turn
        return None

    def find_turn_anew(self, row: Waiting) -> Turn | None:
        """Return the same by what is free at this moment."""
        for from_on, to_on in self._list_pieces(row.waiter):
            self.known.pop((row.wish, from_on, to_on), None)
        return self.find_turn(row)

    def find_turn_at(self, row: Waiting, start_minute: int, looked: dict[Wish, FreeTimes | None]) -> Turn | None:
        """Return a start as somebody's turn, if it is free for them at this moment; ``looked`` is what was seen."""
        if row.wish not in looked:
            on = to_local_date(row.timezone, start_minute)
            looked[row.wish] = self._load(row.wish, on - timedelta(days=1), on + timedelta(days=1))
        free = looked[row.wish]
        if free is None or start_minute not in free.starts:
            return None
        return self._pick(row, FreeTimes(free.timezone, (start_minute,)))

    def _pick(self, row: Waiting, free: FreeTimes | None) -> Turn | None:
        return None if free is None else find_turn(row.waiter, free.timezone, free.starts, self.minute)

    def _list_pieces(self, waiter: Waiter) -> Iterator[tuple[date, date]]:
        """List the pieces of the calendar that somebody's dates lie in."""
        first, length = self.now.date() - timedelta(days=1), timedelta(days=LONGEST_WINDOW_DAYS - 1)
        while first <= waiter.to_on:
            if first + length >= waiter.from_on:
                yield first, first + length
            first += length + timedelta(days=1)

    def _ask(self, wish: Wish, from_on: date, to_on: date) -> FreeTimes | None:
        key = (wish, from_on, to_on)
        if key not in self.known:
            self.known[key] = self._load(wish, from_on, to_on)
        return self.known[key]

    def _load(self, wish: Wish, from_on: date, to_on: date) -> FreeTimes | None:
        """Ask what is free; None: what somebody wants is not offered any more, which staff sees in the list."""
        try:
            answer = get_availability(query=AvailabilityQuery(wish, from_on, to_on), now=self.now)
        except DomainError:
            return None
        starts = tuple(to_minutes(slot.starts_at) for day in answer.days for slot in day.slots)
        return FreeTimes(answer.timezone, starts)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits, as the queue reads them."""

    id: int
    wish: Wish
    waiter: Waiter
    timezone: str
    contacts: frozenset[str]


def match_waitlist(row_id: int, now: datetime) -> None:
    """Offer what is free to those who wait (handler of due work); safe to run twice.

    Raises:
        RetryLater: Another worker goes through the queue.
    """
    with try_lock_platform(KeySpace.WAITLIST, connection.schema_name) as is_mine:
        if not is_mine:
            raise RetryLater(at=now + BUSY_WAIT)
        _lapse_all(now)
        waiting = _end_those_over(_list_waiting(), now)
        if not has_waiting():
            return
        # Before the walk: what frees a place meanwhile asks for the next one at once, and that must stand.
        add_due_work(kind=MATCH_KIND, row_id=row_id, due_at=now + EVERY, now=now)
        # Offers that a copy writes to nobody would all be missed, and who misses two is taken off the list.
        if may_business(Ability.BOOK) and not current_tenant().is_kept_back(now):
            _walk(_leave_refused(waiting), Round(now))


def note_event(event: EventView) -> None:
    """Go through the queue when something happened that may have freed a place."""
    if event.kind in FREEING and not event.payload.get("is_test"):
        wake_queue(now=event.occurred_at)


def register() -> None:
    """Do the due work of the waitlist, listen to what frees places, and mend offers whenever a business is restored."""
    register_due_handler(MATCH_KIND, match_waitlist, takes_long=True)
    register_due_handler(LAPSE_KIND, lapse_offer)
    register_due_handler(FORGET_KIND, forget_details)
    register_exported_work([MATCH_KIND, FORGET_KIND])
    register_event_handler("booking.", note_event, is_urgent=False)
    register_restore_step("offers", 21, derive_links_anew)


def _walk(rows: Sequence[Waiting], walk: Round) -> None:
    """Give each who waits the first time that fits, in their order."""
    before: list[Waiting] = []
    for row in rows:
        if not _serve(row, before, walk):
            before.append(row)


def _serve(row: Waiting, before: list[Waiting], walk: Round) -> bool:
    """Offer somebody the first time that fits; return whether there was one.

    Those ``before``, for whom nothing was free, come first where it became free after their turn.
    """
    if walk.find_turn(row) is None:
        return False
    while (turn := walk.find_turn_anew(row)) is not None:
        first = _find_first(before, turn, walk)
        if first is None:
            return _offer(row, turn, walk.now)
        before.remove(first[0])  # offered, or gone
        _offer(*first, walk.now)
    return False


def _find_first(earlier: Sequence[Waiting], turn: Turn, walk: Round) -> tuple[Waiting, Turn] | None:
    """Return who comes before and could have the time by now: it became free after their turn."""
    looked: dict[Wish, FreeTimes | None] = {}
    for row in earlier:
        theirs = walk.find_turn_at(row, turn.start_minute, looked)
        if theirs is not None:
            return row, theirs
    return None


class Untold(Exception):
    """No message tells somebody of a time that would be kept for them."""


def _offer(row: Waiting, turn: Turn, now: datetime) -> bool:
    """Keep a time for somebody who waits and tell them; False: it or they are gone, or nothing would tell them.

    What nobody hears of is no offer: it would be kept from all others, and missed.
    """
    try:
        return _keep(row, turn, now)
    except Untold:
        return False


@write_transaction()
def _keep(row: Waiting, turn: Turn, now: datetime) -> bool:
    rows = WaitlistEntry.objects.select_for_update(of=("self",)).select_related("service", "location")
    entry = rows.filter(pk=row.id, status=WaitlistStatus.WAITING).first()
    if entry is None:
        return False
    token, until = number_offer(entry), to_instant(turn.until_minute)
    try:
        held = hold_slot(
            request=SlotRequest(row.wish, to_instant(turn.start_minute)),
            now=now,
            source=BookingSource.WAITLIST,
            ends_at=until,
            token=token,
        )
    except DomainError:
        return False
    entry.status = WaitlistStatus.OFFERED
    entry.offered_booking_id, entry.offer_expires_at = held.id, held.expires_at
    note(entry, WaitlistStep.OFFERED, now=now, starts_at=held.starts_at)
    entry.save()
    add_due_work(kind=LAPSE_KIND, row_id=entry.pk, due_at=held.expires_at, now=now, urgency=Urgency.SOON)
    if not tell_offer(entry, held, token=make_offer_token(entry), timezone=find_timezone(entry), now=now):
        raise Untold
    return True


def _list_waiting() -> list[Waiting]:
    """List who waits, in order."""
    rows = WaitlistEntry.objects.filter(status=WaitlistStatus.WAITING).select_related("location").order_by("pk")
    return [
        Waiting(entry.pk, read_wished(entry).wish, read_waiter(entry), find_timezone(entry), _list_contacts(entry))
        for entry in rows
    ]


def _leave_refused(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return who waits without those whom the business takes personally only, or who cannot be reached."""
    refused = set(Contact.objects.filter(customer__booking_level=BookingLevel.REFUSED).values_list("value", flat=True))
    return [row for row in waiting if row.contacts and not row.contacts & refused]


def _list_contacts(entry: WaitlistEntry) -> frozenset[str]:
    customer = (entry.details or {}).get("customer", {})
    return frozenset(str(customer[kind]) for kind in ("phone", "email") if customer.get(kind))


def _lapse_all(now: datetime) -> None:
    """End the offers whose time is over or whose hold is gone, whether or not their own due work has come."""
    offered = WaitlistEntry.objects.filter(status=WaitlistStatus.OFFERED).order_by("pk")
    over = offered.filter(Q(offer_expires_at__lte=now) | ~Q(offered_booking__status=BookingStatus.HELD))
    for entry_id in list(over.values_list("pk", flat=True)):
        lapse_offer(entry_id, now)


def _end_those_over(waiting: Sequence[Waiting], now: datetime) -> list[Waiting]:
    """Take those off the list whose last moment has passed, and return the others."""
    minute = to_minutes(now)
    over = {row.id for row in waiting if is_over(row.waiter, row.timezone, minute)}
    for entry_id in sorted(over):
        _end_one(entry_id, now)
    return [row for row in waiting if row.id not in over]


@write_transaction()
def _end_one(entry_id: int, now: datetime) -> None:
    entry = WaitlistEntry.objects.select_for_update().filter(pk=entry_id, status=WaitlistStatus.WAITING).first()
    if entry is not None:
        note(entry, WaitlistStep.ENDED, now=now)
        end_entry(entry, WaitlistStatus.EXPIRED, now=now)
