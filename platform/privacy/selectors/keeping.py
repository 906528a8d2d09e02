"""What must not be erased yet, what stays in any case, and why: computed before anything is erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from billing.selectors.persons import count_money
from kernel.text import mark
from privacy.enums import KeptKind, RequestRight
from privacy.types import RequestView
from scheduling.errors import CustomerNotFound
from scheduling.selectors.customers.persons import ComingVisit, count_waiting, get_person, list_coming

REASONS: Mapping[KeptKind, str] = {
    KeptKind.COMING: mark("Somebody expects them: cancel the visit with them, or wait until it is over."),
    KeptKind.WAITLIST: mark("A time may be offered to them: take them off the list."),
    KeptKind.WAITING: mark("Call the payment off or wait until it is settled: money without a name helps nobody."),
    KeptKind.REFUNDS: mark("Their money is on its way back to them."),
    KeptKind.DISPUTES: mark("The bank decides, and asks you to show what happened."),
    KeptKind.INVOICES: mark("It cannot be made out without their tax data: make it or refuse it."),
    KeptKind.CREDITS: mark("Nobody could spend it any more: pay it out, or have them give it up in writing."),
    KeptKind.SETTLED: mark("Amounts and days stay for the tax office, and no name with them."),
    KeptKind.PROOFS: mark("That they asked, and when you answered, stays to show it; no name with it."),
}
"""Why, in words."""
HINDERING = (
    KeptKind.COMING,
    KeptKind.WAITLIST,
    KeptKind.WAITING,
    KeptKind.REFUNDS,
    KeptKind.DISPUTES,
    KeptKind.INVOICES,
    KeptKind.CREDITS,
)
"""What has to end before somebody is erased."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is in the way, or stays.

    Attributes:
        count: How many of them there are.
        is_hindrance: It has to end first; else it stays, without a name.
        visits: Of visits to come: which.
    """

    kind: KeptKind
    count: int
    is_hindrance: bool
    visits: tuple[ComingVisit, ...] = ()

    @property
    def reason(self) -> str:
        """Return why, a msgid."""
        return REASONS[self.kind]


def list_hindering(view: RequestView, *, now: datetime) -> tuple[Kept, ...]:
    """List what stands in the way of an erasure that waits, and what stays; of any other request nothing."""
    if not view.is_open or view.right is not RequestRight.ERASURE or view.customer_id is None:
        return ()
    try:
        person = get_person(customer_id=view.customer_id)
    except CustomerNotFound:
        return ()
    return () if person.is_erased else list_kept(customer_id=person.id, now=now)


def list_kept(*, customer_id: int, now: datetime) -> tuple[Kept, ...]:
    """List what stands in the way of erasing a customer, and then what stays of them; eight queries."""
    visits = list_coming(customer_id=customer_id, now=now)
    money = count_money(customer_id=customer_id)
    counts = {
        KeptKind.COMING: len(visits),
        KeptKind.WAITLIST: count_waiting(customer_id=customer_id),
        KeptKind.WAITING: money.waiting,
        KeptKind.REFUNDS: money.refunds,
        KeptKind.DISPUTES: money.disputes,
        KeptKind.INVOICES: money.invoices,
        KeptKind.CREDITS: money.credits,
        KeptKind.SETTLED: money.settled,
        KeptKind.PROOFS: 1,
    }
    return tuple(
        Kept(kind, count, kind in HINDERING, visits if kind is KeptKind.COMING else ())
        for kind, count in counts.items()
        if count
    )
