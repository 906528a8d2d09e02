from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tenants.types import TenantInfo
from tests.conftest import OWNER_PASSWORD, make_tenant
from tests.e2e.conftest import FLAGS

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "tests" / "e2e" / "assets" / "axe.min.js"


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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = connection.settings_dict["NAME"]
    before, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{before.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "TURNERO_DATABASE_POOL_SIZE": "4",
    }
    log = tmp_path_factory.mktemp("board-server") / "log"
    command = [
        *(sys.executable, "-m", "uvicorn", "config.asgi:application", f"--port={port}"),
        *("--log-level=warning", "--timeout-graceful-shutdown=1"),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_ready(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "testserver.example"})
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=2):
            return
        time.sleep(0.1)
    pytest.fail(log.read_text())


@pytest.fixture(scope="module")
def board_browser(board_port, playwright, chromium_path) -> Iterator[Browser]:
    """A real Chromium that finds the tests' hosts at our server."""
    rules = f"--host-resolver-rules=MAP *.testserver.example 127.0.0.1:{board_port}"
    running = playwright.chromium.launch(executable_path=chromium_path, args=[*FLAGS, rules])
    yield running
    running.close()
    connection.close()  # under Playwright's loop it is another one than outside; open, it would keep the database


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
        page.click("main button.pri")
        page.wait_for_url("**/workspace/")
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


EXPECTED = ("status of 409", "Cross-Origin-Opener-Policy")
"""A refused move is answered with 409; hosts without TLS have no opener policy."""


def is_complaint(message: ConsoleMessage) -> bool:
    is_loud = message.type in {"error", "warning"}
    return is_loud and not any(text in message.text for text in EXPECTED)
