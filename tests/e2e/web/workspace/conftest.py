from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from accounts.models import User
from scheduling.models import Allocation, Booking
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.conftest import HostClient, make_tenant
from tests.e2e.server import run_browser, run_server
from tests.e2e.sight import DESK
from tests.harness.second_try import is_second_try

Pair = tuple[TenantInfo, TenantInfo]

COUNT_DRAWINGS = """
    window.drawn = 0;
    addEventListener("htmx:afterSettle", (event) => { drawn += event.detail.target.matches("main.day"); });
"""


@pytest.fixture(scope="session")
def pairs(tenants, django_db_blocker) -> list[Pair]:
    """The pairs of workshops that were made; tests use the last."""
    with django_db_blocker.unblock():
        return [make_pair()]


@pytest.fixture
def houses(request, pairs, django_db_blocker) -> Pair:
    """Two committed workshops that a server process and browsers see; a second try begins with new ones."""
    if is_second_try(request):
        with django_db_blocker.unblock():
            pairs.append(make_pair())
    return pairs[-1]


def make_pair() -> Pair:
    one, other = (make_tenant(f"tablero-{secrets.token_hex(3)}", "automotive") for _ in range(2))
    return one, other


@pytest.fixture(scope="session")
def board_port(pairs, tmp_path_factory) -> Iterator[int]:
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
def open_workspace(board_browser, django_db_blocker) -> Iterator[Callable[..., Page]]:
    """Open a page of a workshop's workspace as its owner; complaints of the browser fail the test.

    Who signs in by hand: ``test_passkeys``, ``tests/e2e/whole`` and the console's tests. Here the
    session is made without pages, and nothing moves slowly from one place or color to another. A page
    ``forgives`` what a test causes itself.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        house: TenantInfo,
        path: str = "/workspace/",
        *,
        script: str = "",
        late: str = "",
        forgives: str = "",
        **options: object,
    ) -> Page:
        def note(message: ConsoleMessage) -> None:
            if is_complaint(message) and not (forgives and forgives in message.text):
                complaints.append(said(message))

        context = board_browser.new_context(
            **{"viewport": DESK, "locale": "es-MX", "reduced_motion": "reduce", **options}  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.add_init_script(COUNT_DRAWINGS + script)
        if late:
            context.route(late, arrive_late)
        address = f"http://{house.primary_host.partition(':')[0]}"
        with django_db_blocker.unblock():
            cookies = sign_in(house).cookies.items()
        context.add_cookies([{"name": name, "value": morsel.value, "url": address} for name, morsel in cookies])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def arrive_late(route: Route) -> None:
    """Let a file of the page come a second later than the others."""
    time.sleep(1)
    route.continue_()


def said(message: ConsoleMessage) -> str:
    """Return what the browser complains of, and at which address."""
    return f"{message.text} {message.location.get('url', '')}"


def sign_in(house: TenantInfo) -> HostClient:
    """Return a client in which the owner, whatever their role is at the moment, is signed in."""
    with tenant_scope(house):
        client = HostClient(house.primary_host)
        client.force_login(User.objects.get(email=f"owner@{house.slug}.example"))
    return client


def wait_until_live(page: Page) -> None:
    """Wait for the stream and for the drawing that its beginning causes: from here on only events draw anew."""
    expect(page.locator("#live.is-on")).to_be_attached()
    page.wait_for_function("() => drawn > 0")


def wait_for_drawing(page: Page, before: int) -> None:
    """Wait until a board was drawn anew since it was drawn ``before`` times (``count_drawings``)."""
    page.wait_for_function("before => drawn > before", arg=before)


def count_drawings(page: Page) -> int:
    return int(page.evaluate("drawn"))


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
CUT = ("ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError")
"""What the browser and htmx say of a line that a test cuts."""


def is_complaint(message: ConsoleMessage) -> bool:
    is_loud = message.type in {"error", "warning"}
    return is_loud and not any(text in message.text for text in EXPECTED + CUT)


def save(page: Page, *, is_told: bool = True) -> None:
    """Answer whether the customer is told of what was dropped."""
    page.locator(f"#tell[open] button[value={'yes' if is_told else 'no'}]").click()
