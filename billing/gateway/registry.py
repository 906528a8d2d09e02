"""The doors by name."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from billing.gateway.door import Door
from billing.gateway.doors.by_hand import AtBusinessDoor, BankTransferDoor
from billing.gateway.enums import DoorName
from billing.gateway.errors import DoorNotConfigured

BY_HAND: dict[DoorName, Door] = {
    DoorName.BANK_TRANSFER: BankTransferDoor(),
    DoorName.AT_BUSINESS: AtBusinessDoor(),
}


def get_door(name: DoorName) -> Door:
    """Return the door of that name.

    Raises:
        DoorNotConfigured: The platform has no account with its provider.
    """
    if name in BY_HAND:
        return BY_HAND[name]
    if not settings.STRIPE_KEY:
        raise DoorNotConfigured
    return _open_stripe(
        settings.STRIPE_KEY, settings.STRIPE_URL, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_NOTICE_SECRETS
    )


@lru_cache(maxsize=4)
def _open_stripe(api_key: str, url: str, secrets: tuple[str, ...], notice_secrets: tuple[str, ...]) -> Door:
    # The SDK takes a while to import, and most processes never charge anybody.
    from billing.gateway.doors.stripe_connect.client import Client  # noqa: PLC0415
    from billing.gateway.doors.stripe_connect.door import StripeDoor  # noqa: PLC0415

    return StripeDoor(Client(api_key=api_key, base_url=url, secrets=secrets, notice_secrets=notice_secrets))
