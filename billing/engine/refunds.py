"""How much of what was paid goes back when a visit does not take place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from billing.engine.deposits import HALF, WHOLE_PERCENT
from billing.engine.errors import RefundTermsInvalid

LONGEST_FREE_MINUTES = 366 * 24 * 60


class Ending(StrEnum):
    """How a visit came to nothing."""

    CUSTOMER = "customer"
    """Its customer called it off."""
    BUSINESS = "business"
    """The business did, or declined it."""
    NO_SHOW = "no_show"
    """Nobody came."""
    LATE = "late"
    """The money came after its place was given away."""


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """The table on which business and customer agreed.

    Attributes:
        free_until_minutes: Whoever calls off so long before the start, or earlier, gets all of it back. None: nobody.
        kept_percent: What stays with the business of a visit that is called off later.
        no_show_percent: What stays when nobody comes.

    Raises:
        RefundTermsInvalid: A number that no table can have.
    """

    free_until_minutes: int | None = 0
    kept_percent: int = 100
    no_show_percent: int = 100

    def __post_init__(self) -> None:
        if self.free_until_minutes is not None and not 0 <= self.free_until_minutes <= LONGEST_FREE_MINUTES:
            raise RefundTermsInvalid(field="free_until_minutes", value=self.free_until_minutes)
        for name in ("kept_percent", "no_show_percent"):
            if not 0 <= getattr(self, name) <= WHOLE_PERCENT:
                raise RefundTermsInvalid(field=name, value=getattr(self, name))


@dataclass(frozen=True, slots=True)
class Split:
    """What becomes of an amount: the two are all of it."""

    back_minor: int
    kept_minor: int


def split_received(
    received_minor: int, terms: RefundTerms, *, ending: Ending, starts_at: datetime, now: datetime
) -> Split:
    """Share what was received for one visit between its customer and the business.

    What is kept is rounded to the nearest smallest coin, halves up. To the minute of the limit it is free. A business
    that calls off, or took money for a place that was gone, keeps nothing, whatever was agreed.

    Raises:
        ValueError: Less than nothing was received.
    """
    if received_minor < 0:
        message = f"nobody receives {received_minor}"
        raise ValueError(message)
    percent = _find_percent(terms, ending=ending, ahead=starts_at - now)
    kept = (received_minor * percent + HALF) // WHOLE_PERCENT
    return Split(back_minor=received_minor - kept, kept_minor=kept)


def _find_percent(terms: RefundTerms, *, ending: Ending, ahead: timedelta) -> int:
    if ending in {Ending.BUSINESS, Ending.LATE}:
        return 0
    if ending is Ending.NO_SHOW:
        return terms.no_show_percent
    is_free = terms.free_until_minutes is not None and ahead >= timedelta(minutes=terms.free_until_minutes)
    return 0 if is_free else terms.kept_percent
