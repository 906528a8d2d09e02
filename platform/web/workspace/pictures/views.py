"""Pictures that only people of the business may see, and sending and removing those of a place."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.limits import check_limits
from edge.statuses import get_status
from files.engine import LARGEST_UPLOAD_BYTES, PictureRefused, Refusal
from files.errors import FileUnknown, StorageFull
from files.selectors.files import read_private
from files.services.uploads import check_may_change, remove_picture, take_picture
from kernel.clock import utc_now
from kernel.errors import DomainError, LimitReached
from kernel.limits import Ask
from tenants.context import current_tenant
from web.errors import translate_error
from web.parts.pictures import ASKED_EACH_TIME, answer_picture
from web.parts.toasts import Toast, go_on, is_fragment_asked
from web.workspace.pictures.places import PLACES, make_card


@requires(Permission.BOARD_VIEW)
@require_safe
def show(request: HttpRequest, key: UUID, width: int, kind: str) -> HttpResponse:
    """Answer a picture, when its kind is for this person to see; what withdraws that holds at the next request."""
    return answer_picture(request, read_private(request.user, key, f"{width}.{kind}"), caching=ASKED_EACH_TIME)


@requires(Permission.CATALOG_MANAGE)
def change_place(request: HttpRequest, kind: str, owner_id: int) -> HttpResponse:
    """Answer the card of a place as it is now, or take the picture that is sent for it."""
    _check_place(request, kind, owner_id)
    if request.method != "POST":
        return _render(request, kind, owner_id)
    try:
        _take(request, kind, owner_id)
    except (PictureRefused, StorageFull, LimitReached) as error:
        return _answer(request, kind, owner_id, error)
    if is_fragment_asked(request):
        return _render(request, kind, owner_id)
    toast = Toast(gettext("Sent"), gettext("The picture is being prepared; it is shown in a moment."))
    return go_on(request, toast, to=make_card(request, kind, owner_id).back_url)


@requires(Permission.CATALOG_MANAGE)
@require_POST
def remove(request: HttpRequest, kind: str, owner_id: int) -> HttpResponse:
    """Remove the picture of a place, and one that waits."""
    _check_place(request, kind, owner_id)
    remove_picture(kind=kind, owner_id=owner_id, user=request.user, now=utc_now())
    if is_fragment_asked(request):
        return _render(request, kind, owner_id)
    return go_on(request, Toast(gettext("Removed")), to=make_card(request, kind, owner_id).back_url)


def _check_place(request: HttpRequest, kind: str, owner_id: int) -> None:
    if kind not in PLACES:
        raise FileUnknown
    check_may_change(kind, owner_id, user=request.user)


def _take(request: HttpRequest, kind: str, owner_id: int) -> None:
    check_limits(Ask("pictures_business", current_tenant().schema_name))
    sent = request.FILES.get("picture")
    if sent is None:
        raise PictureRefused(Refusal.EMPTY)
    if (sent.size or 0) > LARGEST_UPLOAD_BYTES:  # what is that large is not read into memory
        raise PictureRefused(Refusal.TOO_MANY_BYTES)
    take_picture(kind=kind, owner_id=owner_id, content=sent.read(), user=request.user, now=utc_now())


def _answer(request: HttpRequest, kind: str, owner_id: int, error: DomainError) -> HttpResponse:
    text = translate_error(error)
    if is_fragment_asked(request):
        return _render(request, kind, owner_id, problem=text, status=get_status(error))
    toast = Toast(gettext("The picture was not taken"), text, tone="bad")
    return go_on(request, toast, to=make_card(request, kind, owner_id).back_url)


def _render(request: HttpRequest, kind: str, owner_id: int, *, problem: str = "", status: int = 200) -> HttpResponse:
    card = make_card(request, kind, owner_id, problem=problem)
    return render(request, "workspace/pictures/place.html", {"card": card}, status=status)
