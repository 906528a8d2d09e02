"""The doors by name."""

from __future__ import annotations

from billing.gateway.door import Door
from billing.gateway.doors.by_hand import AtBusinessDoor, BankTransferDoor
from billing.gateway.enums import DoorName
from billing.gateway.errors import DoorNotConfigured

_doors: dict[DoorName, Door] = {
    DoorName.BANK_TRANSFER: BankTransferDoor(),
    DoorName.AT_BUSINESS: AtBusinessDoor(),
}


def get_door(name: DoorName) -> Door:
    """Return the door of that name.

    Raises:
        DoorNotConfigured: The platform has no account with its provider.
    """
    door = _doors.get(name)
    if door is None:
        raise DoorNotConfigured
    return door
