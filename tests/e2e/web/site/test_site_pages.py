"""The platform's own pages in a real browser: nothing for axe to find, nothing wider than the window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tenants.names import make_address
from tests.e2e.server import run_browser, run_server
from tests.e2e.sight import check_axe

pytestmark = pytest.mark.e2e
PLATFORM = "http://www.testserver.example"
PATHS = ["/", "/prices/", "/sign-up/", "/sign-in/", "/legal/terms/", "/legal/privacy/", "/legal/record/"]
WINDOWS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "locale": "es-MX"},
    "desk": {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "color_scheme": "dark"},
    "forced": {"viewport": {"width": 390, "height": 844}, "locale": "es-MX", "forced_colors": "active"},
}


@pytest.fixture(scope="module")
def browser(tenants, playwright, chromium_path, tmp_path_factory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("site-server")
    with run_server(folder) as port, run_browser(playwright, chromium_path, port) as running:
        yield running


@pytest.fixture
def open_page(browser):
    contexts = []

    def open_(path: str, **options: object) -> Page:
        contexts.append(browser.new_context(bypass_csp=True, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.goto(PLATFORM + path)
        return page

    yield open_
    for context in contexts:
        context.close()


def find_excess(page: Page) -> int:
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"))


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing(open_page, window):
    found = {}
    page = open_page("/", **WINDOWS[window])
    for path in PATHS:
        page.goto(PLATFORM + path)
        found[path] = (check_axe(page), find_excess(page))

    assert found == dict.fromkeys(PATHS, ([], 0))


def test_no_page_is_wider_than_a_narrow_phone_with_large_letters(open_page):
    found = {}
    page = open_page("/", viewport={"width": 320, "height": 568}, locale="es-MX")
    for path in PATHS:
        page.goto(PLATFORM + path)
        page.evaluate("document.fonts.ready")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found[path] = find_excess(page)

    assert found == dict.fromkeys(PATHS, 0)


def test_place_comes_from_the_browser_and_can_be_changed(open_page):
    page = open_page("/sign-up/", locale="en-US", timezone_id="America/Cancun")

    expect(page.locator("[data-place-name]")).to_have_text("Mexico · Cancún")
    expect(page.locator("#f-timezone")).to_be_hidden()
    page.click("[data-place] button")
    expect(page.locator("#f-timezone")).to_have_value("America/Cancun")
    page.select_option("#f-timezone", "America/Bogota")
    page.click("form .button.primary")
    # What was chosen stays after a refusal.
    expect(page.locator("#f-timezone")).to_have_value("America/Bogota")


@pytest.mark.parametrize(
    ("locale", "hour", "said"),
    [
        ("es-MX", 1, "Ahí es ahora la 1:05"),
        ("es-MX", 2, "Ahí son ahora las 2:05"),
        ("es-MX", 11, "Ahí son ahora las 11:05"),
        ("en-US", 1, "It is 1:05"),
    ],
)
def test_hour_there_is_said_as_people_say_it(open_page, locale, hour, said):
    page = open_page("/sign-up/", locale=locale, timezone_id="America/Bogota")
    page.clock.set_fixed_time(datetime(2026, 11, 26, hour + 5, 5, tzinfo=UTC))
    page.reload()

    expect(page.locator("[data-place-time]")).to_contain_text(said)


def test_browser_proposes_the_address_that_the_server_makes_of_a_name(open_page):
    names = [
        "Taller Peña",
        "24 Horas, S.A.",
        "Ｔａｌｌｅｒ ﬁno",
        "a" * 39 + " b",
        "Straße Ñandú",
        "РауРаl",
        "…",
        "İstanbul",
    ]
    page = open_page("/sign-up/", locale="es-MX")

    for name in names:
        page.fill("#f-business_name", name)
        expect(page.locator("#f-slug")).to_have_value(make_address(name))


def test_browser_with_an_old_name_of_its_zone_is_understood(open_page):
    page = open_page("/sign-up/", locale="es-AR", timezone_id="America/Buenos_Aires")

    expect(page.locator("#f-timezone")).to_have_value("America/Argentina/Buenos_Aires")
    expect(page.locator("[data-place]")).to_be_visible()


def test_without_a_place_in_the_browser_the_list_stays(open_page):
    page = open_page("/sign-up/", locale="es-CO", timezone_id="UTC")

    expect(page.locator("#f-timezone")).to_be_visible()
    expect(page.locator("#f-timezone")).to_have_value("America/Bogota")


def test_password_can_be_seen_by_whoever_asks(open_page):
    page = open_page("/sign-up/", locale="es-MX")
    page.fill("[name=password]", "agua-que-no-has-de-beber")

    page.click("[data-show-password]")
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    page.click("[data-show-password]")
    expect(page.locator("[name=password]")).to_have_attribute("type", "password")


def test_sign_up_needs_no_script(open_page):
    page = open_page("/sign-up/", locale="es-MX", java_script_enabled=False)

    expect(page.locator("#f-timezone")).to_be_visible()
    expect(page.locator("[data-show-password]")).to_be_hidden()


def test_business_is_led_to_its_own_sign_in(open_page):
    page = open_page("/sign-in/", locale="es-MX")
    page.fill("[name=business]", " TALLER ")
    page.click("form .button.primary")

    page.wait_for_url("http://taller.testserver.example/accounts/login/")


def test_phone_loads_only_pictures_that_it_shows(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="es-MX")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(PLATFORM + "/")
    page.wait_for_load_state("networkidle")
    context.close()

    assert [url for url in asked if "board." in url and "phone-board" not in url] == []
    assert {url.split("/")[2] for url in asked} == {"www.testserver.example"}
