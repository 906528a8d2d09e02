"""Who does what is done on a page of the workspace."""

from __future__ import annotations

from django.http import HttpRequest

from scheduling.enums import ActorKind
from scheduling.types import Actor


def make_actor(request: HttpRequest) -> Actor:
    """Return who is signed in, as the author of what is done."""
    return Actor(kind=ActorKind.STAFF, user_id=request.user.pk)
