"""Requests of persons: those that wait, and one of them."""

from __future__ import annotations

from kernel.law.persons import find_privacy_law
from privacy.enums import IdentityCheck, RequestRight, RequestSource, RequestState
from privacy.errors import PersonRequestNotFound
from privacy.models import PersonRequest
from privacy.types import RequestView

MOST_OPEN = 500


def list_open_requests() -> tuple[RequestView, ...]:
    """List what waits, what is due first at the top; one query."""
    waiting = PersonRequest.objects.filter(ended_at=None).order_by("due_at", "pk")
    return tuple(map(view_request, waiting[:MOST_OPEN]))


def get_request(*, request_id: int) -> RequestView:
    """Return one request.

    Raises:
        PersonRequestNotFound: There is none of this number.
    """
    row = PersonRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise PersonRequestNotFound
    return view_request(row)


def view_request(row: PersonRequest) -> RequestView:
    """Return a row as pages see it; no query."""
    return RequestView(
        id=row.pk,
        right=RequestRight(row.right),
        state=RequestState(row.state),
        source=RequestSource(row.source),
        customer_id=row.customer_id,
        booking_id=row.booking_id,
        name=row.name,
        contact=row.contact,
        locale=row.locale,
        text=row.text,
        asked_at=row.asked_at,
        recorded_at=row.recorded_at,
        recorded_by_id=row.recorded_by_id,
        timezone=row.timezone,
        answer_on=row.answer_on,
        carry_out_on=row.carry_out_on,
        due_at=row.due_at,
        extended_at=row.extended_at,
        extension_reason=row.extension_reason,
        identity_check=IdentityCheck(row.identity_check) if row.identity_check else None,
        identity_note=row.identity_note,
        identity_at=row.identity_at,
        identity_by_id=row.identity_by_id,
        answer=row.answer,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        law=find_privacy_law(row.law_country),
    )
