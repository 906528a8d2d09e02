"""Requests of persons as pages and programs see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kernel.formats import to_local
from kernel.law.persons import SURE, PrivacyLaw, Right
from privacy.enums import OFFERED, IdentityCheck, LookKind, RequestRight, RequestSource, RequestState, RequestStep

KINDS: Mapping[str, RequestRight] = {
    "correction": RequestRight.RECTIFICATION,
    **{each.value: each for each in OFFERED if each is not RequestRight.RECTIFICATION},
}
"""How programs call the rights: a rectification has been a "correction" there from the beginning."""
KIND_NAMES: Mapping[RequestRight, str] = {
    RequestRight.BLOCKING: RequestRight.BLOCKING.value,
    **{right: kind for kind, right in KINDS.items()},
}
RIGHTS_BY_KIND: Mapping[str, RequestRight] = {kind: right for right, kind in KIND_NAMES.items()}
"""All that staff writes down, also what is offered to nobody."""
LONGEST_TEXT, LONGEST_REASON, LONGEST_NOTE = 1000, 1000, 300
"""Characters."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request.

    Attributes:
        customer_id: Whose data it is about; None: not known yet, or the record is gone.
        answer_on: The last local date on which an answer is in time, an extension included.
        carry_out_on: The last local date for doing what was agreed to; None: not agreed yet, or answering is doing.
        due_at: The first instant at which what is next is too late.
        law: What the clock was read from.
    """

    id: int
    right: RequestRight
    state: RequestState
    source: RequestSource
    customer_id: int | None
    booking_id: int | None
    name: str
    contact: str
    locale: str
    text: str
    asked_at: datetime
    recorded_at: datetime
    recorded_by_id: int | None
    timezone: str
    answer_on: date
    carry_out_on: date | None
    due_at: datetime
    extended_at: datetime | None
    extension_reason: str
    identity_check: IdentityCheck | None
    identity_note: str
    identity_at: datetime | None
    identity_by_id: int | None
    answer: str
    answered_at: datetime | None
    ended_at: datetime | None
    law: PrivacyLaw

    @property
    def is_sure(self) -> bool:
        """Tell whether the date may be told without a doubt: a law in force names this right and its time."""
        clock = self.law.clocks.get(Right(self.right))
        is_named = clock is not None and {clock.confidence, self.law.confidence} == {SURE}
        return is_named and self.is_under_law

    @property
    def is_under_law(self) -> bool:
        """Tell whether a law that we know was in force in the country on the local date on which it was asked."""
        asked_on = to_local(self.asked_at, self.timezone).date()
        return not self.law.is_own_choice and self.law.is_in_force(asked_on)

    @property
    def is_open(self) -> bool:
        """Tell whether its clock runs."""
        return self.ended_at is None

    def is_late(self, now: datetime) -> bool:
        """Tell whether it should have been answered, or done, by now."""
        return self.is_open and now >= self.due_at


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """Which requests a list has: of a state, of a customer; ``cursor`` is the place that the page before gave."""

    state: str = ""
    customer_id: int | None = None
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a request; ``by_id`` is None for whoever asked and for the program.

    Attributes:
        words: How an identity was checked; empty for every other step.
    """

    step: RequestStep
    at: datetime
    by_id: int | None
    words: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that was made for whoever asked.

    Attributes:
        is_public: The link of the request opens it; else the business hands it over.
    """

    is_public: bool
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BlockedView:
    """Somebody whose data is blocked; nothing of who they are.

    Attributes:
        customer_id: The record that is left of them, without a name, and ``number`` what is printed on papers.
        request_id: What was asked, and when; None: in a copy of an archive of before nobody had asked.
        ends_at: The first instant at which it is to be destroyed.
    """

    id: int
    customer_id: int
    number: int
    request_id: int | None
    asked_at: datetime | None
    law_country: str
    blocked_at: datetime
    ends_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether the time is over, and only something that is open keeps it from being destroyed."""
        return now >= self.ends_at


@dataclass(frozen=True, slots=True)
class LookView:
    """Somebody of the business, ``by_id``, has found a blocked person by a name, or read what was blocked."""

    kind: LookKind
    at: datetime
    by_id: int | None
    reason: str
