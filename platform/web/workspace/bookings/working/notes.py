"""Notes and photos of the team about a visit: a page for phones, and what the page of the booking shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django import forms
from django.utils.translation import gettext, gettext_lazy

from files.selectors.files import list_failures, list_pictures
from scheduling.selectors.aftercare.notes import NoteView, list_notes
from scheduling.selectors.bookings.photos import VisitPhotoView, list_visit_photos
from scheduling.services.aftercare.work_photos import UNBOOKED
from scheduling.services.photos import VISIT_PHOTO, WORK_PHOTO
from scheduling.services.writing.inputs import NOTE_LENGTH, NOTE_TOO_LONG
from scheduling.types import MOST_WORK_PHOTOS, BookingView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from verticals.registry import get_vertical
from web.parts.fields import TextField
from web.parts.forms import PageForm
from web.parts.pictures import ShownPicture, show_picture

NEITHER = gettext_lazy("Write something, or take a photo.")
THUMBNAIL = 192
"""Pixels."""


class NoteForm(PageForm):
    """A note, a photo, or both; where the note alone is asked for, ``needs_text``."""

    text = TextField(
        label=gettext_lazy("New note"),
        help_text=gettext_lazy("Only the team reads it."),
        max_length=NOTE_LENGTH,
        rows=3,
        required=False,
        error_messages={"max_length": gettext_lazy(NOTE_TOO_LONG)},
    )
    is_pinned = forms.BooleanField(label=gettext_lazy("Pin it: it is read first"), required=False)

    def require_something(self, *, has_photo: bool) -> bool:
        """Tell whether a checked form says anything; else it says what is missing."""
        if self.cleaned_data["text"].strip() or has_photo:
            return True
        self.add_error("text", str(NEITHER))
        return False


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note, with who wrote it (empty: somebody who has left) and whether the person who looks may remove it."""

    note: NoteView
    author: str
    may_remove: bool


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """A photo of the team; ``picture`` is None while it is prepared, and where a ``problem`` says why not."""

    photo: VisitPhotoView
    picture: ShownPicture | None
    author: str
    problem: str
    may_remove: bool


@dataclass(frozen=True, slots=True)
class WorkPart:
    """What the team wrote and took.

    Attributes:
        sent: Photos that the customer sent and that are ready, in order.
        may_write: The person may add something now.
        takes_photos: The trade takes photos.
    """

    notes: tuple[NoteLine, ...]
    photos: tuple[PhotoLine, ...]
    sent: tuple[ShownPicture, ...]
    may_write: bool
    takes_photos: bool

    @property
    def pinned(self) -> tuple[NoteView, ...]:
        """Return what is to be read first."""
        return tuple(each.note for each in self.notes if each.note.is_pinned)

    @property
    def is_waiting(self) -> bool:
        """Tell whether a photo is being prepared."""
        return any(each.picture is None and not each.problem for each in self.photos)

    @property
    def photos_left(self) -> int:
        """Return how many more the team may take."""
        return MOST_WORK_PHOTOS - len(self.photos) if self.takes_photos else 0


def load_work(
    booking: BookingView, *, names: Mapping[int, str], user_id: int, may_work: bool, is_anyones: bool
) -> WorkPart:
    """Put it together; four queries at most, however much there is.

    ``names`` are those of the team by their ids; ``may_work``: the visit is theirs who looks, ``is_anyones``: they may
    remove what others wrote.
    """
    photos = list_visit_photos(booking_ids=[booking.id], is_with_staffs=True)
    sent = [each.id for each in photos if not each.is_from_staff]
    pictures = list_pictures(VISIT_PHOTO, sent) if sent else {}
    shown = (show_picture(pictures.get(each), width=THUMBNAIL, is_public=False) for each in sent)
    may_write = may_work and booking.status not in UNBOOKED and may_business(Ability.STEP)

    def may_remove(writer_id: int | None) -> bool:
        return may_write and (is_anyones or writer_id == user_id)

    return WorkPart(
        notes=tuple(
            NoteLine(each, names.get(each.user_id or 0, ""), may_remove(each.user_id))
            for each in list_notes(booking_ids=[booking.id])
        ),
        photos=tuple(
            replace(line, author=names.get(line.photo.user_id or 0, ""), may_remove=may_remove(line.photo.user_id))
            for line in _show_photos([each for each in photos if each.is_from_staff])
        ),
        sent=tuple(each for each in shown if each is not None),
        may_write=may_write,
        takes_photos=get_vertical(current_tenant().vertical).intake.has_photos,
    )


def _show_photos(photos: list[VisitPhotoView]) -> tuple[PhotoLine, ...]:
    ids = [each.id for each in photos]
    pictures = list_pictures(WORK_PHOTO, ids) if ids else {}
    unready = [each for each in ids if each not in pictures]
    failures = list_failures(WORK_PHOTO, unready) if unready else {}
    return tuple(
        PhotoLine(
            photo=each,
            picture=show_picture(pictures.get(each.id), width=THUMBNAIL, is_public=False),
            author="",
            problem=gettext(failures[each.id]) if each.id in failures else "",
            may_remove=False,
        )
        for each in photos
    )
