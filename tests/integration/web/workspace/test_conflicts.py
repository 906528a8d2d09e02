"""A conflict says who is in the way, and leads on; a notice says what changed."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import Booking, Resource
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from tests.integration.web.workspace.conftest import book

HTMX = {"HTTP_HX_REQUEST": "true"}


def move_url(booking_id: int) -> str:
    return f"/workspace/bookings/{booking_id}/move/"


def read_toast(answer) -> dict[str, object]:
    return json.loads(answer["HX-Trigger"])["turnero:toast"]


def person_of(booking: BookingView) -> tuple[int, str]:
    return next((each.resource_id, each.name) for each in booking.resources if each.is_person)


@pytest.fixture
def two(tenant) -> tuple[BookingView, BookingView, dict[str, str]]:
    """Silvia's visit, Hugo's later one, and the post that drags Hugo's onto Silvia's."""
    silvia = get_booking(booking_id=book("Silvia Ponce", slot=2).booking_id)
    hugo = get_booking(booking_id=book("Hugo Medina", slot=8).booking_id)
    shift = int((silvia.starts_at - hugo.starts_at).total_seconds() // 60)
    return silvia, hugo, {"shift": str(shift), "resource": str(person_of(silvia)[0]), "from": "board"}


def test_a_drag_onto_a_visit_says_whose_it_is_and_until_when(owner_client, two):
    silvia, hugo, drag = two

    answer = owner_client.post(move_url(hugo.id), drag, **HTMX)

    toast = read_toast(answer)
    ends = silvia.ends_at.astimezone(ZoneInfo(silvia.timezone))
    assert answer.status_code == 409
    assert toast["title"].startswith(f"{person_of(silvia)[1]} ya tiene a Silvia Ponce, ")
    assert f"{ends.hour % 12 or 12}:{ends:%M}" in toast["title"]
    assert "La cita sigue" in toast["text"]
    assert [link["label"] for link in toast["links"]] == ["Ver horas libres", "Reservar fuera de las reglas"]
    assert get_booking(booking_id=hugo.id).starts_at == hugo.starts_at


def test_the_links_lead_to_free_times_of_the_same_person_and_day(owner_client, two):
    silvia, hugo, drag = two
    links = read_toast(owner_client.post(move_url(hugo.id), drag, **HTMX))["links"]

    free, over = (owner_client.get(link["url"]).content.decode() for link in links)

    sentence = f"{person_of(silvia)[1]} ya tiene a Silvia Ponce"
    assert (sentence in free, f'<option value="{person_of(silvia)[0]}" selected>' in free) == (True, True)
    assert (sentence in over, 'id="over" open' in over) == (True, True)


def test_over_the_rules_with_a_reason(owner_client, two):
    silvia, hugo, drag = two
    at = silvia.starts_at.astimezone(ZoneInfo(silvia.timezone))
    typed = {"on": at.date().isoformat(), "at": f"{at:%H:%M}", "resource": drag["resource"]}

    refused = owner_client.post(move_url(hugo.id), typed)
    done = owner_client.post(move_url(hugo.id), {**typed, "override_reason": "Cliente de confianza"})

    assert (refused.status_code, "ya tiene a Silvia Ponce" in refused.content.decode()) == (409, True)
    assert "acaba de" not in refused.content.decode()
    moved = Booking.objects.get(pk=hugo.id)
    assert (done.status_code, moved.starts_at, moved.override_reason) == (302, silvia.starts_at, "Cliente de confianza")


def test_reception_is_not_offered_what_it_may_not(staff_client, two):
    silvia, hugo, drag = two
    client = staff_client("receptionist")

    toast = read_toast(client.post(move_url(hugo.id), drag, **HTMX))
    forced = client.post(
        move_url(hugo.id),
        {"starts_at": silvia.starts_at.isoformat(), "resource": drag["resource"], "override_reason": "Porque sí"},
    )

    assert [link["label"] for link in toast["links"]] == ["Ver horas libres"]
    assert (forced.status_code, Booking.objects.get(pk=hugo.id).starts_at) == (409, hugo.starts_at)
    assert "fuera de las reglas" not in client.get(move_url(hugo.id)).content.decode()


def test_a_drag_into_closed_hours_says_who_does_not_work(owner_client, two):
    _, hugo, _ = two
    person_id, name = person_of(hugo)
    late = {"shift": "720", "resource": str(person_id), "from": "board"}

    answer = owner_client.post(move_url(hugo.id), late, **HTMX)

    toast = read_toast(answer)
    assert (answer.status_code, toast["tone"]) == (409, "bad")
    assert toast["title"].startswith(f"{name}: fuera de horario. Hasta el ")
    assert get_booking(booking_id=hugo.id).starts_at == hugo.starts_at


def test_somebody_who_does_not_do_it_is_named(owner_client, two):
    _, hugo, drag = two
    other = Resource.objects.exclude(resource_type__is_person=True).last()
    taken = {each.resource_id for each in hugo.resources}
    assert other.pk not in taken

    answer = owner_client.post(move_url(hugo.id), {**drag, "shift": "0", "resource": str(other.pk)}, **HTMX)

    assert f"{other.name} no hace" in read_toast(answer)["title"]


def test_a_move_says_the_time_and_the_people_that_changed(owner_client, two):
    _, hugo, _ = two
    others = Resource.objects.filter(resource_type__is_person=True).exclude(pk=person_of(hugo)[0])
    drag = {"shift": "15", "resource": str(others[0].pk), "from": "board"}

    toast = read_toast(owner_client.post(move_url(hugo.id), drag, **HTMX))
    undone = read_toast(owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **HTMX))

    assert toast["title"] == "Cita movida"
    assert " → " in toast["text"]
    assert f"de {person_of(hugo)[1]} a {others[0].name}" in toast["text"]
    assert (undone["title"], undone["undo"], undone["links"]) == ("Cambio deshecho", None, [])
    assert get_booking(booking_id=hugo.id).starts_at == hugo.starts_at


def test_an_undone_move_leaves_nobody_chosen(owner_client, two):
    """Whoever served was not chosen by the customer, and is not afterwards."""
    _, hugo, _ = two
    Booking.objects.filter(pk=hugo.id).update(chosen_resource=None)
    others = Resource.objects.filter(resource_type__is_person=True).exclude(pk=person_of(hugo)[0])
    drag = {"shift": "15", "resource": str(others[0].pk), "from": "board"}
    toast = read_toast(owner_client.post(move_url(hugo.id), drag, **HTMX))

    answers = [owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **HTMX) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert Booking.objects.get(pk=hugo.id).chosen_resource_id is None
    assert get_booking(booking_id=hugo.id).resources == hugo.resources


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_move_cannot_be_undone_where_somebody_is_by_now(owner_client, two, headers):
    silvia, hugo, drag = two
    toast = read_toast(owner_client.post(move_url(silvia.id), {"shift": "180", "from": "board"}, **HTMX))
    owner_client.post(move_url(hugo.id), drag, **HTMX)
    assert get_booking(booking_id=hugo.id).starts_at == silvia.starts_at

    answer = owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **headers)

    said = read_toast(answer)["title"] if headers else answer.content.decode()
    assert (answer.status_code, "ya tiene a Hugo Medina" in said) == (409, True)
    assert get_booking(booking_id=silvia.id).starts_at != silvia.starts_at


@pytest.mark.parametrize("undo", ["0", "x", "9" * 30, "99"])
def test_what_is_no_move_is_not_undone(owner_client, two, undo):
    _, hugo, _ = two

    answer = owner_client.post(move_url(hugo.id), {"undo": undo, "from": "board"}, **HTMX)

    assert (answer.status_code, read_toast(answer)["tone"]) == (409, "bad")
    assert get_booking(booking_id=hugo.id) == hugo
