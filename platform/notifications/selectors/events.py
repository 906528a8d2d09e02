"""Reading the outbox as a log of what happened."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Max, Q

from notifications.models import Event
from notifications.types.messages import EventView


def list_events(*, kinds: Collection[str], after_id: int, ids: Collection[int], limit: int) -> tuple[EventView, ...]:
    """Return the events of some kinds that are newer than one, or named, oldest first; the newest ``limit`` of them.

    A name beside the number: an event that was written earlier may be committed later.
    """
    rows = Event.objects.filter(Q(pk__gt=after_id) | Q(pk__in=ids), kind__in=kinds).order_by("-pk")[:limit]
    return tuple(_view(row) for row in reversed(rows))


def find_last_event(*, kind: str, subject_id: int) -> EventView | None:
    """Return the last event of a kind about something."""
    row = Event.objects.filter(kind=kind, subject_id=subject_id).order_by("-pk").first()
    return None if row is None else _view(row)


def list_events_of(*, kind: str, subject_id: int) -> tuple[EventView, ...]:
    """List the events of a kind about something, oldest first."""
    return tuple(_view(row) for row in Event.objects.filter(kind=kind, subject_id=subject_id).order_by("pk"))


def find_newest_event_id() -> int:
    """Return the id of the latest event; 0 when there is none."""
    return int(Event.objects.aggregate(newest=Max("pk"))["newest"] or 0)


def _view(row: Event) -> EventView:
    return EventView(
        id=row.pk, kind=row.kind, subject_id=row.subject_id, payload=row.payload, occurred_at=row.occurred_at
    )
