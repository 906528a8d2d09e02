"""A day with bookings that is going to be closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import User
from scheduling.enums import Outcome
from scheduling.errors import BookingsTouched
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.catalog.special_days.date_overrides import create_date_override
from scheduling.services.changes.applying import Words, apply_change
from scheduling.types import (
    Actor,
    Applied,
    CustomerDetails,
    DateOverrideSetup,
    Decision,
    SlotRequest,
    Touched,
    VisitDetails,
)
from tenants.context import tenant_scope
from tests.factories.scheduling import CAR, CUSTOMER, MONDAY, NOW, make_place, make_resource, make_wish

CLOSED_ON = MONDAY.date()
WORDS = Words(change="Cerrar Centro el lunes 12 de enero")


@pytest.fixture
def olga(tenant) -> Actor:
    """The owner."""
    return Actor(kind="staff", user_id=User.objects.get(role="owner").pk)


@pytest.fixture
def place(tenant) -> int:
    return make_place()


@pytest.fixture
def eva(place) -> int:
    return make_resource(place, "Eva")


@pytest.fixture
def leo(place) -> int:
    return make_resource(place, "Leo")


def book_for(name: str, service_id: int, hour: float = 9, *, email: str = "", phone: str = "", **wish) -> int:
    """Book an hour of the Monday for somebody, and return the booking's id."""
    request = SlotRequest(make_wish(service_id, **wish), MONDAY + timedelta(hours=hour - 9))
    contact = {} if email or phone else {"email": f"{name.split(maxsplit=1)[0].lower()}@example.com"}
    customer = CustomerDetails(name=name, locale="es", **({"email": email, "phone": phone} | contact))
    details = VisitDetails(customer=customer, asset=CAR)
    return book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER).booking_id


def close(place: int, by: Actor, on: date = CLOSED_ON):
    """Return the change that closes a place on a day."""
    return lambda: create_date_override(setup=DateOverrideSetup(on=on, location_id=place), by=by, now=NOW)


def review(change, by: Actor, decisions: Mapping[int, Decision] | None = None) -> tuple[Touched, ...]:
    """Make a change that touches bookings; return them as they are handed back."""
    with pytest.raises(BookingsTouched) as refusal:
        apply_change(change, decisions=decisions or {}, words=WORDS, by=by, now=NOW)
    return refusal.value.touched


def save(change, by: Actor, decisions: Mapping[int, Decision], words: Words = WORDS) -> Applied[int]:
    return apply_change(change, decisions=decisions, words=words, by=by, now=NOW)


def move_to_first(touched: tuple[Touched, ...]) -> dict[int, Decision]:
    """Move each booking to where it is proposed first."""
    return {
        each.booking.id: Decision(Outcome.MOVE, each.proposals[0].starts_at, each.proposals[0].resource_ids)
        for each in touched
    }


def run_in(tenant, job: Callable[[], object]) -> object:
    """Run a job over a connection of its own; return what it raises."""
    try:
        with tenant_scope(tenant):
            return job()
    except Exception as error:  # noqa: BLE001 - handed to the test
        return error
    finally:
        connection.close()
