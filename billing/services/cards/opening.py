"""Opening a payment at the provider: the row first, then the call, and then what the provider calls it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext

from billing.enums import ADVANCE, PaymentDoor, PaymentPurpose, PaymentState
from billing.errors import CardNotConnected, CardNotOffered, PaymentStepRefused
from billing.gateway.enums import Capture
from billing.gateway.errors import AccountUnusable, KeyReused
from billing.gateway.types import Capabilities, PaymentOrder, Redirect, SavingOrder, Started
from billing.models import Payment
from billing.policies import find_asked_purpose, is_fee_due
from billing.selectors.accounts import find_card_capabilities, find_open_doors, make_door_account
from billing.selectors.asking import find_due
from billing.selectors.fees import find_due_fee
from billing.services.cards.accounts import refresh_card_account
from billing.services.cards.charging import add_fee, describe_fee
from billing.services.cards.keys import get_card_door, make_opening_key
from billing.services.cards.looking import look_at_payment
from billing.services.cards.silence import stand_by
from billing.services.movements import (
    SILENCE,
    add_payment,
    end,
    lock_asking,
    lock_live,
    lock_payments,
    plan_look,
    wait_on,
)
from database.transactions import write_transaction
from kernel.errors import Conflict, Invalid, Unavailable
from kernel.money import Money
from scheduling.enums import Approval, BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.payments import keep_while_paying
from scheduling.types import BookingView
from tenants.enums import Ability
from tenants.policies import check_business_may

SLACK = timedelta(seconds=45)
"""The provider counts its shortest time from when the call arrives, which may be a repeated one."""
LONGEST = timedelta(days=1)
"""No page is open for longer, whatever the provider lets."""
MOST_ATTEMPTS = 12
"""So often a payment is opened for one booking, or was to be; after that its place is kept no longer for that.

While it waits all the same, it is paid.
"""


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where the customer comes back to from the provider's page.

    Attributes:
        return_url: Having paid, or so it seems.
        cancel_url: Without having paid.
        language: ``es`` or ``en``, of that page.
    """

    return_url: str
    cancel_url: str
    language: str


def start_card_payment(*, booking_id: int, back: WayBack, now: datetime) -> str:
    """Return the address at the provider where the customer pays the deposit that a booking waits for.

    Or leaves a card for the fee, or pays the fee that could not be charged to it.

    Call it outside of any transaction. Amount, currency and account are the booking's and the business's own. What
    is open already stays open: again leads to the same page, and after a failure to a new one; the place is kept as
    long as the page takes money.

    Raises:
        BookingNotFound: There is no such booking.
        CardNotOffered: It waits for no deposit (any more), or none that can be paid by card.
        PaymentStepRefused: It was paid, or the money is on its way.
        PaymentDeclined, AccountUnusable, AmountRefused, CurrencyRefused, OutcomeUnknown, DoorBusy, DoorNotConfigured:
            As `gateway.door.Door.start`.
    """
    payment = _find_live(booking_id)
    if payment is not None and payment.provider_started_id:
        look_at_payment(payment.pk, now)  # what was paid in another tab is not paid again
    payment, is_open = _prepare(booking_id=booking_id, now=now)
    if is_open:
        return payment.provider_url
    try:
        return _open(payment, back, now=now)
    except KeyReused:  # the page it was to lead back to is another one by now: nobody was led to the first
        _give_up(payment.pk, now=now)
    payment, is_open = _prepare(booking_id=booking_id, now=now)
    if is_open:  # another tab was faster, in another language
        return payment.provider_url
    return _open(payment, back, now=now)


def _find_live(booking_id: int) -> Payment | None:
    live = Payment.objects.filter(booking_id=booking_id, purpose__in=ADVANCE, door=PaymentDoor.STRIPE)
    return live.filter(state=PaymentState.OPEN).first()


def _find_open_until(booking_id: int) -> datetime | None:
    """Return until when the page takes money that was opened before; None: there is none."""
    payment = _find_live(booking_id)
    return payment.expires_at if payment is not None and payment.provider_started_id else None


@write_transaction()
def _prepare(*, booking_id: int, now: datetime) -> tuple[Payment, bool]:
    """Return the row of what is to be paid, committed with when it closes; and whether it is open already."""
    lock_asking(booking_id)
    booking, fee = get_booking(booking_id=booking_id), find_due_fee(booking_id)
    account, can = _require_door(booking, fee)
    least = now + can.shortest_start
    if fee is None:
        open_until = _find_open_until(booking_id)
        until = open_until or least
        waits_on = booking.hold_expires_at is not None and min(until, booking.starts_at) <= booking.hold_expires_at
        if not waits_on and open_until is None and _count_attempts(booking) >= MOST_ATTEMPTS:
            raise CardNotOffered
        if not keep_while_paying(booking_id=booking_id, until=until, now=now):
            raise CardNotOffered
        booking = get_booking(booking_id=booking_id)
        payment = _find_row(booking, now=now)
    else:
        payment = _lock(fee.pk) if fee.state == PaymentState.OPEN else _add(booking, fee, now=now)
    if payment.provider_started_id:
        return payment, True
    if payment.expires_at is not None and payment.expires_at < least - SLACK:
        # Nobody heard whether the first call arrived; nobody knows the address of a page that it may have opened.
        end(payment, PaymentState.FAILED, now=now)
        payment = _add(booking, payment, now=now)
    if payment.expires_at is None:
        payment.expires_at = _find_end(booking, can, least=least)
        payment.provider_account_id = account
        payment.save()
    plan_look(payment, at=now + SILENCE, now=now)
    return payment, False


def _require_door(booking: BookingView, fee: Payment | None) -> tuple[str, Capabilities]:
    if fee is None:
        amount, is_waited_for = find_due(booking), booking.status == BookingStatus.PENDING_PAYMENT
    else:  # who collects a fee has to be able to give it back
        check_business_may(Ability.STEP, is_staff=False)
        amount, is_waited_for = fee.amount_minor, is_fee_due(booking)
    doors = find_open_doors(amount_minor=amount, currency=booking.currency)
    can = None if doors.card is None else find_card_capabilities(doors.card.provider_id)
    if doors.card is None or can is None or not is_waited_for or booking.is_test:
        raise CardNotOffered
    return doors.card.provider_id, can


def _find_row(booking: BookingView, *, now: datetime) -> Payment:
    live = lock_live(booking.id, find_asked_purpose(booking.agreed))
    if live is None:
        return _add(booking, None, now=now)
    if live.state != PaymentState.OPEN:
        raise PaymentStepRefused(state=PaymentState(live.state).label)
    if live.door != PaymentDoor.STRIPE:  # nothing was paid yet: the customer pays another way
        live.door = PaymentDoor.STRIPE
        live.save(update_fields=["door"])
    return live


def _add(booking: BookingView, before: Payment | None, *, now: datetime) -> Payment:
    if before is not None and before.charged_at is not None:
        payment = add_fee(before, booking, now=now)
    else:
        purpose, amount = find_asked_purpose(booking.agreed), find_due(booking)
        payment = add_payment(booking, door=PaymentDoor.STRIPE, purpose=purpose, amount_minor=amount, now=now)
    return payment


def _count_attempts(booking: BookingView) -> int:
    """Return how often a place was kept to open a payment at the provider, which may have refused or not answered."""
    asked = Payment.objects.filter(booking_id=booking.id, purpose=find_asked_purpose(booking.agreed))
    return asked.exclude(expires_at=None).count()


def _find_end(booking: BookingView, can: Capabilities, *, least: datetime) -> datetime:
    """Return when the page closes: when the place is free again, as far as the provider lets it."""
    wanted = max(least, booking.hold_expires_at or least)
    latest = least - can.shortest_start + (can.longest_start or LONGEST)
    return min(wanted, latest).replace(microsecond=0)


def _open(payment: Payment, back: WayBack, *, now: datetime) -> str:
    booking = get_booking(booking_id=payment.booking_id).say_in(back.language)
    is_saving = payment.purpose == PaymentPurpose.NO_SHOW and payment.charged_at is None
    door = get_card_door()
    try:
        if is_saving:
            started: Started = door.start_saving(_make_saving(payment, booking, back))
        else:
            started = door.start(_make_order(payment, booking, back))
    except (Conflict, Invalid) as error:
        if not isinstance(error, KeyReused):
            _give_up(payment.pk, now=now)
        if isinstance(error, AccountUnusable):  # its events may come late: owner and customers are to know at once
            with suppress(CardNotConnected, Unavailable):
                refresh_card_account(now=now)
        raise
    except Unavailable:  # it may have been opened: the next call has the same key
        stand_by(payment.booking_id, now=now)
        raise
    assert isinstance(started, Redirect)  # the card provider has a page of its own
    _note_open(payment.pk, started, now=now)
    return started.url


def _make_order(payment: Payment, booking: BookingView, back: WayBack) -> PaymentOrder:
    if is_fee := payment.purpose == PaymentPurpose.NO_SHOW:
        description = describe_fee(booking, back.language)
    else:
        with translation.override(back.language):
            description = gettext("%(service)s · deposit") % {"service": booking.service_name}
    return PaymentOrder(
        key=make_opening_key(payment),
        account=make_door_account(payment.provider_account_id),
        amount=Money(payment.amount_minor, payment.currency),
        reference=booking.reference,
        description=description,
        language=back.language,
        return_url=back.return_url,
        cancel_url=back.cancel_url,
        pay_until=payment.expires_at or booking.starts_at,
        capture=Capture.LATER if booking.approval == Approval.REQUEST and not is_fee else Capture.AT_ONCE,
        email=booking.customer_email,
    )


def _make_saving(payment: Payment, booking: BookingView, back: WayBack) -> SavingOrder:
    return SavingOrder(
        key=make_opening_key(payment),
        account=make_door_account(payment.provider_account_id),
        currency=payment.currency,
        reference=booking.reference,
        description=describe_fee(booking, back.language),
        language=back.language,
        return_url=back.return_url,
        cancel_url=back.cancel_url,
        pay_until=payment.expires_at or booking.starts_at,
        email=booking.customer_email,
    )


@write_transaction()
def _note_open(payment_id: int, started: Redirect, *, now: datetime) -> None:
    """Keep what the provider calls it; when it was called off in between, it is closed there."""
    payment = _lock(payment_id)
    payment.provider_started_id, payment.provider_payment_id = started.ids.started, started.ids.payment
    payment.provider_url, payment.expires_at, payment.silent_since = started.url, started.expires_at, None
    payment.save()
    if payment.state != PaymentState.OPEN:
        plan_look(payment, at=now, now=now)


@write_transaction()
def _give_up(payment_id: int, *, now: datetime) -> None:
    payment = _lock(payment_id)
    if payment.state == PaymentState.OPEN and not payment.provider_started_id:
        end(payment, PaymentState.FAILED, now=now)
        wait_on(payment, now=now)


def _lock(payment_id: int) -> Payment:
    booking_id = Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id)
    return next(each for each in lock_payments(booking_id) if each.pk == payment_id)
