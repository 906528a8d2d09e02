"""The page of resources: list, form, archive, history, and two editors at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from accounts.models import User
from audit.selectors.log import list_changes
from kernel.clock import utc_now
from scheduling.enums import ActorKind, CatalogNoun
from scheduling.models import Allocation, Booking, Location, Resource, ResourceType
from scheduling.services.catalog.staff import link_user
from scheduling.types import Actor
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import read_form, read_page
from tests.integration.web.workspace.conftest import book

LIST = "/workspace/resources/"


def change(client: HostClient, row: Resource, **typed: object):
    address = f"{LIST}{row.pk}/"
    return client.post(address, {**read_form(client, address), **typed})


@pytest.fixture
def carlos(tenant) -> Resource:
    return Resource.objects.filter(resource_type__is_person=True).first()


def read_names(page: str) -> list[str]:
    return re.findall(r'<a class="name" href="[^"]+">([^<]+)</a>', page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(owner_client, django_assert_num_queries, count):
    kept = list(Resource.objects.order_by("pk").values_list("pk", flat=True)[:count])
    Resource.objects.exclude(pk__in=kept).update(is_active=False)
    owner_client.get(LIST)

    with django_assert_num_queries(13):  # schema, session, person; types, places, resources, coming bookings, needs
        page = owner_client.get(LIST).content.decode()

    assert len(read_names(page)) == count


def test_a_resource_is_created_with_everything_that_the_form_asks(owner_client):
    typed = read_form(owner_client, f"{LIST}new/") | {
        "name": "  Ana   Gil ", "phone": "55 1234 5678", "phone_region": "MX", "email": "Ana@Taller.example",
        "color": "#0d9488", "new_skills": "frenos, motor,  frenos", "capacity": "2", "efficiency_percent": "110",
        "is_customer_choosable": "on",
    }  # fmt: skip

    answer = owner_client.post(f"{LIST}new/", typed)

    made = Resource.objects.get(name="Ana Gil")
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert (made.phone, made.email, made.color, made.skills, made.capacity, made.efficiency_percent) == (
        "+525512345678", "ana@taller.example", "#0d9488", ["frenos", "motor"], 2, 110,
    )  # fmt: skip
    assert made.is_customer_choosable is True
    assert "Guardado: Ana Gil" in owner_client.get(LIST).content.decode()


def test_a_typed_skill_that_is_known_is_written_as_it_is_known(owner_client, carlos):
    Resource.objects.filter(pk=carlos.pk).update(skills=["Frenos", "Suspensión"])
    typed = read_form(owner_client, f"{LIST}new/") | {"name": "Tomás Vega", "new_skills": "frenos, SUSPENSIÓN, turbo"}

    owner_client.post(f"{LIST}new/", typed)

    assert Resource.objects.get(name="Tomás Vega").skills == ["Frenos", "Suspensión", "turbo"]


def test_saving_unchanged_changes_nothing(owner_client, carlos):
    before = Resource.objects.values().get(pk=carlos.pk)

    answer = change(owner_client, carlos)

    assert answer.status_code == 302
    assert Resource.objects.values().get(pk=carlos.pk) == before


def test_a_change_is_saved_and_logged_with_its_author(owner_client, carlos):
    answer = change(owner_client, carlos, name="Carlos Ruiz Díaz", efficiency_percent="90")

    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{carlos.pk}/")
    entry = list_changes(noun=CatalogNoun.RESOURCE, row_id=carlos.pk)[0]
    assert {each.name: each.new for each in entry.fields} == {"name": "Carlos Ruiz Díaz", "efficiency_percent": 90}
    history = owner_client.get(f"{LIST}{carlos.pk}/history/").content.decode()
    assert [text in history for text in ("Olga Owner", "Carlos Ruiz Díaz", "Ritmo: <s>100</s> → <b>90</b>")] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("typed", "field", "text"),
    [
        ({"name": ""}, "name", "Completa este campo."),
        ({"name": "x" * 121}, "name", "Máximo 120 caracteres."),
        ({"capacity": "0"}, "capacity", "Mínimo 1."),
        ({"capacity": "100000"}, "capacity", "Máximo 1000."),
        ({"efficiency_percent": "cien"}, "efficiency_percent", "Escribe un número, solo con cifras."),
        ({"phone": "12"}, "phone", "Escribe un número de 10 dígitos, por ejemplo 55 1234 5678."),
        ({"email": "ana@"}, "email", "Escribe un correo como nombre@ejemplo.com."),
        ({"new_skills": "x" * 61}, "new_skills", "Una habilidad tiene como máximo 60 caracteres."),
        ({"resource_type_id": "999999"}, "resource_type_id", "Elige una de las opciones."),
        ({"color": "#123456"}, "color", "Elige una de las opciones."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(owner_client, carlos, typed, field, text):
    before = Resource.objects.values().get(pk=carlos.pk)

    answer = change(owner_client, carlos, **{"name": "Otro nombre", **typed})

    page = answer.content.decode()
    said = re.search(rf'id="f-{field}_error">(.*?)</span>\s*</span>\s*</span>', page, re.DOTALL) or [page]
    assert (answer.status_code, text in said[0]) == (422, True)
    assert re.search(rf'<a href="#f-{field}[^"]*">[^<]*{re.escape(text)}', page)
    assert "name" in typed or 'value="Otro nombre"' in page
    assert Resource.objects.values().get(pk=carlos.pk) == before


def test_a_name_that_is_taken_is_refused_at_its_field(owner_client, carlos):
    twin = Resource.objects.filter(resource_type_id=carlos.resource_type_id).exclude(pk=carlos.pk).first()

    answer = change(owner_client, carlos, name=twin.name.upper())

    assert answer.status_code == 422
    assert re.search(r'<a href="#f-name">', answer.content.decode())


def test_the_second_editor_is_told_what_changed_and_may_save_again(owner_client, staff_client, carlos):
    address = f"{LIST}{carlos.pk}/"
    mine = read_form(owner_client, address)
    change(staff_client("manager"), carlos, name="Carlos de Ruiz", capacity="3")

    clash = owner_client.post(address, {**mine, "name": "Carlitos", "efficiency_percent": "80"})
    page = clash.content.decode()

    assert clash.status_code == 409
    assert Resource.objects.get(pk=carlos.pk).name == "Carlos de Ruiz"
    assert "No se guardó: cambió mientras lo editabas" in page
    assert "Persona manager lo cambió, " in page
    assert f"Nombre: <s>{carlos.name}</s> → <b>Carlos de Ruiz</b>" in page
    assert "Citas a la vez: <s>1</s> → <b>3</b>" in page
    shown = [
        re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("name", "efficiency_percent", "capacity")
    ]
    assert shown == ["Carlitos", "80", "3"]  # typed, typed, taken over
    assert "Mientras tanto quedó en: Carlos de Ruiz" in page

    version = re.findall(r'name="version" value="(\d+)"', page)[-1]
    saved = owner_client.post(
        address, {**mine, "version": version, "name": "Carlitos", "efficiency_percent": "80", "capacity": "3"}
    )

    row = Resource.objects.get(pk=carlos.pk)
    assert (saved.status_code, row.name, row.capacity, row.efficiency_percent) == (302, "Carlitos", 3, 80)


def test_skills_that_were_typed_outlive_a_clash(owner_client, staff_client, carlos):
    address = f"{LIST}{carlos.pk}/"
    mine = read_form(owner_client, address)
    change(staff_client("manager"), carlos, efficiency_percent="90")

    clash = owner_client.post(address, {**mine, "new_skills": "diagnóstico"})
    page = clash.content.decode()
    version = re.findall(r'name="version" value="(\d+)"', page)[-1]
    saved = owner_client.post(address, {**mine, "version": version, "skills": ["diagnóstico"]})

    assert clash.status_code == 409
    assert re.search(r'<input[^>]*name="skills"[^>]*value="diagnóstico"[^>]*checked', page)
    assert (saved.status_code, Resource.objects.get(pk=carlos.pk).skills) == (302, ["diagnóstico"])


@pytest.mark.parametrize("version", [None, "", "-1", "abc", "9" * 30])
def test_a_form_without_its_version_overwrites_nothing(owner_client, carlos, version):
    address = f"{LIST}{carlos.pk}/"
    change(owner_client, carlos, efficiency_percent="90")
    typed = {key: each for key, each in read_form(owner_client, address).items() if key != "version"}

    answer = owner_client.post(address, {**typed, "name": "Otro", **({} if version is None else {"version": version})})

    assert answer.status_code == 409
    assert Resource.objects.get(pk=carlos.pk).name == carlos.name


def test_an_account_that_was_linked_meanwhile_stays_with_the_second_editor(owner_client, carlos):
    address = f"{LIST}{carlos.pk}/"
    mine = read_form(owner_client, address)
    user = User.objects.order_by("pk").first()
    link_user(resource_id=carlos.pk, user_id=user.pk, by=Actor(kind=ActorKind.STAFF, user_id=user.pk), now=utc_now())

    clash = owner_client.post(address, {**mine, "name": "Carlitos"})
    page = clash.content.decode()
    saved = owner_client.post(address, read_page(page))

    assert (clash.status_code, "No se guardó: cambió mientras lo editabas" in page) == (409, True)
    assert "Cuenta con la que entra: De nadie → Olga Owner" in page or f"<b>{user.name}</b>" in page
    row = Resource.objects.get(pk=carlos.pk)
    assert (saved.status_code, row.name, row.user_id) == (302, "Carlitos", user.pk)


def test_archiving_can_be_undone_and_an_archived_one_is_not_changed(owner_client):
    row = Resource.objects.order_by("pk").last()

    archived = owner_client.post(f"{LIST}{row.pk}/archive/")
    page = owner_client.get(archived["Location"]).content.decode()
    assert (row.name in read_names(page), f'action="{LIST}{row.pk}/restore/"' in page) == (False, True)
    assert row.name in read_names(owner_client.get(f"{LIST}?state=archived").content.decode())
    refused = owner_client.post(f"{LIST}{row.pk}/", {"name": "Nuevo"})
    assert (refused.status_code in {409, 422}, Resource.objects.get(pk=row.pk).name) == (True, row.name)

    owner_client.post(f"{LIST}{row.pk}/restore/")

    assert row.name in read_names(owner_client.get(LIST).content.decode())


def test_who_has_coming_bookings_is_archived_once_somebody_has_decided_about_them(owner_client):
    booked = book()
    taken = Allocation.objects.filter(booking_id=booked.booking_id).first().resource
    address = f"{LIST}{taken.pk}/archive/"

    answer = owner_client.post(address)

    page = answer.content.decode()
    assert (answer.status_code, Resource.objects.get(pk=taken.pk).is_active) == (409, True)
    assert "Este cambio toca 1 cita" in page
    owner_client.post(address, {"review-do": "save", f"review-{booked.booking_id}": "cancel"})
    assert Resource.objects.get(pk=taken.pk).is_active is False
    assert Booking.objects.get(pk=booked.booking_id).cancelled_reason == "Cambió nuestro horario."


@pytest.mark.parametrize(
    ("query", "finds"),
    [("q=zzzz", False), ("q=" + "x" * 300, True), ("q=%00", True), ("type=zz", True), ("sort=secret", True)],
)
def test_strange_questions_are_no_defects(owner_client, carlos, query, finds):
    page = owner_client.get(f"{LIST}?{query}").content.decode()

    assert (carlos.name in page) is finds


def test_search_filters_and_sorts(owner_client, carlos):
    Resource.objects.filter(pk=carlos.pk).update(name="Ñandú Ríos", skills=["frenos"], capacity=9)

    assert read_names(owner_client.get(f"{LIST}?q=nandu").content.decode()) == ["Ñandú Ríos"]
    assert read_names(owner_client.get(f"{LIST}?q=FRENOS").content.decode()) == ["Ñandú Ríos"]
    assert read_names(owner_client.get(f"{LIST}?sort=-capacity").content.decode())[0] == "Ñandú Ríos"
    of_type = read_names(owner_client.get(f"{LIST}?type={carlos.resource_type_id}").content.decode())
    assert set(of_type) == set(
        Resource.objects.filter(resource_type_id=carlos.resource_type_id).values_list("name", flat=True)
    )


def test_the_list_is_a_file_without_formulas(owner_client, carlos):
    Resource.objects.filter(pk=carlos.pk).update(name="=1+1")

    answer = owner_client.get(f"{LIST}?export=csv&q=%3D1")

    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("'=1+1,")


@pytest.mark.parametrize(
    ("role", "statuses"), [("manager", (200, 200)), ("receptionist", (200, 403)), ("provider", (403, 403))]
)
def test_reception_sees_the_list_and_only_managers_the_form(
    staff_client: Callable[[str], HostClient], carlos, role, statuses
):
    client = staff_client(role)

    answers = [client.get(address) for address in (LIST, f"{LIST}{carlos.pk}/")]

    assert tuple(answer.status_code for answer in answers) == statuses
    assert (f'href="{LIST}{carlos.pk}/"' in answers[0].content.decode()) is (statuses == (200, 200))


def test_an_unknown_one_is_not_found(owner_client):
    codes = [owner_client.get(f"{LIST}999999/{rest}").status_code for rest in ("", "history/")]

    assert (codes, owner_client.post(f"{LIST}999999/archive/").status_code) == ([404, 404], 404)
    assert User.objects.filter(role="owner").exists()


def test_who_archived_it_meanwhile_is_told_and_what_was_typed_is_restored_and_saved(owner_client, staff_client, carlos):
    address = f"{LIST}{carlos.pk}/"
    mine = read_form(owner_client, address)
    staff_client("manager").post(f"{address}archive/")

    clash = owner_client.post(address, {**mine, "name": "Carlitos", "new_skills": "frenos"})
    page = clash.content.decode()

    row = Resource.objects.get(pk=carlos.pk)
    assert (clash.status_code, row.is_active, row.name) == (409, False, carlos.name)
    assert "No se guardó: se archivó mientras lo editabas" in page
    assert re.search(r"<li>Persona manager lo archivó, \w+ \d+ de \w+, ", page)
    assert re.search(r'<button class="button primary" name="restored" value="yes">', page)
    shown = read_page(page)
    assert (shown["name"], shown["skills"]) == ("Carlitos", "frenos")

    saved = owner_client.post(address, {**shown, "restored": "yes"})

    row = Resource.objects.get(pk=carlos.pk)
    assert (saved.status_code, row.is_active, row.name, row.skills) == (302, True, "Carlitos", ["frenos"])
    assert "Restaurado y guardado: Carlitos" in owner_client.get(address).content.decode()
    entry = list_changes(noun=CatalogNoun.RESOURCE, row_id=carlos.pk)[0]
    assert (entry.action, [each.name for each in entry.fields]) == ("restored", ["name", "skills", "is_active"])


def test_what_is_archived_is_only_saved_by_restoring_it(owner_client, carlos):
    address = f"{LIST}{carlos.pk}/"
    owner_client.post(f"{address}archive/")

    refused = change(owner_client, carlos, name="Otro")

    row = Resource.objects.get(pk=carlos.pk)
    assert (refused.status_code, row.name, row.is_active) == (409, carlos.name, False)
    assert "Esto está archivado. Restáuralo antes de cambiarlo." in refused.content.decode()


@pytest.mark.parametrize("what", ["archive", "restore"])
def test_a_stale_button_tells_who_did_what_and_when(owner_client, staff_client, carlos, what):
    address = f"{LIST}{carlos.pk}/"
    seen = carlos.version
    change(staff_client("manager"), carlos, efficiency_percent="90")

    answer = owner_client.post(f"{address}{what}/", {"version": seen})

    page = owner_client.get(answer["Location"]).content.decode()
    said = re.search(r'<p class="note bad">.*?</p>', page, re.DOTALL)[0]
    assert Resource.objects.get(pk=carlos.pk).is_active is True
    assert re.search(r"Persona manager lo cambió, \w+ \d+ de \w+, .*: Ritmo: 100 → 90\.", said)
    assert ("vuelve a intentarlo" in said) is (what == "archive")


def test_a_name_that_is_taken_meanwhile_has_a_way_out(owner_client, carlos):
    owner_client.post(f"{LIST}{carlos.pk}/archive/")
    twin = Resource.objects.filter(resource_type_id=carlos.resource_type_id, is_active=True).first()
    change(owner_client, twin, name=carlos.name.upper())

    answer = owner_client.post(f"{LIST}{carlos.pk}/restore/")
    page = owner_client.get(answer["Location"]).content.decode()

    assert (answer["Location"], Resource.objects.get(pk=carlos.pk).is_active) == (f"{LIST}{carlos.pk}/", False)
    assert "Ya hay otro con este nombre. Elige uno distinto. Cámbialo abajo y elige «Restaurar y guardar»." in page

    again = owner_client.post(answer["Location"], {**read_page(page), "restored": "yes"})
    assert (again.status_code, Resource.objects.get(pk=carlos.pk).is_active) == (422, False)
    assert re.search(r'<a href="#f-name">[^<]*Ya hay otro con este nombre', again.content.decode())

    owner_client.post(answer["Location"], {**read_page(page), "name": "Carlos Segundo", "restored": "yes"})
    row = Resource.objects.get(pk=carlos.pk)
    assert (row.is_active, row.name) == (True, "Carlos Segundo")


def test_more_skills_than_fit_are_refused_at_the_field(owner_client, carlos):
    answer = change(owner_client, carlos, new_skills=",".join(f"s{number}" for number in range(51)))

    assert answer.status_code == 422
    assert re.search(r'<a href="#f-new_skills">[^<]*Máximo 50 habilidades\. Quita algunas\.', answer.content.decode())
    assert Resource.objects.get(pk=carlos.pk).skills == carlos.skills


def test_an_empty_tab_says_what_it_is_for(owner_client):
    empty = owner_client.get(f"{LIST}?state=archived").content.decode()
    searched = owner_client.get(f"{LIST}?state=archived&q=zzz").content.decode()
    Resource.objects.update(is_active=False)
    unused = owner_client.get(LIST).content.decode()

    titles = [re.search(r'card empty">.*?<h2>([^<]+)', page, re.DOTALL)[1] for page in (empty, searched, unused)]
    assert titles == ["No hay nada archivado", "No se encontró nada", "No hay nada en uso"]


def test_the_page_says_whether_it_can_be_archived(owner_client):
    from scheduling.models import Allocation

    booked = Allocation.objects.filter(booking_id=book().booking_id).first().resource
    free = Resource.objects.filter(allocations__isnull=True).first()

    pages = [owner_client.get(f"{LIST}{row.pk}/").content.decode() for row in (booked, free)]

    asides = [re.search(r'<aside class="preview".*?</aside>', page, re.DOTALL)[0] for page in pages]
    assert ["Al archivarlo decides qué pasa con cada una." in aside for aside in asides] == [True, False]
    assert ["Ninguna cita por venir lo usa." in aside for aside in asides] == [False, True]


def test_what_was_never_used_is_deleted_from_the_archive(owner_client, carlos):
    owner_client.post(f"{LIST}new/", {**read_form(owner_client, f"{LIST}new/"), "name": "Nunca Usado"})
    unused = Resource.objects.get(name="Nunca Usado")
    address = f"{LIST}{unused.pk}/"
    assert "delete/" not in owner_client.get(address).content.decode()
    owner_client.post(f"{address}archive/")
    assert f'action="{address}delete/"' in owner_client.get(address).content.decode()

    answer = owner_client.post(f"{address}delete/")

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert not Resource.objects.filter(pk=unused.pk).exists()


def test_what_was_used_stays_in_the_archive_and_its_page_says_so(owner_client):
    booked = book()
    taken = Allocation.objects.filter(booking_id=booked.booking_id).first().resource
    Booking.objects.update(status="completed")
    owner_client.post(f"{LIST}{taken.pk}/archive/")

    answer = owner_client.post(f"{LIST}{taken.pk}/delete/")

    assert Resource.objects.get(pk=taken.pk).is_active is False
    assert "Se usó, así que se queda en el archivo" in owner_client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("is_person", [True, False])
def test_customers_may_choose_a_new_person_and_never_a_new_bay(owner_client, is_person):
    kind = ResourceType.objects.filter(is_person=is_person, is_active=True).first()
    typed = read_form(owner_client, f"{LIST}new/") | {"name": "Quien llega", "resource_type_id": str(kind.pk)}

    assert (typed["is_customer_choosable"], owner_client.post(f"{LIST}new/", typed).status_code) == ("on", 302)
    assert Resource.objects.get(name="Quien llega").is_customer_choosable is is_person


def test_whoever_switches_it_off_for_a_new_person_is_heard(owner_client):
    typed = read_form(owner_client, f"{LIST}new/") | {"name": "Quien llega"}
    del typed["is_customer_choosable"]

    assert owner_client.post(f"{LIST}new/", typed).status_code == 302
    assert Resource.objects.get(name="Quien llega").is_customer_choosable is False


def test_whoever_works_at_an_archived_location_is_not_moved_by_saving(owner_client, carlos):
    closed = Location.objects.create(name="Sucursal vieja", timezone="America/Mexico_City", is_active=False)
    Resource.objects.filter(pk=carlos.pk).update(location=closed)
    address = f"{LIST}{carlos.pk}/"

    page = owner_client.get(address).content.decode()
    answer = owner_client.post(address, {**read_form(owner_client, address), "email": "carlos@example.com"})

    carlos.refresh_from_db()
    assert ("Sucursal vieja (en el archivo)" in page, answer.status_code) == (True, 302)
    assert (carlos.location_id, carlos.email) == (closed.pk, "carlos@example.com")
