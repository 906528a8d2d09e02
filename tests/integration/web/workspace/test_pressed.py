"""What is pressed on the board is what is booked, through every step, and never silently somebody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import Booking, Location, Resource, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.offer import load_offer
from tests.factories.scheduling import NINE_TO_FIVE, make_place, make_resource, make_service
from tests.integration.web.workspace.conftest import book, next_open_day
from tests.integration.web.workspace.test_bookings import new_booking

NEW = "/workspace/bookings/new/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo("America/Mexico_City"))


def press(slot: int = 2, *, last: bool = True) -> dict[str, str]:
    """Return what the board sends for a free place of the last (or first) mechanic's column."""
    service_id = int(new_booking()["service"])
    starts_at = local(next_open_day(service_id)[1][slot].starts_at)
    people = load_offer().list_choosable_resources(service_id)
    person = people[-1 if last else 0]
    return {
        "date": starts_at.date().isoformat(),
        "time": f"{starts_at:%H:%M}",
        "resource": str(person.id),
    }


def read_form(page: str) -> dict[str, str]:
    """Return what a browser would send of the page's form: hidden fields, chosen options and radios, texts."""
    values: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (' type="radio"' not in tag or " checked" in tag) and ' type="checkbox"' not in tag:
            values[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        first = re.search(r'<option value="([^"]*)"', body)
        values[name] = chosen[1] if chosen else first[1] if first else ""
    values.pop("csrfmiddlewaretoken", None)
    return values


def typed(**changes: str) -> dict[str, str]:
    values = new_booking(**changes)
    del values["do"], values["service"]
    return values


@pytest.mark.parametrize("kind", [{}, HTMX], ids=["page", "htmx"])
def test_pressed_person_and_time_are_booked(owner_client, kind):
    pressed = press()
    page = owner_client.get(NEW, pressed).content.decode()
    form = read_form(page)
    assert {name: form[name] for name in ("on", "time", "resource")} == {
        "on": pressed["date"],
        "time": pressed["time"],
        "resource": pressed["resource"],
    }

    with_service = owner_client.post(NEW, {**form, "service": new_booking()["service"]}, **kind).content.decode()
    form = read_form(with_service)
    owner_client.post(NEW, {**form, **typed(), "do": "book"})

    made = get_booking(booking_id=Booking.objects.get().pk)
    assert f"{local(made.starts_at):%Y-%m-%d %H:%M}" == f"{pressed['date']} {pressed['time']}"
    assert int(pressed["resource"]) in [each.resource_id for each in made.resources]


def test_pressed_time_is_marked_and_asked_for_once(owner_client):
    pressed = press()

    page = owner_client.get(NEW, {**pressed, "service": new_booking()["service"]}).content.decode()

    assert read_form(page)["starts_at"] != ""
    assert len(re.findall(r'type="radio"[^>]* checked', page)) == 1
    assert '<details class="over">' in page  # the field for another time is folded away
    assert 'type="time" name="at" value' not in page


def test_errors_lose_nothing_of_what_was_pressed(owner_client):
    pressed = press()
    form = read_form(owner_client.get(NEW, {**pressed, "service": new_booking()["service"]}).content.decode())

    refused = owner_client.post(NEW, {**form, **typed(name="", phone="12"), "do": "book"})
    again = read_form(refused.content.decode())
    owner_client.post(NEW, {**again, **typed(), "do": "book"})

    made = get_booking(booking_id=Booking.objects.get().pk)
    assert refused.status_code == 422
    assert (f"{local(made.starts_at):%H:%M}", again["resource"]) == (pressed["time"], pressed["resource"])
    assert int(pressed["resource"]) in [each.resource_id for each in made.resources]


def test_another_service_keeps_who_and_when(owner_client):
    pressed = press()
    one, two = [str(each.pk) for each in Service.objects.filter(seats=None).order_by("id")[:2]]
    form = read_form(owner_client.get(NEW, {**pressed, "service": one}).content.decode())

    form = read_form(owner_client.post(NEW, {**form, "service": two}, **HTMX).content.decode())

    assert (form["resource"], form["time"], form["on"]) == (pressed["resource"], pressed["time"], pressed["date"])


def test_another_day_keeps_who_and_the_time_of_day(owner_client):
    pressed = press()
    form = read_form(owner_client.get(NEW, {**pressed, "service": new_booking()["service"]}).content.decode())
    other = (datetime.fromisoformat(pressed["date"]) + timedelta(days=7)).date().isoformat()

    form = read_form(owner_client.post(NEW, {**form, "go_on": other}, **HTMX).content.decode())

    assert (form["resource"], form["time"], form["on"]) == (pressed["resource"], pressed["time"], other)
    assert local(datetime.fromisoformat(form["starts_at"])).date().isoformat() == other


def test_a_time_that_was_chosen_afterwards_counts_more_than_the_pressed_one(owner_client):
    pressed = press(2)
    form = read_form(owner_client.get(NEW, {**pressed, "service": new_booking()["service"]}).content.decode())
    chosen = next_open_day(int(form["service"]))[1][3].starts_at

    page = owner_client.post(NEW, {**form, "starts_at": chosen.isoformat(), "resource": ""}, **HTMX)
    form = read_form(page.content.decode())

    assert (form["time"], form["resource"]) == (f"{local(chosen):%H:%M}", "")
    assert datetime.fromisoformat(form["starts_at"]) == chosen


def test_a_time_between_those_of_customers_is_offered_to_staff(owner_client):
    pressed = press()
    hour, _ = pressed["time"].split(":")
    Service.objects.update(step_minutes=60, align="clock")
    wanted = time(int(hour), 10)

    form = read_form(
        owner_client.get(
            NEW, {**pressed, "time": f"{wanted:%H:%M}", "service": new_booking()["service"]}
        ).content.decode()
    )
    answer = owner_client.post(NEW, {**form, **typed(), "do": "book"})

    assert (answer.status_code, f"{local(Booking.objects.get().starts_at):%H:%M}") == (302, f"{wanted:%H:%M}")


def test_who_does_not_do_the_service_is_named_and_nobody_else_is_booked(owner_client):
    pressed = press()
    person = Resource.objects.get(pk=pressed["resource"])
    other = make_service((Resource.objects.exclude(pk=person.pk).filter(resource_type=person.resource_type)[0].pk,))
    name = Service.objects.get(pk=other).name

    page = owner_client.get(NEW, {**pressed, "service": str(other)}).content.decode()
    form = read_form(page)
    answer = owner_client.post(NEW, {**form, **typed(), "do": "book"})

    sentence = f"{person.name} no hace «{name}»."
    assert sentence in page
    assert form["resource"] == pressed["resource"]
    assert (answer.status_code in {404, 409, 422}, sentence in answer.content.decode()) == (True, True)
    assert Booking.objects.count() == 0


def test_who_is_busy_is_named_with_whom_and_until_when(owner_client):
    pressed = press(2, last=False)
    Resource.objects.filter(resource_type__is_person=True).exclude(pk=pressed["resource"]).update(is_active=False)
    taken = get_booking(booking_id=book("Silvia Ponce", slot=2).booking_id)
    person = next(each.name for each in taken.resources if str(each.resource_id) == pressed["resource"])
    Resource.objects.update(is_active=True)

    page = owner_client.get(NEW, {**pressed, "service": new_booking()["service"]}).content.decode()
    form = read_form(page)
    answer = owner_client.post(NEW, {**form, **typed(), "do": "book"})

    assert f"{person} ya tiene a Silvia Ponce" in page
    assert form.get("starts_at", "") == ""
    assert (answer.status_code, f"{person} ya tiene a Silvia Ponce" in answer.content.decode()) == (409, True)
    assert "Alguien acaba de tomar" not in answer.content.decode()
    assert Booking.objects.count() == 1


def test_a_pressed_person_who_left_meanwhile_is_not_replaced(owner_client):
    pressed = press()
    form = read_form(owner_client.get(NEW, {**pressed, "service": new_booking()["service"]}).content.decode())
    Resource.objects.filter(pk=pressed["resource"]).update(is_active=False)

    answer = owner_client.post(NEW, {**form, **typed(), "do": "book"})

    assert (answer.status_code, Booking.objects.count()) == (404, 0)
    assert 'role="alert"' in answer.content.decode()


def test_the_place_of_the_pressed_column_is_kept_with_its_clock(owner_client):
    madrid = make_place("Europe/Madrid")
    person = make_resource(madrid, "Inés", hours=NINE_TO_FIVE, type_name="Mecánico")
    service = make_service((person,))
    on = (datetime.now(tz=UTC) + timedelta(days=3)).date().isoformat()

    page = owner_client.get(NEW, {"date": on, "time": "10:00", "resource": str(person)}).content.decode()
    form = read_form(page)
    form = read_form(owner_client.post(NEW, {**form, "service": str(service)}, **HTMX).content.decode())
    owner_client.post(NEW, {**form, **typed(), "do": "book"})

    made = Booking.objects.get()
    assert form["location"] == str(madrid)
    assert (made.location_id, made.starts_at.astimezone(ZoneInfo("Europe/Madrid")).hour) == (madrid, 10)


def test_a_day_that_is_over_is_said(owner_client):
    yesterday = (datetime.now(tz=UTC) - timedelta(days=2)).date().isoformat()

    page = owner_client.get(NEW, {**press(), "date": yesterday}).content.decode()

    assert "Ese día ya pasó" in page
    assert "time" not in read_form(page)


@pytest.mark.parametrize("at", ["25:00", "", "ayer", "9", "09:15:30"])
def test_a_strange_time_is_no_time(owner_client, at):
    answer = owner_client.get(NEW, {**press(), "time": at, "service": new_booking()["service"]})

    assert answer.status_code == 200


def test_every_column_has_its_own_way_to_a_booking(owner_client):
    page = owner_client.get("/workspace/?type=all").content.decode()
    ids = re.findall(r'data-resource="(\d+)"', page)

    assert ids
    assert all(f'resource={each}"' in page for each in ids)
    assert Location.objects.count() == 1
