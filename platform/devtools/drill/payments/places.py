"""Everything that lies where a card number could have come to rest, as text: database, Redis, and what was logged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from typing import Any, TypeGuard, cast

import redis
from django.conf import settings
from psycopg import sql

from database.connection import connection
from keyvalue.client import connect

TABLES_SQL = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema = ANY(%s) AND table_type = 'BASE TABLE' ORDER BY 1, 2
"""
ROWS_SQL = sql.SQL("SELECT row_to_json(t)::text FROM {} t")
BATCH = 500


def read_database() -> Iterator[tuple[str, str]]:
    """Read every row of the current business and of the platform: its table, and all that it says."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES_SQL, [[connection.schema_name, "public"]])
        tables = cursor.fetchall()
    for schema, table in tables:
        with connection.cursor() as cursor:
            cursor.execute(ROWS_SQL.format(sql.Identifier(schema, table)))
            while rows := cursor.fetchmany(BATCH):
                yield from ((f"{schema}.{table}", text) for (text,) in rows)


def read_redis() -> Iterator[tuple[str, str]]:
    """Read every key of Redis, and all that lies under it."""
    client = connect(settings.REDIS_URL)
    for key in client.scan_iter(count=BATCH):
        name = _write(key)
        yield name, f"{name}\n{_read_key(client, key)}"


def _read_key(client: redis.Redis, key: bytes) -> str:
    """Return what lies under a key, a part a line; nothing: it is gone by now."""
    readers: Mapping[bytes, Callable[[], Any]] = {
        b"string": lambda: [client.get(key)],
        b"hash": lambda: [each for pair in cast("dict[bytes, bytes]", client.hgetall(key)).items() for each in pair],
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"stream": lambda: [each for pairs in _read_stream(client, key) for pair in pairs.items() for each in pair],
    }
    read = readers.get(cast("bytes", client.type(key)))
    return "" if read is None else "\n".join(_write(each) for each in read() if each is not None)


def _read_stream(client: redis.Redis, key: bytes) -> list[dict[bytes, bytes]]:
    return [pairs for _, pairs in cast("list[tuple[bytes, dict[bytes, bytes]]]", client.xrange(key))]


def _write(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


class _Everything(logging.Formatter):
    """Writes all that a record carries, whether or not a line of the log would show it."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{super().format(record)} {vars(record)}"


@contextmanager
def listen() -> Iterator[StringIO]:
    """Keep all that is logged in the block, as finely as anything logs; nothing else hears of it."""
    kept = StringIO()
    handler, disabled = logging.StreamHandler(kept), logging.root.manager.disable
    handler.setFormatter(_Everything())
    loggers = [logging.root, *filter(_is_logger, logging.root.manager.loggerDict.values())]
    before = [(each, each.level, each.handlers) for each in loggers]
    logging.disable(logging.NOTSET)
    for each in loggers:
        each.setLevel(logging.DEBUG if each is logging.root else logging.NOTSET)
        each.handlers = [handler] if each is logging.root or not each.propagate else []
    try:
        yield kept
    finally:
        for each, level, handlers in before:
            each.setLevel(level)
            each.handlers = handlers
        logging.disable(disabled)


def _is_logger(each: logging.Logger | logging.PlaceHolder) -> TypeGuard[logging.Logger]:
    return isinstance(each, logging.Logger)
