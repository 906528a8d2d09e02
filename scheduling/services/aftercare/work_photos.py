"""Photos that the team takes of a visit, for itself; the person gets them with all that is kept of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from files.services.uploads import take_picture
from kernel.ids import hash_token, new_token
from scheduling.enums import BookingStatus
from scheduling.errors import TooManyPhotos
from scheduling.errors.visits import NoteOfAnother, VisitWithoutPhotos
from scheduling.models import VisitPhoto
from scheduling.policies import check_step, refuse_step
from scheduling.services.photos import KEPT_WITH_VISIT, VISIT_PHOTO, WORK_PHOTO, remove_photos
from scheduling.services.writing.lookups import lock_booking
from scheduling.types import MOST_PHOTOS, MOST_WORK_PHOTOS, Actor
from tenants.context import current_tenant
from tenants.services.due_work import add_due_work
from verticals.registry import get_vertical

UNBOOKED = (BookingStatus.HELD, BookingStatus.EXPIRED)
"""What is nobody's visit: the team has nothing to say of it."""


@transaction.atomic
def add_work_photo(*, booking_id: int, content: bytes, user: object, now: datetime, by: Actor) -> int:
    """Keep a photo that somebody of the team took of what a visit is about, and return its id.

    The caller has seen that the visit is theirs, or that they manage bookings.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        VisitWithoutPhotos: The trade takes none.
        BookingNotFound: There is none.
        TransitionRefused: Nobody has booked it yet.
        TooManyPhotos: There are ten.
        PermissionMissing, PictureRefused, StorageFull: As `files.services.uploads.take_picture`.
    """
    check_step(by)
    if not get_vertical(current_tenant().vertical).intake.has_photos:
        raise VisitWithoutPhotos
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status in UNBOOKED:
        raise refuse_step(booking)
    taken = set(booking.photos.filter(is_from_staff=True).values_list("position", flat=True))
    places = range(MOST_PHOTOS, MOST_PHOTOS + MOST_WORK_PHOTOS)
    free = next((position for position in places if position not in taken), None)
    if free is None:
        raise TooManyPhotos(most=MOST_WORK_PHOTOS)
    photo = VisitPhoto.objects.create(
        booking=booking,
        run_hash=hash_token(new_token()),
        position=free,
        created_at=now,
        is_from_staff=True,
        user_id=by.user_id,
    )
    take_picture(kind=WORK_PHOTO, owner_id=photo.pk, content=content, user=user, now=now)
    add_due_work(kind=VISIT_PHOTO, row_id=photo.pk, due_at=max(now, booking.ends_at) + KEPT_WITH_VISIT, now=now)
    return photo.pk


@transaction.atomic
def remove_work_photo(*, booking_id: int, photo_id: int, is_anyones: bool, now: datetime, by: Actor) -> None:
    """Remove what the team took of a visit; again, or of what a customer sent, it changes nothing.

    Raises:
        StatusForbids, BookingNotFound: As `add_work_photo`.
        NoteOfAnother: Somebody else took it, and not ``is_anyones`` may be removed.
    """
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    photo = booking.photos.filter(pk=photo_id, is_from_staff=True).first()
    if photo is None:
        return
    if not is_anyones and photo.user_id != by.user_id:
        raise NoteOfAnother
    remove_photos([photo.pk], now=now)
