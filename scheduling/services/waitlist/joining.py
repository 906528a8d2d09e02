"""Joining the waitlist, and leaving it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from database.locks import lock_customer
from database.statements import Statement
from database.transactions import run_write, write_transaction
from kernel.ids import hash_token
from kernel.instants import DAY_MINUTES
from kernel.text import mark
from notifications.services.codes import Reach, list_ways
from notifications.types.messages import Recipient
from scheduling.engine import LONGEST_AHEAD_MINUTES
from scheduling.enums import ActorKind, WaitlistStatus, WaitlistStep
from scheduling.errors import RequestInvalid, TooManyBookings, VerificationRequired
from scheduling.errors.waitlist import EntryEnded, TooManyEntries, WaitlistEntryNotFound
from scheduling.models import Booking, WaitlistEntry
from scheduling.policies import check_new_bookings, check_step
from scheduling.selectors.availability.free_times import LONGEST_WINDOW_DAYS
from scheduling.selectors.availability.plans import Plan, check_online, load_plan_at
from scheduling.selectors.waitlist.entries import find_row
from scheduling.services.messages.manage_tokens import derive_token
from scheduling.services.messages.waitlist import tell_joined
from scheduling.services.waitlist.queue import (
    end_entry,
    give_back,
    keep_details,
    make_link_token,
    note,
    wake_queue,
)
from scheduling.services.writing.customers import Known, add_customer_parts, meet_customer
from scheduling.services.writing.inputs import CleanDetails, clean_details, local_today
from scheduling.types import CUSTOMER, Actor, VisitDetails, WaitlistWish, unite_questions

MOST_OPEN = 5
"""How many entries one contact may have at a time without a code, and as many more with one."""
FARTHEST_DAYS = 366
DATES_REVERSED = mark("The last date is before the first.")
DATES_PAST = mark("Choose dates that are still to come.")
DATES_MANY = mark("Choose at most 62 days.")
DATES_FAR = mark("Choose dates within a year.")
HOURS_EMPTY = mark("The last hour is not after the first.")
WEEKDAYS_MISSING = mark("None of these weekdays is within the dates.")
NOTICE_LONG = mark("Choose a shorter notice.")
LONGEST_WAIT = timedelta(days=1)
WISHED = (
    "service_ids",
    "location_id",
    "add_on_ids",
    "resource_ids",
    "arrival_mode",
    "from_on",
    "to_on",
    "weekdays",
    "from_minute",
    "to_minute",
    "shortest_notice_minutes",
    "party_size",
)
"""What makes two entries of one person the same wish, beside what the visit is about."""


def join_waitlist(
    *,
    asked: WaitlistWish,
    details: VisitDetails,
    join_key: str,
    now: datetime,
    is_proven: bool = False,
    by: Actor = CUSTOMER,
) -> str:
    """Put a customer on the waitlist and tell them so; returns the token of the entry's link.

    ``join_key`` is a secret of the run through the pages: the same wish of the same person, sent again, leads to the
    entry that it made; from elsewhere it does so for whoever shows that the contact is theirs, so that nobody is kept
    two times for one wish. ``is_proven``: they typed the code that went to their contact. Staff put on as many as they
    like.

    Raises:
        StatusForbids, NotPublished: The business takes no bookings now.
        RequestInvalid: Dates, hours or notice make no sense, by field.
        CustomerInvalid: What was typed, by field.
        VerificationRequired: The contact waits for this or for many things already; whoever only types it learns
            nothing, and what others typed keeps nobody off who has the code.
        TooManyBookings: A code would have to be typed, and there is no way to send one.
        TooManyEntries: They have waited for many things with a code already.
        ServiceNotFound, ResourceNotFound, LocationNotFound: The wish makes no sense.
    """
    check_new_bookings(by)
    check_wished(asked, today=local_today(now))
    plan = load_plan_at(wish=asked.wish, starts_at=datetime.combine(asked.from_on, time(12), UTC))
    check_online(plan)
    clean = _clean(plan, details, now=now)
    # Who goes back in that run and corrects an address, or wishes for something else, has not sent the same again.
    key = hash_token(f"{join_key}:{asked!r}:{details.customer!r}")

    def work(*, is_pessimistic: bool) -> str:  # noqa: ARG001 - the constraint on the key decides
        before = WaitlistEntry.objects.filter(join_key=key).first()
        if before is not None:
            return make_link_token(before)
        known = meet_customer(clean)
        made = _make_entry(asked, details, clean, key=key, now=now)
        if by.kind == ActorKind.CUSTOMER:
            twin = _find_twin(made, known)
            if twin is not None and is_proven:
                return make_link_token(twin)
            # Whom no code reaches, no offer reaches either.
            if twin is not None and (ways := _list_ways(clean)):
                raise VerificationRequired(to=ways[0].address)
            _check_count(clean, is_proven=is_proven)
        note(made, WaitlistStep.JOINED, now=now, by=by)
        made.details["is_proven"] = is_proven
        entry = _write(made, clean, known, now=now)
        tell_joined(entry, token=make_link_token(entry), now=now)
        wake_queue(now=now)
        return make_link_token(entry)

    return run_write(work)


@write_transaction()
def leave_waitlist(*, token: str, now: datetime) -> None:
    """Take the customer of a link off the list; a time that is kept for them goes to the next.

    Raises:
        WaitlistEntryNotFound: The link leads to none.
        EntryEnded: They are off already.
    """
    entry, _ = find_row(WaitlistEntry.objects.select_for_update(of=("self",)).select_related("offered_booking"), token)
    _take_off(entry, WaitlistStep.LEFT, by=CUSTOMER, now=now)


@write_transaction()
def remove_entry(*, entry_id: int, by: Actor, now: datetime) -> None:
    """Take somebody off the list, as staff.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        WaitlistEntryNotFound: There is no such entry.
        EntryEnded: It has ended already.
    """
    check_step(by)
    rows = WaitlistEntry.objects.select_for_update(of=("self",)).select_related("offered_booking")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        raise WaitlistEntryNotFound
    _take_off(entry, WaitlistStep.REMOVED, by=by, now=now)


def check_wished(asked: WaitlistWish, *, today: date) -> None:
    """Refuse dates, weekdays, hours or a notice that nobody can have.

    Raises:
        RequestInvalid: By field.
    """
    errors: dict[str, tuple[str, ...]] = {}
    if asked.to_on < asked.from_on:
        errors["to_on"] = (DATES_REVERSED,)
    elif asked.to_on < today:
        errors["to_on"] = (DATES_PAST,)
    elif (asked.to_on - asked.from_on).days >= LONGEST_WINDOW_DAYS:
        errors["to_on"] = (DATES_MANY,)
    elif (asked.to_on - today).days > FARTHEST_DAYS:
        errors["to_on"] = (DATES_FAR,)
    elif asked.weekdays and not _has_weekday(asked):
        errors["weekdays"] = (WEEKDAYS_MISSING,)
    if not _are_hours_possible(asked.from_minute, asked.to_minute):
        errors["to_minute"] = (HOURS_EMPTY,)
    if not 0 <= asked.shortest_notice_minutes <= LONGEST_AHEAD_MINUTES:
        errors["shortest_notice_minutes"] = (NOTICE_LONG,)
    if errors:
        raise RequestInvalid(errors=errors)


def _has_weekday(asked: WaitlistWish) -> bool:
    days = min((asked.to_on - asked.from_on).days, 6) + 1
    return any((asked.from_on + timedelta(days=each)).weekday() in asked.weekdays for each in range(days))


def _are_hours_possible(from_minute: int | None, to_minute: int | None) -> bool:
    if from_minute is None or to_minute is None:
        return from_minute is to_minute
    return 0 <= from_minute < to_minute <= DAY_MINUTES


def _clean(plan: Plan, details: VisitDetails, *, now: datetime) -> CleanDetails:
    return clean_details(
        details,
        arrival_modes=plan.services[0].arrival_modes,
        duration_minutes=next(iter(plan.visits.values())).duration_minutes,
        today=local_today(now),
        is_staff=False,
        questions=unite_questions(question for service in plan.services for question in service.questions),
    )


def _find_twin(made: WaitlistEntry, known: Known) -> WaitlistEntry | None:
    """Find the entry with which the same person waits for the same already, also when both are sent at once."""
    if known.customer_id is None:
        return None  # their contacts are locked: nobody else makes this customer now
    lock_customer(known.customer_id)
    same = {name: getattr(made, name) for name in WISHED}
    asset = made.details["asset"]
    return WaitlistEntry.objects.filter(
        customer_id=known.customer_id, ended_at=None, details__asset=asset, **same
    ).first()


def _list_ways(clean: CleanDetails) -> tuple[Reach, ...]:
    """List where a code can be sent to."""
    customer = clean.details.customer
    return list_ways(Recipient(email=customer.email or "", phone=customer.phone or ""))


def _check_count(clean: CleanDetails, *, is_proven: bool) -> None:
    customer = clean.details.customer
    contacts = [each for each in (customer.phone, customer.email) if each]
    theirs = WaitlistEntry.objects.filter(ended_at=None, customer__contacts__value__in=contacts)
    if is_proven:
        theirs = theirs.filter(details__is_proven=True)
    if theirs.values("pk").distinct().count() < MOST_OPEN:
        return
    if is_proven:
        raise TooManyEntries(wait_seconds=LONGEST_WAIT.total_seconds())
    ways = _list_ways(clean)
    if not ways:
        raise TooManyBookings(wait_seconds=LONGEST_WAIT.total_seconds())
    raise VerificationRequired(to=ways[0].address)


def _make_entry(
    asked: WaitlistWish, details: VisitDetails, clean: CleanDetails, *, key: str, now: datetime
) -> WaitlistEntry:
    wish, uid = asked.wish, uuid4().hex
    return WaitlistEntry(
        service_id=wish.service_ids[0],
        location_id=wish.location_id,
        service_ids=list(wish.service_ids),
        add_on_ids=list(wish.add_on_ids),
        resource_ids=list(wish.resource_ids),
        arrival_mode=wish.arrival_mode,
        from_on=asked.from_on,
        to_on=asked.to_on,
        weekdays=sorted(set(asked.weekdays)),
        from_minute=asked.from_minute,
        to_minute=asked.to_minute,
        shortest_notice_minutes=asked.shortest_notice_minutes,
        party_size=wish.party_size,
        note=clean.details.note[:300],
        created_at=now,
        uid=uid,
        token_hash=hash_token(derive_token(f"waitlist:{uid}", 0)),
        join_key=key,
        details=keep_details(details, clean.details.customer, asset_label=clean.asset_label),
    )


def _write(entry: WaitlistEntry, clean: CleanDetails, known: Known, *, now: datetime) -> WaitlistEntry:
    """Write an entry, with its customer where that is somebody new; an existing one is never changed."""
    statement = Statement()
    # Whom a booking would make: what was typed, and no contact that is proven.
    values = add_customer_parts(statement, Booking(), clean, known, source="", now=now)
    entry.customer_id = known.customer_id or 0  # the statement asks for the new one
    owner = {"customer_id": values["customer_id"]} if "customer_id" in values else {}
    statement.insert("entry", [entry], values=owner)
    ((entry_id,),) = statement.fetch("SELECT id FROM entry")
    return WaitlistEntry.objects.select_related("service", "location").get(pk=entry_id)


def _take_off(entry: WaitlistEntry, step: WaitlistStep, *, by: Actor, now: datetime) -> None:
    if entry.ended_at is not None:
        raise EntryEnded
    is_offered = entry.status == WaitlistStatus.OFFERED
    if is_offered:
        give_back(entry, now=now)
    starts_at = entry.offered_booking.starts_at if is_offered and entry.offered_booking else None
    note(entry, step, now=now, by=by, starts_at=starts_at)
    end_entry(entry, WaitlistStatus.CANCELLED, now=now)
    if is_offered:
        wake_queue(now=now)
