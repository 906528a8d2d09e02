"""From a draft that staff alone see to a booking page for everybody, and back; holds at once on every process."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenants.context import current_tenant
from tenants.models import Tenant
from tenants.policies import check_published
from tenants.selectors.resolution import forget_tenants


@transaction.atomic
def change_publication(*, is_published: bool, now: datetime) -> bool:
    """Publish the page of the current business, or make it a draft again; tell whether that changed anything.

    Its row stays locked until the caller's transaction ends: of two people who press at once, one finds it done.
    """
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant().id)
    if is_published is (tenant.published_at is not None):
        return False
    Tenant.objects.filter(pk=tenant.pk).update(published_at=now if is_published else None)
    transaction.on_commit(forget_tenants)
    return True


def note_test(*, now: datetime) -> None:
    """Note that staff tried the customer's way; the first time counts."""
    _stamp("tested_at", now)


def note_share(*, now: datetime) -> None:
    """Note that the owner says that customers know the page.

    Raises:
        NotPublished: There is nothing to share yet.
    """
    check_published()
    _stamp("shared_at", now)


def end_guide(*, now: datetime) -> None:
    """Put the list of first steps away for good.

    Raises:
        NotPublished: Its most important step is still to be done.
    """
    check_published()
    _stamp("guide_ended_at", now)


def _stamp(column: str, now: datetime) -> None:
    with transaction.atomic():
        if Tenant.objects.filter(pk=current_tenant().id, **{column: None}).update(**{column: now}):
            transaction.on_commit(forget_tenants)
