"""Every night the ledger is compared with what the card provider has in the business's account.

What nobody told us is made good: a payment that came is settled, a refund that the business sent at the provider is
noted, and so is what a bank took back. What cannot be made good is a `Difference`, which the business reads in words.
What it sells in the same account by other means is none of ours: it has neither our key nor a payment of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from billing.enums import DECIDED, DifferenceKind, PaymentDoor, PaymentState, RefundState
from billing.errors import CardNotConnected
from billing.gateway.enums import MovementKind
from billing.gateway.enums import RefundState as Sent
from billing.gateway.errors import AccountUnusable, PaymentUnknown
from billing.gateway.types import Movement, RefundFacts
from billing.models import Dispute, Payment, PaymentAccount, Refund
from billing.public.models import PaymentAccountOwner
from billing.selectors.accounts import make_door_account
from billing.services.cards.disputing import look_at_dispute
from billing.services.cards.keys import find_place, get_card_door
from billing.services.cards.looking import look_at_payment
from billing.services.cards.payouts import refresh_payouts
from billing.services.cards.settling import AmountDiffers
from billing.services.differences import FoundDifference, find_open_since, note_differences
from billing.services.movements import LANE
from billing.services.refunds import note_refund_elsewhere
from kernel.errors import Unavailable
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.errors import RetryLater, TenantUnknown
from tenants.hooks import register_due_handler
from tenants.jobs import call_in_schema
from tenants.services.due_work import plan_due_work

KIND = "card_comparison"
"""Due work of the platform; ``row_id`` is that of the account's owner."""
SETTLED = timedelta(hours=1)
"""What is younger may still be on its way to us."""
OVERLAP, LONGEST = timedelta(days=1), timedelta(days=90)
AGAIN = timedelta(minutes=30)


@dataclass(slots=True)
class Moved:
    """What moved of one payment, refund or dispute in the time compared; ``first`` is its oldest movement."""

    first: Movement
    minor: int = 0

    @property
    def currency(self) -> str:
        """In which ``minor`` is: the one of its payment, whatever the balance is in."""
        return (self.first.charged or self.first.gross).currency


def register() -> None:
    """Do the due work that nights leave."""
    register_due_handler(KIND, compare_account)


def plan_comparisons(*, now: datetime) -> int:
    """Let workers compare every account that was connected; return how many. Two queries."""
    ids = list(PaymentAccountOwner.objects.order_by("pk").values_list("pk", flat=True))
    plan_due_work(kind=KIND, row_ids=ids, due_at=now, urgency=Urgency.LAST, lane=LANE)
    return len(ids)


def compare_account(owner_id: int, now: datetime) -> None:
    """Compare one account with the ledger of its business; the handler of due work. Again changes nothing.

    Raises:
        RetryLater: The provider does not answer.
    """
    owner = PaymentAccountOwner.objects.filter(pk=owner_id).first()
    if owner is None:
        return
    try:
        # The business is gone, lets us in no more, or was disconnected meanwhile.
        with suppress(TenantUnknown, AccountUnusable, CardNotConnected):
            call_in_schema(owner.schema_name, compare_ledger, owner.provider_account_id, now)
    except Unavailable as error:
        raise RetryLater(at=now + AGAIN) from error


def compare_ledger(account_id: str, now: datetime) -> None:
    """Compare what moved in an account since it was compared last, and note what differs.

    Call it outside of any transaction.

    Raises:
        OutcomeUnknown, DoorBusy, DoorNotConfigured, AccountUnusable: As the gateway says; what was noted stays.
        CardNotConnected: The account was disconnected meanwhile.
        RetryLater: As `look_at_dispute`.
    """
    row = PaymentAccount.objects.filter(door=PaymentDoor.STRIPE, provider_id=account_id).first()
    if row is None:
        return  # another account was connected since
    until = now - SETTLED
    last = until - LONGEST if row.compared_until is None else row.compared_until - OVERLAP
    since = max(until - LONGEST, min(last, find_open_since(account_id) or last))
    moved = _add_up(get_card_door().list_movements(make_door_account(account_id), since=since, until=until))
    found = [
        *_compare_payments(account_id, moved[MovementKind.PAYMENT], now),
        *_compare_refunds(account_id, moved[MovementKind.REFUND], now),
        *_compare_disputes(account_id, moved[MovementKind.DISPUTE], now),
        *_find_missing_payments(account_id, moved[MovementKind.PAYMENT], since + OVERLAP, until),
        *_find_missing_refunds(account_id, moved[MovementKind.REFUND], since + OVERLAP, until),
    ]
    note_differences(found, account_id=account_id, since=since, until=until, now=now)
    refresh_payouts(now=now)


def _add_up(movements: tuple[Movement, ...]) -> dict[MovementKind, dict[str, Moved]]:
    """Return what moved by kind, and by payment or else by the provider's name for it."""
    sums: dict[MovementKind, dict[str, Moved]] = {kind: {} for kind in MovementKind}
    for each in movements:  # the newest first
        key = each.payment_id if each.kind is MovementKind.PAYMENT else each.source_id
        moved = sums[each.kind].setdefault(key, Moved(each))
        moved.first, moved.minor = each, moved.minor + (each.charged or each.gross).amount_minor
    return sums


def _find_payments(account_id: str, moved: dict[str, Moved]) -> dict[str, Payment]:
    ids = {each.first.payment_id for each in moved.values()} - {""}
    rows = Payment.objects.filter(provider_account_id=account_id, provider_payment_id__in=ids)
    return {row.provider_payment_id: row for row in rows}


def _compare_payments(account_id: str, moved: dict[str, Moved], now: datetime) -> Iterator[FoundDifference]:
    known = _find_payments(account_id, moved)
    ours = f"{current_tenant().schema_name}:"
    for provider_id, each in moved.items():
        payment = known.get(provider_id)
        if payment is None:
            if (each.first.key or "").startswith(ours):
                yield _differ(DifferenceKind.UNKNOWN, provider_id, None, 0, each)
            continue
        if payment.state != PaymentState.RECEIVED:
            with suppress(AmountDiffers, PaymentUnknown):
                look_at_payment(payment.pk, now)
            payment.refresh_from_db()
        noted = payment.amount_minor if payment.state == PaymentState.RECEIVED else 0
        if (noted, payment.currency) != (each.minor, each.currency):
            yield _differ(DifferenceKind.AMOUNT, provider_id, payment, noted, each)


def _compare_refunds(account_id: str, moved: dict[str, Moved], now: datetime) -> Iterator[FoundDifference]:
    payments = _find_payments(account_id, moved)
    rows = Refund.objects.filter(provider_refund_id__in=moved, payment__provider_account_id=account_id)
    refunds = {row.provider_refund_id: row for row in rows.select_related("payment")}
    for refund_id, each in moved.items():
        refund, payment, sent = refunds.get(refund_id), payments.get(each.first.payment_id), -each.minor
        if payment is None:
            continue
        if refund is None and each.first.key is None and sent > 0:
            is_noted = note_refund_elsewhere(
                payment_id=payment.pk, amount_minor=sent, provider_refund_id=refund_id, now=now
            )
            if not is_noted:
                yield _differ(DifferenceKind.AMOUNT, refund_id, payment, 0, each)
        elif refund is not None and refund.state == RefundState.DONE and sent != refund.amount_minor:
            kind = DifferenceKind.REFUND if sent <= 0 else DifferenceKind.AMOUNT
            yield replace(_differ(kind, refund_id, payment, refund.amount_minor, each), theirs_minor=max(0, sent))


def _compare_disputes(account_id: str, moved: dict[str, Moved], now: datetime) -> Iterator[FoundDifference]:
    """Look at each dispute that moved something or waits for the bank, and compare what the bank has of it.

    One that ends without money that moves, as one that is lost does, is in no balance: only asking tells. What the
    provider corrects of its own accord is of no dispute, and has no source.
    """
    noted = Dispute.objects.filter(payment__provider_account_id=account_id)
    waiting = noted.exclude(state__in=DECIDED).values_list("provider_dispute_id", flat=True)
    for dispute_id in sorted({*moved, *waiting} - {""}):
        look_at_dispute(account_id=account_id, dispute_id=dispute_id, now=now)
    for dispute in noted.filter(provider_dispute_id__in=moved).select_related("payment"):
        each = moved[dispute.provider_dispute_id]
        # What came back first was taken before the time compared.
        taken_before = dispute.amount_minor if each.first.gross.amount_minor > 0 else 0
        theirs = taken_before - each.minor
        if dispute.taken_minor != theirs:
            yield FoundDifference(
                DifferenceKind.DISPUTED, dispute.provider_dispute_id, dispute.payment, dispute.taken_minor, theirs,
                each.currency, each.first.happened_at,
            )  # fmt: skip


def _find_missing_payments(
    account_id: str, moved: dict[str, Moved], since: datetime, until: datetime
) -> Iterator[FoundDifference]:
    """Ask for each payment that was noted and did not move: it may have moved before."""
    noted = Payment.objects.filter(
        door=PaymentDoor.STRIPE, provider_account_id=account_id, state=PaymentState.RECEIVED,
        received_at__gte=since, received_at__lt=until,
    ).exclude(provider_payment_id__in=moved)  # fmt: skip
    for payment in noted:
        try:
            theirs = get_card_door().fetch(*find_place(payment)).received_minor
        except PaymentUnknown:
            theirs = 0
        if theirs != payment.amount_minor and payment.received_at is not None:
            yield FoundDifference(
                DifferenceKind.MISSING, f"payment:{payment.pk}", payment, payment.amount_minor, theirs,
                payment.currency, payment.received_at,
            )  # fmt: skip


def _find_missing_refunds(
    account_id: str, moved: dict[str, Moved], since: datetime, until: datetime
) -> Iterator[FoundDifference]:
    noted = (
        Refund.objects.filter(state=RefundState.DONE, is_credit=False, done_at__gte=since, done_at__lt=until)
        .filter(payment__door=PaymentDoor.STRIPE, payment__provider_account_id=account_id)
        .exclude(provider_refund_id__in=moved)
        .select_related("payment")
    )
    account = make_door_account(account_id)
    for refund in noted:
        try:
            facts: RefundFacts | None = get_card_door().fetch_refund(account, refund.provider_refund_id)
        except PaymentUnknown:
            facts = None
        theirs = facts.amount.amount_minor if facts is not None and facts.state is not Sent.FAILED else 0
        if theirs != refund.amount_minor and refund.done_at is not None:
            yield FoundDifference(
                DifferenceKind.REFUND, refund.provider_refund_id, refund.payment, refund.amount_minor, theirs,
                refund.payment.currency, refund.done_at,
            )  # fmt: skip


def _differ(
    kind: DifferenceKind, source_id: str, payment: Payment | None, ours_minor: int, moved: Moved
) -> FoundDifference:
    return FoundDifference(
        kind, source_id, payment, ours_minor, abs(moved.minor), moved.currency, moved.first.happened_at
    )
