"""What a worker does with a picture that was sent."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from database.locks import KeySpace, lock_words
from files import storage
from files.engine import MadePicture, PictureRefused, Refusal, is_pdf, keep_pdf, make_pictures
from files.enums import FileState
from files.errors import StorageAway
from files.hooks import FileKind, get_kind
from files.models import StoredFile
from files.selectors.files import make_picture
from files.services.removal import remove_rows
from files.types import Rendition
from tenants.context import current_tenant
from tenants.errors import RetryLater

PATIENCE = timedelta(seconds=30)
MOST_TRIES = 3
"""A worker that dies each time, of a file that nobody foresaw, is not sent to it for ever."""

logger = logging.getLogger(__name__)


def render_file(file_id: int, now: datetime) -> None:
    """Make the pictures of a file that waits, store them, and show them from then on.

    Must not run inside a transaction: it talks to the storage.

    Raises:
        RetryLater: The storage does not answer.
    """
    waiting = StoredFile.objects.filter(pk=file_id, state=FileState.WAITING)
    row = waiting.first()
    if row is None or row.incoming is None:
        return
    if row.tries >= MOST_TRIES:
        _fail(file_id, Refusal.TOO_HEAVY)
        return
    waiting.update(tries=F("tries") + 1)
    kind = get_kind(row.kind)
    try:
        made = _make(bytes(row.incoming), kind)
    except PictureRefused as refused:
        _fail(file_id, refused.refusal)
        return
    try:
        _store(row, made)
    except StorageAway as error:
        waiting.update(tries=F("tries") - 1)  # it was not the picture's fault
        raise RetryLater(at=now + PATIENCE) from error
    _finish(row, made, kind, now)


def _make(content: bytes, kind: FileKind) -> tuple[MadePicture, ...]:
    return keep_pdf(content) if kind.takes_pdf and is_pdf(content) else make_pictures(content, kind.target)


def _store(row: StoredFile, made: tuple[MadePicture, ...]) -> None:
    for picture in made:
        path = storage.make_path(current_tenant().schema_name, row.kind, row.key, picture.name)
        storage.put(path, picture.content)


@transaction.atomic
def _finish(row: StoredFile, made: tuple[MadePicture, ...], kind: FileKind, now: datetime) -> None:
    lock_words(KeySpace.FILES, row.kind, str(row.owner_id))
    locked = StoredFile.objects.select_for_update().filter(pk=row.pk).first()
    if locked is None:
        return  # removed, and its removal done: what was stored meanwhile is found by the sweep
    locked.renditions = [
        asdict(Rendition(each.name, each.width, each.height, len(each.content), each.sha256)) for each in made
    ]
    if locked.state != FileState.WAITING:  # removed meanwhile: its removal has to know what there is
        locked.save(update_fields=["renditions"])
        return
    locked.state, locked.incoming, locked.ready_at = FileState.READY, None, now
    locked.stored_bytes = sum(len(each.content) for each in made)
    locked.save(update_fields=["state", "incoming", "ready_at", "renditions", "stored_bytes"])
    if kind.is_single:
        older = StoredFile.objects.filter(kind=row.kind, owner_id=row.owner_id, pk__lt=row.pk)
        remove_rows(older, now=now)
    kind.on_change(row.owner_id, make_picture(locked))


def _fail(file_id: int, refusal: Refusal) -> None:
    StoredFile.objects.filter(pk=file_id, state=FileState.WAITING).update(
        state=FileState.FAILED, failure=refusal, incoming=None
    )
    logger.info("picture_not_taken", extra={"file_id": file_id, "refusal": refusal.value})
