"""Pictures that only people of the business may see."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from files.selectors.files import read_private
from web.parts.pictures import ASKED_EACH_TIME, answer_picture


@requires(Permission.BOARD_VIEW)
@require_safe
def show(request: HttpRequest, key: UUID, width: int, kind: str) -> HttpResponse:
    """Answer a picture, when its kind is for this person to see; what withdraws that holds at the next request."""
    return answer_picture(request, read_private(request.user, key, f"{width}.{kind}"), caching=ASKED_EACH_TIME)
