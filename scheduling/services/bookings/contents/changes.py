"""Changing services, extras or party of a booking: it is placed anew, at its own time if that can be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from database.transactions import LostRace, run_write
from kernel.instants import to_minutes
from kernel.text import mark
from scheduling.engine import Strategy
from scheduling.enums import ActorKind, Approval, BookingEvent, BookingLevel, BookingStatus
from scheduling.errors import BookingChanged, RequestInvalid, ResourceNotFound
from scheduling.hooks import can_be_asked, is_deposit_reserved
from scheduling.models import Booking, BookingLine, Resource
from scheduling.policies import check_change, check_step
from scheduling.selectors.availability.free_times import find_moving
from scheduling.selectors.availability.plans import Plan, check_online, load_plan_at, narrow_plan
from scheduling.selectors.bookings.corrections import mark_visit
from scheduling.selectors.bookings.deadlines import find_deposit_deadline
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.selectors.catalog.offer import load_offer
from scheduling.services.bookings.asking import NO_TIME, clean_choice, join_reasons
from scheduling.services.bookings.contents.agreements import NewTerms, agree_anew
from scheduling.services.bookings.moves import place_anew
from scheduling.services.bookings.payments import wait_for_deposit
from scheduling.services.editions import plans_anew
from scheduling.services.writing.allocations import (
    forget_allocations,
    list_filling,
    list_resource_ids,
    list_stretches,
    write_allocations,
)
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import clear_way
from scheduling.services.writing.inputs import check_start, clean_reason
from scheduling.services.writing.lookups import lock_booking, read_booking
from scheduling.services.writing.placement import Asked, Place, PlaceRefused, explain_refusal, find_place
from scheduling.services.writing.records import describe_submitted, list_place_usage
from scheduling.types import (
    ASK_DEPOSIT,
    Actor,
    AgreedPolicy,
    BookingView,
    DepositChoice,
    OverrideReason,
    SubmittedBooking,
    VisitChange,
    Wish,
)
from tenants.enums import Ability

T = TypeVar("T")

ASK_FIRST = mark("The business confirms this first. Write to them, and they change it for you.")
ASK_FOR_ANSWERS = mark("The business has to ask you something first. Write to them, and they change it for you.")
BEING_TAKEN = mark("The deposit is being taken from the card right now. Try again in a minute.")
NO_SERVICE = mark("Choose at least one service.")
PAID_MORE = mark("More was paid in advance than this would cost. Wait until the request is answered, or take out less.")


@dataclass(frozen=True, slots=True)
class _Change:
    """What a booking is to be, and at whose word."""

    wanted: VisitChange
    by: Actor
    now: datetime
    override: OverrideReason | None
    deposit: DepositChoice

    @property
    def is_customers(self) -> bool:
        return self.by.kind == ActorKind.CUSTOMER


class _Looked(Exception):
    """It would be like this; what was written is undone."""

    def __init__(self, booking: BookingView) -> None:
        super().__init__("only looked at")
        self.booking = booking


@plans_anew
def change_visit(
    *,
    change: VisitChange,
    now: datetime,
    by: Actor,
    token: str | None = None,
    booking_id: int | None = None,
    override: OverrideReason | None = None,
    deposit: DepositChoice = ASK_DEPOSIT,
) -> SubmittedBooking:
    """Let a booking be another visit: services, extras, party, and where asked another start. Again changes nothing.

    Its own time counts as free; reference and calendar identity stay, and so do the people who serve it where they can.
    Lines that stay keep price and policy as agreed, new ones have today's. Customers are bound by the cut-off of moves;
    a visit at the same start without a new service by nothing else but what is taken, any other by grid, notice and
    window as well. Staff is bound by what is taken alone, and with ``override`` not even by that. A deposit that grows
    is waited for, unless staff leaves the difference out (``deposit``); what is too much of it, billing gives back.
    A request keeps the deposit that was asked for it: staff may ask for more when they answer. When it cannot be
    placed, the booking stays as it is.

    Raises:
        SlotTaken, SlotInPast, SlotUnavailable: With the nearest free times of the new visit.
        BookingChanged: It is another one than was seen.
        RequestInvalid, ServiceNotFound, ResourceNotFound, LocationNotFound, SetupInvalid: It cannot be such a visit.
        StatusForbids, CutoffPassed, TransitionRefused, TokenUnknown, BookingNotFound: It may not be changed.
    """
    check_step(by, Ability.MOVE)
    return _change(token, booking_id, _read(change, by, now, override, deposit), describe_submitted)


@plans_anew
def preview_change(
    *,
    change: VisitChange,
    now: datetime,
    by: Actor,
    token: str | None = None,
    booking_id: int | None = None,
    override: OverrideReason | None = None,
    deposit: DepositChoice = ASK_DEPOSIT,
) -> BookingView:
    """Return the booking as `change_visit` would make it; nothing is changed, and nobody is told.

    Raises:
        SlotTaken, SlotInPast, SlotUnavailable, BookingChanged, RequestInvalid, ServiceNotFound, ResourceNotFound,
        LocationNotFound, SetupInvalid, StatusForbids, CutoffPassed, TransitionRefused, TokenUnknown, BookingNotFound:
        As `change_visit`.
    """
    check_step(by, Ability.MOVE)

    def look(booking: Booking) -> NoReturn:
        raise _Looked(get_booking(booking_id=booking.pk))

    try:
        return _change(token, booking_id, _read(change, by, now, override, deposit), look)
    except _Looked as looked:
        return looked.booking


def _read(
    wanted: VisitChange, by: Actor, now: datetime, override: OverrideReason | None, deposit: DepositChoice
) -> _Change:
    if wanted.service_ids is not None and not wanted.service_ids:
        raise RequestInvalid(errors={"services": (NO_SERVICE,)})
    if wanted.starts_at is not None:
        check_start(wanted.starts_at)
    if override is not None:
        override = replace(override, reason=clean_reason(override.reason, is_required=True))
    choice = clean_choice(deposit, now=now) if by.kind == ActorKind.STAFF else ASK_DEPOSIT
    return _Change(wanted, by, now, override, choice)


def _change(token: str | None, booking_id: int | None, change: _Change, answer: Callable[[Booking], T]) -> T:
    now = change.now
    changed_id = read_booking(now=now, booking_id=booking_id, token=token).pk

    def work(*, is_pessimistic: bool) -> T:
        seen = read_booking(now=now, booking_id=changed_id)
        check_change(seen, by=change.by, now=now)
        _check_seen(seen, change)
        wish = _make_wish(seen, change.wanted)
        if _is_as_it_is(seen, wish, change.wanted):
            return answer(seen)
        _check_own_say(seen, wish, change)
        tries = _ask(seen, wish, change)
        asked, place = _find(tries, is_pessimistic=is_pessimistic)
        counters = Counters()
        clear_way(place, list_place_usage(asked.plan, place), counters=counters, now=now, own_id=changed_id)
        booking = lock_booking(now=now, booking_id=changed_id)
        if mark_visit(booking) != mark_visit(seen):
            raise LostRace
        _settle(booking, asked, place, change, counters, chosen=tries[-1].plan.wish.resource_ids)
        counters.write(is_override=asked.is_override)
        return answer(booking)

    try:
        return run_write(work)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused


def _check_seen(booking: Booking, change: _Change) -> None:
    if change.wanted.seen and change.wanted.seen != mark_visit(booking):
        raise BookingChanged


def _make_wish(booking: Booking, wanted: VisitChange) -> Wish:
    """Return the visit that is asked for; of what is not named, what the booking has and that still fits."""
    old = wish_of(booking)
    services = old.service_ids if wanted.service_ids is None else wanted.service_ids
    add_ons = wanted.add_on_ids
    if add_ons is None:
        kept = [line for line in booking.lines.all() if line.service_id in services]
        add_ons = tuple(dict.fromkeys(each["id"] for line in kept for each in line.add_ons))
    is_same = services == old.service_ids and {*add_ons} == {*old.add_on_ids}
    return replace(
        old,
        service_ids=services,
        add_on_ids=add_ons,
        length_minutes=old.length_minutes if is_same else None,
        party_size=old.party_size if wanted.party_size is None else wanted.party_size,
        arrival_mode=_pick_mode(old, services) if wanted.arrival_mode is None else wanted.arrival_mode,
        resource_ids=old.resource_ids if wanted.resource_ids is None else wanted.resource_ids,
    )


def _pick_mode(old: Wish, services: tuple[int, ...]) -> str:
    """Return how the customer arrives: as agreed, unless another first service knows other ways."""
    if services[0] == old.service_ids[0]:
        return old.arrival_mode
    first = load_offer().find_service(services[0])
    modes = () if first is None else first.arrival_modes
    return old.arrival_mode if old.arrival_mode in modes else next(iter(modes), "")


def _list_added(booking: Booking, wish: Wish) -> list[int]:
    """List the services that come to those of a booking."""
    left = [line.service_id for line in booking.lines.all()]
    added = []
    for each in wish.service_ids:
        if each in left:
            left.remove(each)
        else:
            added.append(each)
    return added


def _is_as_it_is(booking: Booking, wish: Wish, wanted: VisitChange) -> bool:
    old = wish_of(booking)
    is_start_same = wanted.starts_at is None or wanted.starts_at == booking.starts_at
    return is_start_same and replace(wish, add_on_ids=old.add_on_ids) == old and {*wish.add_on_ids} == {*old.add_on_ids}


def _check_own_say(booking: Booking, wish: Wish, change: _Change) -> None:
    """Refuse to a customer what they would not get without somebody's word: a confirmed visit is no way around that.

    Raises:
        RequestInvalid: The business confirms it first, or has to ask something.
    """
    if not change.is_customers or booking.status != BookingStatus.CONFIRMED:
        return
    added, old = _list_added(booking, wish), wish_of(booking)
    is_more = bool(added) or wish.party_size > old.party_size or not {*wish.add_on_ids} <= {*old.add_on_ids}
    if not is_more:
        return
    level = BookingLevel.NORMAL if booking.customer is None else BookingLevel(booking.customer.booking_level)
    is_watched = level in {BookingLevel.BY_APPROVAL, BookingLevel.REFUSED}
    offered = [each for each in map(load_offer().find_service, added) if each is not None]
    if any(question.is_required for each in offered for question in each.questions):
        raise RequestInvalid(errors={"services": (ASK_FOR_ANSWERS,)})
    approvals = {each.approval for each in map(load_offer().find_service, wish.service_ids) if each is not None}
    if is_watched or Approval.REQUEST in {*approvals, AgreedPolicy.read(booking.policy).approval}:
        raise RequestInvalid(errors={"services": (ASK_FIRST,)})


def _ask(booking: Booking, wish: Wish, change: _Change) -> tuple[Asked, ...]:
    """Ask for the visit with all who serve it now, then with the people among them, then with anyone."""
    start = change.wanted.starts_at or booking.starts_at
    added = _list_added(booking, wish)
    is_agreed = not added and wish.party_size <= booking.party_size and wish.arrival_mode == booking.arrival_mode
    is_free = not added and start == booking.starts_at

    def load(resource_ids: Collection[int]) -> Plan:
        plan = load_plan_at(
            wish=replace(wish, resource_ids=tuple(resource_ids)),
            starts_at=start,
            is_party_free=not change.is_customers,
            is_agreed=is_agreed,
            is_listed_only=change.is_customers,
        )
        if change.is_customers:
            _check_online(plan, added)
        return plan

    try:
        plan = load(wish.resource_ids)
    except ResourceNotFound:
        if change.wanted.resource_ids is not None:
            raise
        plan = load(())  # whoever was chosen does not do this: somebody else does
    asked = Asked(
        plan=plan,
        start_minute=to_minutes(start),
        now=change.now,
        moving=find_moving(booking.pk),
        held=list_stretches(booking),
        is_any_minute=is_free or not change.is_customers,
        is_override=change.override is not None,
    )
    if change.wanted.resource_ids is not None or plan.services[0].seats is not None:
        return (asked,)
    return *(replace(asked, plan=each) for each in _list_familiar(booking, plan, load)), asked


def _list_familiar(booking: Booking, plan: Plan, load: Callable[[Collection[int]], Plan]) -> list[Plan]:
    """List the plans with those who serve a booking now, as far as there are any."""
    held = list_resource_ids(booking)
    plans = [each for each in (narrow_plan(plan, held),) if each is not None]
    people = Resource.objects.filter(pk__in=held, resource_type__is_person=True).values_list("pk", flat=True)
    familiar = tuple(each for each in held if each in set(people))
    if familiar and not plans:
        with suppress(ResourceNotFound):
            plans.append(load(familiar))
    return plans


def _check_online(plan: Plan, added: Collection[int]) -> None:
    """Refuse to a customer a new service that only staff may book.

    Raises:
        ServiceNotFound: It is not offered online.
    """
    check_online(replace(plan, services=tuple(each for each in plan.services if each.id in added)))


def _find(tries: Sequence[Asked], *, is_pessimistic: bool) -> tuple[Asked, Place]:
    """Find a place with the first who can.

    Raises:
        PlaceRefused: Nobody can.
        LostRace: Somebody took it meanwhile.
    """
    for asked in tries[:-1]:
        with suppress(PlaceRefused):
            place = find_place(replace(asked, is_override=False), is_pessimistic=is_pessimistic)
            return asked, replace(place, strategy=Strategy.FIXED_ORDER)  # they had their turn when it was booked
    return tries[-1], find_place(tries[-1], is_pessimistic=is_pessimistic)


def _settle(
    booking: Booking,
    asked: Asked,
    place: Place,
    change: _Change,
    counters: Counters,
    *,
    chosen: tuple[int, ...],
) -> None:
    """Write a booking as the visit that it is from now on; its old place is free."""
    old = list(booking.lines.all())
    agreed, starts_at, deposit_minor = AgreedPolicy.read(booking.policy), booking.starts_at, booking.deposit_minor
    filling = list_filling(booking)
    extra: dict[str, object] = {
        "previous_starts_at": starts_at.isoformat(),
        "previous_resource_ids": list(dict.fromkeys(each.resource_id for each in asked.held)),
        "previous_filling": filling,
        "previous_deposit_minor": deposit_minor,
        "previous_policy": dict(booking.policy),
        "before": _describe(booking, old),
    }
    terms = agree_anew(booking, old, asked.plan, place, now=change.now)
    forget_allocations(booking)
    counters.take_back(booking)
    wish = asked.plan.wish
    booking.service_id, booking.party_size = wish.service_ids[0], wish.party_size
    booking.arrival_mode = wish.arrival_mode
    place_anew(booking, asked, place, override=change.override, counters=counters, chosen=chosen)
    if booking.starts_at != starts_at:
        booking.attendance_confirmed_at = None
    booking.price_minor, booking.policy = terms.price_minor, booking.policy | terms.policy.to_json()
    if change.is_customers and terms.deposit_minor > deposit_minor > 0:
        _check_free(booking, agreed, starts_at, now=change.now)
    is_asked, why = _settle_deposit(booking, terms, change, agreed)
    booking.lines.all().delete()
    for line in terms.lines:
        line.booking = booking
    BookingLine.objects.bulk_create(terms.lines)
    extra |= {"deposit_minor": booking.deposit_minor, "after": _describe(booking, terms.lines)}
    reason = join_reasons(booking.override_reason, why)
    record(booking, kind=BookingEvent.CHANGED, by=change.by, now=change.now, reason=reason, extra=extra)
    write_allocations(place, booking, now=change.now)
    if is_asked:
        until = find_deposit_deadline(booking, now=change.now)
        if change.deposit.pay_by is not None:
            until = min(change.deposit.pay_by, booking.starts_at)
        wait_for_deposit(booking, until=until, by=change.by, now=change.now)


def _settle_deposit(booking: Booking, terms: NewTerms, change: _Change, agreed: AgreedPolicy) -> tuple[bool, str]:
    """Say what is due in advance from now on; return whether the place waits for it, and why staff left it out.

    A difference that nobody can pay from afar is paid with the rest of the price: no visit ends for want of it. Who
    left a card and must prepay by now pays all of it, and the card is let go.

    Raises:
        RequestInvalid: It could not be paid before the visit, the request has more paid than it would cost, or what
            was reserved for it is being taken.
    """
    before, due = booking.deposit_minor, terms.deposit_minor
    was_on_card = agreed.is_on_card
    if booking.status == BookingStatus.PENDING_APPROVAL:
        if terms.price_minor is not None and terms.price_minor < before:
            raise RequestInvalid(errors={"services": (PAID_MORE,)})
        return False, ""
    is_left = due > before and not (change.deposit.is_asked and can_be_asked(due if was_on_card else due - before))
    if due != before and not is_left and is_deposit_reserved(booking.pk):
        raise RequestInvalid(errors={"services": (BEING_TAKEN,)})
    if due <= before:
        booking.deposit_minor = due
        return False, ""
    if is_left and was_on_card:
        booking.policy = booking.policy | {"is_on_card": True}
    if not change.deposit.is_asked:
        booking.policy = booking.policy | {"deposit_waived_minor": due - before}
        return False, change.deposit.reason
    if is_left:
        return False, ""
    if booking.starts_at <= change.now:
        raise RequestInvalid(errors={"deposit": (NO_TIME,)})
    booking.deposit_minor = due
    return True, ""


def _check_free(booking: Booking, agreed: AgreedPolicy, starts_at: datetime, *, now: datetime) -> None:
    """Refuse that a customer lets a confirmed visit wait for more money when canceling it would cost something.

    Who does not pay the rest gets all back: that is no way around what was agreed to be kept.

    Raises:
        RequestInvalid: The business has to agree first.
    """
    is_free = now <= starts_at - timedelta(minutes=agreed.free_minutes) or not agreed.refund_kept_percent
    if booking.status == BookingStatus.CONFIRMED and (agreed.is_deposit_fee or not is_free):
        raise RequestInvalid(errors={"services": (ASK_FIRST,)})


def _describe(booking: Booking, lines: Sequence[BookingLine]) -> dict[str, object]:
    """Return what a visit is about, for whoever reads of the change later: names as they were agreed."""
    return {
        "services": [[line.service_name, *(each["name"] for each in line.add_ons)] for line in lines],
        "party_size": booking.party_size,
        "price_minor": booking.price_minor,
        "ends_at": booking.ends_at.isoformat(),
    }
