"""Database connections of requests that go on for long."""

from __future__ import annotations

from django.db import connections


def release_connections() -> None:
    """Give this thread's database connections back to the pool before the request is over.

    For answers that stream for minutes and no longer read the database: Django itself gives
    them back when the last byte was sent.
    """
    connections.close_all()
