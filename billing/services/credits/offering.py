"""Whether the business gives credit instead of money, and customers who choose it when they cancel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from billing.enums import PaymentDoor, PaymentPurpose, PaymentState
from billing.errors import CreditNotOffered
from billing.models import Payment, PaymentAccount
from billing.policies import goes_back
from billing.selectors.credits import offers_credit
from billing.services.accounts import NOUN
from billing.services.refunds import may_be_credit
from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.selectors.bookings.views import get_booking, get_by_token
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.series.following import cancel_following
from scheduling.types import Actor


@write_transaction()
def switch_credit(*, is_on: bool, by: Actor, now: datetime) -> None:
    """Let customers choose credit instead of money, or no longer; what they have stays. Again changes nothing."""
    lock_words(KeySpace.PAYMENT, NOUN)
    row = PaymentAccount.objects.filter(door=PaymentDoor.CREDIT).first() or PaymentAccount(door=PaymentDoor.CREDIT)
    if row.is_on == is_on:
        return
    row.is_on, row.changed_at = is_on, now
    row.save()
    version = find_last_version(noun=NOUN, row_id=row.pk) + 1
    action = Action.CREATED if version == 1 else Action.CHANGED
    changes = {"gives_credit": (not is_on, is_on)}
    log_changes([NewEntry(NOUN, row.pk, version, action, changes)], user_id=by.user_id, now=now)
    publish(kind="payment_account.changed", subject_id=row.pk, payload={"by_user_id": by.user_id}, now=now)


@write_transaction()
def cancel_for_credit(
    *,
    now: datetime,
    by: Actor,
    reason: str = "",
    cause: str = "",
    token: str | None = None,
    booking_id: int | None = None,
    is_following: bool = False,
) -> None:
    """Cancel a booking, or also those of its series after it, and let its customer have as credit what goes back.

    Only who asks for it gets it; of one that was canceled before nothing changes.

    Raises:
        CreditNotOffered: The business gives none.
        StatusForbids, CutoffPassed, TransitionRefused, RequestInvalid, TokenUnknown, BookingNotFound: As
            `cancel_booking`.
    """
    if not offers_credit():
        raise CreditNotOffered
    if is_following:
        ids: Collection[int] = cancel_following(
            now=now, by=by, reason=reason, cause=cause, token=token, booking_id=booking_id
        )
    else:
        cancel_booking(now=now, by=by, reason=reason, cause=cause, token=token, booking_id=booking_id)
        seen = get_by_token(token=token, now=now) if token else get_booking(booking_id=booking_id or 0)
        ids = (seen.id,) if seen.cancelled_at == now else ()
    paid = Payment.objects.filter(booking_id__in=ids, state=PaymentState.RECEIVED)
    for payment in paid.select_for_update().order_by("pk"):
        if goes_back(PaymentPurpose(payment.purpose)) and may_be_credit(payment):
            payment.is_credit_wanted = True
            payment.save(update_fields=["is_credit_wanted"])
