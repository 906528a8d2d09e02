"""What the nightly comparison found, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q

from billing.enums import DifferenceKind, PaymentDoor
from billing.errors import DifferenceNotFound
from billing.models import Difference, Payment, PaymentAccount
from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from scheduling.policies import check_step
from scheduling.types import Actor


@dataclass(frozen=True, slots=True)
class FoundDifference:
    """Something that differs, as the comparison found it."""

    kind: DifferenceKind
    source_id: str
    payment: Payment | None
    ours_minor: int
    theirs_minor: int
    currency: str
    happened_at: datetime


def find_open_since(account_id: str) -> datetime | None:
    """Return when the oldest of what still differs in an account happened."""
    open_rows = Difference.objects.filter(_is_of(account_id), settled_at=None)
    oldest: datetime | None = open_rows.aggregate(at=Min("happened_at"))["at"]
    return oldest


@write_transaction()
def note_differences(
    found: Sequence[FoundDifference], *, account_id: str, since: datetime, until: datetime, now: datetime
) -> None:
    """Keep what differs in an account once; what differs there no more is settled.

    What a person looked into stays so, and what differs in an account that was connected before stays as it is.
    """
    lock_words(KeySpace.PAYMENT, "differences")
    for each in found:
        row, is_new = Difference.objects.get_or_create(
            kind=each.kind,
            source_id=each.source_id,
            defaults={
                "provider_account_id": account_id,
                "payment": each.payment,
                "ours_minor": each.ours_minor,
                "theirs_minor": each.theirs_minor,
                "currency": each.currency,
                "happened_at": each.happened_at,
                "found_at": now,
            },
        )
        if not is_new and row.settled_at is not None and row.settled_by_id is None:
            row.settled_at = None
            row.save(update_fields=["settled_at"])
    names = {(each.kind, each.source_id) for each in found}
    for row in Difference.objects.filter(_is_of(account_id), settled_at=None, happened_at__gte=since):
        if (row.kind, row.source_id) not in names:
            row.settled_at = now
            row.save(update_fields=["settled_at"])
    PaymentAccount.objects.filter(door=PaymentDoor.STRIPE, provider_id=account_id).update(compared_until=until)


def _is_of(account_id: str) -> Q:
    """Return the condition of what was found in an account; where that was not noted yet, its payment tells."""
    return Q(provider_account_id=account_id) | (
        Q(provider_account_id="") & (Q(payment=None) | Q(payment__provider_account_id=account_id))
    )


@write_transaction()
def settle_difference(*, difference_id: int, by: Actor, now: datetime) -> None:
    """Note that a person looked into a difference. Again changes nothing.

    Raises:
        StatusForbids: The state of the business allows no steps.
        DifferenceNotFound: There is none.
    """
    check_step(by)
    row = Difference.objects.select_for_update().filter(pk=difference_id).first()
    if row is None:
        raise DifferenceNotFound
    if row.settled_at is None:
        row.settled_at, row.settled_by_id = now, by.user_id
        row.save(update_fields=["settled_at", "settled_by_id"])
