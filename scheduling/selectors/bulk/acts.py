"""Decisions about many bookings, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from scheduling.enums import BulkKind, BulkOutcome, BulkRowState, BulkState
from scheduling.errors.bulk import BulkActNotFound
from scheduling.models import BulkAct, BulkRow, Location, Resource
from scheduling.selectors.bookings.views import list_views
from scheduling.types.bulk import UNDONE_WITHIN, BulkActView, BulkRowView

SHOWN_ACTS = 100


def get_act(*, key: UUID, now: datetime) -> BulkActView:
    """Return a decision; two queries.

    Raises:
        BulkActNotFound: There is none.
    """
    act = _count(BulkAct.objects.filter(key=key)).first()
    if act is None:
        raise BulkActNotFound
    return _view([act], now)[0]


def list_acts(*, now: datetime) -> tuple[BulkActView, ...]:
    """List the latest decisions, the newest first; three queries at most."""
    return _view(list(_count(BulkAct.objects.order_by("-created_at", "-pk"))[:SHOWN_ACTS]), now)


def list_rows(act: BulkActView) -> tuple[BulkRowView, ...]:
    """List the bookings of a decision by when they were, each as it is now; nine queries."""
    rows = list(BulkRow.objects.filter(act_id=act.id).order_by("before_at", "number"))
    views = {view.id: view for view in list_views([row.booking_id for row in rows])}
    return tuple(
        BulkRowView(
            booking=views[row.booking_id],
            outcome=BulkOutcome(row.outcome),
            state=BulkRowState(row.state),
            reason=row.reason,
            before_at=row.before_at,
            starts_at=row.starts_at,
        )
        for row in rows
        if row.booking_id in views
    )


def _count(acts: QuerySet[BulkAct]) -> QuerySet[BulkAct]:
    return acts.annotate(
        **{f"count_{state.value}": Count("rows", filter=Q(rows__state=state)) for state in BulkRowState}
    )


def _view(acts: Sequence[BulkAct], now: datetime) -> tuple[BulkActView, ...]:
    """Freeze decisions; who and what they are about is looked up for all at once."""
    people = Resource.objects.filter(pk__in={act.resource_id for act in acts if act.resource_id})
    places = Location.objects.filter(pk__in={act.location_id for act in acts if act.location_id})
    of_people, of_places = (dict(rows.values_list("pk", "name")) for rows in (people, places))
    return tuple(
        _freeze(act, of_people.get(act.resource_id or 0) or of_places.get(act.location_id or 0) or "", now)
        for act in acts
    )


def _freeze(act: BulkAct, name: str, now: datetime) -> BulkActView:
    is_undoable = act.state == BulkState.DONE and act.kind != BulkKind.MESSAGE
    until = act.created_at + UNDONE_WITHIN
    return BulkActView(
        id=act.pk,
        key=act.key,
        kind=BulkKind(act.kind),
        state=BulkState(act.state),
        resource_id=act.resource_id,
        name=name,
        starts_at=act.starts_at,
        ends_at=act.ends_at,
        line=act.line,
        is_told=act.is_told,
        by_id=act.by_id,
        undone_by_id=act.undone_by_id,
        created_at=act.created_at,
        finished_at=act.finished_at,
        undone_at=act.undone_at,
        undo_until=until if is_undoable and now <= until else None,
        **{state.value: getattr(act, f"count_{state.value}") for state in BulkRowState},
    )
