from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import complete_visit, mark_arrived
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import Actor, BookingView
from tests.integration.scheduling.messages.conftest import book, handle_events, service

__all__ = ["book", "service"]
STAFF = Actor(kind="staff", user_id=None)


def complete(booking: BookingView, *, at: datetime | None = None) -> BookingView:
    mark_arrived(booking_id=booking.id, now=booking.starts_at, by=STAFF)
    complete_visit(booking_id=booking.id, now=at or booking.ends_at, by=STAFF)
    handle_events(at or booking.ends_at)
    return get_booking(booking_id=booking.id)


@pytest.fixture
def visited(book: Callable[..., BookingView]) -> BookingView:
    """A visit that is over."""
    return complete(book())


@pytest.fixture
def token(visited: BookingView) -> str:
    """The link of that visit."""
    return make_manage_token(visited)
