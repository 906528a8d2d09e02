"""How a visit was: on a phone in Spanish, with a keyboard in English, with a script and without."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import expect

from kernel.clock import utc_now
from scheduling.models import Booking, Feedback
from tenants.context import tenant_scope
from tests.integration.web.workspace.conftest import book

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    """What is made is committed: a server of its own shows it."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def make_visit(workshop) -> Callable[[], str]:
    """Return how to make a visit that is over; it answers the page of its customer, without the port."""
    slots = count()

    def make() -> str:
        with tenant_scope(workshop):
            booked = book("Ana Ruiz", slot=next(slots))
            Booking.objects.filter(pk=booked.booking_id).update(status="completed", completed_at=utc_now())
            host = workshop.primary_host.partition(":")[0]
            return f"http://{host}/b/{booked.manage_token}/"

    return make


@pytest.mark.parametrize("has_script", [True, False])
def test_a_phone_rates_a_visit_and_takes_it_back(workshop, make_visit, open_page, check_page, complaints, has_script):
    page = open_page(java_script_enabled=has_script)
    check = check_page if has_script else lambda _: None
    page.goto(make_visit())
    check(page)
    page.click("text=Calificar la visita")
    expect(page.locator("h1")).to_have_text("¿Cómo te fue?")
    check(page)
    page.fill("[name=comment]", "Muy amables 🙂 <b>")
    page.click(".booking-foot .button.primary")
    expect(page.locator(".problem, .error, [role=alert]").first).to_be_visible()
    expect(page.locator("[name=comment]")).to_have_value("Muy amables 🙂 <b>")
    check(page)
    page.locator(".star").nth(3).click()
    page.locator(".number-row label").nth(9).click()
    page.locator("[name=may_publish]").check()
    page.click(".booking-foot .button.primary")

    expect(page.locator("h1")).to_have_text("Tu opinión")
    check(page)
    page.click("text=Ya no publicarla")
    expect(page.locator(".note.good")).to_be_visible()
    with tenant_scope(workshop):
        said = Feedback.objects.latest("pk")
        assert (said.score, said.recommend_score, said.may_publish) == (4, 9, False)
    assert complaints == []


def test_a_keyboard_rates_a_visit_and_writes(make_visit, open_page, check_page):
    page = open_page(locale="en-US", viewport={"width": 1440, "height": 900}, is_mobile=False, has_touch=False)
    visit = make_visit()
    page.goto(f"{visit}feedback/")
    page.locator("[name=score]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name=score]:checked")).to_have_value("3")
    page.keyboard.press("Tab")
    page.keyboard.type("It took long")
    check_page(page)
    page.locator(".booking-foot .button.primary").press("Enter")
    expect(page.locator("h1")).to_have_text("What you said")

    page.goto(f"{visit}messages/")
    check_page(page)
    page.locator("[name=text]").focus()
    page.keyboard.type("Did I leave my keys?")
    page.keyboard.press("Tab")
    page.locator(".booking-foot .button.primary").press("Enter")
    expect(page.locator(".bubble.mine")).to_contain_text("Did I leave my keys?")
    check_page(page)
    page.goto(f"{visit}data/")
    check_page(page)
