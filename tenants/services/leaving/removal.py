"""Removing a closed business: its schema in one step, then everything that lies elsewhere, and the proof of it.

The beat plans, workers do. The schema goes first, together with the row of the business and with the note that it
began: from then on nobody sees half a business. What lies outside of the database follows, each part of which is
removed again when whoever was at it died; the proof says when nothing is left.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from database.connection import LASTING, connection
from database.locks import KeySpace, try_lock_platform
from kernel.errors import Unavailable
from kernel.personal import BACKUPS_KEPT
from keyvalue.cache import forget_schema
from tenants import hooks
from tenants.context import tenant_scope
from tenants.enums import Urgency
from tenants.errors import RetryLater
from tenants.models import Backup, DueWork, FormerAddress, Removal, Tenant
from tenants.selectors.removals import describe, list_begun, list_over
from tenants.selectors.resolution import make_info
from tenants.services import shelves
from tenants.services.copies import shared, tables
from tenants.services.copies.backups import list_files
from tenants.services.due_work import add_due_work
from tenants.services.erasures.erasing import note_removed, store_of
from tenants.services.life_cycle import drop_tenant
from tenants.types import ActDone, TenantInfo

DUE_KIND, LANE = "remove_tenant", "removals"
"""Of the platform; ``row_id`` is the business's number. One schema at a time: each takes thousands of locks."""
REMOVE, TIME_OVER = "remove", "It was closed, and its time was over."
"""What the platform's log calls it, and why."""
PATIENCE = timedelta(minutes=10)

logger = logging.getLogger(__name__)


def plan_removals(*, now: datetime) -> int:
    """Let workers remove the businesses whose time is over, and finish what was begun; return how many.

    What is planned already stays as it is: planning anew would begin its attempts anew, and a removal that always
    fails would never be parked, where operators see it.
    """
    over, begun = list_over(now=now), list_begun()
    numbers = {*over.values_list("pk", flat=True), *begun.values_list("tenant_id", flat=True)}
    planned = DueWork.objects.filter(schema_name=connection.schema_name, kind=DUE_KIND)
    for number in sorted(numbers.difference(planned.values_list("row_id", flat=True))):
        add_due_work(
            kind=DUE_KIND, row_id=number, due_at=now + timedelta(seconds=1), now=now, urgency=Urgency.LAST, lane=LANE
        )
    return len(numbers)


def remove_business(tenant_id: int, now: datetime) -> None:
    """Remove a business whose time is over, or go on where somebody stopped; a handler of due work.

    One that was reopened meanwhile, or closed anew, stays.

    Raises:
        RetryLater: An archive of it is being made, or one of the stores does not answer.
    """
    schema_name = _find_schema(tenant_id)
    if not schema_name:
        return
    # Whoever makes an archive would keep it after all archives were removed.
    with try_lock_platform(KeySpace.BACKUP, schema_name) as is_mine:
        if not is_mine:
            raise RetryLater(at=now + PATIENCE)
        _drop(tenant_id, now)
        removal = Removal.objects.filter(tenant_id=tenant_id, finished_at=None).first()
        if removal is not None:
            _clear(removal, now)


def _find_schema(tenant_id: int) -> str:
    for rows in (Tenant.objects.filter(pk=tenant_id), Removal.objects.filter(tenant_id=tenant_id, finished_at=None)):
        found: str | None = rows.values_list("schema_name", flat=True).first()
        if found:
            return found
    return ""


@transaction.atomic
def _drop(tenant_id: int, now: datetime) -> None:
    """Let the business be gone, with all its rows, if its time is over; its names are never given again."""
    tenant = Tenant.objects.select_for_update().filter(pk=tenant_id).prefetch_related("domains").first()
    if tenant is None:
        return
    info = make_info(tenant, tenant.domains.all())
    if info.removed_at is None or info.removed_at > now or info.is_example:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL application_name = '{LASTING}'")
    counts = _count(info)
    removal = Removal.objects.create(
        tenant_id=info.id,
        schema_name=info.schema_name,
        slug=info.slug,
        closed_at=tenant.status_since,
        began_at=now,
        counts=counts,
    )
    FormerAddress.objects.get_or_create(slug=info.slug, defaults={"left_at": now, "redirects_until": now})
    FormerAddress.objects.filter(tenant=tenant).update(redirects_until=now)
    counts["rows"] += _forget_shared(info.schema_name)
    note_removed(info.schema_name, info.id, tenant.created_at, closed_at=removal.closed_at)
    with tenant_scope(info):  # whoever is told of it in the end, is found there
        removal.letters = hooks.read_letters(info)
    removal.save(update_fields=["counts", "letters"])
    hooks.note_act(ActDone(tenant=info, act=REMOVE, old=info.status, new="", reason=TIME_OVER, author_id=None, at=now))
    drop_tenant(schema_name=info.schema_name)
    logger.info("tenant_removed", extra={"schema_name": info.schema_name})


def _count(info: TenantInfo) -> dict[str, int]:
    with connection.cursor() as cursor:
        found = tables.list_tables(cursor, info.schema_name)
        rows = sum(tables.count_rows(cursor, info.schema_name, table) for table in found)
    with tenant_scope(info):
        files = len(list_files())
    archives = Backup.objects.filter(schema_name=info.schema_name, verified_at__isnull=False).count()
    return {"tables": len(found), "rows": rows, "files": files, "archives": archives}


def _forget_shared(schema_name: str) -> int:
    """Remove the rows that name the schema from the platform's tables, but those whose room says why they stay."""
    removed = 0
    for model in _list_to_empty():
        removed += model._default_manager.filter(schema_name=schema_name).delete()[0]  # noqa: SLF001
    return removed


def _list_to_empty() -> Iterable[type[Model]]:
    outliving = hooks.list_outliving()
    for model in shared.list_public_models():
        if model not in (Tenant, Backup) and model._meta.label not in outliving and shared.has_schema(model):  # noqa: SLF001
            yield model


def _clear(removal: Removal, now: datetime) -> None:
    """Remove what lies outside of the database, all of it again after a death; then finish the proof and send it.

    Raises:
        RetryLater: A store does not answer.
    """
    counts: dict[str, Any] = dict(removal.counts)
    try:
        # Whoever puts the whole platform back to before this, finds here that it was removed.
        store_of(removal.schema_name, now=now)
        _remove_archives(removal.schema_name)
        for store in hooks.list_file_stores().values():
            store.remove_all(removal.schema_name)
    except Unavailable as error:
        raise RetryLater(at=now + PATIENCE) from error
    counts["cached"] = counts.get("cached", 0) + forget_schema(removal.schema_name)
    letters, removal.letters = removal.letters, {}
    removal.counts, removal.finished_at, removal.backups_gone_at = counts, now, now + BACKUPS_KEPT
    with transaction.atomic():
        removal.save(update_fields=["counts", "letters", "finished_at", "backups_gone_at"])
        hooks.note_removal(describe(removal), letters, at=now)


def _remove_archives(schema_name: str) -> None:
    for name in shelves.list_names(schema_name):
        shelves.remove(f"{schema_name}/{name}")
    Backup.objects.filter(schema_name=schema_name).delete()
