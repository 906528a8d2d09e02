"""What was paid of a visit, what is kept of it and what is still owed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Balance:
    """The money of one visit, in minor units of its currency.

    Attributes:
        due_minor: What has to be paid before it is confirmed.
        held_minor: What the business has of the customer: received, not sent back and not taken by a bank.
        owed_minor: What is left to pay at the visit; None while the price is open.
    """

    due_minor: int
    held_minor: int
    owed_minor: int | None


def find_gone(amount_minor: int, refunded_minor: int, disputed_minor: int) -> int:
    """Return how much of a payment its business does not have (any more): it goes back, or went, or its bank took it.

    Both can be of the same money: a refund that was on its way when the bank took it.
    """
    return min(amount_minor, refunded_minor + disputed_minor)


def find_surplus(*, left_minor: int, again_minor: int, others_minor: int, due_minor: int) -> int:
    """Return how much of a payment is paid over, since a bank gave it back after it was paid once more.

    ``left_minor`` is what its business has of it, ``others_minor`` what else serves for the same, of which
    ``again_minor`` came after the bank had asked; ``due_minor`` is what all of it is for. Never more than came again.
    """
    return max(0, min(left_minor, again_minor, left_minor + others_minor - due_minor))


def compute_balance(
    *,
    price_minor: int | None,
    deposit_minor: int,
    received_minor: int,
    refunded_minor: int,
    is_called_off: bool = False,
) -> Balance:
    """Return where the money of a visit stands; of one that was called off nothing is due or owed.

    ``refunded_minor`` is all that left the business again, whoever sent or took it.

    Raises:
        ValueError: More went back than was received.
    """
    if refunded_minor > received_minor:
        message = f"{refunded_minor} went back of {received_minor}"
        raise ValueError(message)
    held = received_minor - refunded_minor
    if is_called_off:
        return Balance(due_minor=0, held_minor=held, owed_minor=0)
    owed = None if price_minor is None else max(0, price_minor - held)
    return Balance(due_minor=max(0, deposit_minor - held), held_minor=held, owed_minor=owed)
