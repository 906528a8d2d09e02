"""What a server cannot have is said in words, by its version and settings; programs' last words are picked."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from recovery.errors import ProgramFailed, ServerUnready
from recovery.services import programs, server
from recovery.types import ServerFacts

FACTS = ServerFacts(
    database="turnero",
    system="7",
    version=180_004,
    segment_bytes=1 << 24,
    archives=True,
    summarizes=True,
    may_replicate=True,
    data_bytes=1,
    settings={},
)


@pytest.mark.parametrize(
    ("changes", "incremental", "log"),
    [
        ({}, "", ""),
        ({"version": 170_000}, "", ""),
        (
            {"version": 160_010, "summarizes": False},
            "PostgreSQL 16 has no incremental backups, which came with 17",
            "",
        ),
        ({"summarizes": False}, "summarize_wal is off, so that the server does not know what changed", ""),
        ({"archives": False}, "", "archive_mode is off: what happened after the last backup is lost with the machine"),
    ],
)
def test_server_is_explained(changes, incremental, log):
    facts = replace(FACTS, **changes)

    assert (server.explain_no_incremental(facts), server.explain_no_log(facts)) == (incremental, log)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"version": 140_012}, "PostgreSQL 14 is older than 15"), ({"may_replicate": False}, "may not replicate")],
)
def test_server_that_cannot_be_backed_up_is_refused(changes, words):
    server.refuse_unready(FACTS)

    with pytest.raises(ServerUnready, match=words):
        server.refuse_unready(replace(FACTS, **changes))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "it said nothing"),
        (b"one\ntwo.\n", "two"),
        (b"pg_basebackup: error: no\nhint: try\n", "pg_basebackup: error: no"),
        (b"x error " + b"y" * 999, "x error " + "y" * 232),
        (b"could not \xff read", "could not \ufffd read"),
    ],
)
def test_last_words_that_say_something_are_picked(said, words):
    assert programs.pick_words(said) == words


def test_ordinary_user_runs_postgresql_as_it_is(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert programs.as_somebody() == ()


def test_root_runs_it_in_a_namespace_or_is_told_how(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(programs, "run", lambda *_, **__: "")
    assert programs.as_somebody() == programs.NAMESPACE

    def fail(*_, **__):
        raise ProgramFailed(program="unshare", why="no")

    monkeypatch.setattr(programs, "run", fail)
    with pytest.raises(ProgramFailed, match="refuses to run as root: use turnero-manage"):
        programs.as_somebody()


def test_program_that_is_not_there_is_said():
    with pytest.raises(ProgramFailed, match="No such file"):
        programs.run(["/nowhere/pg"], program="pg")
    with pytest.raises(ProgramFailed, match="No such file"), programs.streaming(["/nowhere/pg"], program="pg"):
        pass


def test_stream_that_is_left_early_ends_its_program():
    with pytest.raises(ZeroDivisionError), programs.streaming(["sleep", "60"], program="sleep"):
        raise ZeroDivisionError
