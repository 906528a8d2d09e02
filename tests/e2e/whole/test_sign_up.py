"""From the home page to the workspace of a new business, in Spanish; two people want the same address."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from devtools.drill.owner import ways
from devtools.drill.owner.walk import Walk
from tests.e2e.whole.conftest import PHONE
from tests.e2e.whole.stack import Stack

pytestmark = pytest.mark.e2e

PASSWORD = "un-secreto-bien-largo"
TAKEN = "Esta dirección ya está ocupada. Elige otra."


def fill_form(page: Page, stack: Stack, *, slug: str, email: str) -> None:
    """Go from the home page to the sent form."""
    page.goto(stack.make_url(""))
    page.click("main .button.primary")
    page.fill("[name=business_name]", "Taller Nuevo")
    page.fill("[name=slug]", slug)
    page.locator("label:has([name=vertical][value=automotive])").click()
    expect(page.locator("[name=timezone]")).to_have_value("America/Mexico_City")
    page.fill("[name=address]", "Calle Nueva 1, Ciudad de México")
    page.fill("[name=phone]", "55 1234 5678")
    page.fill("[name=owner_name]", "Olga Ríos")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.check("[name=terms]")
    page.click("form .button.primary")
    expect(page.locator("h1")).to_have_text("Revisa tu correo")


def find_link(stack: Stack, email: str) -> str:
    (message,) = stack.wait_for_messages(1, to=email)
    found = re.search(r"https?://\S+/sign-up/verify/\S+", message["text"])
    assert found is not None, message["text"]
    return found[0]


def test_a_business_signs_up_and_gets_its_first_booking(stack, open_page):
    """By pages only, on a phone; what it takes may not grow."""
    slug = f"nuevo-{secrets.token_hex(3)}"
    owner, page = ways.Owner(slug, PASSWORD), open_page(**PHONE)
    walk = Walk(page)

    ways.sign_up(walk, stack.make_url(""), owner, lambda: find_link(stack, owner.email))
    expect(page).to_have_url(stack.make_url(slug, "/workspace/"))
    expect(page.locator(".rail")).to_contain_text("Taller Nuevo")
    expect(page.locator(".rail")).to_contain_text("Olga Ríos")
    customer = open_page(**PHONE)
    customer.goto(stack.make_url(slug))
    expect(customer.locator("h1")).to_have_text("Taller Nuevo abre pronto")
    ways.publish(walk)
    customer.reload()
    expect(customer.locator("h1")).to_have_text("¿Qué necesita tu auto?")
    expect(customer.locator(".pick .name").first).to_have_text("Cambio de aceite y filtro")
    customer.goto(stack.make_url(slug, "/workspace/"))
    expect(customer).to_have_url(re.compile("/accounts/login/"))

    guest = Walk(customer)
    ways.book(guest, stack.make_url(slug))
    count = walk.take() + guest.take()
    print(f"from the home page to the first booking: {count}")
    assert count.list_excess(ways.MOST_TO_FIRST_BOOKING) == []


def test_the_second_of_two_sign_ups_for_one_address_loses_nothing_else(stack, open_page):
    slug = f"doble-{secrets.token_hex(3)}"
    emails = [f"{name}@{slug}.example" for name in ("primera", "segunda")]
    pages = [open_page(**PHONE) for _ in emails]
    for page, email in zip(pages, emails, strict=True):
        fill_form(page, stack, slug=slug, email=email)
    links = [find_link(stack, email) for email in emails]

    for page, link in zip(pages, links, strict=True):
        page.goto(link)
    for page in pages:
        page.click("form .button.primary")

    expect(pages[0]).to_have_url(stack.make_url(slug, "/workspace/"), timeout=120_000)
    second = pages[1]
    expect(second.locator("h1")).to_have_text("Elegir otra dirección")
    expect(second.locator("#f-slug_error")).to_contain_text(TAKEN)
    expect(second.locator("[name=slug]")).to_have_value(slug)
    expect(second.locator("form")).to_contain_text("Taller Nuevo")
    second.fill("[name=slug]", f"{slug}-2")
    second.click("form .button.primary")
    expect(second).to_have_url(stack.make_url(f"{slug}-2", "/workspace/"), timeout=120_000)


def test_a_late_form_for_a_taken_address_keeps_what_was_typed(stack, open_page):
    page = open_page(**PHONE)
    page.goto(stack.make_url("", "/sign-up/"))
    page.fill("[name=business_name]", "Otro Taller")
    page.fill("[name=slug]", "taller")
    page.fill("[name=owner_name]", "Olga Ríos")
    page.fill("[name=address]", "Calle Nueva 1, Ciudad de México")
    page.fill("[name=phone]", "55 1234 5678")
    page.fill("[name=email]", "olga@correo.example")
    page.fill("[name=password]", PASSWORD)
    page.check("[name=terms]")

    with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
        page.click("form .button.primary")

    assert posted.value.status == 409
    expect(page.locator("#f-slug_error")).to_contain_text(TAKEN)
    for name, value in {"business_name": "Otro Taller", "slug": "taller", "email": "olga@correo.example"}.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
