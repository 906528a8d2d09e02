"""Requests of persons: those that wait, and one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.db.models import Q

from kernel.ids import hash_token
from kernel.law.persons import find_privacy_law
from kernel.page import Page, cut_page, limit_rows, read_cursor
from privacy.enums import IdentityCheck, RequestRight, RequestSource, RequestState, RequestStep
from privacy.errors import PersonRequestNotFound
from privacy.models import PersonExport, PersonRequest, PersonRequestStep
from privacy.types import FileView, RequestFilters, RequestView, StepView

MOST_OPEN, MOST_ENDED = 500, 50
LINK_LIFE = timedelta(days=365)
"""How long after its end whoever asked reads what was answered."""
NO_TEST = Q(booking=None) | Q(booking__is_test=False)
"""Leaves out what staff tried."""


def list_open_requests() -> tuple[RequestView, ...]:
    """List what waits, what is due first at the top; one query."""
    waiting = PersonRequest.objects.filter(NO_TEST, ended_at=None).order_by("due_at", "pk")
    return tuple(map(view_request, waiting[:MOST_OPEN]))


def list_ended_requests() -> tuple[RequestView, ...]:
    """List what has ended, the last one first; one query."""
    ended = PersonRequest.objects.exclude(ended_at=None).order_by("-ended_at", "-pk")
    return tuple(map(view_request, ended.filter(NO_TEST)[:MOST_ENDED]))


def list_requests(filters: RequestFilters) -> Page[RequestView]:
    """Return a page of all requests, what was written down last first; one query.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    limit = limit_rows(filters.limit)
    rows = PersonRequest.objects.filter(NO_TEST).order_by("-recorded_at", "-pk")
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.customer_id is not None:
        rows = rows.filter(customer_id=filters.customer_id)
    if filters.cursor:
        at, row_id = cast("tuple[datetime, int]", read_cursor(filters.cursor, datetime, int))
        rows = rows.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, pk__lt=row_id))
    return cut_page(list(rows[: limit + 1]), limit=limit, view=view_request, key=lambda row: (row.recorded_at, row.pk))


def list_requests_of(*, booking_id: int) -> tuple[RequestView, ...]:
    """List what was asked with the link of a booking, oldest first; one query."""
    return tuple(map(view_request, PersonRequest.objects.filter(booking_id=booking_id).order_by("asked_at", "pk")))


def list_steps(*, request_id: int) -> tuple[StepView, ...]:
    """List the steps of a request in order; one query."""
    rows = PersonRequestStep.objects.filter(request_id=request_id).order_by("pk")
    return tuple(StepView(_read_step(row), row.at, row.by_id, _say_check(row)) for row in rows)


def get_by_token(*, token: str, now: datetime) -> RequestView:
    """Return the request that a link leads to.

    Raises:
        PersonRequestNotFound: There is none, or it ended long ago.
    """
    row = PersonRequest.objects.filter(token_hash=hash_token(token)).first() if token else None
    if row is None or (row.ended_at is not None and now >= row.ended_at + LINK_LIFE):
        raise PersonRequestNotFound
    return view_request(row)


def find_file(*, request_id: int, now: datetime) -> FileView | None:
    """Return the file of a request that can still be taken; None: there is none. One query."""
    found = PersonExport.objects.filter(request_id=request_id, ends_at__gt=now).values_list("is_public", "ends_at")
    return next((FileView(is_public=is_public, ends_at=ends_at) for is_public, ends_at in found), None)


def _read_step(row: PersonRequestStep) -> RequestStep:
    """Return the step; choosing the customer was written down as asking, with their number, until 2026-11-28."""
    is_choice = row.step == RequestStep.ASKED and row.note.startswith("#")
    return RequestStep.CHOSEN if is_choice else RequestStep(row.step)


def _say_check(row: PersonRequestStep) -> str:
    is_check = row.step == RequestStep.IDENTIFIED and row.note in IdentityCheck.values
    return str(IdentityCheck(row.note).label) if is_check else ""


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
