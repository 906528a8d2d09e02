"""A door is called the same in rows and at the gateway."""

from __future__ import annotations

from billing.enums import PaymentDoor
from billing.gateway.enums import DoorName


def test_doors_of_rows_are_those_of_the_gateway():
    moving_money = set(PaymentDoor.values) - {PaymentDoor.CREDIT}

    assert moving_money == {door.value for door in DoorName}
