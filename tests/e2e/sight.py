"""How a page is for whoever sees little or has little room: what axe finds, and whether it scrolls sideways.

A page is loaded once and looked at in every size and scheme. axe is asked for violations alone:
what passes would be gathered, described and sent here, which takes three times as long.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize

from config.environment import ROOT

AXE = ROOT / "tests" / "e2e" / "assets" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOR_RULES = ["color-contrast", "link-in-text-block"]
"""Those of axe's rules that look at colors; everything else is the same in the dark."""

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 700}
SIZES = (DESK, PHONE, NARROW)

_FIND = """async (only) => {
    await document.fonts.ready;
    // Half-way from one color to the next nothing has its contrast.
    for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
    const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120))}`);
}"""


def check_axe(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds on a page as it stands, with the first elements; by ``rules`` alone when they are given."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    only = {"type": "tag", "values": TAGS} if rules is None else {"type": "rule", "values": rules}
    found: list[str] = page.evaluate(_FIND, only)
    return found


def check_page(page: Page) -> list[str]:
    """Return what axe finds, and whether the page scrolls sideways."""
    found = check_axe(page)
    return found + ["sideways"] * stays_wide(page)


def resize(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.wait_for_function("width => innerWidth === width", arg=size["width"])


def stays_wide(page: Page) -> bool:
    """Tell whether a page scrolls sideways, and goes on to: a busy machine lays out late.

    It is asked again and again from here: a page under our policy evaluates no expression of its own.
    """
    is_wide = True
    for _ in range(10):
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        is_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if not is_wide:
            break
        page.wait_for_timeout(300)
    return is_wide


def check_everywhere(
    page: Page,
    *sizes: ViewportSize,
    check: Callable[[Page], list[str]] = check_page,
    look: Callable[[Page, str], None] | None = None,
) -> list[str]:
    """Check a page as it stands in each size, light and dark; it ends in the first size, light.

    What is narrower than a phone shows what a phone shows: there only the width is looked at, unless ``check`` is
    given.

    Args:
        check: What is done in the light; in the dark only colors differ.
        look: Called in each size and scheme with a name for it.
    """
    found = []
    for size in sizes or SIZES:
        resize(page, size)
        if size["width"] < PHONE["width"] and check is check_page and look is None:
            found += [f"{size['width']} sideways"] * stays_wide(page)
            continue
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            name = f"{size['width']}-{scheme}"
            faults = check(page) if scheme == "light" else check_axe(page, rules=COLOR_RULES)
            found += [f"{name} {each}" for each in faults]
            if look is not None:
                look(page, name)
    page.emulate_media(color_scheme="light")
    resize(page, (sizes or SIZES)[0])
    return found
