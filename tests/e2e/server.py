"""Our own web server and a browser that finds it, for the browser tests of each room."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Playwright

from config.environment import ROOT
from devtools.processes import tether
from devtools.servers.ports import take_port
from tests.e2e.conftest import FLAGS

READY_SECONDS = 120


@contextmanager
def run_server(folder: Path, *options: str, **variables: str) -> Iterator[int]:
    """Run uvicorn on the tests' database and yield its port; what it says is in ``folder``."""
    port = take_port()
    before, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{before.rpartition('/')[0]}/{connection.settings_dict['NAME']}" + (f"?{query}" if query else "")
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.e2e.settings", **variables}
    log = folder / "log"
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", f"--port={port}", "--log-level=warning"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=output, stderr=output,
            preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - a killed test run leaves no server behind
        )  # fmt: skip
    try:
        _wait_until_ready(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def run_browser(
    playwright: Playwright, chromium_path: str, port: int, *flags: str, elsewhere: str = ""
) -> Iterator[Browser]:
    """Run a real Chromium that finds the tests' hosts at our server, and others as ``elsewhere`` says."""
    rules = f"--host-resolver-rules=MAP *.testserver.example 127.0.0.1:{port}{elsewhere}"
    running = playwright.chromium.launch(executable_path=chromium_path, args=[*FLAGS, *flags, rules])
    try:
        yield running
    finally:
        running.close()
        connection.close()  # under Playwright's loop it is another one than outside; open, it would keep the database


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "testserver.example"})
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=10):
            return
        time.sleep(0.1)
    pytest.fail(log.read_text())
