"""Booking the visits of a file, each in a transaction of its own: whoever books meanwhile waits for one at most."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from kernel.errors import Invalid, NotFound
from kernel.text import mark
from scheduling.enums import ActorKind, ImportState, RowOutcome
from scheduling.errors import SlotInPast, SlotTaken, SlotUnavailable
from scheduling.models import Asset, Booking, Customer, Import, ImportRow
from scheduling.selectors.customers.assets import mark_asset
from scheduling.selectors.customers.records import mark_customer, view_customer
from scheduling.services.bookings.imports import BroughtIn, bring_in_visit
from scheduling.services.imports.steps import lock_run
from scheduling.services.imports.visits.ending import STARTS_AT
from scheduling.services.imports.visits.placing import MARK, agree_on_visit, explain_failure, find_same, make_mark
from scheduling.services.imports.visits.reading import VisitDraft
from scheduling.types import Actor
from scheduling.types.imports.options import ClashRule, Told, VisitOptions
from scheduling.types.imports.rows import Fault

NO_ROOM = mark("There is no room for it by now.")
OVER = mark("It lies over another visit, or outside of the hours.")


@write_transaction()
def write_visit(import_id: int, row: ImportRow, draft: VisitDraft, *, now: datetime) -> bool:
    """Book what a row says, once; False: the import does not go on."""
    run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.RUNNING, position__lt=row.number))
    if run is None:
        return False
    options = VisitOptions.from_json(run.options)
    errors = [each for each in draft.faults if each.is_error]
    same = {} if errors else find_same([draft])
    if row.plan == RowOutcome.REFUSED:
        row.outcome = RowOutcome.REFUSED  # as somebody has seen it, whatever has become free since
    elif errors:
        row.outcome, row.faults = RowOutcome.REFUSED, [each.to_json() for each in draft.faults]
    elif same:
        row.outcome, row.customer_id = RowOutcome.SAME, next(iter(same.values()))
    else:
        _book(run, row, draft, options, now=now)
    row.save(update_fields=["outcome", "customer_id", "done", "faults"])
    run.position, run.done_rows = row.number, run.done_rows + 1
    run.save(update_fields=["position", "done_rows"])
    return True


def _book(run: Import, row: ImportRow, draft: VisitDraft, options: VisitOptions, *, now: datetime) -> None:
    by = Actor(kind=ActorKind.STAFF, user_id=run.by_id)
    is_forced = options.clashes == ClashRule.KEEP
    told = "" if options.told == Told.NOTHING else options.told.value
    visit = agree_on_visit(draft, options)
    try:
        with write_transaction():
            made = bring_in_visit(visit, by=by, now=now, is_forced=is_forced, told=told)
    except (SlotTaken, SlotUnavailable, SlotInPast):
        row.outcome = RowOutcome.REFUSED
        row.faults = [*row.faults, Fault(draft.dated_by, NO_ROOM).to_json()]
        return
    except (Invalid, NotFound) as error:
        row.outcome, row.faults = RowOutcome.REFUSED, [each.to_json() for each in explain_failure(error)]
        return
    row.outcome = RowOutcome.CREATED
    if made.is_over and not any(Fault.from_json(each).target == draft.dated_by for each in row.faults):
        row.faults = [*row.faults, Fault(draft.dated_by, OVER, is_error=False).to_json()]
    row.customer_id, row.done = _describe(draft, made)


def _describe(draft: VisitDraft, made: BroughtIn) -> tuple[int | None, dict[str, object]]:
    """Return whose a booking became, and what it takes to undo it."""
    booking = Booking.objects.only("customer_id", "asset_id").get(pk=made.booking_id)
    is_customer_new = made.known.customer_id is None
    done: dict[str, object] = {
        MARK: make_mark(draft),
        STARTS_AT: draft.starts_at.isoformat() if draft.starts_at else "",
        "booking": made.booking_id,
        "is_customer_new": is_customer_new,
        "customer_mark": "",
        "asset": None,
    }
    if is_customer_new and booking.customer_id is not None:
        customer = Customer.objects.prefetch_related("contacts").get(pk=booking.customer_id)
        done["customer_mark"] = mark_customer(view_customer(customer).setup)
    if booking.asset_id is not None and made.known.asset_id is None:
        data = Asset.objects.values_list("data", flat=True).get(pk=booking.asset_id)
        fields = {str(key): str(value) for key, value in data.items()}
        done["asset"] = {"id": booking.asset_id, "is_new": True, "mark": mark_asset(fields), "before": None}
    return booking.customer_id, done
