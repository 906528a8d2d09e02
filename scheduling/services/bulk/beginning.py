"""Beginning what one decision does with many bookings: the calendar changes at once, the bookings follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from database.transactions import run_write
from kernel.text import mark
from scheduling.enums import BulkKind, BulkOutcome, BulkRowState, CatalogNoun
from scheduling.errors import RequestInvalid
from scheduling.errors.bulk import NothingChosen
from scheduling.models import BulkAct, BulkRow, DateOverride, Resource, TimeOff
from scheduling.selectors.bookings.views import list_views
from scheduling.selectors.bulk.touching import find_span, list_of_days, list_served
from scheduling.selectors.catalog.setups import read_date_override
from scheduling.services.aftercare.feedback import read_words
from scheduling.services.bulk.steps import DUE_KIND, LANE
from scheduling.services.catalog.fitting import collecting
from scheduling.services.catalog.special_days.date_overrides import change_date_override, create_date_override
from scheduling.services.catalog.special_days.time_off import create_time_off
from scheduling.services.changes.applying import give_up
from scheduling.services.writing.events import LINE_TOO_LONG, bundle_events
from scheduling.services.writing.inputs import clean_reason
from scheduling.types import LONGEST_LINE, Actor, BookingView, DateOverrideSetup, TimeOffSetup, Touched
from scheduling.types.bulk import Absence, BulkPlan, BulkSaid, Closure
from tenants.enums import Ability, Urgency
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work

NEW = mark("It was booked while you were deciding: decide about it.")
TOO_MANY_DAYS = mark("At most 31 days at a time.")
BACKWARDS = mark("The end is before the beginning.")
MOST_DAYS, LONGEST_TEXT = 31, 300
ONE_DAY = timedelta(days=1)


def begin_absence(*, absence: Absence, plans: Sequence[BulkPlan], said: BulkSaid, by: Actor, now: datetime) -> UUID:
    """Note that somebody is away, and begin what was decided about their bookings; return the key of the decision.

    Nobody books them for that time from this moment on. A booking about which nothing was decided stays, and is
    listed: it came in meanwhile. An absence of the very same time is noted once.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SetupInvalid, RequestInvalid: The period or a text cannot be.
        NothingChosen: Nobody is needed then, and the absence is noted already.
    """

    def work(*, is_pessimistic: bool) -> UUID:  # noqa: ARG001 - the edition of the catalog holds everybody back
        made = note_absence(absence, by=by, now=now)
        period = (absence.starts_at, absence.ends_at)
        _give_up_holds([absence.resource_id], *period, now=now)
        served = list_served(resource_id=absence.resource_id, starts_at=period[0], ends_at=period[1], now=now)
        if not (served or plans or made):
            raise NothingChosen
        act = BulkAct(kind=BulkKind.ABSENCE, resource_id=absence.resource_id, starts_at=period[0], ends_at=period[1])
        act.made = made
        return _begin(act, plans, said, served=served, by=by, now=now)

    return run_write(work)


def begin_closure(*, closure: Closure, said: BulkSaid, by: Actor, now: datetime) -> UUID:
    """Close a location on some dates, and begin to cancel whatever is booked there; return the key of the decision.

    Whoever has hours of their own on such a date does not work either. Customers read ``said.line`` as the reason.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SetupInvalid, RequestInvalid: The dates or a text cannot be.
    """
    _check_dates(closure.first, closure.last)
    line = clean_reason(said.line, is_required=True)

    def work(*, is_pessimistic: bool) -> UUID:  # noqa: ARG001 - as above
        made = _close(closure, by=by, now=now)
        starts_at, ends_at = find_span(location_id=closure.location_id, first=closure.first, last=closure.last)
        staff = Resource.objects.filter(location_id=closure.location_id).values_list("pk", flat=True)
        _give_up_holds(staff, starts_at, ends_at, now=now)
        views = list_of_days(location_id=closure.location_id, first=closure.first, last=closure.last, now=now)
        plans = [BulkPlan(each.id, each.sequence, BulkOutcome.CANCEL) for each in views]
        act = BulkAct(kind=BulkKind.CLOSURE, location_id=closure.location_id, starts_at=starts_at, ends_at=ends_at)
        act.made = made
        return _begin(act, plans, BulkSaid(line, said.is_told), served=views, by=by, now=now)

    return run_write(work)


def begin_together(*, kind: BulkKind, plans: Sequence[BulkPlan], said: BulkSaid, by: Actor, now: datetime) -> UUID:
    """Begin to move or cancel several bookings together; return the key of the decision.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        RequestInvalid: A text cannot be, or a cancellation has none.
        NothingChosen: There is no booking.
    """
    check_business_may(Ability.STEP, is_staff=True)
    line = clean_reason(said.line, is_required=kind == BulkKind.CANCEL)
    if not plans:
        raise NothingChosen

    def work(*, is_pessimistic: bool) -> UUID:  # noqa: ARG001 - nothing is placed here
        return _begin(BulkAct(kind=kind), plans, BulkSaid(line, said.is_told), served=(), by=by, now=now)

    return run_write(work)


def begin_message(*, booking_ids: Collection[int], text: str, by: Actor, now: datetime) -> UUID:
    """Begin to write the same to the customers of some bookings, once to each; return the key of the decision.

    Each reads it in the conversation about the next of their bookings, and can answer there.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        RequestInvalid: The text is empty, too long or unreadable.
        NothingChosen: There is no booking.
    """
    check_business_may(Ability.STEP, is_staff=True)
    words = read_words(text, field="text", longest=LONGEST_TEXT)
    views = sorted(list_views(booking_ids), key=lambda view: (view.starts_at, view.id))
    first: dict[str, BookingView] = {}
    for each in views:
        first.setdefault(find_reader(each), each)
    if not first:
        raise NothingChosen
    plans = [BulkPlan(each.id, each.sequence, BulkOutcome.TELL) for each in first.values()]

    def work(*, is_pessimistic: bool) -> UUID:  # noqa: ARG001 - nothing is placed here
        return _begin(BulkAct(kind=BulkKind.MESSAGE), plans, BulkSaid(words), served=(), by=by, now=now)

    return run_write(work)


def find_reader(booking: BookingView) -> str:
    """Return whom a message about a booking reaches: bookings with the same reader are told in one message."""
    return (booking.customer_email or booking.customer_phone or f"{booking.customer_id or -booking.id}").lower()


def note_absence(absence: Absence, *, by: Actor, now: datetime) -> list[list[object]]:
    """Note an absence in the calendar, whatever is booked; return what was made, for `BulkAct.made`.

    Raises:
        StatusForbids, SetupInvalid: As `create_time_off`.
    """
    period = {"starts_at": absence.starts_at, "ends_at": absence.ends_at}
    if TimeOff.objects.filter(resource_id=absence.resource_id, is_active=True, **period).exists():
        return []
    setup = TimeOffSetup(resource_id=absence.resource_id, reason=absence.reason, **period)
    with collecting():
        return [[CatalogNoun.TIME_OFF.value, create_time_off(setup=setup, by=by, now=now)]]


def _close(closure: Closure, *, by: Actor, now: datetime) -> list[list[object]]:
    """Close a location, and whoever has hours of their own there, on some dates; return what was made or changed."""
    check_business_may(Ability.WRITE, is_staff=True)
    dates = [closure.first + ONE_DAY * number for number in range((closure.last - closure.first).days + 1)]
    rows = DateOverride.objects.filter(is_active=True, on__in=dates)
    of_place = {row.on: row for row in rows.filter(location_id=closure.location_id)}
    of_staff = list(rows.filter(resource__location_id=closure.location_id))
    made: list[list[object]] = []
    with collecting():
        for on in dates:
            if on not in of_place:
                setup = DateOverrideSetup(on=on, location_id=closure.location_id, note=closure.note)
                override_id = create_date_override(setup=setup, by=by, now=now)
                made.append([CatalogNoun.DATE_OVERRIDE.value, override_id])
        for row in (*of_place.values(), *of_staff):
            before = read_date_override(row)
            if not before.periods or (before.is_closing and row.resource_id is not None):
                continue
            setup = DateOverrideSetup(
                on=row.on, location_id=row.location_id, resource_id=row.resource_id, note=closure.note or before.note
            )
            change_date_override(date_override_id=row.pk, setup=setup, version=None, by=by, now=now)
            kept = [[list(each) for each in before.periods], before.is_closing, before.note]
            made.append([CatalogNoun.DATE_OVERRIDE.value, row.pk, kept])
    return made


def _check_dates(first: date, last: date) -> None:
    if last < first:
        raise RequestInvalid(errors={"last": (BACKWARDS,)})
    if (last - first).days >= MOST_DAYS:
        raise RequestInvalid(errors={"last": (TOO_MANY_DAYS,)})


def _give_up_holds(resource_ids: Iterable[int], starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    held = {
        view.id: view
        for resource_id in resource_ids
        for view in list_served(resource_id=resource_id, starts_at=starts_at, ends_at=ends_at, now=now, is_held=True)
    }
    give_up([Touched(booking=view, misfits=(), outcomes=()) for view in held.values()], now=now)


def _begin(
    act: BulkAct,
    plans: Sequence[BulkPlan],
    said: BulkSaid,
    *,
    served: Sequence[BookingView],
    by: Actor,
    now: datetime,
) -> UUID:
    """Write down what is to become of each booking, and let it be worked on."""
    is_reason = any(plan.outcome == BulkOutcome.CANCEL for plan in plans)
    line = said.line if act.kind == BulkKind.MESSAGE else clean_reason(said.line, is_required=is_reason)
    if act.kind in {BulkKind.ABSENCE, BulkKind.MOVE} and len(line) > LONGEST_LINE:
        raise RequestInvalid(errors={"line": (LINE_TOO_LONG,)})
    act.line, act.is_told, act.by_id, act.created_at = line, said.is_told, by.user_id, now
    act.save()
    planned = {plan.booking_id: plan for plan in plans}
    views = {view.id: view for view in (*served, *list_views(planned.keys() - {view.id for view in served}))}
    bundles = _bundle(views, planned)
    rows: list[BulkRow] = []
    for view in sorted(views.values(), key=lambda each: _find_turn(each, planned.get(each.id))):
        plan = planned.get(view.id)
        rows.append(
            BulkRow(
                act=act,
                number=len(rows) + 1,
                booking_id=view.id,
                outcome=plan.outcome if plan else BulkOutcome.KEEP,
                sequence=plan.sequence if plan else view.sequence,
                before_at=view.starts_at,
                starts_at=plan.starts_at if plan else None,
                resource_ids=list(plan.resource_ids) if plan else [],
                bundle=dict(bundles.get(view.id, {})),
                state=BulkRowState.WAITING if plan else BulkRowState.REFUSED,
                reason="" if plan else NEW,
            )
        )
    BulkRow.objects.bulk_create(rows)
    add_due_work(kind=DUE_KIND, row_id=act.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)
    return act.key


def _find_turn(view: BookingView, plan: BulkPlan | None) -> tuple[bool, float, int]:
    """Return when a booking has its turn: of those that move to later the last, which makes room, is first."""
    is_later = plan is not None and plan.starts_at is not None and plan.starts_at > view.starts_at
    at = view.starts_at.timestamp()
    return not is_later, -at if is_later else at, view.id


def _bundle(views: Mapping[int, BookingView], planned: Mapping[int, BulkPlan]) -> Mapping[int, Mapping[str, object]]:
    told = {BulkOutcome.MOVE, BulkOutcome.CANCEL}
    return bundle_events(
        {
            booking_id: views[booking_id].customer_email or views[booking_id].customer_phone
            for booking_id, plan in planned.items()
            if plan.outcome in told and booking_id in views
        }
    )
