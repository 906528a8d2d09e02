"""What a service's terms are: the one place where its fields are spelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from kernel.instants import DAY_MINUTES
from kernel.money import PriceKind
from scheduling.engine import (
    LARGEST_PARTY,
    LONGEST_AHEAD_MINUTES,
    SHORTEST_ANSWER_MINUTES,
    Align,
    BookablePeriod,
    ServiceTiming,
    Strategy,
    limited,
)
from scheduling.enums import Approval, DepositKind
from scheduling.types.questions import Question
from scheduling.types.texts import LocalText

LARGEST_PRICE_MINOR = 10**15
MOST_REPEATS = 52
"""Visits that a customer books at once: a year of weeks."""
ANSWER_AHEAD_MINUTES = 240
"""How long before its start a request is answered, where nobody says otherwise."""
PUBLIC = {"is_public": True}
"""Of a field that customers may know; of a number, `limited` says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms(ServiceTiming):
    """What is agreed when a service is booked; set-up, view and plan are this and more.

    The columns of ``models.Service`` bear the same names.

    Attributes:
        is_online: Customers see and book it; staff always may.
        max_party_size: How many people one booking can be for; None: all places of a group, else one person.
        price_kind: How far the price binds.
        price_minor: None: on request, and only then.
        deposit_minor: For ``fixed``.
        deposit_percent: For ``percent``, 0 to 100.
        deposit_above_minor: The deposit is asked where the price is more than this. So with the five that follow: one
            that holds is enough, and without any it is asked always.
        deposit_first_visit: Where the customer never was here.
        deposit_outside_hours: Where the visit lies outside the usual hours.
        deposit_ahead_minutes: Where it begins so long after it is booked, or later.
        deposit_within_minutes: Where it begins sooner than so long after it is booked.
        deposit_must_prepay: Where the customer must prepay; such a one is asked in any case.
        is_deposit_fee: Nothing of the deposit goes back when its customer cancels or does not come.
        is_deposit_on_card: It is not paid before the visit: a card is left, and what is kept of it is charged to that.
        refund_free_minutes: Who cancels so long before the start gets all of it back; None: as long as one may cancel.
        refund_kept_percent: What stays with the business of what is canceled later.
        refund_no_show_percent: What stays when nobody comes.
        answer_within_minutes: A request is answered so long after it was asked, or ``answer_ahead_minutes`` before the
            start, whichever is earlier; see `engine.find_answer_deadline`.
        reminder_offsets_minutes: Before the start.
        most_repeats: Visits that customers book at once, the first included; below 2: they do not repeat it.
        texts: What it is called in the languages beside the business's own; at most one for each.
        questions: What whoever books it is asked, in order.
    """

    name: str = field(metadata=PUBLIC)
    is_online: bool = True
    strategy: Strategy = Strategy.LEAST_BUSY
    max_party_size: int | None = field(default=None, metadata=limited(1, LARGEST_PARTY))
    price_kind: PriceKind = PriceKind.ON_REQUEST
    price_minor: int | None = field(default=None, metadata=limited(0, LARGEST_PRICE_MINOR))
    deposit_kind: DepositKind = DepositKind.NONE
    deposit_minor: int = field(default=0, metadata=limited(0, LARGEST_PRICE_MINOR))
    deposit_percent: int = field(default=0, metadata=limited(0, 100))
    deposit_above_minor: int | None = field(default=None, metadata=limited(0, LARGEST_PRICE_MINOR))
    deposit_first_visit: bool = False
    deposit_outside_hours: bool = False
    deposit_ahead_minutes: int | None = field(default=None, metadata=limited(1, LONGEST_AHEAD_MINUTES))
    deposit_within_minutes: int | None = field(default=None, metadata=limited(1, LONGEST_AHEAD_MINUTES))
    deposit_must_prepay: bool = False
    is_deposit_fee: bool = False
    is_deposit_on_card: bool = False
    refund_free_minutes: int | None = field(default=None, metadata=limited(0, LONGEST_AHEAD_MINUTES))
    refund_kept_percent: int = field(default=100, metadata=limited(0, 100))
    refund_no_show_percent: int = field(default=100, metadata=limited(0, 100))
    cancel_cutoff_minutes: int = field(default=0, metadata=limited(0, LONGEST_AHEAD_MINUTES, is_public=True))
    move_cutoff_minutes: int = field(default=0, metadata=limited(0, LONGEST_AHEAD_MINUTES, is_public=True))
    hold_minutes: int = field(default=10, metadata=limited(1, DAY_MINUTES))
    most_repeats: int = field(default=0, metadata=limited(0, MOST_REPEATS, is_public=True))
    approval: Approval = field(default=Approval.INSTANT, metadata=PUBLIC)
    answer_within_minutes: int = field(
        default=DAY_MINUTES, metadata=limited(SHORTEST_ANSWER_MINUTES, LONGEST_AHEAD_MINUTES)
    )
    answer_ahead_minutes: int = field(default=ANSWER_AHEAD_MINUTES, metadata=limited(0, LONGEST_AHEAD_MINUTES))
    arrival_modes: tuple[str, ...] = field(default=(), metadata=PUBLIC)
    reminder_offsets_minutes: tuple[int, ...] = (1440, 120)
    texts: tuple[LocalText, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def largest_party(self) -> int:
        """How many people one booking can be for."""
        if self.seats is None:
            return self.max_party_size or 1
        return min(self.max_party_size or self.seats, self.seats)

    @property
    def is_price_from(self) -> bool:
        """Whether the price may become more."""
        return self.price_kind is PriceKind.FROM

    @classmethod
    def read(cls, values: Mapping[str, Any], **further: Any) -> Self:
        """Make one of the columns as PostgreSQL gives them, and of what the class has beyond the terms."""
        terms = {name: READERS[name](values[name]) if name in READERS else values[name] for name in TERM_NAMES}
        return cls(**terms, **further)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "bookable_hours": lambda rows: tuple(BookablePeriod(*row) for row in rows),
    "price_kind": PriceKind,
    "align": Align,
    "strategy": Strategy,
    "deposit_kind": DepositKind,
    "approval": Approval,
    "arrival_modes": tuple,
    "reminder_offsets_minutes": tuple,
    "texts": LocalText.read,
    "questions": Question.read,
}
TERM_NAMES = tuple(each.name for each in fields(ServiceTerms))
PUBLIC_TERMS = tuple(each.name for each in fields(ServiceTerms) if each.metadata.get("is_public"))
"""What customers may know, besides the price: the fields say so themselves."""
TIMING_NAMES = tuple(each.name for each in fields(ServiceTiming))


def copy_timing(terms: ServiceTiming) -> dict[str, Any]:
    """Return the part that the engine computes with, by name."""
    return {name: getattr(terms, name) for name in TIMING_NAMES}
