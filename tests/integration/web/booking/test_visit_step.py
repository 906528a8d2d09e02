"""The step about the visit: what is needed first, the rest behind lines that say how it is."""

from __future__ import annotations

import re
from html import unescape

import pytest

from scheduling.models import AddOn, Resource, Service


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


@pytest.fixture
def visit(customer_client, tenant) -> str:
    """The address of the step for a service with extras."""
    service = Service.objects.filter(approval="instant", add_ons__isnull=False).order_by("position", "pk").first()
    return customer_client.get(f"/?service={service.pk}").url + "&lang=es"


def list_folds(page) -> list[str]:
    """Return what each folded line says; an open one has a star."""
    lines = re.findall(r'<details class="fold"( open)?>\s*<summary>(.*?)</summary>', page.content.decode(), re.DOTALL)
    return [text_of(line) + ("*" if is_open else "") for is_open, line in lines]


def test_what_most_leave_as_it_is_waits_behind_lines(customer_client, visit):
    page = customer_client.get(visit)

    assert list_folds(page) == [
        "¿Con quién? Cualquier mecánico Cambiar", "¿Agregar algo? Agregar", "¿Notas algo más? Agregar"
    ]  # fmt: skip
    assert text_of(page.content.decode()).count("¿Notas algo más?") == 2  # the line, and the group's spoken name


def test_a_line_says_what_was_chosen(customer_client, visit):
    person = Resource.objects.filter(is_customer_choosable=True).order_by("pk").first()
    service = Service.objects.filter(approval="instant", add_ons__isnull=False).order_by("position", "pk").first()
    extra = AddOn.objects.filter(service=service).order_by("position", "pk").first()
    sent = {"resource": person.pk, "add_ons": [extra.pk], "symptoms": ["leak", "smoke"], "note": "Solo en frío"}

    page = customer_client.post(visit, {**sent, "arrival_mode": "drop_off"})

    assert page.status_code == 422
    assert list_folds(page) == [
        f"¿Con quién? {person.name} Cambiar",
        f"¿Agregar algo? {extra.name} Cambiar",
        "¿Notas algo más? Fuga, Humo u olor extraño, Solo en frío Cambiar",
    ]


def test_an_empty_field_says_what_to_type(customer_client, visit):
    page = customer_client.post(visit, {"arrival_mode": "drop_off"})

    text = text_of(page.content.decode())
    assert ("Escribe la marca." in text, "Escribe el modelo." in text, "Completa este campo" in text) == (
        True,
        True,
        False,
    )


def test_a_line_with_a_mistake_is_open(customer_client, visit):
    page = customer_client.post(visit, {"asset.make": "Nissan", "asset.model": "Versa", "symptoms": ["nothing-known"]})

    assert [line for line in list_folds(page) if line.endswith("*")] == ["¿Notas algo más? Agregar*"]
