"""The lists, forms, copies, turns and files of the set-up by keyboard alone: no pointer is used anywhere here."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Resource, ResourceType
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, PHONE, check_everywhere

pytestmark = pytest.mark.e2e
MOST_TABS = 80


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never comes to {selector} on {page.url}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_types_people_copies_and_turns_need_no_mouse(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/resource_types/")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("Nuevo tipo")
    tab_to(page, "[name=name]")
    page.keyboard.type("Aprendiz de teclado")
    tab_to(page, "[name=is_person]")
    page.keyboard.press("ArrowRight")
    press(page, ".save-bar button.primary")
    expect(page.locator(".said")).to_contain_text("Guardado")

    page.goto(page.url.replace("resource_types", "resources"))
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("Agregar")
    tab_to(page, "[name=name]")
    page.keyboard.type("Tecla")
    press(page, ".save-bar button.primary")
    expect(page.locator(".said")).to_contain_text("Guardado")
    tab_to(page, "#find")
    page.keyboard.type("tecla")
    expect(page.locator("#entries a.name")).to_have_count(1)
    expect(page.locator("#find")).to_be_focused()
    press(page, "#entries a.name")
    expect(page.locator("h1")).to_have_text("Tecla")
    press(page, "a[href$='/copy/']")
    expect(page.locator("h1")).to_have_text("Copiar")
    expect(page.locator("[name=name]")).to_be_focused()
    page.keyboard.type("Tecla dos")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Copiado")

    page.goto(f"{page.url.partition('/resources/')[0]}/resources/turns/")
    tab_to(page, "[name=strategy]")
    page.keyboard.press("ArrowDown")
    press(page, "main .button.primary")
    expect(page.locator(".said")).to_contain_text("Guardado")
    with tenant_scope(houses[0]):
        assert ResourceType.objects.filter(name="Aprendiz de teclado", is_person=False).exists()
        assert Resource.objects.filter(name__startswith="Tecla").count() == 2


def test_a_file_is_seen_and_imported_without_a_mouse_and_is_accessible(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/resources/")
    press(page, "header a[href$='/resources/file/']")
    expect(page.locator("h1")).to_have_text("Equipo como archivo")
    found = {"page": check_everywhere(page, DESK, PHONE)}
    wrong = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"Nombre;Tipo\nDe archivo;nada\n"}
    page.set_input_files("[name=file]", wrong)  # the system's own window chooses files: no page has its keys
    press(page, "form:has([name=file]) button")
    expect(page.locator("#problems")).to_be_focused()
    found["errors"] = check_everywhere(page, DESK, PHONE)
    with tenant_scope(houses[0]):
        kind = ResourceType.objects.filter(is_person=True, is_active=True).first().name
    right = wrong | {"buffer": f"Nombre;Tipo\nDe archivo;{kind}\n".encode()}
    page.set_input_files("[name=file]", right)
    press(page, "form:has([name=file]) button")
    expect(page.locator("#preview-title")).to_be_focused()
    found["preview"] = check_everywhere(page, DESK, PHONE)
    press(page, "button[value=save]")
    expect(page.locator(".said")).to_contain_text("Importado")

    assert found == {"page": [], "errors": [], "preview": []}
    with tenant_scope(houses[0]):
        assert Resource.objects.filter(name="De archivo").exists()
