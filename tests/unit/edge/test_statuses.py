from __future__ import annotations

import pytest

from edge.statuses import get_status
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable


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
        (DomainError(), 500),
    ],
)
def test_every_kind_has_its_status(error, status):
    assert get_status(error) == status
