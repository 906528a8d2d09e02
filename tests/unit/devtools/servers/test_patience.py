from __future__ import annotations

import pytest

from devtools.servers.patience import Patience


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("devtools.servers.patience.time.monotonic", lambda: now[0])
    return now


def test_patience_ends_when_the_log_stands_still(tmp_path, clock):
    patience = Patience(tmp_path / "server.log", seconds=60)

    answers = []
    for clock[0] in (100.0, 160.0, 161.0):
        answers.append(patience.is_over())

    assert answers == [False, False, True]


def test_patience_begins_anew_with_every_line(tmp_path, clock):
    log = tmp_path / "server.log"
    patience = Patience(log, seconds=60)

    answers = []
    for minute in range(1, 6):
        clock[0] = 100.0 + minute * 59
        log.write_text("syncing data directory\n" * minute)
        answers.append(patience.is_over())
    clock[0] += 61

    assert (answers, patience.is_over()) == ([False] * 5, True)


def test_log_that_begins_anew_counts_as_moving(tmp_path, clock):
    log = tmp_path / "server.log"
    log.write_text("of an earlier run\n" * 10)
    patience = Patience(log, seconds=60)

    log.write_text("")
    clock[0] = 170.0

    assert patience.is_over() is False
