"""Refunds that the provider sends: asked for in the row first, then sent once, however often it is tried.

The provider repeats its answer to a key for a day, its refusals as well: a refund that was refused because of a dispute
is sent with another key (`Refund.attempt`), or a dispute that is won in an hour would hold it for a day. And it forgets
a key after that day. So whoever sends it again looks first whether it is there already, under any of its keys.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from billing.enums import PaymentDoor, RefundState
from billing.errors import RefundNotFound
from billing.gateway.enums import RefundState as Found
from billing.gateway.errors import AccountUnusable, PaymentUnknown, RefundDisputed, RefundRefused
from billing.gateway.types import RefundFacts, RefundOrder
from billing.models import Refund
from billing.services.cards.keys import find_place, get_card_door, make_key
from billing.services.movements import REFUND_KIND
from billing.services.refunds import lock_refund, note_sent, tell_refund
from database.transactions import write_transaction
from kernel.errors import Unavailable
from kernel.money import Money
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler

AGAIN, LATER = timedelta(minutes=2), timedelta(hours=1)
UNTOLD = timedelta(days=2)
"""At most so long after a dispute began we know of it: by an event, or by the comparison of a night."""


def register() -> None:
    """Do the due work that refunds leave."""
    register_due_handler(REFUND_KIND, send_refund)


def send_refund(refund_id: int, now: datetime) -> None:
    """Let the provider send a refund, or ask what became of it; the handler of due work. Again changes nothing.

    Raises:
        RetryLater: The provider does not answer, or the money is on its way.
    """
    begun = _begin(refund_id, now=now)
    if begun is None:
        return
    refund, is_again = begun
    try:
        found = _send(refund, is_again=is_again)
    except Unavailable as error:
        raise RetryLater(at=now + AGAIN) from error
    except RefundDisputed as error:
        if _drop(refund_id, now=now):
            return
        _change_key(refund_id, attempt=refund.attempt)
        if refund.tried_at is None or refund.tried_at + UNTOLD > now:
            raise RetryLater(at=now + AGAIN) from error
        _settle(refund_id, None, now=now)
        return
    except (AccountUnusable, PaymentUnknown, RefundRefused):
        _settle(refund_id, None, now=now)
        return
    if _settle(refund_id, found, now=now) == RefundState.PENDING:
        raise RetryLater(at=now + LATER)


def _send(refund: Refund, *, is_again: bool) -> RefundFacts:
    """Let the provider send it, unless it is there."""
    door, (account, ids) = get_card_door(), find_place(refund.payment)
    if refund.provider_refund_id:
        return door.fetch_refund(account, refund.provider_refund_id)
    if is_again:
        ours = {str(make_key("refund", refund.pk, attempt)) for attempt in range(1, refund.attempt + 1)}
        sent = next((each for each in door.list_refunds(account, ids) if each.key in ours), None)
        if sent is not None:
            return sent
    amount = Money(refund.amount_minor, refund.payment.currency)
    key = make_key("refund", refund.pk, refund.attempt)
    return door.refund(RefundOrder(key=key, account=account, ids=ids, amount=amount))


@write_transaction()
def _begin(refund_id: int, *, now: datetime) -> tuple[Refund, bool] | None:
    """Return a refund that the provider is to send, and whether it may have it already; from now on it may."""
    try:
        refund = lock_refund(refund_id)
    except RefundNotFound:
        return None
    if refund.state != RefundState.PENDING or refund.payment.door != PaymentDoor.STRIPE:
        return None
    is_again = refund.tried_at is not None
    if not is_again:
        refund.tried_at = now
        refund.save(update_fields=["tried_at"])
    return refund, is_again


@write_transaction()
def _drop(refund_id: int, *, now: datetime) -> bool:
    """Send no more what the bank took back itself; False: as far as we know, the bank left as much.

    Nobody is told to send it another way: the customer would have it twice. What the bank gives back is shared then.
    """
    refund = lock_refund(refund_id)
    payment = refund.payment
    if refund.state != RefundState.PENDING:
        return True
    if payment.refunded_minor + payment.disputed_minor <= payment.amount_minor:
        return False
    refund.state, refund.done_at = RefundState.DROPPED, now
    refund.save(update_fields=["state", "done_at"])
    payment.refunded_minor -= refund.amount_minor
    payment.save(update_fields=["refunded_minor"])
    return True


@write_transaction()
def _change_key(refund_id: int, *, attempt: int) -> None:
    """Let what is sent again have another key than the one that was refused, which can come to nothing any more."""
    Refund.objects.filter(pk=refund_id, attempt=attempt).update(attempt=attempt + 1)


@write_transaction()
def _settle(refund_id: int, found: RefundFacts | None, *, now: datetime) -> RefundState:
    """Note what became of a refund; None: the provider refused it. A failed one no longer counts."""
    refund = lock_refund(refund_id)
    if refund.state != RefundState.PENDING:
        return RefundState(refund.state)
    if found is not None:
        refund.provider_refund_id = found.refund_id
        refund.save(update_fields=["provider_refund_id"])
    if found is not None and found.state is Found.DONE:
        note_sent(refund, now=now)
    elif found is None or found.state is Found.FAILED:
        refund.state, refund.done_at = RefundState.FAILED, now
        refund.save()
        refund.payment.refunded_minor -= refund.amount_minor
        refund.payment.save()
        tell_refund(refund, "refund_failed", now=now)
    return RefundState(refund.state)
