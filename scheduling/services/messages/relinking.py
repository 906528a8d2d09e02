"""Customers' links of a business that was made of an archive: each is derived from the name of its schema."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from database.connection import connection
from scheduling.models import Booking
from scheduling.services.messages.manage_tokens import hash_manage_token
from tenants.hooks import register_restore_step
from tenants.types import RestoredTenant

BATCH = 2000
NOTE = "Links in messages of before lead nowhere: customers get new ones with their next message, or from the business."
UPDATE_SQL = """
UPDATE scheduling_booking b SET token_hash = n.hash
FROM unnest(%s::bigint[], %s::text[]) n(id, hash) WHERE b.id = n.id
"""


def register() -> None:
    """Do this whenever a business is restored."""
    register_restore_step("links", 20, derive_links_anew)


def derive_links_anew(_restored: RestoredTenant) -> tuple[str, ...]:
    """Store what the links of messages from now on are found by; of any number of bookings, two thousand at a time."""
    rows = iter(Booking.with_tests.order_by("pk").values_list("pk", "ics_uid", "token_version").iterator(BATCH))
    is_any = False
    with connection.cursor() as cursor:
        for batch in _cut(rows):
            is_any = True
            hashes = [hash_manage_token(uid, version) for _, uid, version in batch]
            cursor.execute(UPDATE_SQL, [[pk for pk, _, _ in batch], hashes])
    return (NOTE,) if is_any else ()


def _cut(rows: Iterator[tuple[int, str, int]]) -> Iterator[list[tuple[int, str, int]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
