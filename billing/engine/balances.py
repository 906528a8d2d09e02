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
        reserved_minor: What of it is reserved on a card, and is taken by itself.
        coming_minor: What of it a card is being charged at this moment; its bank has not answered.
    """

    due_minor: int
    held_minor: int
    owed_minor: int | None
    reserved_minor: int = 0
    coming_minor: int = 0

    @property
    def left_minor(self) -> int | None:
        """What is left to pay besides what is reserved or on its way; None while the price is open."""
        return None if self.owed_minor is None else max(0, self.owed_minor - self.reserved_minor - self.coming_minor)


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


def compute_over(*, price_minor: int | None, held_minor: int, stays_minor: int = 0, is_lowest: bool = False) -> int:
    """Return how much more a business has of a visit than its price: of an open or lowest one, nothing is too much.

    ``stays_minor`` its customer left there by the terms agreed, when the visit became smaller.
    """
    if price_minor is None or is_lowest:
        return 0
    return max(0, held_minor - price_minor - stays_minor)


def compute_balance(
    *,
    price_minor: int | None,
    deposit_minor: int,
    received_minor: int,
    refunded_minor: int,
    reserved_minor: int = 0,
    coming_minor: int = 0,
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
        return Balance(0, held, 0, reserved_minor, coming_minor)
    owed = None if price_minor is None else max(0, price_minor - held)
    return Balance(max(0, deposit_minor - held), held, owed, reserved_minor, coming_minor)
