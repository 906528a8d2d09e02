"""Requests of persons as pages and programs see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kernel.law.persons import PrivacyLaw
from privacy.enums import IdentityCheck, RequestRight, RequestSource, RequestState

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
    def is_open(self) -> bool:
        """Tell whether its clock runs."""
        return self.ended_at is None

    def is_late(self, now: datetime) -> bool:
        """Tell whether it should have been answered, or done, by now."""
        return self.is_open and now >= self.due_at
