from __future__ import annotations

from dataclasses import replace

import pytest

from kernel.limits import Limit, index_limits, raise_limits

FIRST, SECOND = (Limit(name, "clicks", "person", 3, 60) for name in ("first", "second"))


def test_only_named_limits_are_raised():
    limits = index_limits(FIRST, SECOND)

    assert raise_limits(limits, ["first"], factor=10) == {"first": replace(FIRST, size=30), "second": SECOND}


def test_what_is_no_limit_cannot_be_raised():
    with pytest.raises(KeyError):
        raise_limits(index_limits(FIRST), ["third"])


def test_a_name_is_one_limit():
    with pytest.raises(ValueError, match="same name"):
        index_limits(FIRST, replace(FIRST, size=9))
