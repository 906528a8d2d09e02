"""Who calls is found by what they say, and brings their data along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.models import Booking, Customer
from scheduling.selectors.catalog.services import list_bookable_services
from scheduling.selectors.customers.profile import find_last_visit
from tests.integration.web.workspace.conftest import book, next_open_day
from verticals.registry import get_vertical
from web.parts import assets

NEW = "/workspace/bookings/new/"


@pytest.fixture
def laura(tenant) -> Customer:
    booking = Booking.objects.get(pk=book("Laura Jiménez").booking_id)
    return Customer.objects.get(pk=booking.customer_id)


def open_day(service_id) -> str:
    """A day that has times, whenever the test runs."""
    return next_open_day(service_id)[0].isoformat()


def page_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("who", ["laura jim", "5512345678", "1234 5678", "ABC-12-34", "abc1234"])
def test_a_phone_a_name_or_a_plate_finds_them(owner_client, laura, who):
    found = page_of(owner_client.get(f"{NEW}found/", {"who": who}))

    assert f'name="customer" value="{laura.id}"' in found
    assert "ABC-12-34" in found


@pytest.mark.parametrize("who", ["", " ", "l", "x" * 101, "a\0b"])
def test_what_says_nothing_finds_nobody(owner_client, laura, who):
    answer = owner_client.get(f"{NEW}found/", {"who": who})

    assert (answer.status_code, 'name="customer"' in page_of(answer)) == (200, False)


def test_whoever_is_picked_brings_name_phone_vehicle_and_service(owner_client, laura):
    Booking.objects.update(starts_at="2026-01-05T15:00Z", ends_at="2026-01-05T16:00Z")
    service_id = Booking.objects.get().service_id

    shown = page_of(owner_client.post(NEW, {"who": "laura", "customer": laura.id, "name": "x", "phone": ""}))

    assert 'value="Laura Jiménez"' in shown
    assert 'value="ABC-12-34"' in shown
    assert f'<option value="{service_id}" selected>' in shown
    assert ("Última visita" in shown, f'name="known" value="{laura.id}/' in shown) == (True, True)


def test_what_is_corrected_afterwards_stays(owner_client, laura):
    first = owner_client.post(NEW, {"who": "laura", "customer": laura.id})
    mark = page_of(first).partition('name="known" value="')[2].partition('"')[0]

    shown = page_of(owner_client.post(NEW, {"customer": laura.id, "known": mark, "name": "Laura J."}))

    assert ('value="Laura J."' in shown, 'value="Laura Jiménez"' in shown) == (True, False)


def test_somebody_else_starts_empty(owner_client, laura):
    shown = page_of(owner_client.post(NEW, {"customer": "", "known": f"{laura.id}/", "name": "Laura Jiménez"}))

    assert ('id="who"' in shown, 'value="Laura Jiménez"' in shown) == (True, False)


@pytest.mark.parametrize(
    ("who", "shown"), [("55 9876 5432", 'value="55 9876 5432"'), ("Rosa Lima", 'value="Rosa Lima"')]
)
def test_a_stranger_keeps_what_was_typed(owner_client, tenant, who, shown):
    page = page_of(owner_client.post(NEW, {"do": "stranger", "who": who}))

    assert page.count(shown) == 2


def test_without_scripts_the_page_looks_for_them(owner_client, laura):
    page = page_of(owner_client.post(NEW, {"do": "find", "who": "laura"}))

    assert f'name="customer" value="{laura.id}"' in page


def test_a_customer_who_is_gone_is_nobody(owner_client, tenant):
    answer = owner_client.post(NEW, {"customer": "999999", "who": ""})

    assert (answer.status_code, 'id="who"' in page_of(answer)) == (200, True)


def test_for_a_walk_in_the_usual_service_is_chosen(owner_client, laura):
    Booking.objects.update(starts_at="2026-11-20T15:00Z", ends_at="2026-11-20T16:00Z")
    service_id = Booking.objects.get().service_id

    page = page_of(owner_client.get(NEW, {"walk_in": "1"}))

    assert f'<option value="{service_id}" selected>' in page


def test_a_length_that_was_drawn_is_booked(owner_client, tenant):
    service_id = Booking.objects.get(pk=book("Ana Torres").booking_id).service_id
    typed = {"service": service_id, "length": "75", "name": "Rosa Lima", "do": "book", "on": open_day(service_id)}
    page = page_of(owner_client.post(NEW, typed | {"do": "times"}))
    start = page.partition('name="starts_at" value="')[2].partition('"')[0]

    refused = owner_client.post(NEW, typed | {"starts_at": start, "length": "0"})
    done = owner_client.post(NEW, typed | {"starts_at": start})

    booked = Booking.objects.get(customer_name="Rosa Lima")
    assert (refused.status_code, done.status_code) == (422, 302)
    assert (booked.length_minutes, (booked.ends_at - booked.starts_at).total_seconds()) == (75, 75 * 60)


def test_several_services_make_one_visit(owner_client, tenant):
    first, second = [each.id for each in list_bookable_services() if each.seats is None][:2]
    typed = {"service": first, "also_1": second, "name": "Rosa Lima", "on": open_day(first)}
    page = page_of(owner_client.post(NEW, typed | {"do": "times"}))
    start = page.partition('name="starts_at" value="')[2].partition('"')[0]

    done = owner_client.post(NEW, typed | {"starts_at": start, "do": "book"})

    booked = Booking.objects.get(customer_name="Rosa Lima")
    lines = list(booked.lines.order_by("position").values_list("service_id", "duration_minutes"))
    assert (done.status_code, [each for each, _ in lines]) == (302, [first, second])
    assert booked.ends_at - booked.starts_at == timedelta(minutes=sum(minutes for _, minutes in lines))
    assert ('name="also_2"' in page, 'name="also_3"' in page) == (True, False)


def test_a_service_that_is_none_is_left_out(owner_client, tenant):
    first = next(each.id for each in list_bookable_services() if each.seats is None)

    page = page_of(owner_client.post(NEW, {"service": first, "also_1": "999999", "do": "times"}))

    assert ('name="also_1"' in page, 'name="also_2"' in page) == (True, False)


def book_on_page(client, typed):
    """Choose the first time that is offered, and book."""
    typed = typed | {"on": open_day(typed["service"])}
    page = page_of(client.post(NEW, typed | {"do": "times"}))
    start = page.partition('name="starts_at" value="')[2].partition('"')[0]
    return client.post(NEW, typed | {"starts_at": start, "do": "book"})


def test_whoever_was_picked_without_a_contact_is_booked_and_nobody_is_made(owner_client, laura):
    service_id = Booking.objects.get().service_id
    laura.contacts.all().delete()
    before = Customer.objects.count()

    done = book_on_page(owner_client, {"service": service_id, "customer": laura.id, "name": "Laura J.", "known": "x"})

    made = Booking.objects.latest("pk")
    assert (done.status_code, made.customer_id, Customer.objects.count()) == (302, laura.id, before)


@pytest.mark.parametrize("customer", ["999999", "x", "-1"])
def test_whoever_is_gone_is_said_and_what_was_typed_stays(owner_client, laura, customer):
    service_id = Booking.objects.get().service_id

    refused = book_on_page(owner_client, {"service": service_id, "customer": customer, "name": "Rosa Lima"})

    page = page_of(refused)
    assert (refused.status_code, Booking.objects.count()) == (422, 1)
    assert ("Este cliente ya no está" in page, 'value="Rosa Lima"' in page) == (True, True)


def test_a_visit_that_was_canceled_is_not_the_last_one(owner_client, laura):
    Booking.objects.update(starts_at="2026-01-05T15:00Z", ends_at="2026-01-05T16:00Z", status="completed")
    later = Booking.objects.get(pk=book("Laura Jiménez").booking_id)
    Booking.objects.filter(pk=later.pk).update(
        starts_at="2026-03-07T15:00Z", ends_at="2026-03-07T16:00Z", status="cancelled", is_active=False
    )

    last = find_last_visit(customer_id=laura.id, now=later.created_at)
    Booking.objects.filter(pk=later.pk).update(status="confirmed", is_active=True)
    newest = find_last_visit(customer_id=laura.id, now=later.created_at)

    assert later.customer_id == laura.id
    assert (str(last.starts_at.date()), str(newest.starts_at.date())) == ("2026-01-05", "2026-03-07")


@pytest.mark.parametrize(
    ("vertical", "label"),
    [
        ("automotive", "Celular, nombre o placa"),
        ("clinic", "Celular, nombre o paciente"),
        ("salon", "Celular o nombre"),
    ],
)
def test_what_they_are_found_by_is_said_in_the_words_of_the_trade(owner_client, tenant, monkeypatch, vertical, label):
    monkeypatch.setattr(assets, "get_vertical", lambda _key: get_vertical(vertical))

    page = page_of(owner_client.get(NEW))

    assert f'<label for="who">{label}</label>' in page
