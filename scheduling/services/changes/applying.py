"""Saving a change of the catalog that leaves coming bookings without their place.

`apply_change` makes the change, looks which bookings fit worse after it, and does with each of them
what was decided, all in one transaction. As long as somebody has not decided, or a decision can no
longer be done, nothing is written and the bookings are handed back with proposals.

Where more bookings are moved than can be while everybody waits, those that may stay are moved after the change, in
parts: each of them is whole, and lets others book in between (decision 33).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet

from database.errors import TooBusy
from database.locks import lock_resources
from database.transactions import run_write
from kernel.errors import NotFound
from scheduling.enums import BookingEvent, BookingStatus, MisfitKind, Outcome, OverrideKind
from scheduling.errors import (
    BookingChanged,
    BookingsTouched,
    RequestInvalid,
    SetupInvalid,
    SlotTaken,
    SlotUnavailable,
    TransitionRefused,
)
from scheduling.models import Booking, Resource
from scheduling.policies import MOVABLE_BY_STAFF, TRANSITIONS
from scheduling.selectors.bookings.views import list_views
from scheduling.selectors.catalog.misfits import Key
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.catalog.fitting import collecting
from scheduling.services.changes.proposals import Outlook, look_around, propose
from scheduling.services.editions import make_edition, share_edition
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import bundle_events, record
from scheduling.services.writing.inputs import REASON_LENGTH, clean_reason
from scheduling.services.writing.lookups import lock_booking
from scheduling.services.writing.releases import release
from scheduling.types import SYSTEM, Actor, Applied, BookingView, Decision, Misfit, Touched
from tenants.enums import Ability
from tenants.policies import check_business_may

T = TypeVar("T")

MOST_ROWS = 300
"""So many bookings of one change are decided one by one, with proposals; whatever is moved is locked meanwhile."""
MOST_AT_ONCE = 25
"""So many bookings are moved in one transaction, which holds every resource: a second or two."""
MOST_ROUNDS = 6
"""So often those that waited for the place of another booking are tried again."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written down about bookings that a change touches.

    Attributes:
        change: The change in a sentence; why staff keep a booking outside of the rules.
        cancel: What customers read whose booking is cancelled; empty: the change itself.
    """

    change: str
    cancel: str = ""


class Kept(NamedTuple):
    """What a booking says of being kept in spite of the rules: how, why and by whom."""

    kind: str
    reason: str
    by_id: int | None


@dataclass(frozen=True, slots=True)
class _Deferred:
    """What is moved once the change is saved; until then each of them is kept where it is."""

    moves: tuple[Touched, ...]
    decisions: Mapping[int, Decision]
    bundles: Mapping[int, Mapping[str, object]]


class _Undecided(Exception):
    """Somebody has to decide; carries what is needed to say about what, once nothing is locked any more."""

    def __init__(self, outlook: Outlook, rest: Sequence[Touched]) -> None:
        super().__init__("undecided")
        self.outlook = outlook
        self.rest = tuple(rest)


def apply_change(
    change: Callable[[], T],
    *,
    decisions: Mapping[int, Decision],
    words: Words,
    by: Actor,
    now: datetime,
    for_rest: Outcome | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Applied[T]:
    """Make a change and do with each booking that it touches what was decided; all of it, or nothing.

    But of more than `MOST_AT_ONCE` moves those of bookings that may stay follow in parts. What cannot be moved any more
    by then stays, and is named in ``left``: the change itself is saved. ``tell`` hears how many of how many are moved.

    ``change`` calls services of the catalog; after a lost race it is called again. Decisions about
    bookings that the change does not touch (any more) are left aside. Of more than `MOST_ROWS` bookings those that
    were not decided one by one all stay or are canceled, as ``for_rest`` says. Times that somebody only keeps
    while filling in a page are given up: that page offers others. While other times are worked out nobody is held back.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        BookingsTouched: Something has to be decided, or decided anew; nothing was written.
        RequestInvalid: A text is too long or cannot be read.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    said = Words(change=clean_reason(words.change[:REASON_LENGTH], is_required=True), cancel=clean_reason(words.cancel))

    def work(*, is_pessimistic: bool) -> tuple[Applied[T], _Deferred]:  # noqa: ARG001 - whoever decides about bookings locks every time
        if decisions:
            make_edition()
            lock_resources(Resource.objects.values_list("pk", flat=True))
        with collecting() as findings:
            result = change()
        touched = _view_touched(findings.keys)
        holds = [each for each in touched if each.booking.status == BookingStatus.HELD]
        listed = [each for each in touched if each.booking.status != BookingStatus.HELD]
        decided = _decide_rest(listed, decisions, for_rest)
        if not all(_is_decided(each, decided) for each in listed):
            raise _look_at(listed, now=now)
        give_up(holds, now=now)
        deferred = _decide(listed, decided, said, by=by, now=now)
        by_outcome = _group(listed, decided)
        return Applied(
            result=result,
            moved=by_outcome[Outcome.MOVE],
            kept=by_outcome[Outcome.KEEP],
            cancelled=by_outcome[Outcome.CANCEL],
        ), deferred

    try:
        applied, deferred = run_write(work)
    except _Undecided as found:
        raise BookingsTouched(touched=propose(found.outlook, decisions=decisions), rest=found.rest) from None
    left = {each.booking.id for each in _move_in_parts(deferred, by=by, now=now, tell=tell or _tell_nobody)}
    return replace(
        applied,
        moved=tuple(each for each in applied.moved if each.id not in left),
        left=tuple(each for each in applied.moved if each.id in left),
    )


def _group(touched: Sequence[Touched], decisions: Mapping[int, Decision]) -> Mapping[Outcome, tuple[BookingView, ...]]:
    """Group bookings by what becomes of them."""
    return {
        outcome: tuple(each.booking for each in touched if decisions[each.booking.id].outcome is outcome)
        for outcome in Outcome
    }


def _decide_rest(
    listed: Sequence[Touched], decisions: Mapping[int, Decision], for_rest: Outcome | None
) -> Mapping[int, Decision]:
    """Return the decisions, with the one for those that are too many."""
    if for_rest is None or for_rest is Outcome.MOVE or len(listed) <= MOST_ROWS:
        return decisions
    return {each.booking.id: Decision(for_rest) for each in listed if for_rest in each.outcomes} | dict(decisions)


def _look_at(touched: Sequence[Touched], *, now: datetime) -> _Undecided:
    """Look around for so many bookings as somebody can decide about; whatever cannot stay comes first."""
    by_need = sorted(touched, key=lambda each: Outcome.KEEP in each.outcomes)
    return _Undecided(look_around(by_need[:MOST_ROWS], now=now), by_need[MOST_ROWS:])


def _view_touched(keys: set[Key]) -> list[Touched]:
    """Put what was found into words that a page can say, by start."""
    by_booking: dict[int, list[Key]] = {}
    for key in sorted(keys):
        by_booking.setdefault(key.booking_id, []).append(key)
    names = dict(_list_named(keys).values_list("pk", "name"))
    views = sorted(list_views(by_booking), key=lambda view: (view.starts_at, view.id))
    return [_view(view, by_booking[view.id], names) for view in views]


def _list_named(keys: set[Key]) -> QuerySet[Resource]:
    kinds = {MisfitKind.HOURS, MisfitKind.GONE, MisfitKind.CAPACITY}
    return Resource.objects.filter(pk__in={key.about_id for key in keys if key.kind in kinds})


def _view(booking: BookingView, keys: Sequence[Key], names: Mapping[int, str]) -> Touched:
    kinds = {key.kind for key in keys}
    # Whoever is gone is what the booking lacks.
    shown = [key for key in keys if key.kind is not MisfitKind.LACKING or MisfitKind.GONE not in kinds]
    misfits = tuple(Misfit(key.kind, names.get(key.about_id, "")) for key in shown)
    return Touched(booking=booking, misfits=misfits, outcomes=list_outcomes(booking, kinds))


def list_outcomes(booking: BookingView, kinds: set[MisfitKind]) -> tuple[Outcome, ...]:
    """Return what can become of a booking: nobody comes to whom or what is gone, unless the visit has begun."""
    can_move = booking.status in MOVABLE_BY_STAFF and MisfitKind.ENDED not in kinds
    can_cancel = BookingStatus.CANCELLED in TRANSITIONS.get(booking.status, frozenset())
    can_stay = MisfitKind.GONE not in kinds or not (can_move or can_cancel)
    can = {Outcome.KEEP: can_stay, Outcome.MOVE: can_move, Outcome.CANCEL: can_cancel}
    return tuple(outcome for outcome in Outcome if can[outcome])


def _is_decided(touched: Touched, decisions: Mapping[int, Decision]) -> bool:
    decision = decisions.get(touched.booking.id)
    if decision is None or decision.outcome not in touched.outcomes:
        return False
    return decision.outcome is not Outcome.MOVE or decision.starts_at is not None


def _decide(
    touched: Sequence[Touched], decisions: Mapping[int, Decision], words: Words, *, by: Actor, now: datetime
) -> _Deferred:
    """Cancel, move and keep, in this order: what is cancelled makes room. Return what is moved later.

    Raises:
        _Undecided: Some cannot be moved to where they should.
    """
    moves: list[Touched] = []
    bundles = _bundle(touched, decisions)
    for each in touched:
        match decisions[each.booking.id].outcome:
            case Outcome.CANCEL:
                cancel_booking(
                    booking_id=each.booking.id,
                    reason=words.cancel or words.change,
                    by=by,
                    now=now,
                    extra=bundles[each.booking.id],
                )
            case Outcome.MOVE:
                moves.append(each)
            case Outcome.KEEP:
                keep_in_place(each.booking.id, reason=words.change, by=by, now=now)
    later = [each for each in moves if Outcome.KEEP in each.outcomes]
    if len(moves) <= MOST_AT_ONCE:
        later = []
    for each in later:
        keep_in_place(each.booking.id, reason=words.change, by=by, now=now)
    left = _move_all([each for each in moves if each not in later], decisions, bundles, by=by, now=now)
    if left:
        refused = {each.booking.id for each in left}
        marked = [replace(each, is_refused=each.booking.id in refused) for each in touched]
        raise _look_at(marked, now=now)
    return _Deferred(tuple(later), decisions, bundles)


def _bundle(touched: Sequence[Touched], decisions: Mapping[int, Decision]) -> Mapping[int, Mapping[str, object]]:
    """Return what goes into the event of each booking, so that whoever has several of them gets one message."""
    return bundle_events(
        {
            each.booking.id: each.booking.customer_email or each.booking.customer_phone
            for each in touched
            if decisions[each.booking.id].outcome is not Outcome.KEEP
        }
    )


def _move_in_parts(deferred: _Deferred, *, by: Actor, now: datetime, tell: Callable[[int, int], None]) -> list[Touched]:
    """Move what was deferred, part by part, and again what waited for the place of another one; return what stays."""
    left, moved = list(deferred.moves), 0
    for _ in range(MOST_ROUNDS):
        refused: list[Touched] = []
        for part in _cut(left, deferred.bundles):
            tell(moved, len(deferred.moves))
            stayed = _move_part(part, deferred.decisions, deferred.bundles, by=by, now=now)
            moved += len(part) - len(stayed)
            refused += stayed
        if not refused or len(refused) == len(left):
            return refused
        left = refused[::-1]
    return left


def _tell_nobody(_moved: int, _of: int) -> None:
    """Move in silence."""


def _cut(moves: Sequence[Touched], bundles: Mapping[int, Mapping[str, object]]) -> Iterator[list[Touched]]:
    """Yield parts in which those stay together whose customers hear of them in one message."""
    groups: dict[object, list[Touched]] = {}
    for each in moves:
        groups.setdefault(bundles[each.booking.id].get("bundle", each.booking.id), []).append(each)
    part: list[Touched] = []
    for group in groups.values():
        if part and len(part) + len(group) > MOST_AT_ONCE:
            yield part
            part = []
        part += group
    if part:
        yield part


def _move_part(
    part: Sequence[Touched],
    decisions: Mapping[int, Decision],
    bundles: Mapping[int, Mapping[str, object]],
    *,
    by: Actor,
    now: datetime,
) -> list[Touched]:
    """Move a few bookings in a transaction of their own; return those that stay, all of them when it fails."""

    def work(*, is_pessimistic: bool) -> list[Touched]:  # noqa: ARG001 - whoever moves several locks every time
        share_edition()
        lock_resources(Resource.objects.values_list("pk", flat=True))
        return _move_all(part, decisions, bundles, by=by, now=now)

    try:
        return run_write(work)
    except TooBusy:
        return list(part)


def _move_all(
    moves: Sequence[Touched],
    decisions: Mapping[int, Decision],
    bundles: Mapping[int, Mapping[str, object]],
    *,
    by: Actor,
    now: datetime,
) -> list[Touched]:
    """Move bookings, and again those that waited for the place of another one; return those that cannot be moved.

    In turns from the first to the last and back: whoever makes room for the next one comes before it either way.
    """
    left = list(moves)
    for _ in range(MOST_ROUNDS):
        refused = [
            each
            for each in left
            if not _move(each, decisions[each.booking.id], bundles[each.booking.id], by=by, now=now)
        ]
        if not refused or len(refused) == len(left):
            return refused
        left = refused[::-1]
    return left


def _move(touched: Touched, decision: Decision, extra: Mapping[str, object], *, by: Actor, now: datetime) -> bool:
    if decision.starts_at is None:
        return False
    is_chosen_there = not decision.resource_ids or set(touched.booking.wish.resource_ids) <= set(decision.resource_ids)
    try:
        move_booking(
            booking_id=touched.booking.id,
            starts_at=decision.starts_at,
            resource_ids=None if is_chosen_there else (),
            servers=decision.resource_ids,
            extra=extra,
            by=by,
            now=now,
        )
    except (SlotTaken, SlotUnavailable, TransitionRefused, RequestInvalid, SetupInvalid, NotFound):
        return False
    return True


def keep_in_place(booking_id: int, *, reason: str, by: Actor, now: datetime) -> Kept:
    """Write down that staff keep a booking where it is in spite of a change; return what was written there before."""
    booking = lock_booking(now=now, booking_id=booking_id)
    before = _view_kept(booking)
    _keep(booking, Kept(OverrideKind.STAFF, reason, by.user_id), by=by, now=now)
    return before


def undo_keeping(booking_id: int, *, kept: Kept, before: Kept, by: Actor, now: datetime) -> None:
    """Write down again what stood there before `keep_in_place`; what somebody has written since stays.

    Raises:
        BookingChanged: Somebody has.
    """
    booking = lock_booking(now=now, booking_id=booking_id)
    if _view_kept(booking) != kept:
        raise BookingChanged
    _keep(booking, before, by=by, now=now)


def _view_kept(booking: Booking) -> Kept:
    return Kept(booking.override_kind, booking.override_reason, booking.overridden_by_id)


def _keep(booking: Booking, kept: Kept, *, by: Actor, now: datetime) -> None:
    booking.override_kind, booking.override_reason, booking.overridden_by_id = kept
    record(booking, kind=BookingEvent.KEPT, by=by, now=now, reason=kept.reason)


def give_up(holds: Sequence[Touched], *, now: datetime) -> None:
    """End times that somebody only keeps while filling in a page: that page offers others."""
    rows = Booking.objects.select_for_update(of=("self",)).filter(pk__in=[each.booking.id for each in holds])
    counters = Counters()
    for booking in rows.filter(status=BookingStatus.HELD).order_by("pk"):
        release(booking, BookingStatus.EXPIRED, by=SYSTEM, now=now, counters=counters)
    counters.write()
