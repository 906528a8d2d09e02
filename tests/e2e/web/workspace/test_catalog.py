"""An owner sets up team and services in a real browser: by mouse, by keyboard, on a phone, without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from scheduling.models import AddOn, Location, Resource, Service
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, NARROW, PHONE, check_everywhere, check_page, resize

pytestmark = pytest.mark.e2e
SAVE = ".save-bar .primary"


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_lists_forms_and_errors_are_accessible(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/services/")
    found = {"services": check_everywhere(page, DESK, PHONE)}
    page.locator("a.name").first.click()
    expect(page.locator(SAVE)).to_be_visible()
    found["service"] = check_everywhere(page, DESK, PHONE)
    page.fill("[name=duration_minutes]", "0")
    page.fill("[name=price]", "12.345")
    page.click(SAVE)
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("[name=price]")).to_have_value("12.345")
    found["errors"] = check_everywhere(page, DESK, PHONE)
    page.goto(page.url.replace("services", "resources").rsplit("/", 2)[0] + "/")
    found["resources"] = check_everywhere(page, DESK, PHONE)
    page.locator("a.name").first.click()
    expect(page.locator(SAVE)).to_be_visible()
    found["resource"] = check_everywhere(page, DESK, PHONE)
    page.goto(page.url.replace("resources", "locations").rsplit("/", 2)[0] + "/")
    found["locations"] = check_everywhere(page, DESK, PHONE)
    page.locator("a.name").first.click()
    expect(page.locator(SAVE)).to_be_visible()
    found["location"] = check_everywhere(page, DESK, PHONE)
    page.click("text=Historial")
    expect(page.locator("h1")).to_have_text("Historial")
    found["history"] = check_everywhere(page, DESK, PHONE)

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_resource_is_created_changed_archived_and_restored(houses, open_workspace):
    house = houses[0]
    page = open_workspace(house, "/workspace/resources/")
    page.click(".new-entry")
    page.fill("[name=name]", "Ana Gil")
    page.fill("[name=capacity]", "0")
    page.click(SAVE)
    page.click("#problems a")
    expect(page.locator("[name=capacity]")).to_be_focused()
    page.fill("[name=capacity]", "2")
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text("Guardado: Ana Gil")

    page.fill("#find", "ana gil")
    expect(page.locator("a.name")).to_have_count(1)
    page.click("a.name")
    page.fill("[name=new_skills]", "pintura")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Guardado: Ana Gil")
    page.locator("header.bar").get_by_role("button", name="Archivar").click()
    expect(page.locator(".said")).to_contain_text("Archivado: Ana Gil")
    page.locator(".said").get_by_role("button", name="Deshacer").click()
    expect(page.locator("a.name", has_text="Ana Gil")).to_be_visible()

    with tenant_scope(house):
        row = Resource.objects.get(name="Ana Gil")
        assert (row.capacity, row.skills, row.is_active) == (2, ["pintura"], True)


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_service_is_created_changed_archived_and_restored(houses, open_workspace, script):
    house, name = houses[0], f"Alineación {'con' if script else 'sin'}"
    page = open_workspace(house, "/workspace/services/", java_script_enabled=script)
    page.click(".new-entry")
    page.fill("[name=name]", name)
    page.fill("[name=price]", "850")
    page.select_option("[name=requirements-0-resource_type_id]", index=1)
    page.click("button[value=add-extras]")
    expect(page.locator("[name=name]")).to_have_value(name)
    page.fill("[name=extras-0-name]", "Balanceo")
    page.fill("[name=extras-0-price]", "1.234")
    page.click(SAVE)
    expect(page.locator("#f-extras-0-price_error")).to_be_visible()
    expect(page.locator("[name=extras-0-price]")).to_have_value("1.234")
    page.fill("[name=extras-0-price]", "300")
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text(f"Guardado: {name}")

    page.click(f"a.name:text-is('{name}')")
    page.locator("label", has_text="Por cotizar").click()
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text(f"Guardado: {name}")
    page.locator("header.bar").get_by_role("button", name="Archivar").click()
    page.locator(".said").get_by_role("button", name="Deshacer").click()
    expect(page.locator(f"a.name:text-is('{name}')")).to_be_visible()

    with tenant_scope(house):
        row = Service.objects.get(name=name)
        extras = list(row.add_ons.values_list("name", "price_minor"))
        assert (row.price_minor, row.is_active, extras) == (None, True, [("Balanceo", 30000)])


def test_two_editors_lose_nothing(houses, open_workspace):
    house = houses[0]
    first, second = (open_workspace(house, "/workspace/services/") for _ in range(2))
    for page in (first, second):
        page.locator("a.name").first.click()
        expect(page.locator(SAVE)).to_be_visible()
    name = first.input_value("[name=name]")
    first.fill("[name=duration_minutes]", "77")
    first.click(SAVE)
    expect(first.locator(".said")).to_contain_text("Guardado")

    second.fill("[name=description]", "Escrito por el segundo")
    second.click(SAVE)

    expect(second.locator(".note.warn")).to_contain_text("cambió mientras lo editabas")
    expect(second.locator(".note.warn")).to_contain_text("77")
    expect(second.locator("[name=description]")).to_have_value("Escrito por el segundo")
    assert check_page(second) == []
    second.click(SAVE)
    expect(second.locator(".said")).to_contain_text("Guardado")
    with tenant_scope(house):
        row = Service.objects.get(name=name)
        assert (row.duration_minutes, row.description) == (77, "Escrito por el segundo")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_phone_reaches_everything_through_more(houses, open_workspace, script):
    page = open_workspace(houses[0], "/workspace/", viewport=PHONE, java_script_enabled=script)
    page.click(".tab-bar button")

    page.locator("#more-nav").get_by_role("link", name="Equipo").click()

    expect(page.locator("h1")).to_have_text("Equipo")
    expect(page.locator(".tab-bar button[aria-current]")).to_be_visible()


def test_unsaved_changes_are_said_and_asked_about(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/services/")
    page.locator("a.name").first.click()
    state, asked = page.locator(".save-bar .state p:not([hidden])"), []
    expect(state).to_contain_text("Todo guardado")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    duration = page.input_value("[name=duration_minutes]")

    page.fill("[name=duration_minutes]", "99")
    expect(state).to_have_text("Cambios sin guardar")
    page.click(".bar .back", no_wait_after=True)
    expect(page.locator("[name=duration_minutes]")).to_have_value("99")
    assert asked == ["beforeunload"]

    page.fill("[name=duration_minutes]", duration)
    expect(state).to_contain_text("Todo guardado")
    page.locator("label", has_text="Por cotizar").click()
    expect(state).to_have_text("Cambios sin guardar")
    page.click(".save-bar [data-discards]")
    expect(state).to_contain_text("Todo guardado")
    page.click("button[value=add-extras]")
    expect(page.locator("[name$='-name']").last).to_be_visible()
    expect(state).to_have_text("Cambios sin guardar")
    page.locator("button[value^=remove-extras]").last.click()
    expect(state).to_have_text("Cambios sin guardar")
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text("Guardado")
    page.click(".bar .back")
    page.wait_for_url("**/services/")
    assert asked == ["beforeunload"]


def test_nothing_claims_to_be_saved_without_a_script(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/services/", java_script_enabled=False)
    page.locator("a.name").first.click()

    expect(page.locator(".save-bar .state")).to_contain_text("Guardado por última vez")
    expect(page.get_by_text("Todo guardado")).to_be_hidden()


def test_a_mistake_in_every_part_makes_no_phone_page_wider(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/resources/", viewport=PHONE)
    page.locator("a.name").first.click()
    page.evaluate("document.querySelector('[name=new_skills]').removeAttribute('maxlength')")
    for name, wrong in (("name", ""), ("new_skills", "x" * 401), ("capacity", "0")):
        page.fill(f"[name={name}]", wrong)
    page.click(SAVE)

    expect(page.locator(".jump .badge")).to_have_count(3)
    assert check_page(page) == []


LONG = "Superextraordinariamentelargo" * 4
"""Longer than any page is wide, without a place to break it."""


def find_pushed(page: Page) -> list[str]:
    """Return what stands beside the page, or is cut off although it should break."""
    return page.evaluate("""() => {
        const wide = document.documentElement.clientWidth + 1;
        const scrolls = (box) => box && box !== document.body && (/auto|scroll/.test(getComputedStyle(box).overflowX)
            || scrolls(box.parentElement));
        return [...document.querySelectorAll("main, main *, .bar *")].filter((box) => {
            const style = getComputedStyle(box), place = box.getBoundingClientRect();
            if (!place.width || style.clipPath !== "none" || scrolls(box)) return false;
            const isCut = /hidden|clip/.test(style.overflowX) && style.textOverflow !== "ellipsis"
                && style.webkitLineClamp === "none" && !box.matches("input, select, svg *")
                && box.scrollWidth > box.clientWidth + 1;
            return place.right > wide || isCut;
        }).map((box) => `${box.tagName} ${box.className}`).slice(0, 5);
    }""")


def test_names_without_a_space_push_nothing_aside(houses, open_workspace):
    house = houses[1]
    with tenant_scope(house):
        for number, row in enumerate(Service.objects.all()):
            row.name, row.category, row.description = f"{number}{LONG}", LONG[:80], LONG * 3
            row.save()
        for number, resource in enumerate(Resource.objects.all()):
            resource.name, resource.skills = f"{number}{LONG}", [LONG[:60], LONG[60:]]
            resource.save()
        for number, add_on in enumerate(AddOn.objects.all()):
            add_on.name = f"{number}{LONG}"
            add_on.save()
        Location.objects.update(name=LONG, address=LONG * 2)
        service, resource = Service.objects.first(), Resource.objects.first()
    page = open_workspace(house, "/workspace/services/")
    site = page.url.partition("/workspace")[0]
    found = {}

    for path in (
        "/workspace/services/", f"/workspace/services/{service.pk}/", f"/workspace/services/{service.pk}/history/",
        "/workspace/resources/", f"/workspace/resources/{resource.pk}/", f"/workspace/resources/{resource.pk}/history/",
        "/workspace/bookings/new/", "/", f"/?service={service.pk}",
    ):  # fmt: skip
        page.goto(site + path)
        found[path] = find_pushed_in_all_sizes(page)
    page.goto(f"{site}/workspace/services/{service.pk}/")
    page.fill("[name=name]", "Ñ" * 120)
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text("Guardado")
    found["notice"] = find_pushed_in_all_sizes(page)

    assert {path: pushed for path, pushed in found.items() if pushed} == {}


def find_pushed_in_all_sizes(page: Page) -> list[str]:
    page.evaluate("document.fonts.ready")
    found = []
    for size in (NARROW, PHONE, DESK):
        resize(page, size)
        found += [f"{size['width']} {each}" for each in find_pushed(page)]
    return found


def test_the_bars_of_a_visit_are_dragged_and_moved_by_keys(houses, open_workspace):
    house, name = houses[0], "Color con reposo"
    page = open_workspace(house, "/workspace/services/new/")
    page.fill("[name=name]", name)
    page.fill("[name=price]", "850")
    page.select_option("[name=requirements-0-resource_type_id]", index=1)
    page.click("button[value=add-requirements]")
    page.select_option("[name=requirements-1-resource_type_id]", index=1)
    page.fill("[name=duration_minutes]", "2 h")
    first, second = (page.locator(".visit-drawing [data-row]").nth(number) for number in (0, 1))
    body, end = (first.get_by_role("slider", name=words) for words in ("desde el minuto", "cuánto dura"))
    begins, lasts = (
        page.locator(f"[name=requirements-0-{field}]") for field in ("starts_after_minutes", "duration_minutes")
    )
    expect(first.locator("text")).to_have_text("1 · 0–120 min")

    body.focus()
    for key in ("ArrowRight", "ArrowRight", "PageUp", "ArrowLeft"):
        page.keyboard.press(key)
    expect(begins).to_have_value("20")
    end.focus()
    page.keyboard.press("Home")
    expect(lasts).to_have_value("5")
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowUp")
    expect(first.locator("text")).to_have_text("1 · 20–45 min")
    drag(page, body, share=0.25)
    expect(begins).to_have_value("50")
    drag(page, end, share=0.5)
    expect(lasts).to_have_value("")
    expect(first.locator("text")).to_have_text("1 · 50–120 min")
    page.select_option("[name=requirements-1-same_as]", index=1)
    expect(second.locator("text")).to_have_text("2 · 0–120 min · el mismo que en 1 · se enciman")
    faults = check_everywhere(page, DESK, PHONE)
    page.fill("[name=requirements-1-duration_minutes]", "0:40")
    expect(second.locator("text")).to_have_text("2 · 0–40 min · el mismo que en 1")
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text(f"Guardado: {name}")

    with tenant_scope(house):
        parts = Service.objects.get(name=name).requirements.values_list("starts_after_minutes", "duration_minutes")
        assert (list(parts), faults) == ([(50, None), (0, 40)], [])


def drag(page: Page, handle: Locator, *, share: float) -> None:
    """Drag a handle to the right by a share of the visit."""
    handle.scroll_into_view_if_needed()
    box, whole = handle.bounding_box(), page.locator(".visit-drawing svg.drags").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + whole["width"] * share, y, steps=4)
    page.mouse.up()
