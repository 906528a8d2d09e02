"""The conversations about bookings: one, and those whose customers wait for words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Q

from kernel.page import Page, cut_page, limit_rows, read_cursor
from scheduling.enums import ActorKind
from scheduling.models import ConversationLine
from scheduling.types.aftercare.views import ConversationView, WaitingConversation, WrittenLine

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


def list_lines(
    *,
    author: str = "",
    is_waiting: bool | None = None,
    written_since: datetime | None = None,
    written_before: datetime | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page[WrittenLine]:
    """List what was written about all bookings but tests, the newest first; one query.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    size = limit_rows(limit)
    rows = ConversationLine.objects.filter(booking__is_test=False)
    waits = Q(author=ActorKind.CUSTOMER, settled_at=None)
    if author:
        rows = rows.filter(author=author)
    if is_waiting is not None:
        rows = rows.filter(waits if is_waiting else ~waits)
    if written_since is not None:
        rows = rows.filter(written_at__gte=written_since)
    if written_before is not None:
        rows = rows.filter(written_at__lt=written_before)
    if cursor:
        written_at, last_id = read_cursor(cursor, datetime, int)
        rows = rows.filter(Q(written_at__lt=written_at) | Q(written_at=written_at, pk__lt=last_id))
    found = list(rows.order_by("-written_at", "-pk")[: size + 1])
    return cut_page(found, limit=size, view=_view_line, key=lambda row: (row.written_at, row.pk))


def _view_line(row: ConversationLine) -> WrittenLine:
    return WrittenLine(
        id=row.pk,
        booking_id=row.booking_id,
        author=ActorKind(row.author),
        user_id=row.user_id,
        text=row.text,
        written_at=row.written_at,
        is_waiting=row.author == ActorKind.CUSTOMER and row.settled_at is None,
    )


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
