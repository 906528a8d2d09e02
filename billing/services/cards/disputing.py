"""Disputes: what customers had their bank ask back, as the provider has it now, and what that moved.

An event only says where to look. However often, late or shuffled it comes, a dispute is fetched afresh, and what is
written was asked for no earlier than what stood there before.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Sum

from billing.enums import DECIDED, DisputeReason, DisputeState, PaymentDoor, PaymentState
from billing.gateway.enums import DisputeState as Found
from billing.gateway.errors import PaymentUnknown
from billing.gateway.types import DisputeFacts, ProviderIds
from billing.models import Dispute, Payment
from billing.selectors.accounts import make_door_account
from billing.services.cards.keys import get_card_door, read_row
from billing.services.cards.looking import look_at_payment
from billing.services.cards.settling import AmountDiffers
from billing.services.movements import lock_asking, lock_payments, note_taken
from billing.services.refunds import share_regained
from billing.services.repricing import follow_price
from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.errors import BookingNotFound, HoldExpired, TransitionRefused
from tenants.errors import RetryLater

STATES = {
    Found.NEEDS_ANSWER: DisputeState.OPEN,
    Found.UNDER_REVIEW: DisputeState.ANSWERED,
    Found.WON: DisputeState.WON,
    Found.LOST: DisputeState.LOST,
}

URGENCY = (DisputeState.OPEN, DisputeState.ANSWERED, DisputeState.LOST, DisputeState.WON)
"""Of several disputes of a payment, it shows the one that comes first here."""
AGAIN = timedelta(minutes=2)


def look_at_dispute(*, account_id: str, dispute_id: str, now: datetime) -> None:
    """Ask the provider for a dispute in an account of the business, and note it, and what it moved.

    A visit that waits for its deposit, of which a bank took a part or gave one back, waits for what is missing now.
    Call it outside of any transaction. Of a payment that is none of ours nothing is noted.

    Raises:
        OutcomeUnknown, DoorBusy, DoorNotConfigured: The provider did not answer; nothing has changed here.
        AccountUnusable: It does not let us into the account.
        RetryLater: Somebody who began later was faster: whose answer is the newer one, only the provider knows.
    """
    with suppress(AmountDiffers, PaymentUnknown):
        facts = get_card_door().fetch_dispute(make_door_account(account_id), dispute_id)
        payment_id = _find_payment(account_id, facts.ids, now)
        if payment_id is not None:
            note_dispute(payment_id, facts, now=now)
            _follow_money(payment_id, now=now)


def _follow_money(payment_id: int, *, now: datetime) -> None:
    """Let a visit that waits for its deposit wait for as much as is missing by now, or for nothing any more."""
    booking_id = Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id)
    with suppress(BookingNotFound, HoldExpired, TransitionRefused):  # money stays when its booking goes, or ends
        follow_price(booking_id=booking_id, now=now)


def _find_payment(account_id: str, ids: ProviderIds, now: datetime) -> int | None:
    """Return the payment that is received and disputed.

    It may be that nobody has told us yet that it was paid: then the provider says with which key it was begun, and the
    payment is looked at before. The key only says where to look; that it is this payment, the provider says again.
    """
    known = Payment.objects.filter(door=PaymentDoor.STRIPE, provider_account_id=account_id)
    payment = known.filter(provider_payment_id=ids.payment).exclude(provider_payment_id="").first()
    if payment is None:
        key = get_card_door().fetch(make_door_account(account_id), ids).key
        payment = known.filter(pk=read_row(key) or 0).first()
    if payment is not None and payment.state != PaymentState.RECEIVED:
        look_at_payment(payment.pk, now)
    received = known.filter(provider_payment_id=ids.payment, state=PaymentState.RECEIVED)
    return received.values_list("pk", flat=True).first()


@write_transaction()
def note_dispute(payment_id: int, facts: DisputeFacts, *, now: datetime) -> None:
    """Write down what was found, unless somebody asked later and was faster; again changes nothing.

    Raises:
        RetryLater: Somebody was.
    """
    booking_id = Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id)
    lock_asking(booking_id)  # what is paid again at this moment is seen here, or sees this
    payment = next(each for each in lock_payments(booking_id) if each.pk == payment_id)
    state = STATES[facts.state]
    found = {
        "amount_minor": facts.amount.amount_minor,
        "currency": facts.amount.currency,
        "state": state,
        "reason": DisputeReason(facts.reason.value),
        "answer_by": facts.answer_by,
        "closed_at": now if state in DECIDED else None,
        "checked_at": now,
    }
    dispute, is_new = Dispute.objects.get_or_create(
        payment=payment, provider_dispute_id=facts.dispute_id, defaults={**found, "opened_at": facts.opened_at}
    )
    before = None if is_new else dispute.state
    if dispute.checked_at > now:
        raise RetryLater(at=dispute.checked_at + AGAIN)
    if before == state:
        found["closed_at"] = dispute.closed_at
    for name, value in found.items():
        setattr(dispute, name, value)
    note_taken(dispute, facts.taken_minor, now=now)
    dispute.save()
    payment.dispute_state = min(payment.disputes.values_list("state", flat=True), key=URGENCY.index)
    taken_before, payment.disputed_minor = (
        payment.disputed_minor,
        payment.disputes.aggregate(taken=Sum("taken_minor"))["taken"],
    )
    payment.save(update_fields=["dispute_state", "disputed_minor"])
    if payment.disputed_minor != taken_before:
        share_regained(payment, now=now)
    is_first_taken = state == DisputeState.OPEN and not taken_before and payment.disputed_minor > 0
    if before != state or is_first_taken:  # a bank that only asked took it after all
        _tell(dispute, now=now)


def _tell(dispute: Dispute, *, now: datetime) -> None:
    """Publish that a dispute was opened, answered or decided."""
    steps = {DisputeState.OPEN: "disputed", DisputeState.ANSWERED: "dispute_answered"}
    payload = {
        "booking_id": dispute.payment.booking_id,
        "dispute_id": dispute.pk,
        "amount_minor": dispute.amount_minor,
        "currency": dispute.currency,
        "state": dispute.state,
    }
    step = steps.get(DisputeState(dispute.state), "dispute_decided")
    publish(kind=f"payment.{step}", subject_id=dispute.payment_id, payload=payload, now=now)
