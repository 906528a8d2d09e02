"""HTTP statuses of the five kinds of failure, for the rooms that answer over HTTP."""

from __future__ import annotations

from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable

STATUS_BY_KIND: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
}


def get_status(error: DomainError) -> int:
    """Return the status of an expected failure; 500 for one of no kind, which is a defect."""
    return next((status for kind, status in STATUS_BY_KIND.items() if isinstance(error, kind)), 500)
