"""Photos of what a visit is about: sent before there is a booking, kept two years after the visit, else a day.

The team takes its own of a booking (`aftercare.work_photos`), which are kept as long.

Whoever joins the waitlist keeps theirs until they have a booking, or wait no more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.policies import Permission
from database.locks import KeySpace, lock_words
from database.statements import Statement
from files.engine import Shape, Target
from files.hooks import FileKind, register_kind
from files.services.removal import remove_files_of_all
from files.services.uploads import take_from_visitor
from kernel.ids import hash_token
from scheduling.errors import TooManyPhotos
from scheduling.models import Booking, VisitPhoto, WaitlistEntry
from scheduling.policies import check_new_bookings
from scheduling.types import CUSTOMER, MOST_PHOTOS
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler, register_exported_work
from tenants.services.due_work import add_due_part, add_due_work, remove_all_due_work

VISIT_PHOTO = "visit_photo"
"""The kind of file, and of the due work that removes it in time."""
WORK_PHOTO = "work_photo"
"""The kind of file of what the team takes."""
KEPT = timedelta(days=1)
"""Without a booking."""
KEPT_WITH_VISIT = timedelta(days=730)
"""After the visit, whatever became of it."""
ATTACH_SQL = """
UPDATE scheduling_visitphoto p SET booking_id = booking.id FROM booking
WHERE p.run_hash = %(photo_run_hash)s::text AND p.booking_id IS NULL
RETURNING p.id
"""


def register() -> None:
    """Take photos of visits, as they are, and remove those that belong to none."""
    register_kind(
        FileKind(
            name=VISIT_PHOTO,
            target=Target(Shape.WHOLE, widths=(192, 960, 1600)),
            changed_by=Permission.BOOKING_MANAGE,
            has_owner=lambda owner_id: VisitPhoto.objects.filter(pk=owner_id).exists(),
            seen_by=Permission.BOARD_VIEW,
            is_from_visitors=True,
            owner_model="scheduling.VisitPhoto",
        )
    )
    register_kind(
        FileKind(
            name=WORK_PHOTO,
            target=Target(Shape.WHOLE, widths=(192, 960, 1600)),
            changed_by=Permission.OWN_WORK,
            has_owner=lambda owner_id: VisitPhoto.objects.filter(pk=owner_id, is_from_staff=True).exists(),
            seen_by=Permission.BOARD_VIEW,
            owner_model="scheduling.VisitPhoto",
        )
    )
    register_due_handler(VISIT_PHOTO, drop_in_time)
    register_exported_work([VISIT_PHOTO])


@transaction.atomic
def add_photo(*, run: str, content: bytes, now: datetime, is_test: bool = False) -> int:
    """Keep a photo for whoever goes through the booking page under the name ``run``; return its id.

    Raises:
        StatusForbids, NotPublished: The business takes no bookings now.
        TooManyPhotos: There are five.
        PictureRefused, StorageFull: As `files.services.uploads.take_from_visitor`.
    """
    check_new_bookings(CUSTOMER, is_test=is_test)
    run_hash = hash_token(run)
    _lock(run_hash)
    taken = set(_unattached(run_hash).values_list("position", flat=True))
    free = next((position for position in range(MOST_PHOTOS) if position not in taken), None)
    if free is None:
        raise TooManyPhotos(most=MOST_PHOTOS)
    photo = VisitPhoto.objects.create(run_hash=run_hash, position=free, created_at=now)
    take_from_visitor(kind=VISIT_PHOTO, owner_id=photo.pk, content=content, now=now)
    add_due_work(kind=VISIT_PHOTO, row_id=photo.pk, due_at=now + KEPT, now=now)
    return photo.pk


@transaction.atomic
def remove_photo(*, run: str, photo_id: int, now: datetime) -> None:
    """Remove a photo that belongs to no booking yet; another run's, or one that is gone, is left as it is."""
    run_hash = hash_token(run)
    _lock(run_hash)
    found = _unattached(run_hash).select_for_update().filter(pk=photo_id)  # a booking may be taking it just now
    remove_photos(found.values_list("pk", flat=True), now=now)


def add_photo_part(statement: Statement, run: str, *, ends_at: datetime) -> None:
    """Let a statement with a part ``booking`` give it the photos of the run in which it is made."""
    statement.add("photo", ATTACH_SQL, {"run_hash": hash_token(run)})
    due_at = ends_at + KEPT_WITH_VISIT
    add_due_part(statement, name="photo_due", source="photo", kind=VISIT_PHOTO, due_at=due_at)


@transaction.atomic
def drop_in_time(photo_id: int, now: datetime) -> None:
    """Remove a photo that became no booking's within a day, or whose visit was two years ago.

    The handler of due work; a visit that was moved meanwhile counts by its new time.

    Raises:
        RetryLater: Whoever sent it is on the waitlist.
    """
    photo = VisitPhoto.objects.select_for_update().filter(pk=photo_id).first()
    if photo is None:
        return
    if photo.booking_id is None and _is_waited_with(photo):
        raise RetryLater(at=now + KEPT)
    visits = Booking.with_tests.filter(photos=photo).values_list("ends_at", flat=True)
    until = next((ends_at + KEPT_WITH_VISIT for ends_at in visits), now)
    if until > now:
        add_due_work(kind=VISIT_PHOTO, row_id=photo_id, due_at=until, now=now)
    else:
        remove_photos([photo_id], now=now)


def _is_waited_with(photo: VisitPhoto) -> bool:
    waiting = WaitlistEntry.objects.filter(ended_at=None, details__photo_run__gt="")
    return photo.run_hash in {hash_token(run) for run in waiting.values_list("details__photo_run", flat=True)}


def remove_photos_of(*, booking_ids: Collection[int], now: datetime) -> None:
    """Remove the photos of bookings that are deleted, or whose customer is erased; belongs in that transaction."""
    remove_photos(VisitPhoto.objects.filter(booking_id__in=booking_ids).values_list("pk", flat=True), now=now)


def remove_photos_sent(*, runs: Collection[str], now: datetime) -> None:
    """Remove what was sent in runs and belongs to no booking, since whoever sent it is erased."""
    found = VisitPhoto.objects.filter(run_hash__in=[hash_token(run) for run in runs], booking__isnull=True)
    remove_photos(found.values_list("pk", flat=True), now=now)


def _unattached(run_hash: str) -> QuerySet[VisitPhoto]:
    return VisitPhoto.objects.filter(run_hash=run_hash, booking__isnull=True)


def remove_photos(photo_ids: Collection[int], *, now: datetime) -> None:
    """Remove photos with their files, whoever took them; belongs in the caller's transaction."""
    if ids := list(photo_ids):
        remove_files_of_all(kinds=(VISIT_PHOTO, WORK_PHOTO), owner_ids=ids, now=now)
        remove_all_due_work(kind=VISIT_PHOTO, row_ids=ids)
        VisitPhoto.objects.filter(pk__in=ids).delete()


def _lock(run_hash: str) -> None:
    """Let two tabs of one visitor follow each other."""
    lock_words(KeySpace.FILES, VISIT_PHOTO, run_hash)
