"""The frozen values that come out of the engine; units and periods as in `engine.types`."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from scheduling.engine.enums import ReasonCode
from scheduling.engine.errors import refuse_if
from scheduling.engine.types import VisitSpec


class Slot(NamedTuple):
    """A start that can be booked; a tuple, because a month has thousands.

    ``end_minute`` is the end of the visit without buffers, the latest where it depends on who begins it.
    ``seats_left`` is None unless the service has seats: then the largest party that fits one session.
    """

    start_minute: int
    end_minute: int
    seats_left: int | None


class Offered(NamedTuple):
    """Starts in order, and the largest party that fits at each; ``seats`` is None without seats.

    ``minutes`` is how long the visit lasts at most at each, where that depends on who begins it; else None.
    """

    starts: list[int]
    seats: list[int] | None
    minutes: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause why a start is not offered.

    ``part_index`` and ``resource_id`` are set when it concerns one of them,
    ``rule_id`` for ``rule_full``. ``until_minute`` is the instant at which
    the cause ends (end of the busy stretch, next opening, first start that
    respects the notice, end of the rule's bucket, next start on the grid), None
    when it does not end by itself or not within the next two weeks.
    """

    code: ReasonCode
    part_index: int | None = None
    resource_id: int | None = None
    rule_id: int | None = None
    until_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a start is offered, and if not, every cause that was found."""

    start_minute: int
    is_offered: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One resource taken for one part of a visit.

    The period includes buffers. ``units`` of the resource are taken; a session
    (``is_whole``) takes all of them, whatever the size of the party.
    """

    resource_id: int
    part_index: int
    occupied_start_minute: int
    occupied_end_minute: int
    units: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to serve a visit: its assignments, in the order of the parts.

    With ``joins_session`` the resources are already taken by that session: the
    booking adds seats to it and takes no further unit of them. ``visit`` is the visit
    with the length that it has with these resources.
    """

    assignments: tuple[Assignment, ...]
    joins_session: bool = False
    visit: VisitSpec | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What round robin remembers of a resource: its weight and the turns it had."""

    weight: int = 1
    turns: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers (weight 0 = only when nobody else can)."""
        refuse_if(self.weight < 0, "weight", "negative")
        refuse_if(self.turns < 0, "turns", "negative")

    @property
    def turn(self) -> tuple[bool, Fraction]:
        """Return what the next one has least of: (turns + 1) / weight, and weight 0 after all others."""
        return self.weight == 0, Fraction(self.turns + 1, self.weight or 1)
