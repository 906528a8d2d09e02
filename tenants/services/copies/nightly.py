"""Every night an archive of every business, which counts only once it was restored; old ones go.

The beat plans, workers do: one row of due work for each business, tried again when it fails. What fails is kept as a
row as well, which operators see; the last good archive stays.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from database.locks import KeySpace, try_lock_platform
from kernel.clock import utc_now
from kernel.errors import DomainError
from kernel.personal import BACKUPS_KEPT
from tenants import hooks
from tenants.enums import TenantStatus, Urgency
from tenants.errors import NoRoom, RetryLater
from tenants.models import Backup, Tenant
from tenants.selectors.backups import count_late
from tenants.services import shelves
from tenants.services.copies.backups import back_up, encrypt_for_platform
from tenants.services.copies.restores import verify
from tenants.services.copies.retention import choose_kept
from tenants.services.due_work import plan_due_work
from tenants.types import BackupTrouble

DUE_KIND, LANE = "back_up_tenant", "backups"
"""Of the platform; ``row_id`` is the business's number. The lane leaves a worker free for everything else."""
FRESH = timedelta(hours=20)
"""Whoever has an archive that young needs none this night."""
PATIENCE = timedelta(minutes=10)

logger = logging.getLogger(__name__)


def plan_backups(*, now: datetime) -> int:
    """Let workers back up every business but the example; return how many. Operators hear of those that are late.

    Three queries, however many businesses there are.
    """
    made = Tenant.objects.filter(is_example=False).exclude(status=TenantStatus.PROVISIONING)
    numbers = list(made.order_by("pk").values_list("pk", flat=True))
    plan_due_work(kind=DUE_KIND, row_ids=numbers, due_at=now, urgency=Urgency.LAST, lane=LANE)
    late = count_late(now=now)
    if late:
        hooks.note_backup_trouble(BackupTrouble(at=now, late=late))
    return len(numbers)


def back_up_tonight(tenant_id: int, now: datetime) -> None:
    """Make an archive of a business, restore it for a try, keep it, and let old ones go; a handler of due work.

    Raises:
        RetryLater: Somebody is at it.
        DomainError: It failed, which is noted; due work comes again.
    """
    tenant = Tenant.objects.filter(pk=tenant_id, is_example=False).first()
    if tenant is None:
        return
    with try_lock_platform(KeySpace.BACKUP, tenant.schema_name) as is_mine:
        if not is_mine:
            raise RetryLater(at=now + PATIENCE)
        if _list_good(tenant.schema_name).filter(began_at__gt=now - FRESH).exists():
            return
        try:
            _make(tenant, now)
        except Exception as error:
            text = str(error) if isinstance(error, DomainError) else type(error).__name__
            _note_failure(tenant, text[:300] or "unknown", now)
            logger.exception("backup_failed", extra={"schema_name": tenant.schema_name})
            raise
        _thin_out(tenant.schema_name, now)


@transaction.atomic
def _note_failure(tenant: Tenant, text: str, now: datetime) -> None:
    """Note why there is no archive; of a business that was removed meanwhile nothing is noted and nobody hears."""
    if not Tenant.objects.select_for_update(no_key=True).filter(pk=tenant.pk).exists():
        return
    Backup.objects.create(schema_name=tenant.schema_name, began_at=now, failure=text)
    about = {"schema_name": tenant.schema_name, "business_name": tenant.name}
    hooks.note_backup_trouble(BackupTrouble(at=now, failure=text, **about))


def _make(tenant: Tenant, now: datetime) -> None:
    with shelves.work_folder() as folder:
        done = back_up(slug=tenant.slug, folder=folder, now=now)
        verify(archive=done.path, now=now)
        ready = encrypt_for_platform(done.path)
        place = f"{tenant.schema_name}/{ready.name}"
        size = ready.stat().st_size
        shelves.keep(ready, place)
    Backup.objects.create(
        schema_name=tenant.schema_name,
        archive=place,
        began_at=now,
        verified_at=utc_now(),
        bytes=size,
        rows=done.rows,
        files=done.files,
    )


def _thin_out(schema_name: str, now: datetime) -> None:
    """Let archives go that are past their time; one that cannot be removed is tried again the next night."""
    rows = list(_list_good(schema_name))
    kept = choose_kept(row.began_at for row in rows)
    for row in rows:
        if row.began_at not in kept:
            try:
                shelves.remove(row.archive)
            except NoRoom:
                logger.warning("old_backup_stays", extra={"schema_name": schema_name})
                continue
            row.delete()
    Backup.objects.filter(schema_name=schema_name, archive="", began_at__lt=now - BACKUPS_KEPT).delete()


def _list_good(schema_name: str) -> QuerySet[Backup]:
    return Backup.objects.filter(schema_name=schema_name, verified_at__isnull=False)
