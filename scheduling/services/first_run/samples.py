"""Removing what the starter kit made up, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from scheduling.errors import StillUsed
from scheduling.models import Resource, Service
from scheduling.services.catalog import resources, services
from scheduling.services.catalog.door import archive
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may


@dataclass(frozen=True, slots=True)
class RemovedSamples:
    """How many were deleted, and how many archived because something real refers to them."""

    deleted: int
    archived: int


@transaction.atomic
def remove_samples(*, by: Actor, now: datetime) -> RemovedSamples:
    """Delete every sample that nobody used, and archive the others; what somebody saved is no sample any more.

    Services go first: they name who does them.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        BookingsInTheWay: Coming bookings would be left without their place (inside of a review they are decided about).
    """
    check_business_may(Ability.WRITE, is_staff=True)
    deleted = archived = 0
    for service_id in _list_ids(Service):
        if _is_deleted(partial(services.delete_service, service_id=service_id, by=by, now=now)):
            deleted += 1
        else:
            archive(services.NOUN, service_id, version=None, by=by, now=now)
            archived += 1
    for resource_id in _list_ids(Resource):
        if _is_deleted(partial(resources.delete_resource, resource_id=resource_id, by=by, now=now)):
            deleted += 1
        else:
            archive(resources.NOUN, resource_id, version=None, by=by, now=now)
            archived += 1
    return RemovedSamples(deleted=deleted, archived=archived)


def _is_deleted(delete: Callable[[], None]) -> bool:
    """Delete a row, and tell whether that was possible: nothing real refers to it."""
    try:
        with transaction.atomic():
            delete()
    except StillUsed:
        return False
    return True


def _list_ids(model: type[Service | Resource]) -> list[int]:
    """List the samples that are in use, locked: whoever takes one over at this moment keeps it."""
    rows = model._default_manager.select_for_update().filter(is_sample=True, is_active=True)  # noqa: SLF001
    return list(rows.order_by("pk").values_list("pk", flat=True))
