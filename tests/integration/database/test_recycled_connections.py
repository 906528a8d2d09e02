"""A connection serves so many tenants and is then replaced: what PostgreSQL keeps of each must not pile up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from database.backend.base import DatabaseWrapper
from tenants.context import tenant_scope


def in_thread(work: Callable[[], None]) -> None:
    """Run ``work`` as a request does: in another thread, with a connection out of the pool."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.fixture
def serve(tenants, django_db_blocker, monkeypatch):
    """Return a function that asks for each tenant once, one after the other, and lists the server's processes.

    All with one connection at a time: a pool of several hands them out in turn.
    """
    monkeypatch.setitem(connection.settings_dict["OPTIONS"]["pool"], "max_size", 1)
    connection.close_pool()

    def serve_each(*slugs: str) -> list[int]:
        seen: list[int] = []

        def ask(slug: str) -> None:
            try:
                with tenant_scope(tenants[slug]), connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    seen.append(cursor.fetchone()[0])
            finally:
                connection.close()

        with django_db_blocker.unblock():
            for slug in slugs:
                in_thread(lambda slug=slug: ask(slug))
        return seen

    yield serve_each
    connection.close_pool()


def test_connection_is_kept_within_the_limit(serve, settings):
    settings.TENANTS_PER_CONNECTION = 2

    seen = serve("taller", "salon", "taller", "salon", "taller")

    assert len(set(seen)) == 1


def test_connection_is_replaced_after_so_many_tenants(serve, settings, caplog):
    settings.TENANTS_PER_CONNECTION = 1

    seen = serve("taller", "taller", "salon", "salon", "taller", "taller")

    # The second of two tenants is the last that a connection serves; the next begins anew.
    assert len(set(seen)) == 3
    assert (seen[0] == seen[1] == seen[2], seen[3] == seen[4]) == (True, True)
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


def test_connections_that_are_gone_are_not_remembered(serve, settings):
    settings.TENANTS_PER_CONNECTION = 1
    before = len(DatabaseWrapper._served_by)

    serve(*("taller", "salon") * 10)
    connection.close_pool()

    assert len(DatabaseWrapper._served_by) <= before + 2


def test_plan_mode_is_part_of_connecting(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting, source FROM pg_settings WHERE name = 'plan_cache_mode'")
        assert cursor.fetchone() == ("force_generic_plan", "client")
