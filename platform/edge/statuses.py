"""HTTP statuses of the five kinds of failure, for the rooms that answer over HTTP."""

from __future__ import annotations

from math import ceil

from database.errors import explain_failure
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound, Unavailable

STATUS_BY_KIND: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    LimitReached: 429,
    Unavailable: 503,
}
UNAVAILABLE = 503
RETRY_SECONDS = 5
"""A server that is started anew is back by then."""


def get_status(error: DomainError) -> int:
    """Return the status of an expected failure; 500 for one of no kind, which is a defect."""
    return next((status for kind, status in STATUS_BY_KIND.items() if isinstance(error, kind)), 500)


def find_retry_after(error: DomainError) -> str | None:
    """Return the header ``Retry-After`` of a failure, in whole seconds (RFC 9110, 10.2.3); None: it has none."""
    if isinstance(error, LimitReached):
        return str(max(1, ceil(error.wait_seconds)))
    return str(RETRY_SECONDS) if isinstance(error, Unavailable) else None


def find_expected(error: BaseException | None) -> DomainError | None:
    """Return the expected failure that an exception is; None for a defect.

    A database that is away or too busy is expected: nobody here can mend it by changing the code.
    """
    return error if isinstance(error, DomainError) else explain_failure(error)
