"""The rows that tell how a payment goes on: whoever changes one has locked it, and tells of it here.

A payment at the provider is looked after by due work (`cards.following`): whoever opens one, or ends it for us, plans
that in the same transaction, so that nothing stays open at the provider which nobody waits for any more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Max

from billing.enums import (
    ADVANCE,
    LIVE_STATES,
    LedgerAccount,
    LedgerKind,
    PaymentDoor,
    PaymentPurpose,
    PaymentState,
)
from billing.errors import PaymentNotFound
from billing.models import Dispute, LedgerEntry, Payment, Receipt
from billing.policies import check_payment_step
from billing.selectors.asking import find_due
from database.locks import KeySpace, lock_words
from notifications.services.outbox import publish
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from tenants.enums import Urgency
from tenants.services.due_work import add_due_work

ANSWERED = (PaymentState.RECEIVED, PaymentState.WAIVED)
"""Where nothing more is waited for: what was sent for it answers nothing else."""
CARD_KIND, REFUND_KIND = "card_payment", "card_refund"
LANE = "card"
"""One lane for all that waits for the provider: when it hangs, the other workers go on."""
SILENCE = timedelta(minutes=15)
"""After so long without a word about a payment, the provider is asked."""


def lock_asking(booking_id: int) -> None:
    """Let nobody else ask for money for a booking, or settle it, until this transaction ends."""
    lock_words(KeySpace.PAYMENT, str(booking_id))


def lock_payments(booking_id: int) -> list[Payment]:
    """Return all payments of a booking, locked, in the order of their ids."""
    return list(Payment.objects.filter(booking_id=booking_id).select_for_update().order_by("pk"))


def find_live(booking_id: int) -> Mapping[str, int]:
    """Map what a booking may wait for to the payments that are waited for; whoever asks has locked the asking."""
    live = Payment.objects.filter(booking_id=booking_id, purpose__in=ADVANCE, state__in=LIVE_STATES)
    return dict(live.values_list("purpose", "pk"))


def lock_live(booking_id: int, purpose: PaymentPurpose = PaymentPurpose.DEPOSIT) -> Payment | None:
    """Return the deposit, or the fee, of a booking that is waited for, locked."""
    deposits = (each for each in lock_payments(booking_id) if each.purpose == purpose)
    return next((each for each in deposits if each.state in LIVE_STATES), None)


def lock_last(booking_id: int, purposes: Collection[PaymentPurpose] = (PaymentPurpose.DEPOSIT,)) -> Payment:
    """Return the newest deposit of a booking, locked; or whatever else it was asked for.

    Raises:
        PaymentNotFound: Nobody asked for one.
    """
    deposits = [each for each in lock_payments(booking_id) if each.purpose in purposes]
    if not deposits:
        raise PaymentNotFound
    return deposits[-1]


def add_payment(
    booking: BookingView, *, door: PaymentDoor, purpose: PaymentPurpose, amount_minor: int, now: datetime
) -> Payment:
    """Ask once more for an amount.

    What was sent to show that it was transferred goes along: whoever looks for the transfer sees it. What was received,
    or left out by staff, answers nothing that is asked for later.
    """
    last = Payment.objects.filter(booking_id=booking.id, purpose=purpose).aggregate(last=Max("attempt"))["last"]
    payment = Payment.objects.create(
        booking_id=booking.id,
        customer_id=booking.customer_id,
        purpose=purpose,
        amount_minor=amount_minor,
        currency=booking.currency,
        door=door,
        attempt=(last or 0) + 1,
        opened_at=now,
    )
    before = Receipt.objects.filter(payment__booking_id=booking.id, payment__purpose=purpose)
    receipt = before.exclude(payment__state__in=ANSWERED).order_by("-sent_at", "-pk").first()
    if receipt is not None:
        receipt.payment = payment
        receipt.save(update_fields=["payment"])
    tell_payment(payment, "opened", now=now)
    return payment


def wait_on(payment: Payment, *, now: datetime) -> None:
    """Wait on for the transfer whose receipt lies beside a payment by card that came to nothing."""
    if not Receipt.objects.filter(payment=payment).exists():
        return
    booking = get_booking(booking_id=payment.booking_id)
    if booking.status == BookingStatus.PENDING_PAYMENT:
        purpose, amount = PaymentPurpose(payment.purpose), find_due(booking)
        add_payment(booking, door=PaymentDoor.BANK_TRANSFER, purpose=purpose, amount_minor=amount, now=now)


def receive(payment: Payment, *, now: datetime) -> None:
    """Note that a locked payment arrived, and write it into the ledger; a fee for not coming is kept at once.

    Of a payment by credit nothing arrives: it was received when the credit was money.
    """
    payment.state = PaymentState.RECEIVED
    payment.received_at, payment.closed_at = now, None
    payment.save()
    LedgerEntry.objects.create(
        at=now,
        kind=LedgerKind.SPENT if payment.door == PaymentDoor.CREDIT else LedgerKind.RECEIVED,
        debit=payment.door,
        credit=LedgerAccount.PREPAID,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        payment=payment,
        by_id=payment.received_by_id,
    )
    if payment.purpose == PaymentPurpose.NO_SHOW:
        keep(payment, payment.amount_minor, now=now)
    tell_payment(payment, "succeeded", now=now)


def keep(payment: Payment, kept_minor: int, *, now: datetime, by_id: int | None = None) -> None:
    """Let so much of a locked payment stay with the business without a visit, and write the change into the ledger."""
    more = kept_minor - payment.kept_minor
    if not more:
        return
    payment.kept_minor = kept_minor
    payment.save(update_fields=["kept_minor"])
    kind, debit, credit = (
        (LedgerKind.KEPT, LedgerAccount.PREPAID, LedgerAccount.KEPT)
        if more > 0
        else (LedgerKind.RELEASED, LedgerAccount.KEPT, LedgerAccount.PREPAID)
    )
    LedgerEntry.objects.create(
        at=now,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_minor=abs(more),
        currency=payment.currency,
        payment=payment,
        by_id=by_id,
    )


def note_taken(dispute: Dispute, taken_minor: int, *, now: datetime) -> None:
    """Note how much the bank has of a dispute whose payment is locked, and write the change into the ledger."""
    more = taken_minor - dispute.taken_minor
    if not more:
        return
    dispute.taken_minor, door = taken_minor, dispute.payment.door
    kind, debit, credit = (
        (LedgerKind.DISPUTED, LedgerAccount.DISPUTED, door)
        if more > 0
        else (LedgerKind.REGAINED, door, LedgerAccount.DISPUTED)
    )
    LedgerEntry.objects.create(
        at=now,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_minor=abs(more),
        currency=dispute.currency,
        payment=dispute.payment,
        dispute=dispute,
    )


def end(payment: Payment, state: PaymentState, *, now: datetime) -> None:
    """Wait no longer for a locked payment, and let it be closed where it was opened.

    Raises:
        PaymentStepRefused: From where it stands, ``state`` cannot be reached.
    """
    check_payment_step(payment, state)
    before = payment.state
    payment.state, payment.closed_at = state, now
    payment.save()
    tell_payment(payment, "failed" if state == PaymentState.FAILED else state.value, now=now, before=before)
    if payment.provider_started_id:
        plan_look(payment, at=now, now=now)


def end_live(
    *, booking_id: int, state: PaymentState, now: datetime, spares: Callable[[Payment], bool] = lambda _: False
) -> None:
    """Wait no longer for the payments of a booking, those aside that it ``spares``."""
    for payment in lock_payments(booking_id):
        if payment.state in LIVE_STATES and not spares(payment):
            end(payment, state, now=now)


def end_others(payment: Payment, *, now: datetime) -> None:
    """Wait no longer for what else was asked for the same, since this locked payment came."""
    for each in lock_payments(payment.booking_id):
        if each.pk != payment.pk and each.purpose == payment.purpose and each.state in LIVE_STATES:
            end(each, PaymentState.CLOSED, now=now)


def plan_look(payment: Payment, *, at: datetime, now: datetime) -> None:
    """Let a worker look at the provider where a payment stands, and do what is left to do there."""
    urgency = Urgency.SOON if at <= now else Urgency.LATER
    add_due_work(kind=CARD_KIND, row_id=payment.pk, due_at=at, now=now, urgency=urgency, lane=LANE)


def tell_payment(payment: Payment, step: str, *, now: datetime, before: str = "") -> None:
    """Publish ``payment.<step>``; ``before``: the state in which it stood, where it ended."""
    payload = {
        "booking_id": payment.booking_id,
        "purpose": payment.purpose,
        "door": payment.door,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "state": payment.state,
        "previous_state": before,
    }
    publish(kind=f"payment.{step}", subject_id=payment.pk, payload=payload, now=now)
