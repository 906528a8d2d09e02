"""Nobody is shown a link, a form or a button that leads where they are refused."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from tests.harness.role_table import STAFF, TENANT
from tests.integration.test_every_url import SAMPLES, facts, sign_in  # noqa: F401 - fixtures

GETTING = {"href", "hx-get"}
POSTING = {"formaction", "hx-post"}


class Doors(HTMLParser):
    """Collects where a page leads, with the method."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("action", "").startswith("/"):
            self.found.add((given.get("method", "get").upper(), given["action"]))
        for name in GETTING & given.keys():
            self.found.add(("GET", given[name]))
        for name in POSTING & given.keys():
            self.found.add(("POST", given[name]))


def list_doors(page: str) -> Iterator[tuple[str, str]]:
    """Yield method and route of every address of the workspace that a page names."""
    doors = Doors()
    doors.feed(page)
    for method, address in doors.found:
        path = address.partition("?")[0].partition("#")[0]
        if path.startswith("/workspace/"):
            try:
                yield method, resolve(path, settings.ROOT_URLCONF).route
            except Resolver404:
                yield method, f"nowhere: {path}"


@pytest.mark.parametrize("role", sorted(STAFF))
def test_everything_shown_can_be_opened(sign_in, facts, role):  # noqa: F811
    make_client, wrong, seen = sign_in(role), {}, 0
    for route, rights in TENANT.items():
        if not route.startswith("workspace/") or role not in rights.get("GET", ()):
            continue
        answer = make_client().get("/" + SAMPLES.get(route, route).format(**facts))
        if answer.streaming or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        for method, target in list_doors(answer.content.decode()):
            seen += 1
            if role not in TENANT.get(target, {}).get(method, ()):
                wrong.setdefault(route, set()).add((method, target))

    assert wrong == {}
    assert seen > 30
