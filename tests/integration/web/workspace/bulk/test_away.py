"""The page on which somebody is away: proposals for all of their bookings, one confirmation, a report, undoing."""

from __future__ import annotations

import re
from html import unescape

import pytest

from kernel.clock import utc_now
from notifications.models import Event
from scheduling.models import Booking, BulkAct, BulkRow, TimeOff
from scheduling.services.bookings.cancellations import cancel_booking
from tests.conftest import HostClient
from tests.factories.scheduling import STAFF
from tests.integration.web.workspace.changes.test_review import book_with, list_people
from tests.integration.web.workspace.conftest import book

AWAY = "/workspace/bulk/away/"


@pytest.fixture
def who(tenant) -> int:
    """Somebody who has appointments."""
    first = list_people(book("Primera").booking_id)[0]
    Booking.objects.filter(customer_name="Primera").update(status="completed")
    return first


@pytest.fixture
def booked(who) -> list[int]:
    return book_with(who, 2)


@pytest.fixture
def on(booked) -> str:
    return Booking.objects.get(pk=booked[0]).agreed_on.isoformat()


@pytest.fixture
def desk(staff_client) -> HostClient:
    return staff_client("receptionist")


def read_fields(page: str) -> dict[str, str]:
    """Return what a browser would send without changing anything."""
    form = re.search(r'<form class="review".*?</form>', page, re.DOTALL)[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'form="period"' not in tag and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else "on"
    for name, options in re.findall(r'<select[^>]* name="(to-\d+)".*?>(.*?)</select>', form, re.DOTALL):
        found[name] = unescape(re.search(r'value="([^"]*)"[^>]* selected', options)[1])
    return found


def ask(client: HostClient, who: int, on: str, **more: str) -> str:
    answer = client.get(AWAY, {"resource": who, "from": on, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_form_comes_first_and_says_who_is_missing(desk):
    page = desk.get(AWAY).content.decode()
    assert ("Alguien falta" in page, 'name="resource"' in page, 'class="one' in page) == (True, True, False)

    answer = desk.post(AWAY, {"resource": "0"})

    assert answer.status_code == 422
    assert "Elige quién falta." in answer.content.decode()


def test_all_appointments_are_shown_with_proposals_and_nothing_is_written(desk, who, booked, on):
    page = ask(desk, who, on)

    assert page.count('class="one"') == 2
    assert [f"Cliente {number}" in page for number in (0, 1)] == [True, True]
    fields = read_fields(page)
    assert [fields[f"row-{each}"] for each in booked] == ["on", "on"]
    assert len({fields[f"to-{each}"] for each in booked}) == 2
    assert not TimeOff.objects.exists()


def test_one_confirmation_moves_all_and_leads_to_the_report(desk, who, booked, on):
    fields = read_fields(ask(desk, who, on))

    answer = desk.post(AWAY, {**fields, "line": "Se enfermó", "reason": "Gripe"})

    act = BulkAct.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/workspace/bulk/{act.key}/")
    assert (act.state, act.line, act.is_told) == ("done", "Se enfermó", True)
    assert TimeOff.objects.get().resource_id == who
    assert all(who not in list_people(each) or Booking.objects.get(pk=each).sequence for each in booked)
    report = desk.get(answer["Location"]).content.decode()
    assert report.count("Movida") == 2
    assert "Deshacer todo" in report
    listed = desk.get("/workspace/bulk/").content.decode()
    assert f"/workspace/bulk/{act.key}/" in listed


def test_undoing_takes_all_of_it_back(desk, who, booked, on):
    before = {each: (Booking.objects.get(pk=each).starts_at, list_people(each)) for each in booked}
    desk.post(AWAY, read_fields(ask(desk, who, on)))
    address = f"/workspace/bulk/{BulkAct.objects.get().key}/"

    answer = desk.post(f"{address}undo/")

    assert (answer.status_code, answer["Location"]) == (302, address)
    page = desk.get(address).content.decode()
    assert ("Deshecha" in page, "Deshacer todo" in page) == (True, False)
    assert not TimeOff.objects.get().is_active
    for each, (starts_at, people) in before.items():
        booking = Booking.objects.get(pk=each)
        active = booking.allocations.filter(is_active=True, resource__resource_type__is_person=True)
        assert (booking.starts_at, list(active.values_list("resource_id", flat=True))) == (starts_at, people[-1:])
    assert set(BulkRow.objects.values_list("state", flat=True)) == {"undone"}


def test_what_somebody_changed_meanwhile_is_said_with_its_reason(desk, who, booked, on):
    fields = read_fields(ask(desk, who, on))
    cancel_booking(booking_id=booked[0], by=STAFF, reason="Llamó", now=utc_now())

    report = desk.get(desk.post(AWAY, fields)["Location"]).content.decode()

    assert ("Entre tanto se canceló." in report, report.count("Movida")) == (True, 1)
    assert "Decidir sobre las que quedan" in report


def test_a_time_that_nobody_typed_is_asked_for_and_everything_typed_stays(desk, who, booked, on):
    fields = read_fields(ask(desk, who, on))
    del fields[f"row-{booked[1]}"]

    answer = desk.post(AWAY, {**fields, f"to-{booked[0]}": "other", f"at-{booked[0]}": "", "line": "Hola <b>"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("Elige una hora en las filas marcadas." in page, "Hola &lt;b&gt;" in page) == (True, True)
    assert re.search(rf'class="one risk" id="row-{booked[0]}"', page)
    assert f'name="row-{booked[1]}" checked' not in page
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    ("typed", "outcome"), [({"to": "ask"}, "keep"), ({"to": "cancel"}, "cancel"), ({"to": "other", "at": True}, "move")]
)
def test_each_row_can_be_decided_otherwise(desk, who, booked, on, typed, outcome):
    fields = read_fields(ask(desk, who, on))
    chosen = booked[0]
    at = f"{on}T18:00" if typed.get("at") else ""

    desk.post(AWAY, {**fields, f"to-{chosen}": typed["to"], f"at-{chosen}": at, "line": "Se enfermó"})

    assert BulkRow.objects.get(booking_id=chosen).outcome == outcome


def test_saving_without_telling_writes_to_nobody(desk, who, booked, on):
    desk.post(AWAY, {**read_fields(ask(desk, who, on)), "untold": "1"})

    payloads = Event.objects.filter(kind="booking.rescheduled").values_list("payload", flat=True)
    assert [each.get("is_silent") for each in payloads] == [True, True]
    report = desk.get(f"/workspace/bulk/{BulkAct.objects.get().key}/").content.decode()
    assert "No se avisó a nadie: llámalos." in report


@pytest.mark.parametrize(
    "more",
    [
        {"to": "2026-01-01"},
        {"at": "18:00", "until": "09:00"},
        {"at": "25:00"},
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(desk, who, on, booked, more):
    page = ask(desk, who, on, **more)

    assert re.search(r"El final está antes del comienzo\.|El reloj no muestra esa hora\.", page)
    assert desk.post(AWAY, {"resource": who, "from": on, **more}).status_code == 422
    assert not BulkAct.objects.exists()


def test_a_part_of_a_day_touches_what_lies_in_it(desk, who, booked, on):
    page = ask(desk, who, on, until="00:30")

    assert ('class="one"' in page, "Nadie tiene cita entonces" in page) == (False, True)
    answer = desk.post(AWAY, {"resource": who, "from": on, "to": on, "at": "", "until": "00:30"})
    assert answer.status_code == 302
    again = desk.post(AWAY, {"resource": who, "from": on, "to": on, "at": "", "until": "00:30"})
    assert (again.status_code, BulkAct.objects.count()) == (409, 1)


def test_a_text_that_is_too_long_changes_nothing(desk, who, booked, on):
    fields = read_fields(ask(desk, who, on))

    answer = desk.post(AWAY, {**fields, "line": "x" * 161})

    assert (answer.status_code, BulkAct.objects.count(), TimeOff.objects.count()) == (422, 0, 0)
    assert "x" * 161 in answer.content.decode()
    assert desk.post(AWAY, {**fields, "reason": "x" * 201}).status_code == 422


@pytest.mark.parametrize("preference", ["same_day", "same_people", "nonsense"])
def test_what_comes_first_can_be_chosen(desk, who, booked, on, preference):
    page = ask(desk, who, on, prefer=preference)

    assert page.count('class="chip"') == 3
    assert page.count("aria-current") >= 1


def test_the_report_waits_while_it_is_worked_on(desk, who, booked, on, monkeypatch):
    monkeypatch.setattr("web.workspace.bulk.away.work_at_once", lambda **_: None)
    answer = desk.post(AWAY, read_fields(ask(desk, who, on)))

    page = desk.get(answer["Location"]).content.decode()

    assert ("0 de 2 citas" in page, "hx-trigger" in page, "Deshacer todo" in page) == (True, True, False)
    refused = desk.post(f"{answer['Location']}undo/", follow=True).content.decode()
    assert "Todavía se está trabajando en esto." in refused
