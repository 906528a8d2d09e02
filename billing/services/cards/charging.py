"""Cards that customers leave: kept for one booking, charged once by a person's word, and forgotten.

The row says first that a fee is charged; then a worker does it, with one key however often it is tried. The provider
knows the key for a day: after that it is asked whether there is a payment of that key, and nothing is charged anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext

from billing.enums import PaymentDoor, PaymentPurpose, PaymentState
from billing.gateway.enums import PaymentState as Found
from billing.gateway.errors import AccountUnusable, KeyReused, OutcomeUnknown, PaymentDeclined
from billing.gateway.types import PaymentFacts, ProviderIds, SavedCharge
from billing.gateway.types import SavedMethod as SavedCard
from billing.models import Payment, SavedMethod
from billing.policies import is_card_left, is_fee_due
from billing.selectors.accounts import make_door_account
from billing.services.cards.keys import get_card_door, make_key
from billing.services.movements import add_payment, end, lock_asking, lock_payments, plan_look
from database.transactions import write_transaction
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import Money
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView

TEXT_VERSION = "2026-11-28"
"""Of the words to which a customer agrees who leaves a card (`templates/booking/manage_card.html`)."""
KEPT_FOR = timedelta(days=14)
"""So long after its visit a card can still be charged; the words say so."""
KEY_LASTS = timedelta(hours=20)
"""The provider knows a key for a day; a little less is sure."""


def is_charging(payment: Payment) -> bool:
    """Tell whether a worker is to charge the card that was left for this payment."""
    is_fee = payment.purpose == PaymentPurpose.NO_SHOW and payment.charged_at is not None
    return is_fee and payment.state == PaymentState.PROCESSING and not payment.provider_started_id


def charge(payment: Payment, now: datetime) -> PaymentFacts:
    """Charge the card, or return what became of that; a card that cannot be charged is one that was declined.

    Raises:
        OutcomeUnknown, DoorBusy, DoorNotConfigured, AccountUnusable: As the gateway says; it is tried again, with the
            same key.
    """
    account, door = make_door_account(payment.provider_account_id), get_card_door()
    if payment.provider_payment_id:
        return door.fetch(account, ProviderIds(payment=payment.provider_payment_id))
    key, amount = make_key("charge", payment.pk), Money(payment.amount_minor, payment.currency)
    began = payment.charged_at or now
    refused = PaymentFacts(ids=ProviderIds(), state=Found.FAILED, amount=amount)
    if began + KEY_LASTS < now:
        made = door.list_movements(account, since=began, until=now)
        ids = [each.payment_id for each in made if each.key == str(key) and each.payment_id]
        return door.fetch(account, ProviderIds(payment=ids[0])) if ids else refused
    method = payment.methods.get()
    saved = SavedCard(customer_id=method.provider_customer_id, method_id=method.provider_method_id)
    reference = get_booking(booking_id=payment.booking_id).reference  # all as before, or the key is refused
    order = SavedCharge(
        key=key, account=account, saved=saved, amount=amount, reference=reference, description=reference
    )
    try:
        return door.charge_saved(order)
    except PaymentDeclined as error:
        return replace(refused, decline=error.reason)
    except KeyReused as error:  # something of it may have been charged: looked up once the key is forgotten
        raise OutcomeUnknown from error
    except AccountUnusable:
        raise  # no fault of the card: it is tried again for as long as the key lasts
    except (Conflict, Invalid, NotFound):
        return refused


@write_transaction()
def give_charge_up(payment_id: int, *, now: datetime) -> None:
    """Charge the card no more that was left in an account that has been closed to us for long; staff may waive then."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if is_charging(payment):
        end(payment, PaymentState.FAILED, now=now)


def describe_fee(booking: BookingView, language: str) -> str:
    """Return what a customer reads on the provider's page of a fee."""
    with translation.override(language):
        return gettext("%(service)s · fee for not coming") % {"service": booking.say_in(language).service_name}


def keep_card(payment: Payment, found: PaymentFacts, *, now: datetime) -> None:
    """Note the card that was left for a locked payment; one for which nobody waits any more is forgotten again."""
    if found.saved is None or payment.charged_at is not None:
        return
    SavedMethod.objects.get_or_create(
        provider_account_id=payment.provider_account_id,
        provider_method_id=found.saved.method_id,
        defaults={
            "customer_id": payment.customer_id or 0,
            "provider_customer_id": found.saved.customer_id,
            "payment": payment,
            "label": f"{found.saved.brand.title()} ···· {found.saved.last_four}"[:40],
            "expires_on": found.saved.expires_on,
            "text_version": TEXT_VERSION,
            "agreed_at": now,
        },
    )


def watch_card(payment_id: int, now: datetime) -> PaymentState:
    """Keep a card that was left as long as it may be charged, and let it go after that; return where it stands."""
    with write_transaction():
        booking_id = Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id)
        lock_asking(booking_id)
        payment = next(each for each in lock_payments(booking_id) if each.pk == payment_id)
        if not is_card_left(payment):
            return PaymentState(payment.state)
        until = _find_end(booking_id)
        if until is None or until <= now:
            end(payment, PaymentState.CLOSED, now=now)
        else:
            plan_look(payment, at=until, now=now)
        return PaymentState(payment.state)


def _find_end(booking_id: int) -> datetime | None:
    try:
        return get_booking(booking_id=booking_id).ends_at + KEPT_FOR
    except BookingNotFound:
        return None


def settle_charge(payment: Payment, found: PaymentFacts, booking: BookingView, *, now: datetime) -> None:
    """Do what follows from a charge that came, or did not, of a locked payment: its card is forgotten either way.

    It was declined, and the visit does not take place after all: the customer is asked for it.
    """
    if payment.state == PaymentState.FAILED:
        payment.decline = found.decline.value if found.decline else ""
        payment.save(update_fields=["decline"])
        if is_fee_due(booking):
            add_fee(payment, booking, now=now)
        else:  # it is asked of nobody, whatever becomes of the visit later
            end(payment, PaymentState.CLOSED, now=now)
    plan_look(payment, at=now, now=now)


def add_fee(payment: Payment, booking: BookingView, *, now: datetime) -> Payment:
    """Ask the customer for a fee whose card was declined, or whose page is closed by now."""
    asked = add_payment(
        booking, door=PaymentDoor.STRIPE, purpose=PaymentPurpose.NO_SHOW, amount_minor=payment.amount_minor, now=now
    )
    asked.charged_at, asked.received_by_id = payment.charged_at, payment.received_by_id
    asked.save(update_fields=["charged_at", "received_by_id"])
    return asked


def forget_cards(payment: Payment, now: datetime) -> None:
    """Let the provider forget the cards that were left for a payment that needs them no more.

    Raises:
        OutcomeUnknown, DoorBusy, DoorNotConfigured, AccountUnusable: As the gateway says; it is tried again.
    """
    for method in payment.methods.filter(removed_at=None):
        account = make_door_account(method.provider_account_id)
        get_card_door().forget_saved(account, method.provider_method_id, key=make_key("forget", method.pk))
        SavedMethod.objects.filter(pk=method.pk).update(removed_at=now)
