"""A person in a browser, counted: pages that were shown, fields that were filled in, presses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator, Page


@dataclass(slots=True)
class Count:
    """What a way took.

    Attributes:
        pages: Pages that were shown, each as often as it was; part of a page that changed is none.
        fields: Fields that were typed into or chosen; what is right already costs nothing.
        clicks: Presses of links and buttons, ticks and switches.
    """

    pages: int = 0
    fields: int = 0
    clicks: int = 0

    def __add__(self, other: Count) -> Count:
        """Return what both took."""
        return Count(self.pages + other.pages, self.fields + other.fields, self.clicks + other.clicks)

    def __str__(self) -> str:
        return f"{self.pages} pages, {self.fields} fields, {self.clicks} clicks"

    def list_excess(self, most: Count) -> list[str]:
        """Return what took more than ``most``, in words."""
        figures = ((name, getattr(self, name), getattr(most, name)) for name in ("pages", "fields", "clicks"))
        return [f"{figure} {name}, at most {limit}" for name, figure, limit in figures if figure > limit]


class Walk:
    """Does what a person does on a page; opening an address by hand is left to what a mail or a friend gave."""

    def __init__(self, page: Page) -> None:
        self.page, self.count, self._shown = page, Count(), ""
        page.on("framenavigated", self._note)

    def open(self, url: str) -> None:
        """Follow a link from outside."""
        self.count.clicks += 1
        self.page.goto(url)

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the only visible link or button that is called so."""
        place = within or self.page.locator("body")
        pattern = re.compile(rf"^\s*{re.escape(name)}(\s|$)")
        found = place.get_by_role("link", name=pattern).or_(place.get_by_role("button", name=pattern))
        self.click(found.filter(visible=True).first)

    def click(self, what: Locator) -> None:
        """Press something that has no name of its own."""
        self.count.clicks += 1
        what.click()

    def fill(self, name: str, value: str) -> None:
        """Type into a field."""
        self.count.fields += 1
        self.page.fill(f"[name='{name}']", value)

    def choose(self, name: str, label: str) -> None:
        """Choose from a list."""
        self.count.fields += 1
        self.page.select_option(f"[name='{name}']", label=label)

    def tick(self, selector: str) -> None:
        """Tick a box or choose one of several."""
        self.count.clicks += 1
        self.page.check(selector, force=True)

    def take(self) -> Count:
        """Return what was done since the last time, and begin anew."""
        taken, self.count = self.count, Count()
        return taken

    def _note(self, frame: Frame) -> None:
        """Count a page by its place: another day or another part of the same one is none."""
        if frame is not self.page.main_frame or frame.url == "about:blank":
            return
        parts = urlsplit(frame.url)
        place = f"{parts.netloc}{parts.path}"
        if place != self._shown:
            self.count.pages += 1
        self._shown = place
