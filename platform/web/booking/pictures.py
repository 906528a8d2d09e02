"""Pictures that anyone may see: logos, photos of people and places."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from files.selectors.files import read_public
from web.parts.pictures import FOR_EVER, answer_picture


@open_to_anyone
@require_safe
def show(request: HttpRequest, key: UUID, width: int, kind: str) -> HttpResponse:
    """Answer a picture of the business; its address has never had another one."""
    return answer_picture(request, read_public(key, f"{width}.{kind}"), caching=FOR_EVER)
