"""Two records of one person become one, and are parted again when that was wrong.

The record that goes on gets whatever belonged to the other one; the other one stays as an empty row that nobody finds,
with the number that people know it by. Nothing is lost: `CustomerMerge` has which rows went over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from audit.history import add_history_part
from database.statements import Statement
from database.transactions import run_write
from scheduling.enums import CustomerEvent
from scheduling.errors import CustomerInvalid, CustomerNotFound
from scheduling.errors.customers import (
    CustomersAlike,
    MergeChanged,
    MergedFurther,
    MergeNotFound,
    MergeTooOld,
    MergeUndone,
    SampleMerged,
)
from scheduling.models import Customer, CustomerMerge, CustomerSearch, DistinctPair
from scheduling.selectors.customers.merges import MERGED_COLUMNS, UNDO_DAYS, join_records, list_changed_since, mark_pair
from scheduling.services.customers import belongings
from scheduling.services.customers.records import MOST_CONTACTS, TOO_MANY_CONTACTS
from scheduling.services.writing.customers import tell_customer
from scheduling.services.writing.inputs import NOTE_LENGTH, NOTE_TOO_LONG
from scheduling.services.writing.search import keep_customer_search
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.hooks import register_due_handler, register_exported_work
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work

FOLLOW_KIND = "follow_merge"
FOLLOW_AFTER = (timedelta(minutes=1), timedelta(minutes=15))
"""When to look again at what belongs to a merged record. Who began to book before the merge writes after it, and no
lock stops that, since foreign keys are checked at the end; no transaction lasts longer than a task, ten minutes."""
REASON = "merge"


def register() -> None:
    """Do due work of the kind that merges leave."""
    register_due_handler(FOLLOW_KIND, follow_merge)
    register_exported_work([FOLLOW_KIND])


def merge_customers(
    *, kept_id: int, gone_id: int, taken: Collection[str] = (), seen: str = "", by: Actor, now: datetime
) -> int:
    """Merge one record into another one, and return the merge's id.

    ``taken`` names columns of `CHOSEN` that the record that goes on takes from the other one. Notes and tags are added
    up, and so are contacts. ``seen`` is the mark that was shown with both (`mark_pair`), empty: however they stand.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        CustomersAlike: It is one record.
        CustomerNotFound: One is not there, was erased or merged already.
        SampleMerged: One is a sample, the other is not.
        MergeChanged: One of the two changed since.
        CustomerInvalid: There would be too many contacts (``contacts``), or too long a note (``notes``).
    """
    check_business_may(Ability.WRITE, is_staff=True)
    if kept_id == gone_id:
        raise CustomersAlike

    def work(*, is_pessimistic: bool) -> int:  # noqa: ARG001 - everything is locked in any case
        return _merge(kept_id, gone_id, frozenset(taken), seen, by=by, now=now)

    return run_write(work)


def part_customers(*, merge_id: int, by: Actor, now: datetime) -> tuple[str, ...]:
    """Undo a merge, and return the columns that stay as they are since somebody changed them after it.

    What went over goes back, but for what was given to somebody else since; what was booked since stays.

    Raises:
        StatusForbids: As `merge_customers`.
        MergeNotFound: There is none, or one of the two was erased.
        MergeUndone: They are apart again.
        MergeTooOld: It is longer ago than `UNDO_DAYS` days.
        MergedFurther: The record that went on was merged into another one.
    """
    check_business_may(Ability.WRITE, is_staff=True)

    def work(*, is_pessimistic: bool) -> tuple[str, ...]:  # noqa: ARG001 - as above
        return _part(merge_id, by=by, now=now)

    return run_write(work)


def tell_apart(*, first_id: int, second_id: int, by: Actor, now: datetime) -> None:
    """Note that two customers are two people; nobody is asked again. Saying it twice changes nothing.

    Raises:
        StatusForbids: As `merge_customers`; so are `CustomersAlike` and `CustomerNotFound`.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    if first_id == second_id:
        raise CustomersAlike
    first, second = sorted((first_id, second_id))
    if Customer.objects.filter(pk__in=(first, second), erased_at=None).count() < len((first, second)):
        raise CustomerNotFound
    DistinctPair.objects.get_or_create(
        first_id=first, second_id=second, defaults={"said_at": now, "said_by_id": by.user_id}
    )


def follow_merge(row_id: int, now: datetime) -> None:
    """Let what was written for a merged record meanwhile follow; a due handler.

    ``row_id`` counts merges, `len` of `FOLLOW_AFTER` for each.
    """

    def work(*, is_pessimistic: bool) -> None:  # noqa: ARG001 - as above
        found = CustomerMerge.objects.filter(pk=row_id // len(FOLLOW_AFTER), undone_at=None)
        merge = found.select_for_update().first()
        if merge is None:
            return
        moved = belongings.move_over(merge.gone_id, merge.kept_id, is_again=True)
        if belongings.is_any(moved):
            merge.moved = belongings.add_up(merge.moved, moved)
            merge.save(update_fields=["moved"])
            keep_customer_search([merge.kept_id])
            CustomerSearch.objects.filter(customer_id=merge.gone_id).delete()

    run_write(work)
    del now


def _merge(kept_id: int, gone_id: int, taken: frozenset[str], seen: str, *, by: Actor, now: datetime) -> int:
    belongings.lock([kept_id, gone_id])
    rows = Customer.objects.filter(pk__in=(kept_id, gone_id), erased_at=None).select_for_update().order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < len((kept_id, gone_id)):
        raise CustomerNotFound
    kept, gone = found[kept_id], found[gone_id]
    if kept.is_sample != gone.is_sample:
        raise SampleMerged
    if seen and seen != mark_pair(kept, gone):
        raise MergeChanged
    after = join_records(kept, gone, taken)
    _check(kept, gone, after)
    before = {name: getattr(kept, name) for name in MERGED_COLUMNS}
    changed = {name: value for name, value in after.items() if value != before[name]}
    _save(kept, changed, by=by, now=now)
    merge = CustomerMerge(
        kept=kept,
        gone=gone,
        before={name: before[name] for name in changed},
        after=changed,
        merged_at=now,
        merged_by_id=by.user_id,
    )
    merge.moved = belongings.move_over(gone_id, kept_id)
    merge.save()
    Customer.with_merged.filter(pk=gone_id).update(merged_into=kept)
    CustomerSearch.objects.filter(customer_id=gone_id).delete()
    keep_customer_search([kept_id])
    for number, wait in enumerate(FOLLOW_AFTER):
        add_due_work(kind=FOLLOW_KIND, row_id=merge.pk * len(FOLLOW_AFTER) + number, due_at=now + wait, now=now)
    tell_customer(kept, CustomerEvent.UPDATED, now=now)
    tell_customer(gone, CustomerEvent.MERGED, now=now, into_id=kept_id)
    return merge.pk


def _part(merge_id: int, *, by: Actor, now: datetime) -> tuple[str, ...]:
    locked = CustomerMerge.objects.filter(pk=merge_id).select_for_update()  # as whoever follows it
    ids = locked.values_list("kept_id", "gone_id").first()
    if ids is None:
        raise MergeNotFound
    belongings.lock(ids)
    list(Customer.with_merged.filter(pk__in=ids).select_for_update().order_by("pk").values_list("pk"))
    merge = CustomerMerge.objects.select_related("kept", "gone").filter(pk=merge_id).first()
    if merge is None:
        raise MergeNotFound
    if merge.undone_at is not None:
        raise MergeUndone
    if merge.merged_at + timedelta(days=UNDO_DAYS) <= now:
        raise MergeTooOld
    kept, gone = merge.kept, merge.gone
    if kept.merged_into_id is not None:
        raise MergedFurther
    stays = list_changed_since(merge)
    back = {name: value for name, value in merge.before.items() if name not in stays}
    _save(kept, back, by=by, now=now)
    Customer.with_merged.filter(pk=gone.pk).update(merged_into=None)
    belongings.move_back(merge.moved, from_id=kept.pk, to_id=gone.pk)
    merge.undone_at, merge.undone_by_id = now, by.user_id
    merge.save(update_fields=["undone_at", "undone_by_id"])
    keep_customer_search([kept.pk, gone.pk])
    for each in (kept, gone):
        tell_customer(each, CustomerEvent.UPDATED, now=now)
    return stays


def _check(kept: Customer, gone: Customer, after: Mapping[str, Any]) -> None:
    errors: dict[str, tuple[str, ...]] = {}
    contacts = {(each.kind, each.value) for row in (kept, gone) for each in row.contacts.all()}
    if len(contacts) > MOST_CONTACTS:
        errors["contacts"] = (TOO_MANY_CONTACTS,)
    if len(after["notes"]) > NOTE_LENGTH:
        errors["notes"] = (NOTE_TOO_LONG,)
    if errors:
        raise CustomerInvalid(errors=errors)


def _save(kept: Customer, changed: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    if not changed:
        return
    for name, value in changed.items():
        setattr(kept, name, value)
    statement = Statement()
    statement.update("customer", kept)
    add_history_part(statement, Customer, source="customer", is_new=False, user_id=by.user_id, at=now, reason=REASON)
    statement.fetch("SELECT 1")
