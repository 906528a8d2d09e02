"""Somebody is here without a booking: reception books now, without notice, contact or more than a name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import Booking, Resource, Service, WorkingHours
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.offer import load_offer
from tests.integration.web.workspace.test_bookings import new_booking
from tests.integration.web.workspace.test_pressed import read_form

NEW = "/workspace/bookings/new/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def open_all_day(tenant):
    """Let everybody work now, whenever the tests run."""
    WorkingHours.objects.all().delete()
    for resource in Resource.objects.all():
        for weekday in range(7):
            WorkingHours.objects.create(resource=resource, weekday=weekday, opens_minute=0, closes_minute=1440)
    Service.objects.update(minimum_notice_minutes=240, duration_minutes=15)


def service_id() -> str:
    return new_booking()["service"]


def walk_in(**more: str) -> dict[str, str]:
    return {"do": "book", "walk_in": "1", "service": service_id(), "name": "Paco", "starts_at": "now", **more}


def test_reception_books_now_with_a_name_alone(owner_client):
    page = owner_client.get(NEW, {"walk_in": "1", "service": service_id()}).content.decode()
    form = read_form(page)
    before = datetime.now(tz=UTC)

    answer = owner_client.post(NEW, {**form, "name": "Paco", "do": "book"})

    made = Booking.objects.get()
    assert (form["walk_in"], form["starts_at"], answer.status_code) == ("1", "now", 302)
    assert timedelta(0) <= made.starts_at - before.replace(second=0, microsecond=0) <= timedelta(minutes=2)
    assert (made.status, made.customer_name, made.customer_phone, made.customer_email) == ("arrived", "Paco", "", "")


def test_without_a_choice_the_visit_begins_now(owner_client):
    owner_client.post(NEW, walk_in(starts_at=""))

    assert Booking.objects.get().status == "arrived"


def test_who_was_pressed_is_taken(owner_client):
    person = load_offer().list_choosable_resources(int(service_id()))[-1]

    owner_client.post(NEW, walk_in(resource=str(person.id)))

    taken = get_booking(booking_id=Booking.objects.get().pk).resources
    assert person.id in [each.resource_id for each in taken]


def test_when_the_pressed_person_is_busy_it_is_said_and_nobody_else_is_taken(owner_client):
    person = load_offer().list_choosable_resources(int(service_id()))[-1]
    owner_client.post(NEW, walk_in(resource=str(person.id), name="Silvia Ponce"))

    page = owner_client.get(NEW, {"walk_in": "1", "service": service_id(), "resource": str(person.id)}).content.decode()
    answer = owner_client.post(NEW, walk_in(resource=str(person.id), name="Hugo"))

    sentence = f"{person.name} ya tiene a Silvia Ponce"
    assert (sentence in page, f"{person.name} no está libre ahora" in page, 'value="now"' in page) == (
        True,
        True,
        False,
    )
    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    assert Booking.objects.count() == 1


def test_when_nobody_is_free_a_later_time_can_be_chosen_and_the_customer_is_here(owner_client):
    Resource.objects.filter(resource_type__is_person=True).exclude(
        pk=load_offer().list_choosable_resources(int(service_id()))[0].id
    ).update(is_active=False)
    owner_client.post(NEW, walk_in(name="Silvia Ponce"))
    page = owner_client.get(NEW, {"walk_in": "1", "service": service_id()}).content.decode()
    later = Booking.objects.get().ends_at

    answer = owner_client.post(NEW, walk_in(name="Hugo", starts_at=later.isoformat()))

    waiting = Booking.objects.get(customer_name="Hugo")
    assert "Nadie está libre ahora" in page
    assert (answer.status_code, waiting.status, waiting.starts_at) == (302, "arrived", later)


def test_mistakes_lose_nothing_and_book_nothing(owner_client):
    refused = owner_client.post(NEW, walk_in(name="", note="Trae grúa"))
    form = read_form(refused.content.decode())

    assert (refused.status_code, form["walk_in"], form["starts_at"]) == (422, "1", "now")
    assert "Trae grúa" in refused.content.decode()
    assert Booking.objects.count() == 0


def test_a_time_that_was_chosen_and_given_up_for_now_is_now(owner_client):
    on = datetime.now(tz=ZoneInfo("America/Mexico_City")).date()

    owner_client.post(NEW, walk_in(time="23:45", on=on.isoformat(), starts_at="now"))

    made = Booking.objects.get()
    assert made.starts_at - datetime.now(tz=UTC) < timedelta(minutes=2)


def test_a_service_can_be_chosen_first(owner_client):
    page = owner_client.get(NEW, {"walk_in": "1"}).content.decode()

    form = read_form(owner_client.post(NEW, {**read_form(page), "service": service_id()}, **HTMX).content.decode())

    assert ("Llegó sin cita" in page, form["walk_in"], form["starts_at"]) == (True, "1", "now")


def test_the_board_leads_there(owner_client):
    assert 'href="/workspace/bookings/new/?walk_in=1"' in owner_client.get("/workspace/").content.decode()


def test_staff_may_leave_contact_and_vehicle_and_the_labels_say_so(owner_client):
    page = owner_client.get(NEW, {"service": service_id()}).content.decode()
    answer = owner_client.post(NEW, walk_in())

    optional = page.count("(opcional)")
    assert answer.status_code == 302
    needed = [label for label in ("Nombre", "Servicio") if f'>{label} <span class="optional"' in page]
    assert (needed, optional > 3) == ([], True)
