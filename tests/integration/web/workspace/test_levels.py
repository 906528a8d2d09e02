"""How a customer books from now on: decided at one of their bookings, with a reason and what was decided before."""

from __future__ import annotations

import re
from html import unescape

import pytest

from scheduling.models import Booking, Customer
from tests.integration.web.workspace.conftest import book


@pytest.fixture
def booking(tenant) -> Booking:
    return Booking.objects.get(pk=book("Ana Torres").booking_id)


def send(client, booking, **typed):
    return client.post(f"/workspace/bookings/{booking.pk}/level/?lang=es", typed)


def read(client, address: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(address).content.decode())).split())


def test_a_level_is_set_with_its_reason_and_shown_where_they_are_looked_at(owner_client, booking):
    first = send(owner_client, booking, level="by_approval", reason="No vino tres veces")
    second = send(owner_client, booking, level="refused", reason="<script>alert(1)</script>")

    customer = Customer.objects.get(pk=booking.customer_id)
    page = read(owner_client, f"/workspace/bookings/{booking.pk}/level/?lang=es")
    assert (first.status_code, second.status_code, customer.booking_level) == (302, 302, "refused")
    raw = owner_client.get(f"/workspace/bookings/{booking.pk}/level/").content.decode()
    assert ("No en línea : <script>alert(1)</script>" in page, "<script>alert(1)" in raw) == (True, False)
    assert page.index("alert(1)") < page.index("No vino tres veces")
    assert "No en línea" in read(owner_client, f"/workspace/bookings/{booking.pk}/?lang=es")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"level": "by_approval", "reason": ""}, "reason"),
        ({"level": "must_prepay", "reason": "  "}, "reason"),
        ({"level": "by_approval", "reason": "x" * 301}, "reason"),
        ({"level": "vip", "reason": "x"}, "level"),
        ({"reason": "x"}, "level"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(owner_client, booking, typed, field):
    answer = send(owner_client, booking, **typed)

    page = answer.content.decode()
    assert (answer.status_code, f'id="f-{field}_error"' in page) == (422, True)
    assert Customer.objects.get(pk=booking.customer_id).booking_level == "normal"


def test_who_books_as_everybody_needs_no_reason(owner_client, booking):
    send(owner_client, booking, level="refused", reason="Debe dinero")

    answer = send(owner_client, booking, level="normal", reason="")

    customer = Customer.objects.get(pk=booking.customer_id)
    assert (answer.status_code, customer.booking_level, customer.level_reason) == (302, "normal", "")


@pytest.mark.parametrize("role", ["provider", "read_only"])
def test_who_may_not_manage_customers_sees_neither_link_nor_page(staff_client, booking, role):
    client = staff_client(role)

    page = client.get(f"/workspace/bookings/{booking.pk}/").content.decode()

    assert "/level/" not in page
    assert client.get(f"/workspace/bookings/{booking.pk}/level/").status_code == 403
    assert send(client, booking, level="refused", reason="x").status_code == 403
    assert Customer.objects.get(pk=booking.customer_id).booking_level == "normal"


def test_a_booking_of_nobody_has_no_such_page(owner_client, booking):
    Booking.objects.filter(pk=booking.pk).update(customer=None)

    assert owner_client.get(f"/workspace/bookings/{booking.pk}/level/").status_code == 404
