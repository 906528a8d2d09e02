"""Customers' links of a business that was made of an archive: each is derived from the name of its schema.

Earlier links lead to no booking any more; what was stored of them is kept beside. Whoever opens one has proved as much
as with the new one, which the page then offers (`find_new_token`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from database.connection import connection
from kernel.ids import hash_link_token
from scheduling.models import Booking, FormerLink
from scheduling.policies import LINK_LIFE
from scheduling.services.messages.manage_tokens import find_current_token, hash_manage_token
from tenants.context import current_tenant
from tenants.hooks import register_restore_step
from tenants.types import RestoredTenant

BATCH = 2000
NOTE = "Links in messages of before open a page that offers the new one, at the address that the business has now."
NOTE_OF_IMPORT = "Links in messages of before lead nowhere: customers get new ones with their next message."
KEEP_SQL = """
INSERT INTO scheduling_formerlink (booking_id, token_hash, token_version)
SELECT b.id, b.token_hash, b.token_version FROM scheduling_booking b WHERE b.token_hash <> '' AND b.ends_at > %s
ON CONFLICT DO NOTHING
"""
"""An import has nothing of links, so nothing is kept of them."""
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
        cursor.execute(KEEP_SQL, [restored.at - LINK_LIFE])
        for batch in _cut(rows):
            is_any = True
            hashes = [hash_manage_token(uid, version) for _, uid, version in batch]
            cursor.execute(UPDATE_SQL, [[pk for pk, _, _ in batch], hashes])
    return ((NOTE if restored.former_schema else NOTE_OF_IMPORT),) if is_any else ()


def find_new_token(token: str, *, now: datetime) -> str | None:
    """Return the new token of the booking that an earlier link led to; None: it led to none, ended, or was revoked.

    Costs a business that was never restored nothing, others one query.
    """
    if not current_tenant().former_schemas:
        return None
    former = FormerLink.objects.select_related("booking").filter(token_hash=hash_link_token(token)).first()
    booking = None if former is None else former.booking
    if former is None or booking is None or former.token_version != booking.token_version:
        return None
    if booking.ends_at <= now - LINK_LIFE:
        return None
    return find_current_token(booking.ics_uid, booking.token_version, booking.token_hash)


def _cut(rows: Iterator[tuple[int, str, int]]) -> Iterator[list[tuple[int, str, int]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
