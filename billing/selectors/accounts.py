"""The ways in which the business takes money."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from billing.enums import CardState, PaymentDoor
from billing.gateway.enums import DoorName
from billing.gateway.errors import DoorNotConfigured
from billing.gateway.registry import get_door
from billing.gateway.types import Capabilities, DoorAccount
from billing.models import PaymentAccount
from billing.types import BankData, CardAccount, OpenDoors
from kernel.law.accounts import can_be_account
from scheduling.types import BookingView
from tenants.context import current_tenant


def find_open_account(door: PaymentDoor) -> BankData | None:
    """Return where money goes through a door that is open; None: it is closed. One query."""
    row = PaymentAccount.objects.filter(door=door, is_on=True).first()
    return None if row is None else view_account(row)


def get_bank_data() -> BankData:
    """Return what the business typed about its bank account, open or not; empty before it did."""
    row = PaymentAccount.objects.filter(door=PaymentDoor.BANK_TRANSFER).first()
    return BankData() if row is None else view_account(row)


def is_number_doubtful() -> bool:
    """Tell whether a digit of the bank account looks mistyped: its check digits do not fit. One query."""
    return not can_be_account(get_bank_data().number, current_tenant().country)


def view_account(row: PaymentAccount) -> BankData:
    """Return a row as a value."""
    return BankData(
        holder=row.holder,
        bank=row.bank,
        number=row.number,
        tax_id=row.tax_id,
        note=row.note,
        wait_minutes=row.wait_minutes,
        is_on=row.is_on,
    )


def find_open_doors(*, amount_minor: int | None = None, currency: str = "") -> OpenDoors:
    """Return how customers can pay from afar; by card only ``amount_minor`` that the provider takes. One query."""
    rows = {row.door: row for row in PaymentAccount.objects.exclude(door=PaymentDoor.AT_BUSINESS)}
    bank, card = rows.get(PaymentDoor.BANK_TRANSFER), rows.get(PaymentDoor.STRIPE)
    account = CardAccount() if card is None else view_card(card)
    can = find_card_capabilities(account.provider_id) if account.is_open else None
    takes_card = can is not None and can.can_take
    if can is not None and amount_minor is not None:
        takes_card &= currency == can.least.currency and can.least.amount_minor <= amount_minor <= can.most.amount_minor
    return OpenDoors(
        bank=view_account(bank) if bank is not None and bank.is_on else None,
        card=account if takes_card else None,
        is_card_paused=account.is_paused,
    )


def find_ways_to_pay(booking: BookingView, *, due_minor: int) -> OpenDoors:
    """Return how ``due_minor``, for which a booking waits, can be paid from afar; a card is left by card alone.

    One query.
    """
    doors = find_open_doors(amount_minor=due_minor, currency=booking.currency)
    return replace(doors, bank=None) if booking.agreed.is_on_card else doors


def get_card_account() -> CardAccount:
    """Return the account at the card provider as it was found last; empty before there is one."""
    row = PaymentAccount.objects.filter(door=PaymentDoor.STRIPE).first()
    return CardAccount() if row is None else view_card(row)


def find_card_capabilities(provider_id: str, *, lead_time: timedelta = timedelta()) -> Capabilities | None:
    """Return what the card provider can do for the business; None: the platform has no account there."""
    try:
        door = get_door(DoorName.STRIPE)
    except DoorNotConfigured:
        return None
    account = make_door_account(provider_id)
    return door.find_capabilities(account, currency=account.currency, lead_time=lead_time)


def make_door_account(provider_id: str) -> DoorAccount:
    """Return the business's account as the gateway wants it."""
    tenant = current_tenant()
    return DoorAccount(country=tenant.country, currency=tenant.currency, provider_id=provider_id)


def view_card(row: PaymentAccount) -> CardAccount:
    """Return the row of the card provider as a value."""
    return CardAccount(
        provider_id=row.provider_id,
        state=CardState(row.state) if row.state else None,
        is_on=row.is_on,
        missing_count=row.missing_count,
        answer_by=row.answer_by,
        checked_at=row.checked_at,
        books_when_silent=row.books_when_silent,
        follows_another=row.attempt > 1,
    )
