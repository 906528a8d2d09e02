"""Archives that nothing names any more: of businesses that are gone, and of moments that a restore has undone.

A closed business's archives go with it (`tenants.services.leaving.removal`). Others are left when the platform is put
back to before they were made, when a worker dies between storing and noting one, or when a business went another way.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

from kernel.iso import NotIso, parse_basic
from kernel.personal import BACKUPS_KEPT
from tenants.errors import NoRoom
from tenants.models import Backup, Tenant
from tenants.services import shelves

STAMP = re.compile(r"-([0-9]{8}T[0-9]{6})(?:[0-9]{6})?Z\.tar\.gz(?:\.age)?$")
"""When an archive was made, as its name ends: to the microsecond, and to the second until November 2026."""

logger = logging.getLogger(__name__)


def remove_leftovers(*, now: datetime) -> int:
    """Remove archives older than `BACKUPS_KEPT` that belong to nobody; return how many.

    Until then somebody may still want them, who puts the whole platform back.

    Where no folder at all is a business's of ours, the storage belongs to another platform, and nothing is touched.
    """
    known = set(Tenant.objects.values_list("schema_name", flat=True))
    # What failed has no archive, and tells operators nothing about a business that is gone.
    Backup.objects.exclude(schema_name__in=known).filter(archive="", began_at__lt=now - BACKUPS_KEPT).delete()
    try:
        folders = shelves.list_folders("")
        if not known & set(folders):
            return 0
        removed = sum(_remove_from(folder, is_known=folder in known, now=now) for folder in folders)
    except NoRoom:
        logger.warning("old_archives_stay")
        return 0
    if removed:
        logger.info("old_archives_removed", extra={"removed": removed})
    return removed


def _remove_from(schema_name: str, *, is_known: bool, now: datetime) -> int:
    named = set(Backup.objects.filter(schema_name=schema_name).values_list("archive", flat=True)) if is_known else set()
    places = [f"{schema_name}/{name}" for name in shelves.list_names(schema_name) if _is_old(name, now)]
    past = [place for place in places if place not in named]
    for place in past:
        shelves.remove(place)
        Backup.objects.filter(archive=place).delete()
    return len(past)


def _is_old(name: str, now: datetime) -> bool:
    """Tell whether it is an archive, made long ago as its name says; nothing else is ours to remove."""
    found = STAMP.search(name)
    if found is None:
        return False
    try:
        return parse_basic(found[1]).replace(tzinfo=UTC) < now - BACKUPS_KEPT
    except NotIso:
        return False
