"""Customers' links of a business that was made of an archive: each is derived from the name of its schema.

Earlier links lead to no booking any more. Whoever opens one has proved as much as with the new one, which the page
then offers (`find_new_token`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from database.connection import connection
from kernel.ids import hash_link_token, hash_token
from scheduling.models import Booking
from scheduling.policies import LINK_LIFE
from scheduling.services.messages.manage_tokens import derive_tokens, find_current_token, hash_manage_token
from tenants.context import current_tenant
from tenants.hooks import register_restore_step
from tenants.types import RestoredTenant

BATCH = 2000
MOST_COMPARED = 5000
"""Bookings, those that begin last first: a link that nobody knows is compared with each of them."""
NOTE = "Links in messages of before open a page that offers the new one, at the address that the business has now."
NOTE_OF_IMPORT = "Links in messages of before lead nowhere: customers get new ones with their next message."
UPDATE_SQL = """
UPDATE scheduling_booking b SET token_hash = n.hash
FROM unnest(%s::bigint[], %s::text[]) n(id, hash) WHERE b.id = n.id
"""


def register() -> None:
    """Do this whenever a business is restored."""
    register_restore_step("links", 20, derive_links_anew)


def derive_links_anew(restored: RestoredTenant) -> tuple[str, ...]:
    """Store the hashes by which links in messages sent from now on are found, two thousand bookings at a time."""
    rows = iter(Booking.with_tests.order_by("pk").values_list("pk", "ics_uid", "token_version").iterator(BATCH))
    is_any = False
    with connection.cursor() as cursor:
        for batch in _cut(rows):
            is_any = True
            hashes = [hash_manage_token(uid, version) for _, uid, version in batch]
            cursor.execute(UPDATE_SQL, [[pk for pk, _, _ in batch], hashes])
    return ((NOTE if restored.former_schema else NOTE_OF_IMPORT),) if is_any else ()


def find_new_token(token: str, *, now: datetime) -> str | None:
    """Return the new token of the booking that an earlier link led to; None: it led to none, ended, or was revoked.

    Costs a business that was never restored nothing.
    """
    former = current_tenant().former_schemas
    if not former:
        return None
    wanted = hash_link_token(token)
    leading = Booking.objects.filter(ends_at__gt=now - LINK_LIFE).order_by("-starts_at", "-pk")
    for uid, version, stored in leading.values_list("ics_uid", "token_version", "token_hash")[:MOST_COMPARED]:
        for schema_name in former:
            if wanted in map(hash_token, derive_tokens(uid, version, schema_name=schema_name)):
                return find_current_token(uid, version, stored)
    return None


def _cut(rows: Iterator[tuple[int, str, int]]) -> Iterator[list[tuple[int, str, int]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
