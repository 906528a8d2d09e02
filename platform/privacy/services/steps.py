"""What is written down of a request beside its own columns: who did which step, and when."""

from __future__ import annotations

from datetime import datetime

from notifications.services.outbox import publish
from privacy.enums import RequestStep
from privacy.errors import PersonRequestEnded, PersonRequestNotFound
from privacy.models import PersonRequest, PersonRequestStep
from privacy.types import LONGEST_NOTE

ASKED, EXTENDED, ANSWERED, READY, DUE = (
    f"person_request.{each}" for each in ("asked", "extended", "answered", "ready", "due")
)


def lock_request(request_id: int, *, is_open: bool = True) -> PersonRequest:
    """Return and lock a request.

    Raises:
        PersonRequestNotFound: There is none.
        PersonRequestEnded: It has ended, and ``is_open`` asks for one that has not.
    """
    row = PersonRequest.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise PersonRequestNotFound
    if is_open and row.ended_at is not None:
        raise PersonRequestEnded
    return row


def note_step(
    request: PersonRequest, step: RequestStep, *, at: datetime, by_id: int | None = None, note: str = ""
) -> None:
    """Write a step down, in the caller's transaction."""
    PersonRequestStep.objects.create(request=request, step=step, at=at, by_id=by_id, note=note[:LONGEST_NOTE])


def announce(request: PersonRequest, kind: str, *, now: datetime) -> None:
    """Let what happened be told, when the caller's transaction commits."""
    publish(kind=kind, subject_id=request.pk, payload={"state": request.state}, now=now)
