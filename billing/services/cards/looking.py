"""Looking at the provider where a payment stands, and doing there what is left to do; the due work of every payment.

Whatever happened before (an event that came twice, late or never, a person who tapped, a worker that died), one look
leads to the same end: what is waited for is settled, what was approved is taken, what nobody waits for is closed. A
card that was left stays as long as it may be charged, is charged once, and is forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from billing.enums import LIVE_STATES, PaymentDoor, PaymentState
from billing.gateway.enums import PaymentState as Found
from billing.gateway.errors import AccountUnusable, StateRefused
from billing.gateway.types import PaymentFacts
from billing.models import Payment
from billing.policies import is_card_left
from billing.services.cards.charging import charge, forget_cards, give_charge_up, is_charging, watch_card
from billing.services.cards.keys import find_place, get_card_door, make_key
from billing.services.cards.settling import settle_payment
from billing.services.movements import CARD_KIND
from kernel.errors import NotFound, Unavailable
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler

AGAIN, LATER = timedelta(minutes=2), timedelta(hours=1)
"""When the provider is asked again that did not answer; or that let us into the business's account no more."""
OFTEN = timedelta(seconds=3)
"""However many pages wait for a payment, the provider is asked no more often."""
GIVEN_UP = timedelta(days=8)
"""So long after its page closed, or its card was to be charged, a payment is given up whose account is closed to us."""


def register() -> None:
    """Do the due work that payments leave."""
    register_due_handler(CARD_KIND, follow_payment)


def follow_payment(payment_id: int, now: datetime) -> None:
    """Look at a payment; the handler of due work.

    Raises:
        RetryLater: The provider does not answer, or not for this account.
    """
    try:
        look_at_payment(payment_id, now)
    except Unavailable as error:
        raise RetryLater(at=now + AGAIN) from error
    except (AccountUnusable, NotFound) as error:
        expires_at, charged_at = Payment.objects.values_list("expires_at", "charged_at").get(pk=payment_id)
        since = charged_at or expires_at
        if since is None or since + GIVEN_UP < now:
            give_charge_up(payment_id, now=now)
            return
        raise RetryLater(at=now + LATER) from error


def look_at_payment(payment_id: int, now: datetime) -> PaymentState | None:
    """Ask the provider for a payment, do what is left to do, and return where it stands here; None: it is none of its.

    Call it outside of any transaction.

    Raises:
        OutcomeUnknown, DoorBusy, DoorNotConfigured: The provider did not answer; nothing has changed here.
        AccountUnusable, PaymentUnknown: It does not let us into the account.
    """
    payment = Payment.objects.filter(pk=payment_id, door=PaymentDoor.STRIPE).first()
    if payment is None:
        return None
    state = PaymentState(payment.state)
    if is_card_left(payment):
        state = watch_card(payment_id, now)
        if state in LIVE_STATES:
            return state
    if is_charging(payment):
        state = settle_payment(payment_id=payment_id, found=charge(payment, now), now=now)
    elif payment.provider_started_id and state != PaymentState.RECEIVED:
        found = _ask(payment) if state in LIVE_STATES else _close(payment)
        state = settle_payment(payment_id=payment_id, found=found, now=now)
    if state not in LIVE_STATES:
        forget_cards(payment, now)
    return state


def look_at_deposit(*, booking_id: int, now: datetime) -> PaymentState | None:
    """Look at the deposit by card that a booking waits for, unless somebody just did; None: it waits for none.

    Raises:
        As `look_at_payment`.
    """
    waiting = Payment.objects.filter(booking_id=booking_id, door=PaymentDoor.STRIPE, state__in=LIVE_STATES)
    payment = waiting.exclude(provider_started_id="").first()
    if payment is None:
        return None
    if payment.checked_at is not None and payment.checked_at > now - OFTEN:
        return PaymentState(payment.state)
    return look_at_payment(payment.pk, now)


def _ask(payment: Payment) -> PaymentFacts:
    """Return a payment as it is now; what was reserved, and whose booking takes place, is taken first."""
    account, ids = find_place(payment)
    door = get_card_door()
    if payment.state == PaymentState.RESERVED and _is_approved(payment.booking_id):
        try:
            return door.capture(account, ids, key=make_key("capture", payment.pk))
        except StateRefused:  # it was taken before, or has lapsed
            return door.fetch(account, ids)
    return door.fetch(account, ids)


def _close(payment: Payment) -> PaymentFacts:
    """See to it that nobody pays any more, and let go what was reserved."""
    account, ids = find_place(payment)
    door = get_card_door()
    found = door.close(account, ids, key=make_key("close", payment.pk))
    if found.state is Found.AUTHORIZED:
        return door.release(account, found.ids, key=make_key("release", payment.pk))
    return found


def _is_approved(booking_id: int) -> bool:
    try:
        status = get_booking(booking_id=booking_id).status
    except BookingNotFound:
        return False
    waiting = {BookingStatus.HELD, BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_APPROVAL}
    return status not in CALLED_OFF | waiting
