"""Photos that customers sent, as they see them themselves: whatever lets them into a page lets them see its photos.

Nobody else asks for them by these addresses: a photo is looked for among those of the run, of the booking or of the
contact that the address belongs to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from files.errors import FileUnknown
from files.selectors.files import list_failures, list_pictures, read_of_owner
from files.types import Rendition
from kernel.clock import utc_now
from scheduling.selectors.bookings.photos import list_booking_photos, list_run_photos
from scheduling.selectors.bookings.views import find_linked_id
from scheduling.selectors.bookings.visits import get_visits_contact, list_own_photos
from scheduling.services.photos import VISIT_PHOTO
from tenants.context import current_tenant
from web.booking.draft import PARAMETER, Draft, open_draft, seal_draft
from web.booking.pages import keep_private
from web.parts.pictures import ASKED_EACH_TIME, ShownPicture, answer_picture, show_picture

THUMBNAIL = 192
"""Pixels."""


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """A photo in its list; ``picture`` is None while it is being prepared, and where a ``problem`` says why not."""

    id: int
    picture: ShownPicture | None
    problem: str = ""


def show_photos(
    photo_ids: Iterable[int], *, name: str, of: Iterable[str] = (), query: Mapping[str, str] | None = None
) -> tuple[SentPhoto, ...]:
    """Return photos as a page lists them; one query, two where some are no pictures yet, and none without photos.

    Their addresses are called ``name``, with the arguments ``of`` before the photo's own, and ``query`` after them.
    """
    ids = tuple(photo_ids)
    pictures = list_pictures(VISIT_PHOTO, ids) if ids else {}
    unready = [each for each in ids if each not in pictures]
    failures = list_failures(VISIT_PHOTO, unready) if unready else {}

    def show(photo_id: int) -> SentPhoto:
        def find(size: Rendition) -> str:
            path = reverse(f"booking:{name}", args=[*of, photo_id, size.width])
            return f"{path}?{urlencode(query)}" if query else path

        shown = show_picture(pictures.get(photo_id), width=THUMBNAIL, find_address=find)
        return SentPhoto(photo_id, shown, gettext(failures[photo_id]) if photo_id in failures else "")

    return tuple(show(each) for each in ids)


def show_run_photos(draft: Draft) -> tuple[SentPhoto, ...]:
    """Return what was sent in a run through the pages; at most three queries."""
    return show_photos(list_run_photos(run=draft.visit), name="run_photo", query={PARAMETER: _name_run(draft)})


def _name_run(draft: Draft) -> str:
    """Return what names a run in the address of a photo: nothing else that was typed goes along with each of them."""
    return seal_draft(Draft(visit=draft.visit, photos=1), schema_name=current_tenant().schema_name)


@open_to_anyone
@require_safe
def show_of_run(request: HttpRequest, photo_id: int, width: int) -> HttpResponse:
    """Answer a photo that was sent in the run that the address carries, and belongs to no booking yet."""
    draft = open_draft(request.GET.get(PARAMETER, ""), schema_name=current_tenant().schema_name)
    return _answer(request, photo_id, width, list_run_photos(run=draft.visit))


@open_to_anyone
@require_safe
def show_of_booking(request: HttpRequest, token: str, photo_id: int, width: int) -> HttpResponse:
    """Answer a photo of the booking that the link leads to."""
    booking_id = find_linked_id(token=token, now=utc_now())
    return _answer(request, photo_id, width, list_booking_photos(booking_id=booking_id))


@open_to_anyone
@require_safe
def show_of_contact(request: HttpRequest, token: str, photo_id: int, width: int) -> HttpResponse:
    """Answer a photo of one of the visits of whoever the link belongs to."""
    contact = get_visits_contact(token=token, now=utc_now())
    return _answer(request, photo_id, width, {each.id for each in list_own_photos(contact=contact.value)})


def _answer(request: HttpRequest, photo_id: int, width: int, allowed: Collection[int]) -> HttpResponse:
    if photo_id not in allowed:
        raise FileUnknown
    found = read_of_owner(VISIT_PHOTO, photo_id, width=width)
    answer = keep_private(answer_picture(request, found, caching=ASKED_EACH_TIME))
    answer.headers["Cache-Control"] = ASKED_EACH_TIME
    return answer
