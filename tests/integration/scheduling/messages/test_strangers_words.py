"""What strangers type reaches third persons as words only: no link, no number to call, no amount."""

from __future__ import annotations

import pytest

from notifications.models import Message
from scheduling.models import Booking, Resource
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.types import Actor
from tests.integration.scheduling.messages.conftest import NOW, handle_events

CUSTOMER, STAFF = Actor(kind="customer"), Actor(kind="staff", user_id=1)
ADVERTISING = "GANA 500 EUR bit.ly/xyz"


def read_all(**found: object) -> str:
    rows = Message.objects.filter(**found)
    return "\n".join(
        f"{row.subject}\n{row.body_text}\n{row.body_html}\n{[each['content'] for each in row.attachments]}"
        for row in rows
    )


@pytest.mark.parametrize(("name", "traces"), [("Ana Ruiz", ["Ana Ruiz"]), (ADVERTISING, ["bit.ly", "500 EUR"])])
@pytest.mark.parametrize(
    ("email", "named"), [("third@example.com", {"customer", "business", "worker"}), (None, {"business", "worker"})]
)
def test_a_name_reaches_others_and_advertising_nobody(book, email, named, name, traces):
    Resource.objects.filter(resource_type__is_person=True).update(email="carlos@example.com")
    book(name=name, email=email)
    handle_events()

    told = {role: read_all(role=role) for role in Message.objects.values_list("role", flat=True)}

    is_name = name != ADVERTISING
    assert (Message.objects.count(), set(told)) == (3, {"customer", "business", "worker"})
    assert {role for role, text in told.items() if any(each in text for each in traces)} == (
        named if is_name else set()
    )
    assert ("Hola:" in told["customer"]) == ("customer" in named and not is_name)
    assert ("Alguien reservó una cita" in told["business"]) != is_name


def test_real_name_is_greeted(book):
    book(name="Mar\u00eda Jos\u00e9 de la O")
    handle_events()

    assert "Hola, Mar\u00eda Jos\u00e9 de la O:" in read_all(role="customer")


def test_advertising_in_a_vehicle_reaches_no_third_person(book):
    book()
    Booking.objects.update(asset_label="Nissan http://evil.example 2019")
    handle_events()

    assert "evil.example" not in read_all(role="customer")


@pytest.mark.parametrize(("by", "is_told"), [(CUSTOMER, False), (STAFF, True)])
def test_reason_is_told_when_the_business_gave_it_or_it_is_harmless(book, by, is_told):
    booking = book()
    handle_events()
    cancel_booking(booking_id=booking.id, now=NOW, by=by, reason="Llama al 55 1234 5678")
    handle_events()

    assert ("55 1234 5678" in read_all(role="customer")) is is_told
