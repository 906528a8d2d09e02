"""The conversations about bookings: one, and those whose customers wait for words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby
from operator import attrgetter

from scheduling.enums import ActorKind
from scheduling.models import ConversationLine
from scheduling.types.aftercare.views import ConversationView, WaitingConversation

MOST_SHOWN = 200
"""Of one conversation: the newest."""
MOST_WAITING = 500
"""Lines that wait, of all bookings; whoever has more has not looked for weeks."""


def list_conversation(*, booking_id: int) -> tuple[ConversationView, ...]:
    """List what was written about a booking, oldest first; one query."""
    rows = ConversationLine.objects.filter(booking_id=booking_id).order_by("-written_at", "-pk")[:MOST_SHOWN]
    return _view_all(reversed(list(rows)))


def list_conversations(booking_ids: Collection[int]) -> dict[int, tuple[ConversationView, ...]]:
    """Return everything that was written about several bookings, by id, oldest first; one query."""
    rows = ConversationLine.objects.filter(booking_id__in=booking_ids).order_by("booking_id", "written_at", "pk")
    return {booking_id: _view_all(lines) for booking_id, lines in groupby(rows, key=attrgetter("booking_id"))}


def list_waiting() -> tuple[WaitingConversation, ...]:
    """List the bookings whose customers wait for words, whoever has waited longest first; one query."""
    rows = (
        ConversationLine.objects.filter(settled_at=None, booking__is_test=False)
        .select_related("booking__service", "booking__location")
        .order_by("written_at", "pk")[:MOST_WAITING]
    )
    by_booking: dict[int, list[ConversationLine]] = {}
    for row in rows:
        by_booking.setdefault(row.booking_id, []).append(row)
    return tuple(
        WaitingConversation(
            booking_id=booking_id,
            customer_name=lines[0].booking.customer_name,
            service_name=lines[0].booking.service.name,
            starts_at=lines[0].booking.starts_at,
            timezone=lines[0].booking.location.timezone,
            text=lines[-1].text,
            written_at=lines[0].written_at,
            count=len(lines),
            last_line_id=lines[-1].pk,
        )
        for booking_id, lines in by_booking.items()
    )


def _view_all(rows: Iterable[ConversationLine]) -> tuple[ConversationView, ...]:
    return tuple(
        ConversationView(
            id=row.pk,
            author=ActorKind(row.author),
            user_id=row.user_id,
            text=row.text,
            written_at=row.written_at,
            is_waiting=row.author == ActorKind.CUSTOMER and row.settled_at is None,
        )
        for row in rows
    )
