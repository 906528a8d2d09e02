"""The two ways without a provider: a transfer to the business's own account, and paying at the counter.

Nobody here knows by himself what was paid; a person of the business says so, and the rooms above write it down.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import NoReturn

from billing.gateway.enums import DoorName
from billing.gateway.errors import AccountUnusable, AmountRefused, NotAtThisDoor
from billing.gateway.types import Capabilities, DoorAccount, Instructions, NothingToStart, PaymentOrder
from kernel.money import Money

MOST_MINOR = 999_999_999_999
"""Far above what anybody pays for a visit; a slip of the finger is found out."""


class _ByHand:
    """What neither way can do."""

    has_provider = False

    def find_capabilities(self, account: DoorAccount, *, currency: str, lead_time: timedelta) -> Capabilities:
        """Return that any amount of any currency can be paid, at any time."""
        del lead_time
        return Capabilities(
            can_take=self._can_take(account), least=Money(1, currency), most=Money(MOST_MINOR, currency)
        )

    @abstractmethod
    def _can_take(self, account: DoorAccount) -> bool: ...

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        """Refuse: there is nobody to ask, our own row is all there is."""
        raise NotAtThisDoor

    start_saving = charge_saved = forget_saved = _refuse
    fetch = close = capture = release = _refuse
    refund = fetch_refund = list_refunds = _refuse
    read_event = read_notice = _refuse
    open_account = start_account_setup = fetch_account = _refuse
    fetch_dispute = upload_evidence = answer_dispute = accept_dispute = _refuse
    list_payouts = list_movements = _refuse


class BankTransferDoor(_ByHand):
    """To the business's own account, with the booking's reference."""

    name = DoorName.BANK_TRANSFER

    def start(self, order: PaymentOrder) -> Instructions:
        """Return where to transfer to, how much, with which reference and until when.

        Raises:
            AccountUnusable: The business has not said where to.
            AmountRefused: Nothing, or a slip of the finger.
        """
        _require_amount(order.amount)
        if order.account.bank is None:
            raise AccountUnusable
        return Instructions(
            bank=order.account.bank, amount=order.amount, reference=order.reference, pay_until=order.pay_until
        )

    def _can_take(self, account: DoorAccount) -> bool:
        return account.bank is not None


class AtBusinessDoor(_ByHand):
    """Across the counter."""

    name = DoorName.AT_BUSINESS

    def start(self, order: PaymentOrder) -> NothingToStart:
        """Return that there is nothing to do before the visit.

        Raises:
            AmountRefused: Nothing, or a slip of the finger.
        """
        _require_amount(order.amount)
        return NothingToStart()

    def _can_take(self, account: DoorAccount) -> bool:  # noqa: ARG002 - the shape of the other door
        return True


def _require_amount(amount: Money) -> None:
    if not 0 < amount.amount_minor <= MOST_MINOR:
        raise AmountRefused
