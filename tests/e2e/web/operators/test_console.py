"""The operator's console, the second step and a suspended business in a real browser: on a desk and on phones."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.enums import Role
from accounts.models import Session, User
from accounts.services.people import add_person
from accounts.services.second_step import make_code
from billing.public.models import WebhookEvent
from kernel.clock import utc_now
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.services import acts
from tenants.services.ideas import tell_idea
from tenants.types import AskedAct, TenantInfo
from tests.conftest import OWNER_PASSWORD, make_tenant
from tests.e2e.server import run_browser, run_server
from tests.e2e.sight import DESK, check_axe, check_everywhere

pytestmark = pytest.mark.e2e
PLATFORM = "http://www.testserver.example"
REASON = "Tres quejas por spam desde el lunes"


@pytest.fixture(autouse=True)
def unblocked(tenants, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def house(tenants, django_db_blocker) -> TenantInfo:
    """A committed workshop that a server process and a browser see."""
    with django_db_blocker.unblock():
        return make_tenant(f"consola-{secrets.token_hex(3)}", "automotive")


@pytest.fixture(scope="module")
def browser(house, playwright, chromium_path, tmp_path_factory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("console-server")
    with run_server(folder) as port, run_browser(playwright, chromium_path, port) as running:
        yield running


@pytest.fixture
def operator() -> Iterator[str]:
    """An operator who has not signed in yet."""
    email = f"op-{secrets.token_hex(4)}@example.com"
    add_person(name="Olivia Operadora", email=email, role=Role.OPERATOR, locale="es", password=OWNER_PASSWORD)
    yield email
    Authenticator.objects.filter(user__email=email).delete()
    Session.objects.filter(user__email=email).delete()
    # Without Django's cascade: it would look for resources of this person, which tenants have.
    User.objects.filter(email=email)._raw_delete("default")


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a fresh context; what the page throws fails the test."""
    contexts: list[BrowserContext] = []
    thrown: list[str] = []

    def open_(address: str, **options: object) -> Page:
        defaults = {"viewport": DESK, "locale": "es-MX", "reduced_motion": "reduce"}
        contexts.append(browser.new_context(**{**defaults, **options}))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert thrown == []


def check(page: Page) -> list[str]:
    """Return what axe finds, whether the page scrolls sideways, and buttons that no style reaches."""
    found = check_axe(page)
    wide = page.evaluate("""["100%", "200%"].filter((size) => {
        const root = document.documentElement;
        root.style.fontSize = size === "100%" ? "" : size;
        const isWide = root.scrollWidth > root.clientWidth;
        root.style.fontSize = "";
        return isWide;
    }).map((size) => `sideways at ${size}`)""")
    bare = page.evaluate("""[...document.querySelectorAll("button:not([aria-hidden])")].filter((button) =>
        getComputedStyle(button).borderStyle === "outset").map((button) => `bare: ${button.innerText}`)""")
    return found + wide + bare


def check_all(page: Page) -> list[str]:
    return check_everywhere(page, check=check)


def sign_in(page: Page, email: str) -> None:
    page.fill("[name=login]", email)
    page.fill("[name=password]", OWNER_PASSWORD)
    page.keyboard.press("Enter")


def look_at_events(page: Page, house: TenantInfo) -> list[str]:
    with tenant_scope(house):
        WebhookEvent.objects.create(
            event_id=f"evt_{'x' * 60}", kind="payment", provider_account_id=f"acct_{'y' * 40}", came_at=utc_now()
        )
    page.goto(f"{PLATFORM}/operator/events/")
    return check_all(page)


def test_console_and_second_step_are_accessible_and_fit(house, operator, open_page):
    page = open_page(f"{PLATFORM}/accounts/login/")
    found: dict[str, list[str]] = {}

    sign_in(page, operator)
    expect(page.locator("h1")).to_have_text("Activar el segundo paso")
    found["set up"] = check_all(page)
    secret = page.locator(".setup-secret").inner_text().replace(" ", "")
    page.keyboard.type("000000")
    page.fill("[name=password]", OWNER_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[name=code]")).to_be_focused()
    found["set up, wrong"] = check_all(page)
    page.fill("[name=code]", make_code(secret))
    page.fill("[name=password]", OWNER_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    found["codes"] = check_all(page)
    with page.expect_download() as download:
        page.click("a[download]")
    kept = download.value.path().read_text().split()
    assert kept[1:] == page.locator(".recovery-codes code").all_inner_texts()

    page.click("main .primary")
    expect(page.locator("h1")).to_have_text("Negocios")
    found["list"] = check_all(page)
    page.fill("#find", house.slug)
    page.keyboard.press("Enter")
    page.click(f"text={house.name}")
    expect(page.locator("h1")).to_have_text(house.name)
    found["business"] = check_all(page)
    page.click("main summary")
    page.click("main >> text=Cerrar…")
    page.fill("[name=typed_name]", "Otro nombre")
    page.fill("[name=reason]", REASON)
    page.click("main button.danger")
    expect(page.locator("[name=typed_name]")).to_be_focused()
    expect(page.locator("[name=typed_name]")).to_have_value("Otro nombre")
    expect(page.locator("[name=reason]")).to_have_value(REASON)
    found["act"] = check_all(page)
    with tenant_scope(house):
        tell_idea(text="Averquelargapalabrasinblanco" * 9, page="/workspace/", user_id=1, now=utc_now())
    page.goto(f"{PLATFORM}/operator/ideas/")
    expect(page.locator("main .card")).to_contain_text("Averquelarga")
    found["ideas"] = check_all(page)
    page.goto(f"{PLATFORM}/operator/log/")
    found["log"] = check_all(page)
    found["events"] = look_at_events(page, house)
    page.goto(f"{PLATFORM}/accounts/security/")
    found["security"] = check_all(page)

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert Tenant.objects.get(pk=house.id).status == "trial"


def test_operator_suspends_by_keyboard_and_comes_back_with_a_recovery_code(house, operator, open_page):
    page = open_page(f"{PLATFORM}/accounts/login/")
    sign_in(page, operator)
    secret = page.locator(".setup-secret").inner_text().replace(" ", "")
    page.fill("[name=code]", make_code(secret))
    page.fill("[name=password]", OWNER_PASSWORD)
    page.keyboard.press("Enter")
    code = page.locator(".recovery-codes code").first.inner_text()

    page.goto(f"{PLATFORM}/operator/tenants/{house.schema_name}/suspend/")
    expect(page.locator("[name=reason]")).to_be_focused()
    page.keyboard.type(REASON)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("El negocio está suspendido.")
    expect(page.locator(".log")).to_contain_text("Olivia Operadora")
    other = open_page(f"{PLATFORM}/accounts/login/")
    sign_in(other, operator)
    expect(other.locator("[name=code]")).to_be_focused()
    assert check(other) == []
    other.keyboard.type(code)
    other.keyboard.press("Enter")
    expect(other.locator("h1")).to_have_text("Negocios")
    page.goto(f"{PLATFORM}/operator/tenants/{house.schema_name}/resume/")
    page.keyboard.type("Fue un error")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("header .badge")).to_have_text("En prueba")


def test_pages_of_a_suspended_business_are_accessible_and_fit(house, open_page):
    asked = AskedAct(house.schema_name, REASON, author_id=None, now=house.created_at)
    acts.suspend(asked)
    address = f"http://{house.primary_host.partition(':')[0]}"
    try:
        page = open_page(f"{address}/")
        expect(page.locator("h1")).to_have_text("Sin citas en línea")
        found = {"paused": check_all(page)}
        page.goto(f"{address}/accounts/login/")
        sign_in(page, f"owner@{house.slug}.example")
        expect(page.locator(".note.state")).to_contain_text(REASON)
        found["board"] = check_all(page)
        page.goto(f"{address}/workspace/people/")
        expect(page.locator("h1")).to_have_text("Accesos")
        found["people"] = check_all(page)
        page.goto(f"{address}/workspace/services/")
        page.locator("a.name").first.click()
        expect(page.locator("[name=duration_minutes]")).to_be_disabled()
        found["service"] = check_all(page)
    finally:
        acts.resume(asked)

    assert {name: faults for name, faults in found.items() if faults} == {}
