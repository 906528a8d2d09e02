"""What a board and its notices showed and when, noted inside the page: a measurement must not depend on polling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Request

_WATCH = """() => {
  window.shown = { "#board": [], "#toasts": [] };
  for (const [part, watched] of [["#board", "#main"], ["#toasts", "#toasts"]]) {
    const note = () => window.shown[part].push([Date.now(), document.querySelector(part).innerText]);
    note();
    new MutationObserver(note).observe(document.querySelector(watched), { childList: true, subtree: true });
  }
}"""


@dataclass(frozen=True)
class BoardWatch:
    """Notes every state of a board from now on; a reload would end it."""

    page: Page

    def start(self) -> None:
        self.page.evaluate(_WATCH)

    def wait_for(self, text: str, *, is_there: bool = True, after: float = 0, part: str = "#board") -> float:
        """Wait until ``text`` is there (or gone) and return the instant, in milliseconds of the epoch."""
        find = """([part, text, isThere, after]) => window.shown[part].find(
            ([at, shown]) => at >= after && shown.includes(text) === isThere)?.[0]"""
        found: Any = self.page.wait_for_function(find, arg=[part, text, is_there, after], timeout=120_000)
        return float(found.json_value())

    def has_ever_shown(self, text: str) -> bool:
        return bool(
            self.page.evaluate("text => window.shown['#board'].some(([, board]) => board.includes(text))", text)
        )


def get_answered_at(request: Request) -> float:
    """Return when the answer to a request began to arrive, in milliseconds of the epoch."""
    timing = request.timing
    return timing["startTime"] + timing["responseStart"]
