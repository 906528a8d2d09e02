from __future__ import annotations

import pytest

from outgoing.errors import CallFailed
from outgoing.transport import Deadline


def test_nothing_begins_after_the_deadline():
    with pytest.raises(CallFailed) as caught:
        Deadline(0).clip(10)

    assert caught.value.reason == "timed out: not over after 0 s"


def test_no_wait_is_longer_than_what_is_left():
    assert 0 < Deadline(5).clip(10) <= 5
    assert 0 < Deadline(5).clip(None) <= 5
    assert Deadline(5).clip(0.5) == 0.5
