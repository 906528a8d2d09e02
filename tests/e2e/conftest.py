"""One Chromium per module of browser tests.

Playwright keeps an event loop running in this thread for as long as it lives, and asynchronous
tests that come later would stumble over it; so it ends with each module.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from config.environment import read_environment
from devtools.chromium import find_chromium, find_test_browser

# What is awaited comes within a second on an idle machine; tests share a slow one with three more processes.
expect.set_options(timeout=30_000)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright itself; no test starts another one beside it."""
    with sync_playwright() as running, pytest.MonkeyPatch.context() as patch:
        # Django sees the loop and refuses database calls although nothing here is asynchronous.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@pytest.fixture(scope="session")
def chromium_path(whole_chromium_path) -> str:
    """Where the browser is, without windows if it can be: that is faster."""
    return find_test_browser() or whole_chromium_path


@pytest.fixture(scope="session")
def whole_chromium_path() -> str:
    """Where the browser of people is; without one the tests are skipped, except with ``CI=true``."""
    path = find_chromium()
    if path is None and not read_environment().is_ci:
        pytest.skip("there is no Chromium; on Debian or Ubuntu: apt install chromium")
    assert path is not None, "there is no Chromium"
    return path
