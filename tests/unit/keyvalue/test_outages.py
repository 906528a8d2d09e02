from __future__ import annotations

import pytest

from keyvalue import outages
from keyvalue.outages import may_ask, note_answer, note_failure


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(outages.time, "monotonic", lambda: now[0])
    return now


def test_server_that_failed_rests_and_others_do_not(clock):
    note_failure("a")

    assert [may_ask("a"), may_ask("b")] == [False, True]


def test_after_the_rest_one_asks_for_all(clock):
    note_failure("a")
    clock[0] += outages.REST_SECONDS

    assert [may_ask("a"), may_ask("a")] == [True, False]
    clock[0] += outages.REST_SECONDS
    assert may_ask("a")


def test_answer_ends_the_rest(clock):
    note_failure("a")
    clock[0] += outages.REST_SECONDS
    may_ask("a")

    note_answer("a")

    assert [may_ask("a"), may_ask("a")] == [True, True]
