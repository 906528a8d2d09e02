"""What is said after and beside a visit, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.iso import parse_instant
from kernel.law.clocks import Deadline
from kernel.law.persons import SURE, PrivacyLaw, Right
from scheduling.enums import ActorKind, DataRequestKind

LONGEST_COMMENT, LONGEST_ANSWER, LONGEST_LINE, LONGEST_WISH = 1000, 1000, 1000, 1000
"""Characters."""
RIGHTS = {DataRequestKind.CORRECTION: Right.RECTIFICATION, DataRequestKind.ERASURE: Right.ERASURE}
"""Which right of the law somebody uses who asks for it."""
LOW_SCORE = 3
"""Up to this the owner is told at once."""


@dataclass(frozen=True, slots=True)
class GivenFeedback:
    """What a customer fills in.

    Attributes:
        score: 1 to 5.
        recommend_score: 0 (never) to 10 (certainly); None: not answered.
    """

    score: int
    comment: str = ""
    recommend_score: int | None = None
    may_publish: bool = False


@dataclass(frozen=True, slots=True)
class HidingLine:
    """Somebody of the business took an opinion off the booking page, for a ``reason``, or let it be shown again."""

    at: datetime
    is_hidden: bool
    user_id: int | None
    reason: str = ""

    def to_json(self) -> dict[str, object]:
        """Return it as it is kept."""
        return {"at": self.at.isoformat(), "is_hidden": self.is_hidden, "user_id": self.user_id, "reason": self.reason}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> HidingLine:
        """Return a line as it was kept."""
        return cls(parse_instant(kept["at"]), kept["is_hidden"], kept["user_id"], kept["reason"])


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """What was said about one visit, and what became of it.

    Attributes:
        hidings: Who hid it and who showed it again, in order.
        customer_name: As it was given with the booking.
        is_published: Everybody reads it on the booking page.
    """

    booking_id: int
    score: int
    comment: str
    recommend_score: int | None
    may_publish: bool
    created_at: datetime
    answer: str
    answered_at: datetime | None
    hidden_at: datetime | None
    hidden_reason: str
    hidings: tuple[HidingLine, ...]
    customer_name: str
    service_name: str
    starts_at: datetime
    timezone: str

    @property
    def is_published(self) -> bool:
        """Tell whether everybody reads it."""
        return self.may_publish and self.hidden_at is None

    @property
    def is_low(self) -> bool:
        """Tell whether somebody should look at it."""
        return self.score <= LOW_SCORE


@dataclass(frozen=True, slots=True)
class PublishedFeedback:
    """What strangers read of it.

    Attributes:
        author: "Laura J."; empty where the name is none.
    """

    author: str
    score: int
    comment: str
    answer: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Praise:
    """What the booking page says about earlier visits; ``count`` and ``average`` are of everything published."""

    count: int
    average: float
    newest: tuple[PublishedFeedback, ...]


@dataclass(frozen=True, slots=True)
class FeedbackSummary:
    """All that customers have said in some time.

    Attributes:
        promoter_score: Share of 9 and 10 less that of 0 to 6, −100 to 100 (Reichheld 2003); None: nobody answered.
    """

    count: int
    average: float | None
    promoter_score: int | None


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One message of a conversation; ``id`` grows from one to the next.

    Attributes:
        user_id: Who of the staff wrote it.
        is_waiting: A customer wrote it, and nobody has answered or put it away.
    """

    id: int
    author: ActorKind
    user_id: int | None
    text: str
    written_at: datetime
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A message among those of all bookings; ``is_waiting`` as in `ConversationView`."""

    id: int
    booking_id: int
    author: ActorKind
    user_id: int | None
    text: str
    written_at: datetime
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class WaitingConversation:
    """A booking whose customer waits for words: the newest of them, since when the oldest waits, and how many do.

    Attributes:
        last_line_id: The newest of them.
    """

    booking_id: int
    customer_name: str
    service_name: str
    starts_at: datetime
    timezone: str
    text: str
    written_at: datetime
    count: int
    last_line_id: int


@dataclass(frozen=True, slots=True)
class DataRequestView:
    """A wish about a customer's own data.

    Attributes:
        deadline: Until when the law of the business's country, or our own choice, asks for an answer.
        law: Which that is, and how sure we are of it.
    """

    id: int
    booking_id: int
    kind: DataRequestKind
    text: str
    asked_at: datetime
    done_at: datetime | None
    answer: str
    customer_name: str
    reference: str
    timezone: str
    deadline: Deadline
    law: PrivacyLaw

    @property
    def is_sure(self) -> bool:
        """Tell whether we are sure of the deadline, and that a law asks for it."""
        clock = self.law.find_clock(RIGHTS[self.kind])
        return {clock.confidence, self.law.confidence} == {SURE} and self.law.is_in_force(self.asked_at.date())

    def is_late(self, now: datetime) -> bool:
        """Tell whether the deadline is over and nobody answered."""
        return self.done_at is None and now >= self.deadline.ends_at


OwnData = Mapping[str, Any]
"""What the business keeps about a visit and its customer, as JSON can hold it."""
