"""What is shown in each picture, and how Chromium takes it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from samples.businesses import DEMO_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

QUALITY = 78
DESK, PHONE, PEEK, SHARE = (1440, 900), (390, 844), (390, 400), (1200, 630)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: whose page (empty: the platform's), in which window, and how to get to what it shows."""

    name: str
    business: str
    size: tuple[int, int]
    go: Callable[[Page, str, date], None]


def show_board(page: Page, url: str, on: date) -> None:
    """Sign the owner in and open the board of a day."""
    page.goto(f"{url}accounts/login/?next=/workspace/%3Fdate%3D{on}")
    page.fill("[name=login]", "owner@taller.example")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("form button.primary")
    page.wait_for_selector(f"#board[data-date='{on}']")


def show_first_page(page: Page, url: str, on: date) -> None:  # noqa: ARG001 - as the others
    """Open the first page of a host."""
    page.goto(url)


def show_services(page: Page, url: str, on: date) -> None:  # noqa: ARG001
    """Open a business's first page where its services begin."""
    page.goto(url)
    page.evaluate("document.querySelector('h1').scrollIntoView()")


def show_times(page: Page, url: str, on: date) -> None:  # noqa: ARG001
    """Choose the first service, tell of a vehicle, and look at the times."""
    page.goto(url)
    page.locator(".pick").first.click()
    page.fill("[name='asset.make']", "Nissan")
    page.fill("[name='asset.model']", "Versa")
    page.locator("[name=arrival_mode]").first.check(force=True)
    page.click(".booking-foot .button.primary")
    page.wait_for_url("**/time/**")


PICTURES = (
    Picture("board.webp", "taller", DESK, show_board),
    Picture("phone-board.webp", "taller", PHONE, show_board),
    Picture("phone-time.webp", "taller", PHONE, show_times),
    Picture("trade-workshop.webp", "taller", PEEK, show_services),
    Picture("trade-salon.webp", "salon", PEEK, show_services),
    Picture("trade-clinic.webp", "clinica", PEEK, show_services),
    Picture("share.jpg", "", SHARE, show_first_page),
)


def take_pictures(host: str, *, on: date, folder: Path, executable: str) -> None:
    """Take all pictures of the demo at ``host``, the board's of the day ``on``, into ``folder``."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only for those who take pictures

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for picture in PICTURES:
            (folder / picture.name).write_bytes(_take(browser, picture, host, on))
        browser.close()


def _take(browser: Browser, picture: Picture, host: str, on: date) -> bytes:
    width, height = picture.size
    is_phone = width == PHONE[0]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        is_mobile=is_phone,
        has_touch=is_phone,
        locale="es-MX",
        timezone_id="America/Mexico_City",
        reduced_motion="reduce",
    )
    page = context.new_page()
    picture.go(page, f"http://{picture.business}.{host}/".replace("//.", "//"), on)
    page.evaluate("document.activeElement?.blur(); document.fonts.ready")
    page.wait_for_timeout(400)
    shot = _shoot(context, page, "jpeg" if picture.name.endswith(".jpg") else "webp")
    context.close()
    return shot


def _shoot(context: BrowserContext, page: Page, form: str) -> bytes:
    """Return what the window shows; Chromium writes WebP by itself, playwright's own call does not."""
    session = context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": form, "quality": QUALITY})
    return base64.b64decode(answer["data"])
