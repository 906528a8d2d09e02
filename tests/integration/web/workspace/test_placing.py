"""What the board asks before a visit is dropped, and what is sent with the drop: length, message, and what was seen."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from notifications.models import Event
from scheduling.models import Booking, Requirement
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from tests.factories.scheduling import book as book_plainly
from tests.factories.scheduling import make_place, make_resource, make_service
from tests.integration.web.workspace.conftest import book

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(booking_id: int, name: str) -> str:
    return f"/workspace/bookings/{booking_id}/{name}/"


def read_toast(answer) -> dict[str, object]:
    return json.loads(answer["HX-Trigger"])["turnero:toast"]


def person_of(booking: BookingView) -> int:
    return next(each.resource_id for each in booking.resources if each.is_person)


def length_of(booking_id: int) -> int:
    found = Booking.objects.get(pk=booking_id)
    return (found.ends_at - found.starts_at) // timedelta(minutes=1)


def last_event(booking_id: int) -> dict[str, object]:
    return Event.objects.filter(kind="booking.rescheduled", subject_id=booking_id).latest("id").payload


@pytest.fixture
def two(tenant) -> tuple[BookingView, BookingView, int]:
    """Silvia's visit, Hugo's later one, and the minutes from his to hers."""
    silvia = get_booking(booking_id=book("Silvia Ponce", slot=2).booking_id)
    hugo = get_booking(booking_id=book("Hugo Medina", slot=8).booking_id)
    return silvia, hugo, int((silvia.starts_at - hugo.starts_at).total_seconds() // 60)


def test_a_place_is_free_or_says_who_is_there_and_nothing_moves(owner_client, two):
    silvia, hugo, shift = two
    where = {"resource": person_of(silvia)}

    free = owner_client.get(url(hugo.id, "fit"), {"shift": 0, **where})
    taken = owner_client.get(url(hugo.id, "fit"), {"shift": shift, **where})

    assert free.json() == {"fits": True, "text": "Libre"}
    assert (taken.json()["fits"], "ya tiene a Silvia Ponce" in taken.json()["text"]) == (False, True)
    assert get_booking(booking_id=hugo.id).starts_at == hugo.starts_at


def test_a_place_outside_hours_says_so(owner_client, two):
    _, hugo, _ = two

    night = owner_client.get(url(hugo.id, "fit"), {"shift": 12 * 60}).json()

    assert (night["fits"], night["text"] not in {"", "Libre"}) == (False, True)


@pytest.mark.parametrize(("length", "status", "fits"), [("75", 200, True), ("0", 422, False), ("-15", 422, False)])
def test_a_length_is_judged_before_it_is_dropped(owner_client, two, length, status, fits):
    _, hugo, _ = two
    before = length_of(hugo.id)

    answer = owner_client.get(url(hugo.id, "fit"), {"shift": 0, "length": length})

    assert (answer.status_code, answer.json()["fits"], length_of(hugo.id)) == (status, fits, before)
    assert ("al menos 5 minutos" in answer.json()["text"]) == (not fits)


def test_what_cannot_be_read_is_said_in_words(owner_client, two):
    answer = owner_client.get(url(two[1].id, "fit"), {"shift": "x"})

    assert (answer.status_code, answer.json()["fits"]) == (422, False)


def test_a_length_that_a_part_outlasts_says_so_and_not_that_fields_are_marked(owner_client, two):
    _, hugo, _ = two
    Requirement.objects.update(duration_minutes=20)

    answer = owner_client.get(url(hugo.id, "fit"), {"shift": 0, "length": "10"})

    assert answer.json() == {"fits": False, "text": "Una parte de esta cita tarda más que eso."}


@pytest.mark.parametrize(("seats", "is_offered"), [(None, True), (4, False)])
def test_another_length_is_offered_but_to_groups(owner_client, tenant, seats, is_offered):
    teacher = make_resource(make_place(), "Ana")
    made = book_plainly(make_service((teacher,), seats=seats))

    page = owner_client.get(f"/workspace/bookings/{made.booking_id}/").content.decode()

    assert (url(made.booking_id, "length") in page, url(made.booking_id, "move") in page) == (is_offered, True)


def test_a_drag_of_the_edge_changes_the_length_and_can_be_undone(owner_client, two):
    _, hugo, _ = two
    before = length_of(hugo.id)
    drag = {"shift": "0", "length": str(before + 30), "from": "board", "seen": str(hugo.sequence)}

    done = owner_client.post(url(hugo.id, "move"), drag, **HTMX)
    longer, toast = length_of(hugo.id), read_toast(done)
    owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **HTMX)

    assert (done.status_code, longer, length_of(hugo.id)) == (204, before + 30, before)
    assert toast["title"] == "Duración cambiada"
    assert "→" in toast["text"]


def test_a_length_of_nothing_is_refused_with_a_reason(owner_client, two):
    _, hugo, _ = two
    before = length_of(hugo.id)

    answer = owner_client.post(url(hugo.id, "move"), {"shift": "0", "length": "0", "from": "board"}, **HTMX)

    toast = read_toast(answer)
    assert (answer.status_code, toast["tone"], toast["links"], length_of(hugo.id)) == (422, "bad", [], before)
    assert "al menos 5 minutos" in toast["title"]


def test_of_two_who_drag_the_same_visit_one_wins_and_the_other_is_told(owner_client, two):
    _, hugo, _ = two
    drag = {"shift": "15", "from": "board", "seen": str(hugo.sequence)}

    first, second = (owner_client.post(url(hugo.id, "move"), drag, **HTMX) for _ in range(2))

    assert (first.status_code, second.status_code) == (204, 409)
    assert "Alguien cambió esta cita" in read_toast(second)["title"]
    assert get_booking(booking_id=hugo.id).starts_at - hugo.starts_at == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {}),
        ({"tell": "yes", "line": " Perdona,  se alargó "}, {"line": "Perdona, se alargó"}),
        ({"tell": "no", "line": "x"}, {"is_silent": True}),
    ],
)
def test_what_is_said_about_the_message_goes_with_the_move(owner_client, two, said, kept):
    _, hugo, _ = two

    owner_client.post(url(hugo.id, "move"), {"shift": "15", "from": "board", **said}, **HTMX)

    payload = last_event(hugo.id)
    assert {name: payload[name] for name in ("line", "is_silent") if name in payload} == kept


def test_a_line_that_is_too_long_moves_nothing(owner_client, two):
    _, hugo, _ = two

    answer = owner_client.post(url(hugo.id, "move"), {"shift": "15", "from": "board", "line": "x" * 161}, **HTMX)

    assert (answer.status_code, get_booking(booking_id=hugo.id).starts_at) == (422, hugo.starts_at)


def test_the_menu_says_which_lengths_fit_and_takes_one(owner_client, two):
    silvia, _, _ = two
    before = length_of(silvia.id)

    page = owner_client.get(url(silvia.id, "length")).content.decode()
    panel = owner_client.get(url(silvia.id, "length").replace("length/", "")).content.decode()
    done = owner_client.post(url(silvia.id, "length"), {"length": f"{before + 15} min", "tell": "no"})

    assert (url(silvia.id, "length") in panel, 'name="line"' in page, "Libre" in page) == (True, True, True)
    assert (done.status_code, length_of(silvia.id), last_event(silvia.id)["is_silent"]) == (302, before + 15, True)


@pytest.mark.parametrize(("length", "status"), [("", 422), ("0", 422), ("mucho", 422), ("3", 422)])
def test_the_menu_refuses_what_is_no_length_and_keeps_what_was_typed(owner_client, two, length, status):
    silvia, _, _ = two
    before = length_of(silvia.id)

    answer = owner_client.post(url(silvia.id, "length"), {"length": length, "line": "Hola"})

    assert (answer.status_code, length_of(silvia.id)) == (status, before)
    assert 'value="Hola"' in answer.content.decode() or ">Hola" in answer.content.decode()


def test_the_menu_says_who_is_in_the_way(owner_client, two):
    silvia, hugo, _ = two
    until = (hugo.starts_at - silvia.starts_at) // timedelta(minutes=1) + 15
    owner_client.post(url(hugo.id, "move"), {"shift": "0", "resource": person_of(silvia), "from": "board"}, **HTMX)

    answer = owner_client.post(url(silvia.id, "length"), {"length": str(until)})

    assert answer.status_code == 409
    assert "ya tiene a Hugo Medina" in answer.content.decode()


def test_the_menu_tells_who_looked_at_another_one(owner_client, two):
    silvia, _, _ = two

    answer = owner_client.post(url(silvia.id, "length"), {"length": "75", "seen": str(silvia.sequence + 1)})

    assert (answer.status_code, "Alguien cambió esta cita" in answer.content.decode()) == (409, True)


def test_the_board_knows_what_is_stretched_and_what_is_carried(owner_client, two):
    _, hugo, _ = two
    on = hugo.starts_at.date().isoformat()

    board = owner_client.get("/workspace/", {"date": on}).content.decode()
    Booking.objects.filter(pk=hugo.id).update(status="arrived")
    arrived = owner_client.get("/workspace/", {"date": on}).content.decode()

    assert (f'data-length="{length_of(hugo.id)}"' in board, "data-fixed" in board) == (True, False)
    assert ("data-fixed" in arrived, 'data-reachable="1"' in arrived) == (True, True)
