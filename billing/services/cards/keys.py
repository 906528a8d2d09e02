"""How the provider is asked: our keys, and its accounts."""

from __future__ import annotations

from billing.gateway.door import Door
from billing.gateway.enums import DoorName
from billing.gateway.registry import get_door
from billing.gateway.types import DoorAccount, PaymentKey, ProviderIds
from billing.models import Payment
from billing.selectors.accounts import make_door_account
from tenants.context import current_tenant


def get_card_door() -> Door:
    """Return the door to the card provider.

    Raises:
        DoorNotConfigured: The platform has no account there.
    """
    return get_door(DoorName.STRIPE)


def make_key(purpose: str, row_id: int, attempt: int = 1) -> PaymentKey:
    """Return the key of one call about a row of the current business."""
    return PaymentKey(tenant=current_tenant().schema_name, purpose=purpose, row=str(row_id), attempt=attempt)


def read_row(key: str | None) -> int | None:
    """Return the row of the current business that a key of ours is about; None: it is none of its keys."""
    tenant, _, rest = (key or "").partition(":")
    row = rest.split(":")[1:2]
    return int(row[0]) if tenant == current_tenant().schema_name and row and row[0].isdecimal() else None


def make_opening_key(payment: Payment) -> PaymentKey:
    """Return the key with which a payment is opened."""
    return make_key(payment.purpose, payment.pk, payment.attempt)


def find_place(payment: Payment) -> tuple[DoorAccount, ProviderIds]:
    """Return in which account a payment was opened, and what it is called there."""
    ids = ProviderIds(started=payment.provider_started_id, payment=payment.provider_payment_id)
    return make_door_account(payment.provider_account_id), ids
