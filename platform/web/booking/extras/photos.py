"""Photos of what the visit is about, sent before it is booked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from edge.access import open_to_anyone
from edge.limits import check_limits, list_write_asks
from edge.requests import find_block
from edge.statuses import get_status
from files.engine import LARGEST_UPLOAD_BYTES, PictureRefused, Refusal
from files.errors import StorageFull
from kernel.errors import DomainError, LimitReached
from kernel.ids import read_row_id
from kernel.limits import Ask
from scheduling.errors import TooManyPhotos
from scheduling.selectors.bookings.photos import list_run_photos
from scheduling.services.photos import add_photo, remove_photo
from scheduling.types import MOST_PHOTOS
from tenants.context import current_tenant
from web.booking.flow import Flow, StepKey, load_flow
from web.booking.pages import render_step, while_bookings_are_taken
from web.booking.sent_photos import show_run_photos
from web.errors import translate_error

PAGE = "photos"


@open_to_anyone
@while_bookings_are_taken
def send_photos(request: HttpRequest) -> HttpResponse:
    """Show how many photos were sent, take more, or remove one."""
    flow = load_flow(request)
    if flow.service is None or not flow.vertical.intake.has_photos:
        return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    if request.method != "POST":
        return _render(request, flow)
    photo_id = read_row_id(request.POST.get("remove"))
    if photo_id is not None:
        remove_photo(run=flow.draft.visit, photo_id=photo_id, now=flow.now)
        return HttpResponseRedirect(_count(flow).link(PAGE))
    try:
        _take(request, flow)
    except (PictureRefused, StorageFull, TooManyPhotos, LimitReached) as error:
        return _render(request, _count(flow), problem=_say(error), status=get_status(error))
    return HttpResponseRedirect(_count(flow).link(PAGE))


def _take(request: HttpRequest, flow: Flow) -> None:
    """Take what was sent, one after the other; those before a refused one stay."""
    sent = request.FILES.getlist("photos")
    if not sent:
        raise PictureRefused(Refusal.EMPTY)
    for each in sent:
        limits = (Ask("photos_address", find_block(request)), Ask("photos_business", current_tenant().schema_name))
        check_limits(*list_write_asks(request), *limits)
        add_photo(run=flow.draft.visit, content=_read(each), now=flow.now, is_test=flow.is_test)


def _read(sent: UploadedFile[Any]) -> bytes:
    if (sent.size or 0) > LARGEST_UPLOAD_BYTES:  # what is that large is not read into memory
        raise PictureRefused(Refusal.TOO_MANY_BYTES)
    content: bytes = sent.read()
    return content


def _say(error: DomainError) -> str:
    """Say what was refused; how much room a business has is not its customers' affair."""
    if isinstance(error, StorageFull):
        return gettext("No more photos can be taken here now. Please bring them along, or show what it is about there.")
    return translate_error(error)


def _count(flow: Flow) -> Flow:
    """Return the flow with the number of photos in its draft."""
    return flow.with_draft(replace(flow.draft, photos=len(list_run_photos(run=flow.draft.visit))))


def _render(request: HttpRequest, flow: Flow, *, problem: str = "", status: int = 200) -> HttpResponse:
    photos = show_run_photos(flow.draft)
    shown = flow.with_draft(replace(flow.draft, photos=len(photos)))
    return render_step(
        request,
        "booking/photos.html",
        shown,
        StepKey.VISIT,
        status=status,
        photos=photos,
        most=MOST_PHOTOS,
        left=MOST_PHOTOS - len(photos),
        problem=problem,
        back_url=shown.link(StepKey.VISIT),
        language_url=shown.link(PAGE, lang=""),
    )
