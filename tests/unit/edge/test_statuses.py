from __future__ import annotations

import pytest

from edge.statuses import find_retry_after, get_status
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound, Unavailable


class SlotGone(Conflict):
    """A child of a kind."""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (Forbidden(), 403),
        (Conflict(), 409),
        (SlotGone(), 409),
        (Invalid(), 422),
        (Unavailable(), 503),
        (LimitReached(wait_seconds=9), 429),
        (DomainError(), 500),
    ],
)
def test_every_kind_has_its_status(error, status):
    assert get_status(error) == status


@pytest.mark.parametrize(
    ("error", "header"),
    [(LimitReached(wait_seconds=9.2), "10"), (LimitReached(wait_seconds=0), "1"), (Conflict(), None)],
)
def test_a_limit_says_when_to_try_again(error, header):
    assert find_retry_after(error) == header
