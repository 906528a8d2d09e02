"""The rows of credit: what becomes one, what is used of it, and what is taken back.

Whoever calls has locked the payment; the credits are locked here, after payments and in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from billing.enums import LedgerAccount, LedgerKind, PaymentDoor, RefundCause
from billing.errors import CreditTooSmall
from billing.models import Credit, CreditUse, LedgerEntry, Payment, Refund


def note_credited(refund: Refund, *, now: datetime) -> None:
    """Let a refund that was just made be credit, and write it into the ledger.

    What was paid by credit goes back to where it came from; else a new credit is made.
    """
    payment = refund.payment
    LedgerEntry.objects.create(
        at=now,
        kind=LedgerKind.CREDITED,
        debit=LedgerAccount.PREPAID,
        credit=LedgerAccount.CREDIT,
        amount_minor=refund.amount_minor,
        currency=payment.currency,
        payment=payment,
        refund=refund,
        by_id=refund.asked_by_id,
    )
    if payment.door == PaymentDoor.CREDIT:
        _put_back(payment, refund.amount_minor, now=now)
        return
    assert payment.customer_id is not None  # `may_be_credit`
    Credit.objects.create(
        customer_id=payment.customer_id,
        payment=payment,
        refund=refund,
        amount_minor=refund.amount_minor,
        left_minor=refund.amount_minor,
        currency=payment.currency,
        given_at=now,
    )


def use_credits(payment: Payment, credit_ids: Sequence[int]) -> None:
    """Pay a payment by credit, the oldest first.

    Raises:
        CreditTooSmall: Less is left of them, or they are in another currency.
    """
    missing = payment.amount_minor
    for credit in (
        Credit.objects.filter(pk__in=credit_ids, currency=payment.currency).select_for_update().order_by("pk")
    ):
        used = min(missing, credit.left_minor)
        if used < 1:
            continue
        credit.left_minor -= used
        credit.save(update_fields=["left_minor"])
        CreditUse.objects.create(credit=credit, payment=payment, amount_minor=used)
        missing -= used
    if missing:
        raise CreditTooSmall


def take_back(payment: Payment, most_minor: int, *, now: datetime, spares_kindness: bool = False) -> int:
    """Take back what nobody has used yet of the credits that a payment gave; return how much it was.

    ``spares_kindness``: what staff promised stays.
    """
    owned = Credit.objects.filter(payment=payment, left_minor__gt=0)
    if spares_kindness:
        owned = owned.exclude(refund__cause__in=(RefundCause.KINDER, RefundCause.CHANGED))
    taken = 0
    for credit in owned.select_for_update(of=("self",)).order_by("pk"):
        taken += take_from(credit, payment, most_minor - taken, now=now)
    return taken


def take_from(credit: Credit, payment: Payment, most_minor: int, *, now: datetime, by_id: int | None = None) -> int:
    """Take back what nobody has used yet of a locked credit, at most so much; return how much it was."""
    taken = min(most_minor, credit.left_minor)
    refund = credit.refund
    if taken < 1 or refund is None:
        return 0
    credit.left_minor -= taken
    credit.save(update_fields=["left_minor"])
    refund.returned_minor += taken
    refund.save(update_fields=["returned_minor"])
    payment.refunded_minor -= taken
    payment.save(update_fields=["refunded_minor"])
    LedgerEntry.objects.create(
        at=now,
        kind=LedgerKind.RETURNED,
        debit=LedgerAccount.CREDIT,
        credit=LedgerAccount.PREPAID,
        amount_minor=taken,
        currency=payment.currency,
        payment=payment,
        by_id=by_id,
    )
    return taken


def find_excess(payment: Payment) -> int:
    """Return how much more is gone of a payment than came: given as credit, and taken by its bank all the same."""
    return max(0, payment.refunded_minor + payment.disputed_minor - payment.amount_minor)


def _put_back(payment: Payment, amount_minor: int, *, now: datetime) -> None:
    """Let so much of a payment by credit be left again, the newest credit first.

    What a bank took meanwhile of the money behind it is gone again at once.
    """
    uses = list(CreditUse.objects.filter(payment=payment).select_related("credit").order_by("-credit_id"))
    behind = Payment.objects.filter(pk__in=[each.credit.payment_id for each in uses])
    sources = {each.pk: each for each in behind.select_for_update().order_by("pk")}
    locked = Credit.objects.filter(pk__in=[each.credit_id for each in uses]).select_for_update().order_by("pk")
    owned = {each.pk: each for each in locked}
    missing = amount_minor
    for use in uses:
        credit = owned[use.credit_id]
        back = min(missing, use.amount_minor - use.back_minor)
        use.back_minor += back
        use.save(update_fields=["back_minor"])
        credit.left_minor += back
        credit.save(update_fields=["left_minor"])
        missing -= back
        source = sources[credit.payment_id]
        take_from(credit, source, min(back, find_excess(source)), now=now)
