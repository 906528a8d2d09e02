"""A second web server with pages of the business's own site, at hosts that are not ours."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser

from scheduling.services.catalog.business.sites import add_site
from scheduling.types import Actor
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.conftest import make_tenant
from tests.e2e.server import run_browser
from tests.e2e.web.booking.conftest import complaints as complaints  # noqa: PLC0414 - a fixture
from tests.e2e.web.booking.conftest import open_page as open_page  # noqa: PLC0414 - a fixture
from tests.e2e.web.booking.conftest import server_port as server_port  # noqa: PLC0414 - a fixture
from tests.e2e.web.booking.conftest import workshop as workshop  # noqa: PLC0414 - a fixture

SITE = "http://www.host.example"
STRANGE = "http://other.host.example"
STYLE = """body { margin: 0; font: 16px/1.5 sans-serif } main { max-width: 40rem; margin: auto; padding: 1rem }
turnero-widget:not([mode]) { display: block; min-height: 460px } .tall { height: 150vh }"""


@dataclass
class HostSite:
    """What the site answers, by path; ``policy`` is its content security policy."""

    pages: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    def add(self, body: str, *, attributes: str = "", path: str = "/") -> None:
        self.pages[path] = (
            f'<!doctype html><html lang="es" {attributes}><head><meta charset="utf-8"><title>Taller</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f'<link rel="stylesheet" href="/style.css"></head><body><main>{body}</main></body></html>'
        )


@pytest.fixture(scope="session")
def host_server() -> Iterator[tuple[int, HostSite]]:
    """The business's own web server."""
    site = HostSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = STYLE if self.path == "/style.css" else site.pages.get(self.path.partition("?")[0])
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", f"text/{'css' if self.path == '/style.css' else 'html'}; charset=utf-8")
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, site
    server.shutdown()


@pytest.fixture
def site(host_server) -> Iterator[HostSite]:
    """The site, empty at first."""
    _, site = host_server
    site.pages, site.policy = {}, ""
    return site


@pytest.fixture(scope="session")
def shop(tenants, django_db_blocker) -> TenantInfo:
    """A committed workshop whose site may show its widget."""
    with django_db_blocker.unblock():
        info = make_tenant(f"widget-{secrets.token_hex(3)}", "automotive")
        with tenant_scope(info):
            add_site(typed=SITE, by=Actor(kind="staff", user_id=None), now=datetime.now(tz=UTC))
    return info


@pytest.fixture
def ours(shop) -> str:
    """The origin of the widget."""
    return f"http://{shop.primary_host.partition(':')[0]}"


@pytest.fixture(scope="module")
def browser(shop, server_port, host_server, playwright, whole_chromium_path) -> Iterator[Browser]:
    """A Chromium that finds both servers, and gives a frame of another site no cookie."""
    elsewhere = f", MAP *.host.example 127.0.0.1:{host_server[0]}"
    flag = "--test-third-party-cookie-phaseout"
    with run_browser(playwright, whole_chromium_path, server_port, flag, elsewhere=elsewhere) as running:
        yield running
