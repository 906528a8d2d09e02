"""What somebody decides about a decision over many bookings: that it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from database.transactions import write_transaction
from scheduling.enums import BulkKind, BulkRowState, BulkState, CatalogNoun
from scheduling.errors.bulk import BulkActBusy, BulkActNotFound, BulkActOver
from scheduling.models import BulkAct, DateOverride, TimeOff
from scheduling.selectors.catalog.setups import read_date_override
from scheduling.services.catalog.door import archive
from scheduling.services.catalog.special_days import date_overrides, time_off
from scheduling.services.editions import make_edition
from scheduling.types import Actor, DateOverrideSetup
from scheduling.types.bulk import UNDONE_WITHIN
from tenants.enums import Ability, Urgency
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work

DUE_KIND, LANE = "bulk_act", "bulk"
"""One lane: many bookings never take the last worker."""


@write_transaction()
def undo_act(*, key: UUID, by: Actor, now: datetime) -> None:
    """Give the time in the calendar back, and begin to take back what was done to each booking; again changes nothing.

    What somebody has changed since, and whose place was given away, stays and is listed. What was archived or changed
    in the calendar meanwhile stays as it is there.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        BulkActNotFound: There is none.
        BulkActBusy: It is still being worked on.
        BulkActOver: It is too late, or customers have only read something.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    make_edition()  # before the decision, as whoever works on it
    act = BulkAct.objects.select_for_update().filter(key=key).first()
    if act is None:
        raise BulkActNotFound
    if act.state in {BulkState.UNDOING, BulkState.UNDONE}:
        return
    if act.state == BulkState.RUNNING:
        raise BulkActBusy
    if act.kind == BulkKind.MESSAGE or now > act.created_at + UNDONE_WITHIN:
        raise BulkActOver
    for made in act.made:
        _take_back(made, act, by=by, now=now)
    act.state, act.undone_by_id, act.undone_at = BulkState.UNDOING, by.user_id, now
    act.save()
    act.rows.filter(state=BulkRowState.DONE).update(tries=0)
    add_due_work(kind=DUE_KIND, row_id=act.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)


def _take_back(made: Sequence[Any], act: BulkAct, *, by: Actor, now: datetime) -> None:
    """Archive what was made, or let it be as it was before; unless somebody has changed it since."""
    noun, row_id, *kept = made
    if noun == CatalogNoun.TIME_OFF:
        row = TimeOff.objects.filter(pk=row_id, is_active=True).first()
        if row is not None and (row.starts_at, row.ends_at) == (act.starts_at, act.ends_at):
            archive(time_off.NOUN, row_id, version=None, by=by, now=now)
        return
    day = DateOverride.objects.filter(pk=row_id, is_active=True).first()
    if day is None or day.periods:
        return
    if not kept:
        archive(date_overrides.NOUN, row_id, version=None, by=by, now=now)
        return
    periods, is_closing, note = kept[0]
    before = read_date_override(day)
    setup = DateOverrideSetup(
        on=before.on,
        resource_id=before.resource_id,
        location_id=before.location_id,
        periods=tuple((opens, closes) for opens, closes in periods),
        is_closing=is_closing,
        note=note,
    )
    date_overrides.change_date_override(date_override_id=row_id, setup=setup, version=None, by=by, now=now)
