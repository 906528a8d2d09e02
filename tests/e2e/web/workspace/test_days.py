"""Special days in a real browser: by keyboard, with and without a script, on a desk and on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from scheduling.models import DateOverride, HolidayAdjustment, Resource, TimeOff
from tenants.context import tenant_scope
from tests.e2e.sight import check_everywhere

pytestmark = pytest.mark.e2e
DAYS, MONTH = "/workspace/days/", "/workspace/days/?month=2030-01"
MONDAY, TUESDAY = date(2030, 1, 7), date(2030, 1, 8)


@pytest.fixture(autouse=True)
def clean(houses, django_db_blocker):
    with django_db_blocker.unblock():
        with tenant_scope(houses[0]):
            DateOverride.objects.all().delete()
            TimeOff.objects.all().delete()
            HolidayAdjustment.objects.all().delete()
        yield


def test_days_are_chosen_and_closed_by_keyboard_alone(houses, open_workspace):
    page = open_workspace(houses[0], MONTH)
    page.locator("[data-day='2030-01-01']").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-day='2030-01-07']")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[name=first]")).to_have_value("2030-01-07")
    expect(page.locator("[name=last]")).to_have_value("2030-01-08")
    page.locator("[name=reason]").focus()
    page.keyboard.type("Inventario")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Guardado")

    with tenant_scope(houses[0]):
        rows = list(DateOverride.objects.order_by("on").values_list("on", "periods", "note"))
    assert rows == [(MONDAY, [], "Inventario"), (TUESDAY, [], "Inventario")]


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_an_absence_repeats_and_a_holiday_is_worked(houses, open_workspace, script):
    page = open_workspace(houses[0], MONTH, java_script_enabled=script)
    page.locator("form:has([value='2030-01-01']) button[role=switch]").click()
    expect(page.locator("form:has([value='2030-01-01']) button[role=switch]")).to_have_attribute(
        "aria-checked", "false"
    )
    page.click("a.new-entry")
    page.locator("label:has([name=what][value=away])").click()
    with tenant_scope(houses[0]):
        person = Resource.objects.filter(resource_type__is_person=True).order_by("pk").first()
    page.select_option("[name=whom]", f"r{person.pk}")
    page.fill("[name=first]", "2030-01-08")
    page.locator("label:has([name=part][value=some])").click()
    page.fill("[name=hours]", "14-16")
    page.select_option("[name=repeats]", "weekly")
    page.click(".end-row .primary")
    expect(page.locator("#f-until_error")).to_be_visible()
    expect(page.locator("[name=hours]")).to_have_value("14-16")
    page.fill("[name=until]", "2030-01-29")
    page.click(".end-row .primary")
    expect(page.locator(".said")).to_contain_text("Guardado")
    expect(page.locator(".pill", has_text=person.name)).to_have_count(4)
    page.locator(".pill", has_text=person.name).first.click()
    page.click("button[value=remove]")
    expect(page.locator(".said")).to_contain_text("Se quitó")

    with tenant_scope(houses[0]):
        assert list(TimeOff.objects.values_list("is_active", flat=True)) == [False] * 4


def test_year_month_and_form_are_accessible(houses, open_workspace):
    with tenant_scope(houses[0]):
        person = Resource.objects.filter(resource_type__is_person=True).order_by("pk").first()
        DateOverride.objects.create(location=person.location, on=MONDAY)
        DateOverride.objects.create(location=person.location, on=TUESDAY, periods=[[480, 780]])
        DateOverride.objects.create(resource=person, on=MONDAY, periods=[[480, 780]])
    page = open_workspace(houses[0], f"{DAYS}?from=2030-01")
    found = {"year": check_everywhere(page)}
    page.locator(".small-month h3 a").first.click()
    expect(page.locator(".pill").first).to_be_visible()
    found["month"] = check_everywhere(page)
    page.click("a.new-entry")
    page.fill("[name=first]", "2030-01-09")
    page.fill("[name=last]", "2030-01-08")
    page.click(".end-row .primary")
    expect(page.locator("#problems")).to_be_focused()
    found["form"] = check_everywhere(page)

    assert {name: faults for name, faults in found.items() if faults} == {}
