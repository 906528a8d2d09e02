"""Numbers as people have them: one person, whatever they type; and a number that gets no SMS is said at its field."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from django.db import connection

from notifications.services.recipients import find_addresses
from notifications.services.stops import Answered, take_reply
from notifications.types.messages import Recipient
from scheduling.errors import CustomerInvalid
from scheduling.models import Booking, Contact, Customer
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.writing.inputs import PHONE_FIXED, PHONE_NOT_TEXTED
from scheduling.types import SlotRequest
from tests.factories.scheduling import CUSTOMER, DETAILS, NOW, STAFF, hours_later, make_shop, make_wish


def book(phone, *, hours=0, email=None, by=CUSTOMER):
    details = replace(DETAILS, customer=replace(DETAILS.customer, phone=phone, email=email))
    wish = make_wish(book.service_id)
    request = SlotRequest(wish, starts_at=hours_later(hours))
    return book_slot(request=request, details=details, now=NOW, source="page", by=by)


@pytest.fixture(autouse=True)
def service(request):
    if "tenant" in request.fixturenames:
        request.getfixturevalue("tenant")
        book.service_id, _ = make_shop()


@pytest.mark.parametrize("other", ["+52 1 55 1234 5678", "5215512345678", "044 55 1234 5678", "00 52 55 1234 5678"])
def test_spellings_of_one_number_are_one_customer(tenant, other):
    book("55 1234 5678")
    book(other, hours=1)

    assert (Booking.objects.count(), Customer.objects.count()) == (2, 1)
    assert set(Booking.objects.values_list("customer_phone", flat=True)) == {"+525512345678"}
    assert list(Contact.objects.values_list("value", flat=True)) == ["+525512345678"]


def test_an_argentine_with_and_without_the_nine_is_one_customer(tenant):
    book("+54 11 2345 6789", by=STAFF)
    book("+54 9 11 2345 6789", hours=1, by=STAFF)

    assert (Booking.objects.count(), Customer.objects.count()) == (2, 1)


@pytest.mark.parametrize(("phone", "reason"), [("+34 910 12 34 56", PHONE_FIXED), ("900 123 4567", PHONE_NOT_TEXTED)])
def test_a_number_without_sms_as_the_only_contact_is_said_at_its_field(tenant, phone, reason):
    with pytest.raises(CustomerInvalid) as refusal:
        book(phone)

    assert (refusal.value.errors, Booking.objects.count()) == ({"phone": (reason,)}, 0)


@pytest.fixture
def stopped(tenant):
    """Somebody answered STOP to the business."""
    take_reply(Answered("+525512345678", "STOP", "SM1"), now=NOW)


def test_a_stranger_does_not_learn_that_a_number_said_stop(stopped, settings):
    settings.SMS_URL = "http://127.0.0.1:1"
    told = [book(phone, hours=hours).status for hours, phone in enumerate(("55 1234 5678", "55 8765 4321"))]

    assert told == ["confirmed", "confirmed"]
    numbers = ("+525512345678", "+525587654321", "+34910123456", "")
    assert find_addresses([Recipient(phone=phone) for phone in numbers]) == ("", "+525587654321", "", "")
    assert find_addresses([Recipient(email="a@example.com", phone=numbers[0])]) == ("a@example.com",)


def test_a_fixed_line_beside_an_address_is_kept(tenant):
    book("+34 910 12 34 56", email="ana@example.com")

    assert Booking.objects.get().customer_phone == "+34910123456"


def fetch(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def test_stored_numbers_are_written_anew_and_nobody_has_one_twice(tenant):
    [(customer,)] = fetch(
        "INSERT INTO scheduling_customer (name, locale, notes, tags, is_sample, created_at) "
        "VALUES ('Ana', 'es', '', '[]', false, now()) RETURNING id"
    )
    for value in ("+5215512345678", "+525512345678", "+541123456789", "+5491187654321", "+34612345678"):
        fetch("INSERT INTO scheduling_contact (customer_id, kind, value) VALUES (%s, 'phone', %s)", customer, value)

    for operation in import_module("scheduling.migrations.0005_phone_spelling").Migration.operations:
        fetch(operation.sql)

    assert sorted(fetch("SELECT value FROM scheduling_contact")) == [
        ("+34612345678",),
        ("+525512345678",),
        ("+5491123456789",),
        ("+5491187654321",),
    ]
