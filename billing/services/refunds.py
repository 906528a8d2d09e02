"""Money that goes back; a person sends it, or a provider does, or the customer has it as credit."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from django.db.models import F, Min, QuerySet, Sum

from billing.engine import Ending, find_surplus
from billing.enums import (
    ASIDE,
    GOING,
    INVOICED,
    LedgerAccount,
    LedgerKind,
    PaymentDoor,
    PaymentPurpose,
    PaymentState,
    RefundCause,
    RefundState,
)
from billing.errors import (
    AMOUNT_WRONG,
    REASON_MISSING,
    CreditNotFound,
    CreditNotOffered,
    PaymentNotFound,
    RefundInvalid,
    RefundNotFound,
    RefundsChanged,
    RefundTooLarge,
)
from billing.models import Credit, LedgerEntry, Payment, Refund
from billing.policies import STANDING, find_ending, goes_back, is_fee_due, share_payment
from billing.selectors.credits import offers_credit
from billing.services.movements import LANE, REFUND_KIND, keep
from billing.services.moving.credits import find_excess, note_credited, take_back, take_from
from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.policies import check_step
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import SYSTEM, Actor, BookingView
from tenants.enums import Urgency
from tenants.services.due_work import add_due_work

CAUSES = {
    Ending.CUSTOMER: RefundCause.POLICY,
    Ending.NO_SHOW: RefundCause.POLICY,
    Ending.BUSINESS: RefundCause.BUSINESS,
    Ending.LATE: RefundCause.LATE,
}
PROMISED = (RefundCause.KINDER, RefundCause.CHANGED)
"""What goes back for these reasons goes whether or not the visit takes place."""
BESIDE_TERMS = (RefundCause.LATE, RefundCause.PROVIDER, *PROMISED)
"""What goes back for these reasons was not shared by the terms agreed."""


def give_back(payment: Payment, booking: BookingView, *, ending: Ending, now: datetime, by: Actor = SYSTEM) -> None:
    """Let go back what the terms agreed give back of a locked payment, and has not gone back yet; the rest is kept.

    The payment was received. What its bank has of it neither goes back nor is kept, until `share_regained`. Whoever
    asked for it has it as credit.
    """
    aside, stays = _add_up_gone(payment, ASIDE), payment.stays_minor
    split = share_payment(payment.amount_minor, booking, aside_minor=aside, stays_minor=stays, ending=ending, at=now)
    amount = min(split.back_minor - payment.refunded_minor, payment.left_minor)
    if amount > 0:
        _ask(payment, amount, cause=CAUSES[ending], reason="", now=now, by=by, is_credit=payment.is_credit_wanted)
    keep(payment, min(split.kept_minor, payment.left_minor), now=now, by_id=by.user_id)


def _add_up_gone(payment: Payment, causes: Collection[RefundCause]) -> int:
    live = payment.refunds.filter(cause__in=causes, state__in=GOING)
    return live.aggregate(minor=Sum(F("amount_minor") - F("returned_minor")))["minor"] or 0


def give_part_back(payment: Payment, amount_minor: int, *, cause: RefundCause, now: datetime) -> None:
    """Let a part of a locked, received payment go back that its visit does not need, as its customer asked for it."""
    _ask(payment, amount_minor, cause=cause, reason="", now=now, by=SYSTEM, is_credit=payment.is_credit_wanted)


def share_regained(payment: Payment, *, now: datetime) -> None:
    """Share a locked, received payment anew of which a bank took some, or gave some back; again changes nothing.

    What comes back of a visit that was called off goes on to its customer, or is kept, as if it had been there. What
    the provider refused to send before does not go by itself: people were told to send it another way. What the bank
    took of a credit is taken back first from what nobody has used of it. What the customer paid again meanwhile goes
    back first, whatever became of the visit. The asking of its booking is locked.
    """
    take_back(payment, find_excess(payment), now=now)
    keep(payment, min(payment.kept_minor, payment.left_minor), now=now)
    booking = get_booking(booking_id=payment.booking_id)
    has_failed = payment.refunds.filter(state=RefundState.FAILED).exists()
    surplus = 0 if has_failed else _find_surplus(payment, booking)
    if surplus:
        is_smaller = _list_promised(payment.booking_id).filter(cause=RefundCause.CHANGED).exists()
        cause = RefundCause.CHANGED if is_smaller else RefundCause.LATE
        give_part_back(payment, surplus, cause=cause, now=now)
    if payment.purpose == PaymentPurpose.NO_SHOW:
        ending = Ending.BUSINESS
        is_over = not is_fee_due(booking)
        if not is_over:
            keep(payment, payment.left_minor, now=now)
    else:
        ending = find_ending(booking)
        is_missed = booking.status == BookingStatus.NO_SHOW and payment.purpose == PaymentPurpose.DEPOSIT
        is_over = goes_back(PaymentPurpose(payment.purpose)) and (booking.status in CALLED_OFF or is_missed)
    if is_over and not has_failed:
        give_back(payment, booking, ending=ending, now=booking.cancelled_at or now)


def _find_surplus(payment: Payment, booking: BookingView) -> int:
    """Return how much of a locked payment was paid again since its bank took it: more than its deposit, or the price.

    What the terms gave back of another payment has served; what went back of it for another reason has not. What was to
    go back before a bank took it, since it was paid twice or the visit became smaller, counts as paid again.
    """
    began = payment.disputes.aggregate(began=Min("opened_at"))["began"]
    rows = Payment.objects.filter(booking_id=booking.id, purpose__in=INVOICED, state=PaymentState.RECEIVED)
    others = {each: _count_serving(each) for each in rows.exclude(pk=payment.pk)}
    again = {each: minor for each, minor in others.items() if each.received_at and began and each.received_at >= began}

    promised = sum(each.amount_minor for each in _list_promised(booking.id))

    def find(due_minor: int, purposes: Collection[str]) -> int:
        return find_surplus(
            left_minor=payment.left_minor,
            again_minor=promised + sum(minor for each, minor in again.items() if each.purpose in purposes),
            others_minor=sum(minor for each, minor in others.items() if each.purpose in purposes),
            due_minor=due_minor,
        )

    stays = payment.stays_minor + sum(each.stays_minor for each in others)
    is_deposit = payment.purpose == PaymentPurpose.DEPOSIT
    surplus = find(booking.deposit_minor + stays, (PaymentPurpose.DEPOSIT,)) if is_deposit else 0
    if payment.purpose in INVOICED and booking.status in STANDING and booking.price_minor is not None:
        surplus = max(surplus, find(booking.price_minor, INVOICED))
    return surplus


def _list_promised(booking_id: int) -> QuerySet[Refund]:
    """List what was to go back of the deposit of a booking, had its bank not taken it."""
    deposits = Refund.objects.filter(payment__booking_id=booking_id, payment__purpose=PaymentPurpose.DEPOSIT)
    return deposits.filter(state=RefundState.DROPPED, tried_at__isnull=False, cause__in=ASIDE)


def note_promise(payment: Payment, amount_minor: int, *, now: datetime) -> None:
    """Note that a part of a locked payment would go back, since its visit became smaller, had its bank not taken it."""
    Refund.objects.create(
        payment=payment, amount_minor=amount_minor, cause=RefundCause.CHANGED, state=RefundState.DROPPED,
        asked_at=now, tried_at=now, done_at=now,
    )  # fmt: skip


def _count_serving(payment: Payment) -> int:
    """Return how much of a received payment is there for its visit, or was until the terms gave it back."""
    return max(0, payment.amount_minor - payment.disputed_minor - _add_up_gone(payment, BESIDE_TERMS))


def may_be_credit(payment: Payment) -> bool:
    """Tell whether what goes back of a payment may be credit, if its customer wants that."""
    return payment.door == PaymentDoor.CREDIT or (payment.customer_id is not None and offers_credit())


@write_transaction()
def refund_payment(
    *,
    payment_id: int,
    amount_minor: int,
    reason: str,
    now: datetime,
    by: Actor,
    seen_minor: int | None = None,
    is_credit: bool = False,
) -> int:
    """Give back more than the policy says, or a part of it, for a reason; return the refund's id.

    ``is_credit``: the customer wants it as credit. What was paid by credit goes back to it in any case.

    ``seen_minor`` is how much went back when the person looked, so that nothing goes twice; None: nobody looked. A
    program does not look: it says once what is to go back, and its `Idempotency-Key` answers what it sends again. Two
    programs that mean the same refund send two keys, as two people who tap at once would have two pages; they never
    send more than is left.

    Raises:
        StatusForbids: The state of the business allows no steps.
        RefundInvalid: Without a reason, or nothing.
        RefundsChanged: Something went back since.
        RefundTooLarge: More than is left.
        PaymentNotFound: There is none.
        CreditNotOffered: The business gives no credit, or nobody knows to whom.
    """
    check_step(by)
    why = reason.strip()[:300]
    wrong = {"reason": (REASON_MISSING,)} if not why else {}
    if amount_minor < 1:
        wrong["amount"] = (AMOUNT_WRONG,)
    if wrong:
        raise RefundInvalid(errors=wrong)
    payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound
    if seen_minor is not None and seen_minor != payment.refunded_minor:
        raise RefundsChanged
    left = payment.left_minor
    if amount_minor > left:
        raise RefundTooLarge(left_minor=left)
    if is_credit and not may_be_credit(payment):
        raise CreditNotOffered
    cause = RefundCause.KINDER
    return _ask(payment, amount_minor, cause=cause, reason=why, now=now, by=by, is_credit=is_credit).pk


@write_transaction()
def mark_refund_sent(*, booking_id: int, refund_id: int, now: datetime, by: Actor) -> None:
    """Note that a person sent the money back. Again changes nothing.

    Raises:
        StatusForbids: The state of the business allows no steps.
        RefundNotFound: The booking has no such refund, it is no longer sent, or the provider sends it.
    """
    check_step(by)
    refund = _lock(booking_id, refund_id)
    if refund.state == RefundState.DONE:
        return
    if refund.state != RefundState.PENDING or refund.payment.door == PaymentDoor.STRIPE:
        raise RefundNotFound
    note_sent(refund, now=now, by=by)


def note_sent(refund: Refund, *, now: datetime, by: Actor = SYSTEM) -> None:
    """Note that a refund, locked with its payment, was sent, and write it into the ledger."""
    refund.state, refund.done_at, refund.done_by_id = RefundState.DONE, now, by.user_id
    refund.save()
    payment = refund.payment
    LedgerEntry.objects.create(
        at=now,
        kind=LedgerKind.REFUNDED,
        debit=LedgerAccount.PREPAID,
        credit=payment.door,
        amount_minor=refund.amount_minor,
        currency=payment.currency,
        payment=payment,
        refund=refund,
        by_id=by.user_id,
    )
    tell_refund(refund, "refunded", now=now)


@write_transaction()
def note_refund_elsewhere(*, payment_id: int, amount_minor: int, provider_refund_id: str, now: datetime) -> bool:
    """Note a refund that the business sent at the provider; False: there is not so much left. Again changes nothing."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.refunds.filter(provider_refund_id=provider_refund_id).exists():
        return True
    # Whoever has the money back has no credit any more, as far as nobody used it.
    take_back(payment, amount_minor - (payment.amount_minor - payment.refunded_minor), now=now)
    if payment.state != PaymentState.RECEIVED or amount_minor > payment.amount_minor - payment.refunded_minor:
        return False
    refund = _add(payment, amount_minor, cause=RefundCause.PROVIDER, reason="", now=now, by=SYSTEM)
    refund.provider_refund_id, refund.tried_at = provider_refund_id, now
    note_sent(refund, now=now)
    return True


@write_transaction()
def swap_for_credit(*, booking_id: int, refund_id: int, now: datetime, by: Actor) -> int:
    """Let a customer have as credit what was to be sent back and was not yet; return the refund that says so.

    Again changes nothing.

    Raises:
        RefundNotFound: The booking has no such refund.
        CreditNotOffered: The business gives none, it was sent, or it may be on its way.
    """
    refund = _lock(booking_id, refund_id)
    payment = refund.payment
    is_waiting = refund.state == RefundState.PENDING and refund.tried_at is None
    if not is_waiting or not may_be_credit(payment):
        raise CreditNotOffered
    refund.state, refund.done_at = RefundState.DROPPED, now
    refund.save()
    payment.refunded_minor -= refund.amount_minor
    cause = RefundCause(refund.cause)
    return _ask(payment, refund.amount_minor, cause=cause, reason=refund.reason, now=now, by=by, is_credit=True).pk


@write_transaction()
def pay_out_credit(*, credit_id: int, reason: str, now: datetime, by: Actor) -> int:
    """Give the customer as money what is left of a credit, the way that it came; return the refund's id.

    Raises:
        StatusForbids: The state of the business allows no steps.
        RefundInvalid: Without a reason.
        CreditNotFound: Nothing is left of it.
    """
    check_step(by)
    why = reason.strip()[:300]
    if not why:
        raise RefundInvalid(errors={"reason": (REASON_MISSING,)})
    payment_id = Credit.objects.filter(pk=credit_id).values_list("payment_id", flat=True).first()
    payment = Payment.objects.select_for_update().filter(pk=payment_id or 0).first()
    if payment is None:
        raise CreditNotFound
    credit = Credit.objects.select_for_update().get(pk=credit_id)
    taken = take_from(credit, payment, credit.left_minor, now=now, by_id=by.user_id)
    amount = min(taken, payment.left_minor)
    if amount < 1:
        raise CreditNotFound
    return _ask(payment, amount, cause=RefundCause.KINDER, reason=why, now=now, by=by).pk


def forget_credit_wishes(booking_id: int) -> None:
    """Let whoever cancels a booking next say anew whether they want credit."""
    wished = Payment.objects.filter(booking_id=booking_id, is_credit_wanted=True)
    for payment in wished.select_for_update().order_by("pk"):
        payment.is_credit_wanted = False
        payment.save(update_fields=["is_credit_wanted"])


def drop_refunds(*, booking_id: int, now: datetime) -> None:
    """Send nothing back that was not sent yet of a booking that takes place after all.

    What staff promised stays; and of a deposit that was paid twice, once over goes back all the same. So does a fee for
    not coming. A credit that nobody has used yet is a deposit again. Of one that was canceled again before this was
    heard, the wish is that of the last time.
    """
    payments = list(Payment.objects.filter(booking_id=booking_id).select_for_update().order_by("pk"))
    due = 0
    with suppress(BookingNotFound):  # money stays when its booking goes
        due = get_booking(booking_id=booking_id).deposit_minor
    # By money; credit may be a part of it. Another part may have been paid when the visit grew.
    covered = sum(each.left_minor for each in payments if _is_deposit(each) and _is_kept(each))
    for payment in payments:
        is_one_too_many = covered > 0 and covered + payment.amount_minor > due and not _is_kept(payment)
        if payment.charged_at is not None or (_is_deposit(payment) and is_one_too_many):
            continue
        was_kept = _is_kept(payment)
        _drop(payment, now=now)
        if _is_deposit(payment) and _is_kept(payment) and not was_kept:
            covered += payment.left_minor


def _is_deposit(payment: Payment) -> bool:
    is_money = payment.door != PaymentDoor.CREDIT
    return payment.purpose == PaymentPurpose.DEPOSIT and payment.state == PaymentState.RECEIVED and is_money


def _is_kept(payment: Payment) -> bool:
    """Tell whether some of it is there and stays, and nothing goes back, or went, but what staff promised."""
    going = payment.refunds.filter(state__in=GOING)
    going = going.exclude(is_credit=True, returned_minor=F("amount_minor"))
    return payment.left_minor > 0 and not going.exclude(cause__in=PROMISED).exists()


def _drop(payment: Payment, *, now: datetime) -> None:
    waiting = payment.refunds.filter(state=RefundState.PENDING, tried_at=None)
    for refund in waiting.exclude(cause__in=PROMISED):
        refund.state, refund.done_at = RefundState.DROPPED, now
        refund.save()
        payment.refunded_minor -= refund.amount_minor
    payment.save()
    take_back(payment, payment.amount_minor, now=now, spares_kindness=True)
    if payment.purpose != PaymentPurpose.NO_SHOW:
        keep(payment, 0, now=now)


def _ask(
    payment: Payment,
    amount_minor: int,
    *,
    cause: RefundCause,
    reason: str,
    now: datetime,
    by: Actor,
    is_credit: bool = False,
) -> Refund:
    refund = _add(payment, amount_minor, cause=cause, reason=reason, now=now, by=by)
    if is_credit or payment.door == PaymentDoor.CREDIT:
        refund.is_credit, refund.state = True, RefundState.DONE
        refund.done_at, refund.done_by_id = now, by.user_id
        refund.save()
        note_credited(refund, now=now)
        tell_refund(refund, "credited", now=now)
        return refund
    tell_refund(refund, "refund_asked", now=now)
    if payment.door == PaymentDoor.STRIPE:
        add_due_work(kind=REFUND_KIND, row_id=refund.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)
    return refund


def _add(payment: Payment, amount_minor: int, *, cause: RefundCause, reason: str, now: datetime, by: Actor) -> Refund:
    still = payment.left_minor - amount_minor
    keep(payment, min(payment.kept_minor, max(0, still)), now=now, by_id=by.user_id)
    payment.refunded_minor += amount_minor
    payment.save()
    return Refund.objects.create(
        payment=payment, amount_minor=amount_minor, cause=cause, reason=reason, asked_at=now, asked_by_id=by.user_id
    )


def _lock(booking_id: int, refund_id: int) -> Refund:
    refund = lock_refund(refund_id)
    if refund.payment.booking_id != booking_id:
        raise RefundNotFound
    return refund


def lock_refund(refund_id: int) -> Refund:
    """Return a refund whose payment is locked.

    Raises:
        RefundNotFound: There is none.
    """
    found = Refund.objects.filter(pk=refund_id)
    payment_id = found.values_list("payment_id", flat=True).first()
    payment = Payment.objects.select_for_update().filter(pk=payment_id or 0).first()
    if payment is None:
        raise RefundNotFound
    refund = payment.refunds.get(pk=refund_id)
    refund.payment = payment
    return refund


def tell_refund(refund: Refund, step: str, *, now: datetime) -> None:
    """Publish ``payment.<step>`` about a refund."""
    payment = refund.payment
    payload = {
        "booking_id": payment.booking_id,
        "refund_id": refund.pk,
        "cause": refund.cause,
        "amount_minor": refund.amount_minor,
        "currency": payment.currency,
    }
    publish(kind=f"payment.{step}", subject_id=payment.pk, payload=payload, now=now)
