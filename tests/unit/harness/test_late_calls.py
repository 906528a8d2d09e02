from __future__ import annotations

from inspect import signature
from types import SimpleNamespace

import pytest

from tests.harness import late_calls


def ask(case, one, other):
    """What a test of calls looks like."""


def test_a_stand_in_asks_for_the_fixtures_and_makes_nothing_up(monkeypatch):
    monkeypatch.setattr(late_calls, "build_now", lambda **_: pytest.fail("made up while collecting"))

    stand_in = late_calls.build_late(test_func=ask, given_kwargs={"other": None})

    assert list(signature(stand_in).parameters) == ["one"]


def test_a_stand_in_that_was_never_begun_fails():
    stand_in = late_calls.build_late(test_func=ask, given_kwargs={})

    with pytest.raises(pytest.fail.Exception, match="were not made up"):
        stand_in(one=1, other=2)


def test_a_test_that_begins_becomes_what_schemathesis_builds(monkeypatch):
    built = []
    monkeypatch.setattr(late_calls, "build_now", lambda **options: built.append(options) or "the test")
    item = SimpleNamespace(obj=late_calls.build_late(test_func=ask, given_kwargs={}, operation="GET /"))

    late_calls.begin_test(item)
    late_calls.begin_test(item)

    assert item.obj == "the test"
    assert built == [{"test_func": ask, "given_kwargs": {}, "operation": "GET /"}]


def test_what_is_no_stand_in_stays():
    item = SimpleNamespace(obj=ask)

    late_calls.begin_test(item)

    assert item.obj is ask
