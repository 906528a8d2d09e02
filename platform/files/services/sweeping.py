"""Removing what nothing refers to: objects of workers that died in between, and of tenants that are gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError

from files import storage
from files.enums import COPIES_AT_WORK, CopyState
from files.errors import FileUnknown, StorageAway
from files.models import DataCopy, StoredFile
from tenants.context import current_tenant
from tenants.errors import TenantUnknown
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import list_tenants

OLD = timedelta(days=1)
"""Younger objects may belong to a transaction that has not been committed yet."""

logger = logging.getLogger(__name__)


def sweep_files(*, now: datetime) -> int:
    """Remove objects that are a day old and belong to nothing; return how many.

    Folders of tenants that are gone go as a whole, unless no folder at all is a tenant's of ours:
    then this storage belongs to another platform.
    """
    known = {tenant.schema_name for tenant in list_tenants()}
    try:
        folders, _ = storage.list_folder("")
        removed = 0
        for folder in folders:
            if folder in known:
                removed += _sweep_known(folder, now)
            elif known & set(folders):
                removed += sum(_remove_old(path, now) for path in _list_paths(folder))
    except StorageAway:
        logger.warning("file_sweep_put_off")
        return 0
    if removed:
        logger.info("files_swept", extra={"removed": removed})
    return removed


def _sweep_known(folder: str, now: datetime) -> int:
    try:
        return call_in_tenant(folder, _sweep_tenant, now=now)
    except (DatabaseError, TenantUnknown):  # it was removed a moment ago: the others are swept all the same
        logger.exception("files_not_swept", extra={"schema_name": folder})
        return 0


def _sweep_tenant(*, now: datetime) -> int:
    keys = set(StoredFile.objects.values_list("key", flat=True))
    lasting = (*COPIES_AT_WORK, CopyState.READY)
    keys |= set(DataCopy.objects.filter(state__in=lasting).values_list("key", flat=True))
    paths = list(_list_paths(current_tenant().schema_name))
    orphans = [path for path in paths if storage.read_key(path.rpartition("/")[2]) not in keys]
    return sum(_remove_old(path, now) for path in orphans)


def _list_paths(folder: str) -> Iterator[str]:
    for kind in storage.list_folder(folder)[0]:
        for name in storage.list_folder(f"{folder}/{kind}")[1]:
            yield f"{folder}/{kind}/{name}"


def _remove_old(path: str, now: datetime) -> bool:
    try:
        if storage.find_age(path, now=now) < OLD.total_seconds():
            return False
        storage.remove(path)
    except FileUnknown:  # somebody was quicker
        return False
    return True
