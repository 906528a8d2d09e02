"""How far the moves are that follow a change in parts (decision 33), for whoever waits for its page.

The numbers lie in Redis: what moves is a transaction of its own each time, and nobody misses them when they are lost.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from keyvalue.client import ask
from tenants.context import current_tenant

KEPT_SECONDS = 600
"""After the last part; a page that waits so long has given up."""


def note_progress(key: str, moved: int, of: int) -> None:
    """Note how many are moved, and of how many, under the key of a page."""
    name, text = _name(key), f"{moved}/{of}"
    ask(lambda client: client.set(name, text, ex=KEPT_SECONDS), otherwise=None)


@requires(Permission.CATALOG_MANAGE)
@require_safe
def show_progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer how many are moved; with nothing as long as none is (or Redis is away)."""
    name = _name(key.hex)
    kept: object = ask(lambda client: client.get(name), otherwise=None)
    with suppress(ValueError):
        if isinstance(kept, bytes):
            moved, of = map(int, kept.split(b"/"))
            return render(request, "workspace/changes/progress.html", {"moved": moved, "of": of})
    return HttpResponse(status=204)


def _name(key: str) -> str:
    return f"web:moves:{current_tenant().schema_name}:{key}"
