"""Blocking somebody: what is kept about them is sealed, and then they are erased as everywhere else.

So nothing that lists, finds, counts or sends has to leave blocked people out: they are not there. In a copy of an
archive of before, and when the whole platform was put back, the tombstone of a block seals and erases once more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from database.transactions import write_transaction
from kernel.law.clocks import Place
from kernel.law.persons import find_blocking_end, find_privacy_law
from privacy.enums import RequestRight, RequestState
from privacy.models import BlockedPerson, PersonRequest
from privacy.selectors.keeping import list_kept
from privacy.services.blocking.seals import seal, seal_names
from privacy.services.exporting import build_archive
from privacy.services.places import find_place, get_place_of
from scheduling.selectors.customers.persons import get_person, list_unerased
from scheduling.services.erasing import KIND as CUSTOMER
from scheduling.services.erasing import list_customers, lock_persons
from scheduling.services.person_rows import find_person_keys
from tenants.context import current_tenant
from tenants.errors import RetryLater
from tenants.hooks import (
    ExportRule,
    list_erasers,
    register_due_handler,
    register_erasable,
    register_eraser,
    register_export_rules,
)
from tenants.services.due_work import add_due_work
from tenants.services.erasures.columns import erase_columns
from tenants.services.erasures.erasing import erase
from tenants.types import ErasedRows

KIND = "privacy.BlockedPerson"
"""What a customer is called in `erase` who is blocked and not destroyed."""
DUE_KIND = "destroy_blocked"
LOOK_AGAIN = timedelta(days=1)
"""How often it is asked whether what hinders destroying has ended."""


def register() -> None:
    """Let customers be blocked, and what was blocked be destroyed when its time is over."""
    register_erasable(KIND, list_customers)
    register_eraser(KIND, "blocking", 0, block_customers)
    register_eraser(CUSTOMER, "blocked", 90, remove_blocked)
    register_due_handler(DUE_KIND, destroy)
    left_out = "sealed with a key of this platform; whoever needs it takes that person's file"
    register_export_rules(
        [ExportRule(f"privacy.{each}", left_out=left_out) for each in ("BlockedPerson", "BlockedLook")]
    )


def block_customers(rows: ErasedRows) -> None:
    """Seal what is kept about each of these customers, and erase them; whoever is erased already stays as they are."""
    lock_persons(rows.row_ids)
    for customer_id in list_unerased(customer_ids=rows.row_ids):
        _seal(customer_id, blocked_at=rows.since.get(customer_id, rows.at), now=rows.at)
    customers = ErasedRows(kind=CUSTOMER, row_ids=rows.row_ids, at=rows.at, since=rows.since)
    for eraser in list_erasers(CUSTOMER):
        if eraser is not remove_blocked:
            eraser(customers)


def remove_blocked(rows: ErasedRows) -> None:
    """Leave nothing of what was blocked, for whoever is erased for good."""
    erase_columns(BlockedPerson.objects.filter(customer_id__in=rows.row_ids))


@write_transaction()
def destroy(row_id: int, now: datetime) -> None:
    """Erase a blocked person for good, as other countries do at once (handler of due work).

    Raises:
        RetryLater: Their time is not over, or something that is open needs who they are: a dispute, for instance.
    """
    found = BlockedPerson.objects.filter(pk=row_id).values_list("customer_id", "ends_at").first()
    if found is None:
        return
    customer_id, ends_at = found
    if now < ends_at:
        raise RetryLater(at=ends_at)
    if any(each.is_hindrance for each in list_kept(customer_id=customer_id, now=now)):
        raise RetryLater(at=now + LOOK_AGAIN)
    erase(kind=CUSTOMER, row_ids=[customer_id], now=now)


def _seal(customer_id: int, *, blocked_at: datetime, now: datetime) -> None:
    request = _find_request([pk for pk, _ in list_customers([customer_id])])
    place = _find_place(request)
    keys = find_person_keys(customer_id=customer_id)
    content = build_archive(customer_id=customer_id, locale=current_tenant().locale, now=now)
    ends_at = find_blocking_end(blocked_at=blocked_at, place=place).ends_at
    row, _ = BlockedPerson.objects.update_or_create(
        customer_id=customer_id,
        defaults={
            "request": request,
            "names": seal_names([get_person(customer_id=customer_id).name, *keys.addresses]),
            "content": seal(content),
            "law_country": place.country,
            "blocked_at": blocked_at,
            "ends_at": ends_at,
        },
    )
    add_due_work(kind=DUE_KIND, row_id=row.pk, due_at=max(now, ends_at), now=now)


def _find_request(customer_ids: Collection[int]) -> PersonRequest | None:
    """Return what they asked for; in a copy of an archive of before nobody had asked."""
    asked = PersonRequest.objects.filter(customer_id__in=customer_ids, right=RequestRight.ERASURE)
    return asked.filter(state__in=[RequestState.GRANTED, RequestState.DONE]).order_by("-pk").first()


def _find_place(request: PersonRequest | None) -> Place:
    """Return by whose law they are blocked: that of the request, and else of the business."""
    is_its_law = request is not None and find_privacy_law(request.law_country).blocks_first
    return get_place_of(request) if request is not None and is_its_law else find_place()
