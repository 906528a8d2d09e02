"""What a change touches, on a page or in a dialog: nothing is lost, and nothing is saved before it is decided."""

from __future__ import annotations

import re
from contextlib import suppress
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from kernel.clock import utc_now
from kernel.iso import parse_instant
from notifications.services.stops import Answered, take_reply
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.models import Allocation, Booking, Resource, ResourceType, Service
from scheduling.selectors.catalog import services as catalog
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.changes import applying
from scheduling.services.changes.applying import MOST_ROWS
from scheduling.types import CustomerDetails, SlotRequest, VisitDetails
from tests.conftest import HostClient
from tests.factories.scheduling import CUSTOMER, make_wish
from tests.integration.web.workspace.browser_form import read_form
from tests.integration.web.workspace.conftest import book, next_open_day
from web.workspace.changes.reading import read_choices

LIST = "/workspace/resources/"


def book_with(who: int, count: int, name: str = "Cliente") -> list[int]:
    """Book appointments that this person does, at the next times; return the bookings."""
    service = next(each for each in catalog.list_bookable_services() if each.seats is None)
    _, slots = next_open_day(service.id)
    made: list[int] = []
    for slot in slots:
        details = VisitDetails(
            customer=CustomerDetails(f"{name} {len(made)}", email="ana@example.com", locale="es"),
            asset={"make": "Chevrolet", "model": "Spark", "year": "2018", "plate": "ABC-12-34"},
        )
        request = SlotRequest(make_wish(service.id, resource_ids=(who,)), starts_at=slot.starts_at)
        if len(made) < count:
            with suppress(SlotTaken, SlotUnavailable):
                booked = book_slot(request=request, details=details, now=utc_now(), source="page", by=CUSTOMER)
                made.append(booked.booking_id)
    # As if nobody had been chosen by name.
    Booking.objects.filter(pk__in=made).update(chosen_resource=None)
    return made


@pytest.fixture
def booked(tenant) -> list[int]:
    """Four appointments of one person's."""
    who = list_people(book("Ana Torres").booking_id)[0]
    Booking.objects.filter(customer_name="Ana Torres").update(status="completed")
    Service.objects.update(step_minutes=15)
    made = book_with(who, 4)
    assert len(made) == 4
    return made


@pytest.fixture
def person(booked) -> Resource:
    return Resource.objects.get(pk=list_people(booked[0])[0])


def list_people(booking_id: int) -> list[int]:
    taken = Allocation.objects.filter(booking_id=booking_id, resource__resource_type__is_person=True)
    return list(taken.values_list("resource_id", flat=True))


def read_review(page: str) -> dict[str, str]:
    """Return what a browser would send from a review without changing anything."""
    form = re.search(r'<form class="review".*?</form>', page, re.DOTALL)[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or " checked" in tag):
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        found[name] = re.search(r'value="([^"]*)"[^>]* selected', options)[1].replace("&#x27;", "'")
    return found


def change_type(client: HostClient, person: Resource, **typed: object):
    """Let somebody be of a type that no service asks for."""
    other = ResourceType.objects.exclude(pk=person.resource_type_id).first()
    address = f"{LIST}{person.pk}/"
    return client.post(address, {**read_form(client, address), "resource_type_id": str(other.pk), **typed})


def test_more_than_three_are_a_page_that_says_who_when_with_whom_and_why(owner_client, booked, person):
    answer = owner_client.post(f"{LIST}{person.pk}/archive/")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(r'<h1 tabindex="-1" autofocus>\s*Este cambio toca 4 citas', page)
    assert page.count('class="one') == 4
    assert [text in page for text in ("Cliente 0", f"con {person.name}", f"{person.name} ya no está en")] == [True] * 3
    assert (f"Archivar «{person.name}»" in page, "Todavía no se guarda ni se avisa a nadie." in page) == (True, True)
    assert 'value="keep"' not in page  # nobody comes to whom is gone
    assert "<dialog" not in page.replace('<dialog class="side"', "")


def test_as_it_is_proposed_everything_is_moved_in_one_go_and_told(owner_client, booked, person):
    address = f"{LIST}{person.pk}/archive/"
    page = owner_client.post(address).content.decode()
    assert re.search(r"data-told=[^>]*>\s*y avisar a 1<", page)  # one address: it is told once

    answer = owner_client.post(address, {**read_review(page), "review-do": "save"})

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert Resource.objects.get(pk=person.pk).is_active is False
    assert not Allocation.objects.filter(resource_id=person.pk, booking_id__in=booked, is_active=True).exists()
    assert Booking.objects.filter(pk__in=booked, status="confirmed").count() == 4
    assert "4 movidas" in owner_client.get(LIST).content.decode()


def test_one_choice_for_all_works_without_scripts(owner_client, booked, person):
    address = f"{LIST}{person.pk}/archive/"
    typed = read_review(owner_client.post(address).content.decode())

    page = owner_client.post(address, {**typed, "review-do": "all", "review-all": "cancel"}).content.decode()

    chosen = read_review(page)
    assert {chosen[f"review-{booking_id}"] for booking_id in booked} == {"cancel"}
    assert Resource.objects.get(pk=person.pk).is_active is True
    owner_client.post(address, {**chosen, "review-do": "save", "review-message": "Se va"})
    assert set(Booking.objects.filter(pk__in=booked).values_list("status", "cancelled_reason")) == {
        ("cancelled", "Se va")
    }


def test_up_to_three_are_a_dialog_over_the_form_with_everything_that_was_typed(owner_client, booked, person):
    Booking.objects.filter(pk__in=booked[2:]).update(status="completed")

    answer = change_type(owner_client, person, name="Otro nombre")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(r'<dialog class="review-box" open aria-labelledby="review-title" data-modal>', page)
    assert "Este cambio toca 2 citas" in page
    assert page.count('value="Otro nombre"') == 2  # in the form below, and carried along
    assert Resource.objects.get(pk=person.pk).name == person.name
    saved = owner_client.post(f"{LIST}{person.pk}/", {**read_review(page), "review-do": "save"})
    assert saved.status_code == 302
    assert Resource.objects.get(pk=person.pk).name == "Otro nombre"


def test_back_shows_the_form_again_and_nothing_is_saved(owner_client, booked, person):
    page = change_type(owner_client, person, name="Otro nombre").content.decode()

    answer = owner_client.post(f"{LIST}{person.pk}/", {**read_review(page), "review-do": "back"})

    form = answer.content.decode()
    assert (answer.status_code, 'value="Otro nombre"' in form, 'class="review' in form) == (200, True, False)
    assert Resource.objects.get(pk=person.pk).name == person.name


def test_a_change_of_somebody_else_during_the_review_is_not_written_over(owner_client, staff_client, booked, person):
    page = change_type(owner_client, person, name="Otro nombre").content.decode()
    address = f"{LIST}{person.pk}/"
    manager = staff_client("manager")
    manager.post(address, {**read_form(manager, address), "efficiency_percent": "80"})

    answer = owner_client.post(address, {**read_review(page), "review-do": "save"})

    clash = answer.content.decode()
    assert (answer.status_code, "No se guardó" in clash, 'value="Otro nombre"' in clash) == (409, True, True)
    kept = Resource.objects.get(pk=person.pk)
    assert (kept.name, kept.efficiency_percent) == (person.name, 80)
    assert set(Booking.objects.filter(pk__in=booked).values_list("sequence", flat=True)) == {0}


def test_what_came_meanwhile_is_marked_and_what_was_decided_stays(owner_client, booked, person):
    address = f"{LIST}{person.pk}/archive/"
    typed = read_review(owner_client.post(address).content.decode())
    typed |= {f"review-{booked[0]}": "cancel", "review-message": "Lo sentimos"}
    (new,) = book_with(person.pk, 1, "Nueva")

    answer = owner_client.post(address, {**typed, "review-do": "save"})

    page = answer.content.decode()
    assert (answer.status_code, "Este cambio toca 5 citas" in page, "Nueva</span>" in page) == (409, True, True)
    again = read_review(page)
    assert (again[f"review-{booked[0]}"], again[f"review-{new}"]) == ("cancel", "move")
    assert ">Lo sentimos</textarea>" in page
    assert Resource.objects.get(pk=person.pk).is_active is True
    assert owner_client.post(address, {**again, "review-do": "save"}).status_code == 302


def test_another_time_can_be_typed_and_one_that_is_not_free_is_told(owner_client, booked, person):
    Booking.objects.filter(pk__in=booked[1:]).update(status="completed")
    address = f"{LIST}{person.pk}/archive/"
    typed = read_review(owner_client.post(address).content.decode())
    row = {f"review-{booked[0]}": "move", f"review-to-{booked[0]}": "other", "review-do": "save"}
    night = Booking.objects.get(pk=booked[0]).starts_at.strftime("%Y-%m-%dT03:00")

    for wrong in (night, "", "gestern", "2026-02-31T10:00", "2026-13-01T10:00", "99999-01-01T10:00"):
        answer = owner_client.post(address, {**typed, **row, f"review-at-{booked[0]}": wrong})
        page = answer.content.decode()
        assert (answer.status_code, "Falta por elegir" in page) == (409, True), wrong
    assert Resource.objects.get(pk=person.pk).is_active is True
    place = typed[f"review-to-{booked[0]}"].partition("/")[0]
    zone = typed[f"review-zone-{booked[0]}"]
    local = parse_instant(place).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    assert owner_client.post(address, {**typed, **row, f"review-at-{booked[0]}": local}).status_code == 302
    assert Booking.objects.get(pk=booked[0]).starts_at.isoformat() == place


@pytest.mark.parametrize(
    "typed",
    [
        {"review-do": "save"},
        {"review-do": "save", "review-999999": "cancel"},
        {"review-do": "save", "review-x": "cancel", "review-": "move", "review-to-": "x"},
        {"review-do": "\x00", "review-all": "burn"},
        {"review-do": "all"},
    ],
)
def test_strange_fields_decide_nothing(owner_client, booked, person, typed):
    answer = owner_client.post(f"{LIST}{person.pk}/archive/", typed)

    assert answer.status_code == 409
    assert Resource.objects.get(pk=person.pk).is_active is True


@pytest.mark.parametrize("value", ["burn", "keep", "move", "\x00"])
@pytest.mark.parametrize("place", ["", "x/1", "2026-01-01T10:00:00Z/", "2999-01-01T10:00:00Z/99999999999999999999"])
def test_what_nobody_could_have_chosen_changes_nothing(owner_client, booked, person, value, place):
    rows = {f"review-{each}": value for each in booked} | {f"review-to-{each}": place for each in booked}

    answer = owner_client.post(f"{LIST}{person.pk}/archive/", {**rows, "review-do": "save"})

    assert answer.status_code == 409
    assert Resource.objects.get(pk=person.pk).is_active is True
    assert set(Booking.objects.filter(pk__in=booked).values_list("sequence", flat=True)) == {0}


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_who_may_not_change_the_catalog_decides_nothing(staff_client, booked, person, role):
    rows = {f"review-{each}": "cancel" for each in booked}

    answer = staff_client(role).post(f"{LIST}{person.pk}/archive/", {**rows, "review-do": "save"})

    assert answer.status_code == 403
    assert Resource.objects.get(pk=person.pk).is_active is True
    assert Booking.objects.filter(pk__in=booked, status="confirmed").count() == 4


@pytest.mark.parametrize("count", [1, 4])
def test_the_review_asks_as_often_for_four_as_for_one(owner_client, booked, person, django_assert_num_queries, count):
    Booking.objects.filter(pk__in=booked[count:]).update(status="completed")
    address = f"{LIST}{person.pk}/archive/"
    owner_client.post(address)

    with django_assert_num_queries(48):
        page = owner_client.post(address).content.decode()

    assert page.count('class="one') == count


def test_who_gets_no_message_is_named(owner_client, booked, person):
    Booking.objects.filter(pk=booked[0]).update(customer_email="", customer_phone="")
    address = f"{LIST}{person.pk}/archive/"
    page = owner_client.post(address).content.decode()
    assert re.search(r"Llámales tú:\s*<b>Cliente 0</b>", page)
    assert page.count("No le llega ningún mensaje: llámale") == 1

    owner_client.post(address, {**read_review(page), "review-do": "save"})

    assert "Llámales, no reciben mensaje: Cliente 0" in owner_client.get(LIST).content.decode()


def test_who_answered_stop_and_has_no_mail_is_named_with_the_number(owner_client, booked, person, monkeypatch):
    Booking.objects.filter(pk__in=booked).update(customer_email="", customer_phone="+525512345678")
    take_reply(Answered("+525512345678", "BAJA", ""), now=utc_now())
    address = f"{LIST}{person.pk}/archive/"

    page = owner_client.post(address).content.decode()

    number = 'href="tel:+525512345678">55\N{NO-BREAK SPACE}1234\N{NO-BREAK SPACE}5678</a>'
    assert (page.count("No le llega ningún mensaje: llámale"), page.count(number)) == (4, 4)
    assert re.search(r'data-told="[^"]*"></span>', page)
    monkeypatch.setattr("scheduling.services.changes.applying.MOST_ROWS", 2)
    assert "y 2 de quienes no aparecen en la lista" in owner_client.post(address).content.decode()


def test_more_than_can_be_listed_share_one_choice(owner_client, booked, person, monkeypatch):
    monkeypatch.setattr("scheduling.services.changes.applying.MOST_ROWS", 2)
    address = f"{LIST}{person.pk}/archive/"

    page = owner_client.post(address).content.decode()

    assert re.search(r"Este cambio toca 4 citas", page)
    assert (page.count('class="one'), 'data-rest="2" data-people="0"' in page) == (2, True)
    assert re.findall(r'name="review-rest" value="(\w+)"', page) == ["cancel"]  # nobody comes to whom is gone
    typed = read_review(page)
    assert owner_client.post(address, {**typed, "review-do": "save"}).status_code == 409
    again = owner_client.post(address, {**typed, "review-do": "all", "review-all": "move", "review-rest": "cancel"})
    assert 'value="cancel" checked required>' in again.content.decode()
    answer = owner_client.post(address, {**typed, "review-do": "save", "review-rest": "cancel"})
    assert answer.status_code == 302
    assert sorted(Booking.objects.filter(pk__in=booked).values_list("status", flat=True)) == [
        *["cancelled"] * 2,
        *["confirmed"] * 2,
    ]


def test_as_many_as_are_listed_fit_into_one_form(owner_client, booked, person, settings):
    page = owner_client.post(f"{LIST}{person.pk}/archive/").content.decode()

    fields = [name for name in read_review(page) if name.startswith("review-")]

    per_row = len(fields) / len(booked)
    assert per_row * MOST_ROWS < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS / 2


def test_the_button_says_how_many_appointments_a_change_touches_before_it_is_pressed(owner_client, booked):
    service = Booking.objects.get(pk=booked[0]).service
    address = f"/workspace/services/{service.pk}/"
    typed = read_form(owner_client, address)
    before = Service.objects.filter(pk=service.pk).values().get()

    said = [
        owner_client.post(f"{address}?lang=es", {**typed, **changes, "do": "count"}).content.decode()
        for changes in ({}, {"latest_start": "0:05"}, {"latest_start": "0:05", "name": ""}, {"latest_start": "x"})
    ]

    assert said == ["Guardar", "Revisar 4 citas", "Guardar", "Guardar"]
    assert Service.objects.filter(pk=service.pk).values().get() == before
    page = owner_client.get(address).content.decode()
    assert re.search(r'hx-post="/workspace/services/\d+/" hx-vals=\'{"do": "count"}\'', page)


def test_page_that_waits_is_told_how_many_are_moved(owner_client, booked, person, monkeypatch):
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 2)
    place = person.location
    on = Booking.objects.get(pk=booked[0]).starts_at.astimezone(ZoneInfo(place.timezone)).date()
    address = f"/workspace/days/new/?location={place.pk}"
    day = {"what": "close", "part": "whole", "repeats": "once", "first": str(on), "last": "", "until": "", "hours": ""}
    page = owner_client.post(address, {**day, "reason": "", "whom": f"l{place.pk}"}).content.decode()
    progress = re.search(r'data-progress="([^"]+)"', page)[1]
    move_part, looks = applying._move_part, [look(owner_client, progress)]

    def move_and_look(*given, **values):
        looks.append(look(owner_client, progress))
        return move_part(*given, **values)

    monkeypatch.setattr(applying, "_move_part", move_and_look)
    answer = owner_client.post(address, {**read_review(page), "review-do": "save"})

    # One person, who reads of all of them in one message: one part.
    assert (answer.status_code, looks) == (302, [(204, ""), (200, "0 de 4 citas movidas")])
    assert look(owner_client, progress.replace(progress.split("/")[-3], str(UUID(int=1)))) == (204, "")


def look(client: HostClient, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, " ".join(re.sub("<.*?>", "", answer.content.decode()).split())


@pytest.mark.parametrize("key", ["", "x", "0" * 31, "0" * 33, "*" * 32, "A" * 32, "0" * 32 + "\n"])
def test_strange_key_is_none(key):
    data = QueryDict(mutable=True)
    data["review-key"] = key

    assert read_choices(data).key == ""
