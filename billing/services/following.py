"""What becomes of money when something happens to its booking: handlers of ``booking.*`` events, safe to run twice."""

from __future__ import annotations

from contextlib import suppress

from billing.enums import PaymentDoor, PaymentPurpose, PaymentState
from billing.models import Payment
from billing.policies import find_ending, goes_back
from billing.selectors.accounts import find_open_doors
from billing.services.changing import read_deposit_change, share_excess
from billing.services.fees import undo_fee, waits_for
from billing.services.movements import end_live, lock_asking, plan_look
from billing.services.payments import open_deposit
from billing.services.refunds import drop_refunds, forget_credit_wishes, give_back
from billing.services.repricing import follow_price
from notifications.hooks import register_event_handler
from notifications.types.messages import EventView
from scheduling.enums import CALLED_OFF, BookingEvent, BookingStatus
from scheduling.errors import BookingNotFound, HoldExpired
from scheduling.hooks import register_return_listener
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView

ENDS = {
    BookingStatus.EXPIRED: PaymentState.EXPIRED,
    BookingStatus.CANCELLED: PaymentState.CLOSED,
    BookingStatus.DECLINED: PaymentState.CLOSED,
    BookingStatus.NO_SHOW: PaymentState.CLOSED,
}
ENDINGS = frozenset({BookingEvent.EXPIRED, BookingEvent.CANCELLED, BookingEvent.DECLINED, BookingEvent.NO_SHOW})
RETURNS = frozenset({BookingEvent.RESTORED, BookingEvent.UNDONE})
TAKES_PLACE = RETURNS | {BookingEvent.ARRIVED, BookingEvent.STARTED, BookingEvent.COMPLETED}


def follow_booking(event: EventView) -> None:
    """Open, end or give back what belongs to a booking, as the booking stands now."""
    kind, booking_id = event.kind.removeprefix("booking."), event.subject_id
    if kind == BookingEvent.PAYMENT_REQUESTED:
        with suppress(BookingNotFound):
            open_deposit(booking_id=booking_id, now=event.occurred_at, door=_find_door())
    elif kind == BookingEvent.CORRECTED:
        with suppress(BookingNotFound, HoldExpired):
            follow_price(booking_id=booking_id, now=event.occurred_at)
    elif kind == BookingEvent.CONFIRMED:
        _take_reserved(booking_id, event)
    elif kind == BookingEvent.CHANGED:
        with suppress(BookingNotFound, HoldExpired):
            _follow_change(booking_id, event)
    elif kind == BookingEvent.RESCHEDULED:
        _look_at_card(booking_id, event)
    elif kind in ENDINGS | TAKES_PLACE and Payment.objects.filter(booking_id=booking_id).exists():
        _follow_end(get_booking(booking_id=booking_id), kind, event)


def register() -> None:
    """Listen to what happens to bookings, and know at once which one is back."""
    register_event_handler("booking.", follow_booking)
    register_return_listener(forget_credit_wishes)


def _find_door() -> PaymentDoor:
    """Return how a deposit is asked first: by card where there is no other way from afar."""
    doors = find_open_doors()
    return PaymentDoor.STRIPE if doors.card is not None and doors.bank is None else PaymentDoor.BANK_TRANSFER


def _take_reserved(booking_id: int, event: EventView) -> None:
    """Let a worker take what was reserved for a request that is approved."""
    reserved = Payment.objects.filter(booking_id=booking_id, state=PaymentState.RESERVED)
    for payment in reserved.exclude(purpose=PaymentPurpose.NO_SHOW):
        plan_look(payment, at=event.occurred_at, now=event.occurred_at)


def _follow_change(booking_id: int, event: EventView) -> None:
    """Give back what is too much since a visit became another one; what is missing is asked for by its own event."""
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    follow_price(booking_id=booking_id, now=event.occurred_at)  # may lock the booking: payments come after it
    if booking.status == BookingStatus.PENDING_PAYMENT and not booking.agreed.is_on_card:  # a card is not enough
        end_live(
            booking_id=booking_id,
            state=PaymentState.CLOSED,
            now=event.occurred_at,
            spares=lambda each: each.purpose != PaymentPurpose.NO_SHOW,
        )
    share_excess(read_deposit_change(event), booking_id=booking_id, now=event.occurred_at)
    _look_at_card(booking_id, event)


def _follow_end(booking: BookingView, kind: str, event: EventView) -> None:
    is_over = booking.status in CALLED_OFF | {BookingStatus.NO_SHOW}
    if kind in RETURNS or (kind in ENDINGS and not is_over):
        # Where it is over, it ended again before this was heard, and perhaps the money goes another way.
        drop_refunds(booking_id=booking.id, now=event.occurred_at)
    if not is_over:
        undo_fee(booking, now=event.occurred_at)
    elif kind in ENDINGS | RETURNS:
        _call_off(booking, event)


def _look_at_card(booking_id: int, event: EventView) -> None:
    """Let a worker look until when a card is kept that was left for a visit on another day."""
    left = Payment.objects.filter(booking_id=booking_id, purpose=PaymentPurpose.NO_SHOW, state=PaymentState.RESERVED)
    for payment in left:
        plan_look(payment, at=event.occurred_at, now=event.occurred_at)


def _call_off(booking: BookingView, event: EventView) -> None:
    now = event.occurred_at
    end_live(booking_id=booking.id, state=ENDS[booking.status], now=now, spares=lambda each: waits_for(each, booking))
    received = Payment.objects.filter(booking_id=booking.id, state=PaymentState.RECEIVED)
    if booking.status == BookingStatus.NO_SHOW:  # what was paid at the counter was paid for what took place
        received = received.filter(purpose=PaymentPurpose.DEPOSIT)
    for payment in received.select_for_update().order_by("pk"):
        if goes_back(PaymentPurpose(payment.purpose)):
            give_back(payment, booking, ending=find_ending(booking), now=booking.cancelled_at or now)
    undo_fee(booking, now=now)
