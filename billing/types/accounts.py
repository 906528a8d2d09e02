"""Where a business takes money, and which doors are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.enums import (
    CardState,
)

PAUSED = frozenset({CardState.IN_REVIEW, CardState.RESTRICTED, CardState.GONE})
"""States of an account that was connected, in which the provider takes no payments for it."""


@dataclass(frozen=True, slots=True)
class BankData:
    """Where customers transfer to, as the business types it.

    Attributes:
        wait_minutes: A place waits for its money while the business is open for so long.
    """

    holder: str = ""
    bank: str = ""
    number: str = ""
    tax_id: str = ""
    note: str = ""
    wait_minutes: int = 240
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class CardAccount:
    """The business's account at the card provider, as it was found last.

    Attributes:
        provider_id: Empty: it has none yet.
        is_on: The business wants to take cards.
        missing_count: How much the provider still wants to know.
        answer_by: Until when, before it stops taking payments.
        checked_at: When it was asked last; None: never.
        books_when_silent: While the provider does not answer, visits take place without their deposit.
        follows_another: It was opened after another one, or after a try to open one.
    """

    provider_id: str = ""
    state: CardState | None = None
    is_on: bool = False
    missing_count: int = 0
    answer_by: datetime | None = None
    checked_at: datetime | None = None
    books_when_silent: bool = False
    follows_another: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether customers can pay by card now."""
        return self.is_on and self.state == CardState.ACTIVE

    @property
    def is_paused(self) -> bool:
        """Tell whether the business wants to take cards, and the provider does not let it (any more).

        Whoever waited for the account of before still waits while the next one is not finished.
        """
        is_next = self.follows_another and self.state == CardState.INCOMPLETE
        return self.is_on and (self.state in PAUSED or is_next)


@dataclass(frozen=True, slots=True)
class OpenDoors:
    """The ways in which a customer can pay from afar.

    Attributes:
        bank: Where to transfer to; None: this way is closed.
        card: The account that takes cards; None: this way is closed.
        is_card_paused: It is closed by the provider, for a while or for good, and not by the business.
    """

    bank: BankData | None = None
    card: CardAccount | None = None
    is_card_paused: bool = False
