"""Reminding a business of requests before their time runs out, and once more when it has."""

from __future__ import annotations

from datetime import datetime, timedelta

from database.transactions import write_transaction
from privacy.enums import RequestStep
from privacy.models import PersonRequest
from privacy.services.steps import DUE, announce, note_step
from tenants.hooks import register_due_handler, register_exported_work
from tenants.services.due_work import add_due_work

DUE_KIND = "person_request_due"
BEFORE = timedelta(days=3)
"""So long before the time is over the business is reminded; of a shorter time, when half of it is over."""
AGAIN = timedelta(days=7)
"""How often it is told that the time is over."""


def register() -> None:
    """Do due work of the kind that requests leave."""
    register_due_handler(DUE_KIND, warn)
    register_exported_work([DUE_KIND])


def plan_warning(request: PersonRequest, *, now: datetime) -> None:
    """Let the business be reminded in time; in the caller's transaction, whenever the time changes."""
    add_due_work(kind=DUE_KIND, row_id=request.pk, due_at=max(now, find_warning(request)), now=now)


def find_warning(request: PersonRequest) -> datetime:
    """Return when the business is to be told next: before the time is over, when it is, and then every week."""
    early = max(request.due_at - BEFORE, request.asked_at + (request.due_at - request.asked_at) / 2)
    if request.warned_at is None or request.warned_at < early:
        return early
    if request.warned_at < request.due_at:
        return request.due_at
    return request.warned_at + AGAIN


@write_transaction()
def warn(row_id: int, now: datetime) -> None:
    """Remind the business of a request that still waits (handler of due work); of one that ended nobody hears."""
    request = PersonRequest.objects.select_for_update().filter(pk=row_id, ended_at=None).first()
    if request is None:
        return
    if now >= find_warning(request):
        request.warned_at = now
        request.save(update_fields=["warned_at"])
        note_step(request, RequestStep.WARNED, at=now)
        announce(request, DUE, now=now)
    add_due_work(kind=DUE_KIND, row_id=request.pk, due_at=find_warning(request), now=now)
