from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.e2e.conftest import FLAGS
from tests.e2e.whole import stack as stacks
from tests.e2e.whole.stack import PASSWORD, Stack

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "es-MX"}
DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "es-MX"}


@pytest.fixture(scope="session")
def stack(tmp_path_factory) -> Iterator[Stack]:
    """The whole product in processes of its own: web, worker, beat, PostgreSQL, Redis, catcher, sample businesses."""
    with stacks.run_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A browser that finds ``*.localhost`` by itself."""
    running = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
    yield running
    running.close()


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own, as another person would."""
    contexts: list[BrowserContext] = []

    def open_(**options: object) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def open_board(stack, open_page) -> Callable[..., Page]:
    """Sign the owner of a sample business in and open its board of a day; returns when it is live."""

    def open_(slug: str, *, on: str) -> Page:
        page = open_page(**DESK)
        page.goto(stack.make_url(slug, f"/accounts/login/?next=/workspace/%3Fdate%3D{on}%26type%3Dall"))
        page.fill("[name=login]", f"owner@{slug}.example")
        page.fill("[name=password]", PASSWORD)
        page.click("form button.primary")
        page.wait_for_selector(f"#board[data-date='{on}']")
        page.wait_for_selector("#live.is-on")
        return page

    return open_
