"""Database connections of requests that go on for long."""

from __future__ import annotations

from django.db import connections


def release_connections() -> None:
    """Give this thread's database connections back to the pool before the request is over.

    For answers that stream for minutes and no longer read the database: Django itself gives
    them back when the last byte was sent. One that is in a transaction is left alone.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
