from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from scheduling.models import Allocation, Booking
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.conftest import OWNER_PASSWORD, make_tenant
from tests.e2e.server import run_browser, run_server


@pytest.fixture(scope="session")
def houses(tenants, django_db_blocker) -> tuple[TenantInfo, TenantInfo]:
    """Two committed workshops that a server process and browsers see."""
    with django_db_blocker.unblock():
        return make_tenant(f"tablero-{secrets.token_hex(3)}", "automotive"), make_tenant(
            f"tablero-{secrets.token_hex(3)}", "automotive"
        )


@pytest.fixture(scope="session")
def board_port(houses, tmp_path_factory) -> Iterator[int]:
    """Our own web server on the tests' database, with few database connections on purpose."""
    folder = tmp_path_factory.mktemp("board-server")
    with run_server(folder, "--timeout-graceful-shutdown=1", TURNERO_DATABASE_POOL_SIZE="4") as port:
        yield port


@pytest.fixture(scope="module")
def board_browser(board_port, playwright, chromium_path) -> Iterator[Browser]:
    """A real Chromium that finds the tests' hosts at our server."""
    with run_browser(playwright, chromium_path, board_port) as running:
        yield running


@pytest.fixture
def open_workspace(board_browser) -> Iterator[Callable[..., Page]]:
    """Open a page of a workshop's workspace as its owner; complaints of the browser fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(house: TenantInfo, path: str = "/workspace/", **options: object) -> Page:
        context = board_browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "locale": "es-MX", **options}  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        address = f"http://{house.primary_host.partition(':')[0]}"
        page.goto(f"{address}/accounts/login/")
        page.fill("[name=login]", f"owner@{house.slug}.example")
        page.fill("[name=password]", OWNER_PASSWORD)
        page.click("main button.primary")
        page.wait_for_url("**/workspace/")
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def unblocked(houses, django_db_blocker) -> Iterator[None]:
    """Let a test use the database, and leave no visit behind."""
    with django_db_blocker.unblock():
        yield
        for house in houses:
            with tenant_scope(house):
                Allocation.objects.all().delete()
                Booking.objects.update(is_active=False, status="cancelled", hold_expires_at=None)


EXPECTED = ("status of 409", "status of 422", "Cross-Origin-Opener-Policy")
"""A refused move is answered with 409, a form with a mistake with 422; hosts without TLS have no opener policy."""


def is_complaint(message: ConsoleMessage) -> bool:
    is_loud = message.type in {"error", "warning"}
    return is_loud and not any(text in message.text for text in EXPECTED)
