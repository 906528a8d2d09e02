"""Types of resources, copies, and what stands beside a resource's form."""

from __future__ import annotations

import re

import pytest

from scheduling.models import Allocation, Requirement, Resource, ResourceType
from tests.integration.web.workspace.browser_form import read_form
from tests.integration.web.workspace.conftest import book

TYPES, LIST = "/workspace/resource_types/", "/workspace/resources/"


@pytest.fixture
def carlos(tenant) -> Resource:
    return Resource.objects.filter(resource_type__is_person=True).first()


def test_a_type_is_created_changed_and_archived(owner_client):
    typed = read_form(owner_client, f"{TYPES}new/")
    assert typed["is_person"] == "people"

    made = owner_client.post(f"{TYPES}new/", {**typed, "name": " Autos de  cortesía ", "is_person": "things"})
    row = ResourceType.objects.get(name="Autos de cortesía")
    address = f"{TYPES}{row.pk}/"
    changed = owner_client.post(address, {**read_form(owner_client, address), "is_person": "people"})
    history = owner_client.get(f"{address}history/").content.decode()
    owner_client.post(f"{address}archive/")
    owner_client.post(address, {**read_form(owner_client, address), "restored": "yes", "name": "Grúas"})

    assert (made["Location"], changed["Location"], row.is_person) == (TYPES, address, False)
    assert "Qué es: <s>Lugares y herramientas</s> → <b>Personas</b>" in history
    row.refresh_from_db()
    assert (row.name, row.is_person, row.is_active) == ("Grúas", True, True)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"name": ""}, "Completa este campo."),
        ({"name": "x" * 81}, "Máximo 80 caracteres."),
        ({"is_person": "robots"}, "Elige una de las opciones."),
        ({"position": "-1"}, "Mínimo 0."),
        ({"position": "9999999"}, "Máximo 1000000."),
    ],
)
def test_what_is_wrong_with_a_type_is_said_and_nothing_is_made(owner_client, typed, text):
    before = ResourceType.objects.count()

    answer = owner_client.post(f"{TYPES}new/", {**read_form(owner_client, f"{TYPES}new/"), "name": "Grúas", **typed})

    assert (answer.status_code, text in answer.content.decode()) == (422, True)
    assert ResourceType.objects.count() == before


def test_a_type_that_is_in_use_is_not_archived(owner_client, carlos):
    answer = owner_client.post(f"{TYPES}{carlos.resource_type_id}/archive/")

    assert "note bad" in owner_client.get(answer["Location"]).content.decode()
    assert ResourceType.objects.get(pk=carlos.resource_type_id).is_active is True


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_list_of_types_asks_as_often_for_one_as_for_fifty(owner_client, django_assert_num_queries, count):
    present = ResourceType.objects.count()
    ResourceType.objects.bulk_create(ResourceType(name=f"Tipo {number}") for number in range(count - present))
    owner_client.get(TYPES)

    with django_assert_num_queries(9):  # schema, session, person; types and resources with their coming bookings
        owner_client.get(TYPES)


def test_a_copy_opens_with_its_own_name_and_else_says_what_is_wrong(owner_client, carlos):
    asked = owner_client.get(f"{LIST}{carlos.pk}/copy/").content.decode()
    refused = owner_client.post(f"{LIST}{carlos.pk}/copy/", {"name": carlos.name})
    empty = owner_client.post(f"{LIST}{carlos.pk}/copy/", {"name": ""})
    made = owner_client.post(f"{LIST}{carlos.pk}/copy/", {"name": "Ada Ríos"})

    copy = Resource.objects.get(name="Ada Ríos")
    assert f"<b>{carlos.name}</b>" in asked
    assert (refused.status_code, empty.status_code, made["Location"]) == (422, 422, f"{LIST}{copy.pk}/")
    assert "Ya hay uno con este nombre" in refused.content.decode() or "nombre" in refused.content.decode()
    assert (copy.skills, copy.capacity, copy.phone) == (carlos.skills, carlos.capacity, "")
    assert "Copiado: Ada Ríos" in owner_client.get(made["Location"]).content.decode()


def test_the_form_asks_for_account_turns_order_and_zone(owner_client, carlos):
    address = f"{LIST}{carlos.pk}/"
    form = read_form(owner_client, address)
    user = re.search(r'<option value="(\d+)">Olga Owner', owner_client.get(address).content.decode())

    owner_client.post(
        address, {**form, "user_id": user[1], "weight": "3", "position": "7", "timezone": "America/Tijuana"}
    )
    wrong = owner_client.post(
        address, {**read_form(owner_client, address), "user_id": "999999", "timezone": "Marte/Base"}
    )

    carlos.refresh_from_db()
    assert (str(carlos.user_id), carlos.weight, carlos.position, carlos.timezone) == (
        user[1], 3, 7, "America/Tijuana",
    )  # fmt: skip
    assert wrong.status_code == 422
    history = owner_client.get(f"{address}history/").content.decode()
    assert "Cuenta con la que entra: <s>De nadie</s> → <b>Olga Owner</b>" in history or "<b>Olga Owner</b>" in history


def test_whom_no_service_needs_is_marked(owner_client, carlos):
    assert "Ningún servicio lo pide" not in owner_client.get(LIST).content.decode()
    Requirement.objects.all().delete()

    listed, form = (owner_client.get(each).content.decode() for each in (LIST, f"{LIST}{carlos.pk}/"))

    assert listed.count("Ningún servicio lo pide") == Resource.objects.filter(is_active=True).count()
    assert "Ningún servicio lo pide: nadie puede reservarlo." in form


def test_beside_the_form_stand_the_next_appointments(owner_client):
    booked = [book(name, slot=number) for number, name in enumerate(("Ana Torres", "Beto Ruiz"))]
    taken = Allocation.objects.filter(booking_id=booked[0].booking_id).first().resource

    form = owner_client.get(f"{LIST}{taken.pk}/").content.decode()
    own = owner_client.get(f"/workspace/bookings/?resource={taken.pk}").content.decode()
    nobody = owner_client.get("/workspace/bookings/?resource=999999").content.decode()

    assert "Ana Torres" in form
    assert ("Ana Torres" in own, f"Solo las citas de <b>{taken.name}</b>" in own) == (True, True)
    assert ("Beto Ruiz" in own) is Allocation.objects.filter(
        booking_id=booked[1].booking_id, resource_id=taken.pk
    ).exists()
    assert ("Beto Ruiz" in nobody, "Solo las citas de" in nobody) == (True, False)


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("receptionist", 403), ("read_only", 403)])
def test_only_managers_copy(staff_client, carlos, role, status):
    before = Resource.objects.count()
    client = staff_client(role)

    answers = [client.get(f"{LIST}{carlos.pk}/copy/"), client.get(f"{TYPES}new/")]

    assert [answer.status_code for answer in answers] == [status, status]
    if status == 403:
        assert client.post(f"{LIST}{carlos.pk}/copy/", {"name": "Ada"}).status_code == 403
        assert Resource.objects.count() == before
