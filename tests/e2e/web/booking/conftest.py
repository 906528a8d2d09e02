from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from scheduling.models import Location, Resource
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.conftest import make_tenant
from tests.e2e.server import run_browser, run_server
from tests.e2e.sight import COLOR_RULES, NARROW, PHONE, check_axe, stays_wide


@pytest.fixture(scope="session")
def workshop(tenants, django_db_blocker) -> TenantInfo:
    """A committed workshop that a server process and browsers see."""
    with django_db_blocker.unblock():
        info = make_tenant(f"paginas-{secrets.token_hex(3)}", "automotive")
        with tenant_scope(info):
            Location.objects.update(
                address="Av. Coyoacán 1213, Del Valle", phone="+525512345678", what_to_bring="Trae tu tarjeta."
            )
    return info


@pytest.fixture(scope="session")
def small_workshop(tenants, django_db_blocker) -> TenantInfo:
    """A committed workshop with one resource of each type: whatever is taken is full."""
    with django_db_blocker.unblock():
        info = make_tenant(f"solo-{secrets.token_hex(3)}", "automotive")
        with tenant_scope(info):
            first = Resource.objects.order_by("resource_type_id", "pk").distinct("resource_type_id")
            Resource.objects.exclude(pk__in=[each.pk for each in first]).update(is_active=False)
    return info


@pytest.fixture(scope="session")
def server_port(workshop, tmp_path_factory) -> Iterator[int]:
    """Our own web server on the tests' database."""
    with run_server(tmp_path_factory.mktemp("server")) as port:
        yield port


@pytest.fixture(scope="module")
def browser(server_port, playwright, chromium_path) -> Iterator[Browser]:
    """A real Chromium that finds the tests' hosts at our server."""
    with run_browser(playwright, chromium_path, server_port) as running:
        yield running


@pytest.fixture
def address(workshop) -> str:
    return f"http://{workshop.primary_host.partition(':')[0]}"


@pytest.fixture
def single_workshop(small_workshop) -> str:
    return f"http://{small_workshop.primary_host.partition(':')[0]}"


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: errors of scripts and refusals by the content security policy."""
    return []


@pytest.fixture
def open_page(browser, complaints) -> Iterator[object]:
    """Open a page as a phone (or otherwise) would."""
    contexts = []

    def open_(**options: object) -> Page:
        defaults = {"viewport": PHONE, "locale": "es-MX", "is_mobile": True, "has_touch": True}
        defaults["reduced_motion"] = "reduce"
        context = browser.new_context(**{**defaults, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None,
        )
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def check_page():
    """Assert that axe finds nothing, light or dark, and that nothing is wider than the window.

    A phone's page is looked at on the narrowest one as well, with letters twice as large.
    """

    def check(page: Page) -> None:
        page.wait_for_load_state("networkidle")
        assert check_axe(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        page.emulate_media(color_scheme="dark")
        assert check_axe(page, rules=COLOR_RULES) == [], page.url
        page.emulate_media(color_scheme="light")
        if page.viewport_size == PHONE:
            _check_large_letters(page)

    return check


_WIDEST = """[...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((each) => each.outerHTML.slice(0, 100))"""
"""What reaches over the edge, from the outside in."""


def _check_large_letters(page: Page) -> None:
    page.set_viewport_size(NARROW)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not stays_wide(page), f"{page.url} is too wide with large letters: {page.evaluate(_WIDEST)}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(PHONE)
