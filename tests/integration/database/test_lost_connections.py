"""A connection that the server ended is not handed out, and one whose path is unknown is not used."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import OperationalError, connection

from database.backend import base
from database.backend.base import is_lost
from database.errors import DatabaseAway, explain_failure


def in_a_thread(work: Callable[[], object]) -> object:
    """Return what ``work`` returns on a connection of its own, which goes back to the pool."""
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]


def fetch_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


END_OTHERS = """
SELECT pid, pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def end_others() -> set[int]:
    """Let the server end every connection but this one, and wait until it has."""
    with connection.cursor() as cursor:
        # A transaction sees the list as it was when it looked first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(END_OTHERS)
        return {pid for pid, is_gone in cursor.fetchall() if is_gone}


def test_idle_connections_that_were_ended_are_replaced_without_an_error(db):
    for _ in range(3):
        idle = in_a_thread(fetch_pid)

        ended = end_others()

        assert idle in ended
        after = in_a_thread(fetch_pid)
        assert isinstance(after, int), after
        assert after not in ended


def test_a_connection_that_is_there_is_kept(db):
    connection.ensure_connection()

    assert is_lost(connection.connection) is False


def test_a_closed_connection_is_lost(db):
    def close() -> tuple[bool, bool]:
        connection.ensure_connection()
        before = is_lost(connection.connection)
        connection.connection.close()
        return before, is_lost(connection.connection)

    assert in_a_thread(close) == (False, True)


def test_a_connection_that_ends_at_work_is_a_database_that_is_away(db):
    def work() -> object:
        pid = fetch_pid()
        end_from_elsewhere = threading.Thread(target=lambda: in_a_thread(lambda: terminate(pid)))
        end_from_elsewhere.start()
        end_from_elsewhere.join()
        return fetch_pid()

    def terminate(pid: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])

    failure = in_a_thread(work)

    assert isinstance(explain_failure(failure), DatabaseAway)


def test_no_statement_runs_while_the_path_is_unknown(tenants, db, monkeypatch):
    """django-tenants passes over a path that could not be set: the next statement would read a neighbor."""

    def work() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        connection.set_tenant(tenants["taller"])
        monkeypatch.setattr(base.DatabaseWrapper, "_get_cursor_search_paths", lambda _self: ["x" * 20])
        monkeypatch.setattr("django_tenants.postgresql_backend.base.quote_schema_name", lambda _name: "is no path !")
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_schema()")
                return cursor.fetchone()
        finally:
            monkeypatch.undo()

    assert isinstance(in_a_thread(work), OperationalError)
