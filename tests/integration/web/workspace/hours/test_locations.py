"""The page of places: what it asks, what it refuses and where, and the last one stays."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scheduling.models import Location
from tests.factories.scheduling import make_place
from tests.integration.web.workspace.browser_form import read_form
from tests.integration.web.workspace.conftest import book

LIST = "/workspace/locations/"


def change(client, row: Location, **typed: object):
    address = f"{LIST}{row.pk}/"
    return client.post(address, {**read_form(client, address), **typed})


@pytest.fixture
def first(tenant) -> Location:
    return Location.objects.get()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(owner_client, django_assert_num_queries, first, count):
    for _ in range(count - 1):
        make_place("America/Tijuana")
    owner_client.get(LIST)

    with django_assert_num_queries(5):  # schema, session, person; places, and the coming bookings
        page = owner_client.get(LIST).content.decode()

    assert page.count('<a class="name"') == count


def test_a_place_is_created_with_everything_that_the_form_asks(owner_client):
    typed = read_form(owner_client, f"{LIST}new/") | {
        "name": " Sucursal  Norte ", "timezone": "tijuana", "address": "Calle 1\r\nLocal 2",
        "map_url": "maps.app.goo.gl/abc", "phone": "55 1234 5678", "phone_region": "MX",
        "email": "Norte@Taller.example", "what_to_bring": "Tarjeta de circulación",
    }  # fmt: skip

    answer = owner_client.post(f"{LIST}new/", typed)

    made = Location.objects.get(name="Sucursal Norte")
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert (made.timezone, made.address, made.map_url, made.phone, made.email, made.what_to_bring) == (
        "America/Tijuana", "Calle 1\nLocal 2", "https://maps.app.goo.gl/abc", "+525512345678",
        "norte@taller.example", "Tarjeta de circulación",
    )  # fmt: skip
    assert made.observes_public_holidays is True


def test_saving_unchanged_changes_nothing(owner_client, first):
    before = Location.objects.values().get(pk=first.pk)

    answer = change(owner_client, first)

    assert answer.status_code == 302
    assert Location.objects.values().get(pk=first.pk) == before


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Ciudad de México", "America/Mexico_City"),
        ("CIUDAD DE MEXICO", "America/Mexico_City"),
        ("America/Cancun", "America/Cancun"),
        ("america/cancun", "America/Cancun"),
        ("Madrid, España", "Europe/Madrid"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_typed_as_its_city_or_by_its_name(owner_client, first, typed, zone):
    answer = change(owner_client, first, timezone=typed)

    assert (answer.status_code, Location.objects.get(pk=first.pk).timezone) == (302, zone)


def test_the_list_and_the_form_say_what_the_clocks_show(owner_client, first):
    Location.objects.filter(pk=first.pk).update(timezone="Asia/Kolkata")

    pages = [owner_client.get(address).content.decode() for address in (LIST, f"{LIST}{first.pk}/")]

    assert [bool(re.search(r"Hora actual allí: [0-9: apm.\xa0]+ \(UTC\+5:30\)", page)) for page in pages] == [
        True,
        True,
    ]
    assert 'value="Kolkata, India"' in pages[1]


@pytest.mark.parametrize(
    ("typed", "field", "text"),
    [
        ({"name": " "}, "name", "Completa este campo."),
        ({"timezone": ""}, "timezone", "Completa este campo."),
        ({"timezone": "Atlantis"}, "timezone", "Elige una ciudad de la lista"),
        ({"timezone": "../etc/passwd"}, "timezone", "Elige una ciudad de la lista"),
        ({"timezone": "x" * 5000}, "timezone", "Elige una ciudad de la lista"),
        ({"address": "x" * 301}, "address", "Máximo 300 caracteres."),
        ({"map_url": "javascript:alert(1)"}, "map_url", "Pega la dirección completa del mapa"),
        ({"map_url": "frente al parque"}, "map_url", "Pega la dirección completa del mapa"),
        ({"phone": "12"}, "phone", "Escribe un número"),
        ({"email": "norte@"}, "email", "Escribe un correo como nombre@ejemplo.com."),
        ({"what_to_bring": "x" * 301}, "what_to_bring", "Máximo 300 caracteres."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(owner_client, first, typed, field, text):
    before = Location.objects.values().get(pk=first.pk)

    answer = change(owner_client, first, **{"name": "Otro nombre", **typed})

    page = answer.content.decode()
    assert (answer.status_code, Location.objects.values().get(pk=first.pk)) == (422, before)
    assert re.search(rf'<a href="#f-{field}">[^<]*{re.escape(text)}', page)
    assert "name" in typed or 'value="Otro nombre"' in page
    assert field not in {"timezone", "map_url"} or not typed[field] or f'value="{typed[field]}"' in page


def test_regions_are_asked_where_the_country_has_any(owner_client, first, monkeypatch, tenant):
    assert "f-region" not in owner_client.get(f"{LIST}{first.pk}/").content.decode()
    spain = replace(tenant, country="ES")
    for module in ("web.workspace.hours.location_form", "scheduling.services.catalog.locations"):
        monkeypatch.setattr(f"{module}.current_tenant", lambda: spain)

    answer = change(owner_client, first, region="MD")

    assert (answer.status_code, Location.objects.get(pk=first.pk).region) == (302, "MD")
    assert "Región, para sus días festivos: <b>Madrid" in (
        owner_client.get(f"{LIST}{first.pk}/history/").content.decode()
    )


def test_the_last_place_is_not_archived_and_that_is_said(owner_client, first):
    refused = owner_client.post(f"{LIST}{first.pk}/archive/")

    page = owner_client.get(refused["Location"]).content.decode()
    assert (Location.objects.get(pk=first.pk).is_active, refused["Location"]) == (True, f"{LIST}{first.pk}/")
    assert "No se puede archivar la última sucursal" in page

    other = make_place()
    assert owner_client.post(f"{LIST}{other}/archive/")["Location"] == LIST
    assert Location.objects.get(pk=other).is_active is False


def test_a_place_with_coming_bookings_is_archived_after_a_review(owner_client, first):
    made = book()
    make_place()

    answer = owner_client.post(f"{LIST}{first.pk}/archive/")

    assert (answer.status_code, Location.objects.get(pk=first.pk).is_active) == (409, True)
    assert f'name="review-{made.booking_id}"' in answer.content.decode()


def test_customers_follow_the_link_to_the_map(owner_client, customer_client, first):
    made = book()
    change(owner_client, first, address="Av. Juárez 1")
    by_address = customer_client.get("/").content.decode()
    change(owner_client, first, map_url="https://osm.org/way/1")

    pages = [customer_client.get(address).content.decode() for address in ("/", f"/b/{made.manage_token}/")]

    assert 'href="https://www.google.com/maps/search/?api=1&amp;query=Av.+Ju%C3%A1rez+1"' in by_address
    assert ['href="https://osm.org/way/1"' in page for page in pages] == [True, True]


@pytest.mark.parametrize(("role", "sees", "edits"), [("receptionist", 200, 403), ("provider", 403, 403)])
def test_who_may_not_change_places_sees_no_way_to(staff_client, first, role, sees, edits):
    client = staff_client(role)
    page = client.get(LIST)

    assert (page.status_code, client.get(f"{LIST}{first.pk}/").status_code) == (sees, edits)
    assert f"{LIST}new/" not in page.content.decode()
    assert (f'href="{LIST}"' in client.get("/workspace/").content.decode()) is (sees == 200)


def test_an_archived_place_comes_back_changed(owner_client, first):
    other = Location.objects.get(pk=make_place())
    owner_client.post(f"{LIST}{other.pk}/archive/")

    answer = change(owner_client, other, restored="yes", name="Sucursal Este")

    other.refresh_from_db()
    assert (answer.status_code, other.is_active, other.name) == (302, True, "Sucursal Este")


def test_every_cell_of_the_list_has_its_label_on_a_phone(owner_client, first):
    page = owner_client.get(LIST).content.decode()

    labels = re.findall(r'<td class="[^"]*across"><span class="narrow-only">([^<]+): </span>', page)
    assert labels == ["Zona horaria", "Días festivos", "Por venir"]
