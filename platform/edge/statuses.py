"""HTTP statuses of the five kinds of failure, for the rooms that answer over HTTP."""

from __future__ import annotations

from math import ceil

from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound, Unavailable

STATUS_BY_KIND: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    LimitReached: 429,
    Unavailable: 503,
}


def get_status(error: DomainError) -> int:
    """Return the status of an expected failure; 500 for one of no kind, which is a defect."""
    return next((status for kind, status in STATUS_BY_KIND.items() if isinstance(error, kind)), 500)


def find_retry_after(error: DomainError) -> str | None:
    """Return the header ``Retry-After`` of a failure, in whole seconds (RFC 9110, 10.2.3); None: it has none."""
    return str(max(1, ceil(error.wait_seconds))) if isinstance(error, LimitReached) else None
