"""Advisory locks: every key space of the house, and how each is locked.

PostgreSQL has two sets of keys that never meet: pairs of four bytes, and single numbers of eight.
Rows of a tenant are pairs (their space and schema, and their number); the rest are single
numbers, made from words, in which an accident is as likely as a collision of 64 bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from zlib import crc32

from database.connection import connection
from database.statements import Statement

LOCK_SQL = """
SELECT count(pg_advisory_xact_lock(%(locked_class)s::int4, id)) FROM unnest(%(locked_ids)s::int4[]) AS id {source}
"""


class KeySpace(StrEnum):
    """What is locked. The values are part of the keys: old and new workers must agree on them."""

    RESOURCE = "scheduling.resource"
    """Pairs: writers of the same resources, one after the other."""

    RULE = "scheduling.rule"
    """Pairs: those who take what a rule allows at the same time, one after the other; after the resources."""

    CONTACT = "scheduling.contact"
    """Numbers: one newcomer with the same phone number or e-mail address at a time; before any resource."""

    IDEMPOTENCY = "api.idempotency"
    """Numbers: one request per key at a time."""

    FILES = "files.files"
    """Numbers: those who send a picture to the same place, and those who take of a business's room, one at a time."""

    DUE_WORK = "tenants.due_work"
    """Numbers: one worker at a time chooses what it does next."""

    MIGRATIONS = "tenants.migrations"
    """One number: one migration of the platform at a time."""

    EXAMPLE = "samples.example"
    """One number: one reset of the public example at a time."""


def lock_resources(resource_ids: Iterable[int]) -> None:
    """Hold back other writers of these resources until the transaction ends, in id order.

    Advisory locks: rows may be inserted meanwhile by nobody who asked for the same resource.
    A later statement sees what the previous holder committed.
    """
    if resource_ids := set(resource_ids):
        _lock_pairs(KeySpace.RESOURCE, resource_ids)


def lock_rules(rule_ids: Iterable[int]) -> None:
    """Hold back others who take what these rules allow at the same time, in id order, until the transaction ends.

    Whoever needs resources as well locks those first.
    """
    if rule_ids := set(rule_ids):
        _lock_pairs(KeySpace.RULE, rule_ids)


def _lock_pairs(space: KeySpace, ids: Iterable[int]) -> None:
    statement = Statement()
    _add_lock_part(statement, space, ids)
    statement.fetch("SELECT count FROM locked")


def add_lock_part(statement: Statement, resource_ids: Iterable[int], *, source: str = "") -> None:
    """Let a statement take the locks of `lock_resources` before whatever reads its part ``locked``.

    ``source`` names earlier parts that come first, and whose rows have to be there.
    What such a statement reads may be older than the locks; what its constraints see is not.
    """
    _add_lock_part(statement, KeySpace.RESOURCE, resource_ids, source=source)


def _add_lock_part(statement: Statement, space: KeySpace, ids: Iterable[int], *, source: str = "") -> None:
    values = {"class": _make_class(space, connection.schema_name), "ids": sorted(set(ids))}
    statement.add("locked", LOCK_SQL.format(source=source), values)


def lock_words(space: KeySpace, *words: str) -> None:
    """Hold back whoever locks the same words of this space in this schema, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_make_number(space, connection.schema_name, *words)])


@contextmanager
def lock_platform(space: KeySpace) -> Iterator[None]:
    """Hold back whoever enters a block of this space, in any schema; not bound to a transaction.

    Waits without limit: the holder may have minutes of work.
    """
    number = _make_number(space)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        cursor.execute("SET lock_timeout = DEFAULT")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def try_lock_platform(space: KeySpace) -> Iterator[bool]:
    """Take the lock of `lock_platform` for a block, unless somebody has it; yields whether it was taken."""
    number = _make_number(space)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (is_taken,) = cursor.fetchone()
    try:
        yield is_taken
    finally:
        if is_taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@cache
def _make_class(space: KeySpace, schema_name: str) -> int:
    unsigned = crc32(f"{space}:{schema_name}".encode())
    return unsigned - 2**32 if unsigned >= 2**31 else unsigned


def _make_number(*words: str) -> int:
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
