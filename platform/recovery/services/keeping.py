"""What beat asks for: a base backup every night, the log every minute, files every hour; old ones go, operators hear.

Whatever fails leaves the last good backup where it is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction

from database.errors import explain_failure
from kernel.errors import DomainError
from kernel.personal import BACKUPS_KEPT
from recovery.engine.bases import BaseBackup, Kind
from recovery.engine.chains import KEPT, choose_removed
from recovery.errors import BackupBusy
from recovery.models import PlatformBackup
from recovery.selectors.standing import find_standing
from recovery.selectors.waiting import list_waiting
from recovery.services import base_backups, catalog, log_archive, notices, pictures, server

FRESH = timedelta(hours=20)
"""Whoever has a backup that young needs none this night."""
UNFINISHED = timedelta(days=1)

logger = logging.getLogger(__name__)


def back_up_tonight(*, now: datetime) -> None:
    """Back the platform up, unless it was a moment ago or nobody asked for it (``TURNERO_WAL_DIR``).

    Raises:
        DomainError: It failed, which is noted and told.
    """
    if settings.WAL_DIR is None:
        return
    if PlatformBackup.objects.filter(began_at__gt=now - FRESH, failure="").exists():
        return
    with suppress(BackupBusy):
        back_up_now(now=now)


def back_up_now(*, kind: Kind | None = None, now: datetime) -> BaseBackup:
    """Back the platform up with the files of businesses, note what became of it, and let old backups go.

    Raises:
        DatabaseAway: Nothing of it can even be noted.
        DomainError: It failed, which is noted and told; the last good one is where it was.
    """
    try:
        with _noting(now):
            log_archive.prepare_folder()
            made = base_backups.back_up(kind=kind, now=now)
            log_archive.ship()
            pictures.mirror(now=now)
            PlatformBackup.objects.create(label=made.label, began_at=now, stored_bytes=made.stored_bytes)
            thin_out(now=now)
    except (DatabaseError, InterfaceError) as error:
        failure = explain_failure(error)
        if failure is None:
            raise
        raise failure from error
    return made


def keep_log(*, now: datetime) -> None:
    """Put what PostgreSQL has handed on into the store, and say so when it stays where it is.

    Raises:
        DomainError: It cannot be stored; the next minute tries again.
    """
    if settings.WAL_DIR is None:
        return
    try:
        log_archive.ship()
        failed_at = server.find_archive_failure()
    except DomainError as error:
        logger.warning("log_not_kept", extra={"error": error.code})
        if _find_waiting(now) is not None:
            notices.tell_trouble(notices.Cause.LOG_NOT_KEPT, f"the log is not kept: {error}", now=now)
        raise
    if find_standing(now=now).is_late:
        why = "the platform has had no good backup for two nights"
        notices.tell_trouble(notices.Cause.LATE, why, now=now)
    if failed_at is not None and now - failed_at < log_archive.LATE:
        why = "PostgreSQL cannot hand on its log: archive_command fails (its own log says why)"
        notices.tell_trouble(notices.Cause.LOG_NOT_HANDED_ON, why, now=now)


def keep_files(*, now: datetime) -> None:
    """Keep what is new among the files of businesses.

    Raises:
        DomainError: It cannot be stored; the next hour tries again.
    """
    if settings.WAL_DIR is not None:
        pictures.mirror(now=now)


def thin_out(*, now: datetime) -> None:
    """Let go of what is past its time: base backups, log that none of them needs, files that no list names.

    A backup whose page cannot be read says only in its name how old it is; until its time is over it stays, and
    operators hear of it.

    Raises:
        NoRoom, StoreAway: The store does not answer; the next night tries again.
    """
    found = catalog.read_catalog()
    there = found.bases
    gone = choose_removed(there, now=now)
    for each in gone:
        catalog.remove_base(each.label)
    for label in found.unfinished:
        if label[:8] < f"{now - UNFINISHED:%Y%m%d}":
            catalog.remove_base(label)
    told: list[str] = []
    for label, error in found.spoiled.items():
        if there and label[:15] < f"{now - KEPT:%Y%m%dT%H%M%S}":
            catalog.remove_base(label)
        else:
            told.append(str(error))
    if told:
        notices.tell_trouble(notices.Cause.SPOILED, " ".join(told), now=now)
    log_archive.remove_past([each for each in there if each not in gone], now=now)
    pictures.remove_past(now=now)
    PlatformBackup.objects.filter(began_at__lt=now - BACKUPS_KEPT).delete()


def _find_waiting(now: datetime) -> datetime | None:
    """Return since when a part of the log waits for too long to be kept."""
    return next((at for _, at in list_waiting() if now - at > log_archive.LATE), None)


@contextmanager
def _noting(now: datetime) -> Iterator[None]:
    try:
        yield
    except BackupBusy:
        raise  # whoever is at it notes what becomes of it
    except Exception as error:
        text = str(error) if isinstance(error, DomainError) else type(error).__name__
        with transaction.atomic():
            PlatformBackup.objects.create(began_at=now, failure=text[:300] or "unknown")
            notices.tell_trouble(notices.Cause.FAILED, text, now=now)
        logger.exception("platform_backup_failed")
        raise
