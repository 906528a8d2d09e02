"""``./dev drill owner``: from the home page to a workshop that works, by pages only, against a running demo.

A new owner signs up, publishes, gets the first booking, then sets up 4 mechanics, 3 bays, 12 services and 5
rules, at a desk; what it took in pages, fields and clicks is printed and must not be more than it was.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Sequence
from urllib.parse import urlencode

from devtools.chromium import find_chromium
from devtools.drill.owner import ways
from devtools.drill.owner.walk import Count, Walk
from devtools.errors import DevtoolsError
from devtools.terminal import complain, say

MAIL_SECONDS = 40


def run(argv: Sequence[str]) -> int:
    """Walk, print what each part took, and return 1 when it took more than it may."""
    parser = argparse.ArgumentParser(prog="./dev drill owner")
    parser.add_argument("--host", default="localhost:8000", help="where ./dev demo runs (default localhost:8000)")
    parser.add_argument("--catcher", default="localhost:8025", help="where what was sent can be read")
    options = parser.parse_args(argv)
    executable = find_chromium()
    if executable is None:
        raise DevtoolsError("there is no Chromium; on Debian or Ubuntu run: apt install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only for those who walk

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="es-MX", timezone_id="America/Mexico_City"
        )
        walk = Walk(context.new_page())
        first, parts = walk_all(walk, options.host, options.catcher)
        browser.close()
    return judge(first, parts)


def walk_all(walk: Walk, host: str, catcher: str) -> tuple[Count, list[tuple[str, Count]]]:
    """Return what the way to the first booking took, and each part of the workshop."""
    owner = ways.Owner(slug=f"drill-{secrets.token_hex(3)}", password=secrets.token_urlsafe(16))
    ways.sign_up(walk, f"http://{host}/", owner, lambda: _wait_for_link(walk, catcher, owner.email))
    ways.publish(walk)
    workspace = walk.page.url
    ways.book(walk, ways.make_page_url(walk.page))
    first = walk.take()
    walk.page.goto(workspace)
    return first, ways.set_up_workshop(walk)


def judge(first: Count, parts: Sequence[tuple[str, Count]]) -> int:
    """Print the figures and return 1 when a way took more than it may."""
    whole = sum((count for _, count in parts), Count())
    say(f"to the first booking: {first}")
    for name, count in parts:
        say(f"  {name}: {count}")
    say(f"the workshop: {whole}")
    excess = [*first.list_excess(ways.MOST_TO_FIRST_BOOKING), *whole.list_excess(ways.MOST_TO_WORKSHOP)]
    for each in excess:
        complain(each)
    return 1 if excess else 0


def _wait_for_link(walk: Walk, catcher: str, email: str) -> str:
    url = f"http://{catcher}/api/messages?{urlencode({'to': email, 'channel': 'email'})}"
    for _ in range(MAIL_SECONDS * 2):
        found = walk.page.context.request.get(url).json()["messages"]
        if found:
            return ways.find_verify_link(found[0]["text"])
        walk.page.wait_for_timeout(500)
    message = f"no mail to {email} in {MAIL_SECONDS} s"
    raise DevtoolsError(message)
