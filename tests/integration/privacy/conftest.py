from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from privacy.enums import RequestRight
from privacy.selectors.requests import get_request
from privacy.services.asking import ask_by_link
from privacy.types import RequestView
from scheduling.models import Booking, Contact
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import Actor, BookingView
from tests.integration.scheduling.messages.conftest import NOW, book, handle_events, service

__all__ = ["NOW", "book", "handle_events", "service"]


@pytest.fixture
def staff(tenant) -> Actor:
    """The owner at work."""
    return Actor(kind="staff", user_id=User.objects.filter(role="owner").values_list("pk", flat=True).first())


def prove(booking: BookingView, *, kind: str = "email") -> BookingView:
    """As if whoever booked had typed the code that went to their contact."""
    Booking.objects.filter(pk=booking.id).update(proven_contact=kind)
    Contact.objects.filter(customer_id=booking.customer_id, kind=kind).update(verified_at=NOW)
    return booking


@pytest.fixture
def booking(book: Callable[..., BookingView]) -> BookingView:
    return prove(book())


@pytest.fixture
def token(booking: BookingView) -> str:
    return make_manage_token(booking)


@pytest.fixture
def ask(token: str) -> Callable[..., RequestView]:
    def _ask(right: RequestRight = RequestRight.ACCESS, *, text: str = "", now=NOW, link: str = "") -> RequestView:
        return get_request(request_id=ask_by_link(token=link or token, right=right, text=text, now=now))

    return _ask
