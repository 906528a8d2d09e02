"""Reception puts right what was typed wrongly, and the history says who changed what."""

from __future__ import annotations

from scheduling.models import Booking, Customer
from tests.integration.web.workspace.conftest import book
from tests.integration.web.workspace.test_pressed import read_form


def url(booking_id: int) -> str:
    return f"/workspace/bookings/{booking_id}/correct/"


def read(client, booking_id: int) -> dict[str, str]:
    page = client.get(url(booking_id)).content.decode()
    return {**read_form(page), "note": Booking.objects.get(pk=booking_id).note}


def test_the_form_shows_what_stands_there_and_saves_it_unchanged(owner_client):
    booked = book()
    form = read(owner_client, booked.booking_id)

    answer = owner_client.post(url(booked.booking_id), form)

    assert (form["name"], form["email"], form["asset.plate"]) == ("Ana Torres", "ana@example.com", "ABC-12-34")
    assert answer.status_code == 302
    assert Booking.objects.get(pk=booked.booking_id).history.count() == 1


def test_coin_of_the_price_stands_in_its_field(owner_client):
    page = owner_client.get(url(book().booking_id)).content.decode()

    assert ('<span class="unit first">' in page, "css/setup.css" in page) == (True, True)


def test_name_plate_and_price_are_corrected_with_history(owner_client, staff_client):
    booked = book()
    client = staff_client("receptionist")
    form = read(client, booked.booking_id)

    answer = client.post(
        url(booked.booking_id), {**form, "name": "Ana Torre", "asset.plate": "XYZ-98-76", "price": "900"}
    )
    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()

    made = Booking.objects.get(pk=booked.booking_id)
    assert (answer.status_code, made.customer_name, made.asset_data["plate"], made.price_minor) == (
        302,
        "Ana Torre",
        "XYZ-98-76",
        90_000,
    )
    assert "Nombre: Ana Torres → Ana Torre" in page
    assert "ABC-12-34 → XYZ-98-76" in page
    assert "Persona receptionist" in page


def test_the_history_says_answers_as_the_page_does(owner_client):
    booked = book()
    form = read(owner_client, booked.booking_id)

    owner_client.post(url(booked.booking_id), {**form, "asset.mileage": "12000"})
    form = read(owner_client, booked.booking_id)
    owner_client.post(url(booked.booking_id), {**form, "asset.mileage": "120000"})

    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()
    assert "Kilometraje: — → 12,000\N{NO-BREAK SPACE}km" in page
    assert "Kilometraje: 12,000\N{NO-BREAK SPACE}km → 120,000\N{NO-BREAK SPACE}km" in page


def test_the_record_of_the_customer_follows_when_the_box_is_ticked(owner_client):
    booked = book()
    form = read(owner_client, booked.booking_id)

    owner_client.post(url(booked.booking_id), {**form, "name": "Ana Torre"})
    alone = Customer.objects.get().name
    form = read(owner_client, booked.booking_id)
    owner_client.post(url(booked.booking_id), {**form, "name": "Ana Torres Gil", "is_customer_too": "on"})

    assert (alone, Customer.objects.get().name) == ("Ana Torres", "Ana Torres Gil")


def test_mistakes_are_marked_and_nothing_is_lost(owner_client):
    booked = book()
    form = read(owner_client, booked.booking_id)

    answer = owner_client.post(url(booked.booking_id), {**form, "name": "", "price": "caro", "note": "Sin prisa"})

    page = answer.content.decode()
    assert (answer.status_code, page.count('aria-invalid="true"'), "Sin prisa" in page) == (422, 2, True)
    assert Booking.objects.get(pk=booked.booking_id).customer_name == "Ana Torres"


def test_who_was_faster_is_not_overwritten_unseen(owner_client, staff_client):
    booked = book()
    mine, other = read(owner_client, booked.booking_id), read(owner_client, booked.booking_id)
    staff_client("receptionist").post(url(booked.booking_id), {**other, "name": "Ana Torre"})

    refused = owner_client.post(url(booked.booking_id), {**mine, "note": "Sin prisa"})
    again = owner_client.post(url(booked.booking_id), {**read_form(refused.content.decode()), "note": "Sin prisa"})

    assert (refused.status_code, "Alguien cambió esta cita" in refused.content.decode()) == (409, True)
    assert (again.status_code, Booking.objects.get(pk=booked.booking_id).note) == (302, "Sin prisa")


def test_those_who_only_look_correct_nothing(staff_client):
    booked = book()
    client = staff_client("read_only")

    assert client.get(url(booked.booking_id)).status_code == 403
    assert client.post(url(booked.booking_id), {"name": "Otra"}).status_code == 403
    assert "/correct/" not in client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()
    assert Booking.objects.get(pk=booked.booking_id).customer_name == "Ana Torres"
