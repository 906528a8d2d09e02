"""Advisory locks: every key space of the house, and how each is locked.

PostgreSQL has two sets of keys that never meet: pairs of four bytes, and single numbers of eight.
Rows of a tenant are pairs (their space and schema, and their number); the rest are single
numbers, made from words, in which an accident is as likely as a collision of 64 bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from zlib import crc32

from database.connection import connection
from database.statements import Statement

# A lock at a time: the rows of an array come in its order, which is the order of the locks.
LOCK_SQL = """
SELECT count(CASE WHEN is_shared THEN pg_advisory_xact_lock_shared(space, id)::text
                  ELSE pg_advisory_xact_lock(space, id)::text END)
FROM unnest(%(locked_spaces)s::int4[], %(locked_ids)s::int4[], %(locked_shared)s::bool[]) k(space, id, is_shared)
{source}
"""
SLICE_MINUTES = 60
"""Whoever wants the same resource in another hour is not held up."""
MOST_SLICES = 64
"""Above it, whole resources are locked: PostgreSQL has room for some thousand locks of all connections together."""


class KeySpace(StrEnum):
    """What is locked. The values are part of the keys: old and new workers must agree on them."""

    RESOURCE = "scheduling.resource"
    """Pairs: whoever needs a resource at any time has it alone; who needs hours of it shares it."""

    RESOURCE_HOUR = "scheduling.resource_hour"
    """Pairs: writers of the same hours of the same resources, one after the other; after the resources."""

    RULE = "scheduling.rule"
    """Pairs: those who take what a rule allows at the same time, one after the other; after the resources."""

    CONTACT = "scheduling.contact"
    """Numbers: one newcomer with the same phone number or e-mail address at a time; before any resource."""

    CUSTOMER = "scheduling.customer"
    """Pairs: whoever books for a customer and looks at what else they come for, one at a time; after the contacts,
    before any resource."""

    WAITLIST = "scheduling.waitlist"
    """Numbers: one worker at a time gives a business's free times to those who wait."""

    PAYMENT = "billing.payment"
    """Asking for money for a booking: whoever asks at the same moment finds what the other asked for."""
    IDEMPOTENCY = "api.idempotency"
    """Numbers: one request per key at a time."""

    PRIVACY = "privacy.request"
    """Numbers: of one person the same is asked once at a time."""

    FILES = "files.files"
    """Numbers: those who send a picture to the same place, and those who take of a business's room, one at a time."""

    LIMIT = "database.limit"
    """Numbers: those who add one more of what a business may have only so many of, one at a time; before any row."""

    DUE_WORK = "tenants.due_work"
    """Numbers: one worker at a time chooses what it does next."""

    MIGRATIONS = "tenants.migrations"
    """One number: one migration of the platform at a time."""

    BACKUP = "tenants.backup"
    """Numbers: one backup of a business at a time."""

    OWN_COPY = "files.own_copy"
    """Numbers: one worker at a time makes a copy that an owner asked for."""

    PLATFORM_BACKUP = "recovery.backup"
    """One number: one base backup of the platform at a time."""

    PLATFORM_LOG = "recovery.log"
    """One number: one process at a time puts the write-ahead log into the store."""

    PLATFORM_FILES = "recovery.files"
    """One number: one process at a time keeps files of businesses, or removes what no list names."""

    EXAMPLE = "samples.example"
    """One number: one reset of the public example at a time."""


class Stretch(NamedTuple):
    """Minutes of a resource, ``[from, to)`` since 1970-01-01T00:00Z."""

    resource_id: int
    from_minute: int
    to_minute: int


class _Lock(NamedTuple):
    space: int
    number: int
    is_shared: bool = False


def lock_resources(resource_ids: Iterable[int]) -> None:
    """Hold back other writers of these resources, whatever the time, until the transaction ends, in id order.

    Advisory locks: rows may be inserted meanwhile by nobody who asked for the same resource.
    A later statement sees what the previous holder committed.
    """
    _lock(_lock_whole(KeySpace.RESOURCE, resource_ids))


def lock_stretches(stretches: Iterable[Stretch]) -> None:
    """Hold back other writers of these resources whose stretches share an hour with these, until the transaction ends.

    Resources first, in id order, which are shared; then their hours. Many hours are the whole resources.
    """
    _lock(_lock_hours(stretches))


def lock_customer(customer_id: int) -> None:
    """Hold back others who look at what a customer has booked before they book, until the transaction ends."""
    _lock(_lock_whole(KeySpace.CUSTOMER, [customer_id]))


def lock_rules(rule_ids: Iterable[int]) -> None:
    """Hold back others who take what these rules allow at the same time, in id order, until the transaction ends.

    Whoever needs resources as well locks those first.
    """
    _lock(_lock_whole(KeySpace.RULE, rule_ids))


def add_lock_part(statement: Statement, stretches: Iterable[Stretch], *, source: str = "") -> None:
    """Let a statement take the locks of `lock_stretches` before whatever reads its part ``locked``.

    ``source`` names earlier parts that come first, and whose rows have to be there.
    What such a statement reads may be older than the locks; what its constraints see is not.
    """
    _add_part(statement, _lock_hours(stretches), source=source)


def _lock(locks: Collection[_Lock]) -> None:
    if locks:
        statement = Statement()
        _add_part(statement, locks)
        statement.fetch("SELECT count FROM locked")


def _add_part(statement: Statement, locks: Collection[_Lock], *, source: str = "") -> None:
    values = {
        "spaces": [each.space for each in locks],
        "ids": [each.number for each in locks],
        "shared": [each.is_shared for each in locks],
    }
    statement.add("locked", LOCK_SQL.format(source=source), values)


def _lock_whole(space: KeySpace, ids: Iterable[int]) -> list[_Lock]:
    key = _make_class(space, connection.schema_name)
    return [_Lock(key, number) for number in sorted(set(ids))]


def _lock_hours(stretches: Iterable[Stretch]) -> list[_Lock]:
    hours = {
        (resource_id, number)
        for resource_id, first, last in stretches
        for number in range(first // SLICE_MINUTES, -(-last // SLICE_MINUTES))
    }
    resources = _lock_whole(KeySpace.RESOURCE, (resource_id for resource_id, _ in hours))
    if len(hours) > MOST_SLICES:
        return resources
    key = _make_class(KeySpace.RESOURCE_HOUR, connection.schema_name)
    numbers = sorted({_number_hour(*hour) for hour in hours})
    return [each._replace(is_shared=True) for each in resources] + [_Lock(key, number) for number in numbers]


def _number_hour(resource_id: int, number: int) -> int:
    """Return 31 bits for an hour of a resource; two that share them just wait for each other."""
    return crc32(b"%d:%d" % (resource_id, number)) >> 1


def lock_words(space: KeySpace, *words: str) -> None:
    """Hold back whoever locks the same words of this space in this schema, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_make_number(space, connection.schema_name, *words)])


def lock_each_word(space: KeySpace, words: Iterable[str]) -> None:
    """Do as `lock_words` with each of many words, in their order, in one statement."""
    numbers = [_make_number(space, connection.schema_name, word) for word in sorted(set(words))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(pg_advisory_xact_lock(n)::text) FROM unnest(%s::int8[]) n", [numbers])


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
def try_lock_platform(space: KeySpace, *words: str) -> Iterator[bool]:
    """Take the lock of `lock_platform`, or one named by words, for a block; yields whether nobody else had it."""
    number = _make_number(space, *words)
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
